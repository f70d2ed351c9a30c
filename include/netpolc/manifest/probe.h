/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe - what a question about a connection is made of
 *
 * The port of a probe: a protocol with a number, or with a name that the
 * destination pod resolves.
 */
#ifndef NETPOLC_PROBE_H
#define NETPOLC_PROBE_H

#include <netpolc/base/buf.h>
#include <netpolc/manifest/cluster.h>

struct probe_port {
	const char *text; /* as written; NULL when there is none */
	enum protocol protocol;
	uint16_t number;  /* if name_len is 0 */
	const char *name; /* not terminated */
	size_t name_len;
};

/* TCP, UDP or SCTP in either case. */
bool probe_protocol(enum protocol *out, const char *text, size_t len);

/* A number 1-65535, or a name that a containerPort may have. */
bool probe_number_or_name(struct probe_port *out, const char *text, size_t len);

/* "tcp/80", "udp/dns"; the text is kept. */
bool probe_port_parse(struct probe_port *out, const char *text);

/* The port as it is usually written: "tcp/80". */
void probe_port_print(struct buf *out, const struct probe_port *port);

#endif
