/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option_table - every option, described once
 *
 * getopt's arguments, the help of each command and the test of the man page come
 * from this table.
 */
#ifndef NETPOLC_OPTION_TABLE_H
#define NETPOLC_OPTION_TABLE_H

#include <netpolc/cli/options.h>

/* Among the bits of opt.commands: two values are a mistake.  Of other options that take
 * one value the last counts, so that a script can add to what it was given. */
#define OPTION_ONCE (1u << 31)

struct opt {
	unsigned commands; /* that have it: a bit for each enum verb */
	char brief;	   /* 0: none */
	const char *name;
	const char *arg; /* NULL for a switch */
	const char *help;
	const char *takes; /* what arg has to be, where arg does not say it all */

	/* Exactly one of these two: the bool in struct config that a switch sets, or
	 * what to do with the value (false: it is refused). */
	size_t flag;
	bool (*set)(struct config *cfg, const char *value);
};

extern const struct opt option_table[];
extern const size_t option_count;

bool option_is_of(const struct opt *o, const struct command *command);

#endif
