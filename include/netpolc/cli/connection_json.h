/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * connection_json - ends and ports of connections as JSON
 */
#ifndef NETPOLC_CONNECTION_JSON_H
#define NETPOLC_CONNECTION_JSON_H

#include <netpolc/analysis/portgap.h>

#include <jansson.h>

/* Appends each range to the list: "10.0.0.0/8", "10.0.0.1-10.0.0.6". */
void json_addresses(json_t *list, enum family f, const struct ranges *ranges);

/* {"tcp": [[80, 80]], "udp": [], "sctp": [], "otherProtocols": false}; NULL: nothing. */
json_t *json_ports(const struct portgap *gap);

#endif
