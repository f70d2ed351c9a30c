/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logging - what the kernel's log says of a denied packet
 *
 * A prefix is "TABLE CLASS DIRECTION: ", CLASS being the name of the chain that denied
 * the packet; of TCP that began in the middle of a connection it is "TABLE midstream: ",
 * as there is no direction any more.
 */
#ifndef NETPOLC_LOGGING_H
#define NETPOLC_LOGGING_H

#include <stddef.h>

struct arena;

/* direction may be NULL. */
const char *logging_prefix(struct arena *a, const char *table, const char *class,
			   const char *direction);

/* The place of the class's name in a line of the log, or in a prefix alone; NULL if the
 * line is none of that table. */
const char *logging_class(const char *line, const char *table, size_t *len);

#endif
