/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names - which names and labels the API server takes
 *
 * Each function returns NULL for good text, else what would be right, to stand
 * behind the quoted text in a message: "is not …".  Text may hold NULs.
 */
#ifndef NETPOLC_NAMES_H
#define NETPOLC_NAMES_H

#include <stddef.h>

const char *fault_of_subdomain(const char *text, size_t len); /* DNS-1123, most names */
const char *fault_of_dns_label(const char *text, size_t len); /* DNS-1123, namespaces */
const char *fault_of_label_key(const char *text, size_t len);
const char *fault_of_label_value(const char *text, size_t len);
const char *fault_of_port_name(const char *text, size_t len); /* IANA_SVC_NAME */

#endif
