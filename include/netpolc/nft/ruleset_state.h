/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_state - what a table of ours says of itself
 *
 * The unhooked chain "state" has one rule, whose comment is "netpolc DIGEST layout N
 * version V", with "settling" behind it for a table that has no policy yet.  Whatever
 * else is in a table, with that chain it is ours.  The comment is written and read here
 * alone.
 */
#ifndef NETPOLC_RULESET_STATE_H
#define NETPOLC_RULESET_STATE_H

#include <netpolc/nft/ruleset.h>

#define RULESET_STATE "state"

/* Other programs may have put anything there; text is printable here. */
struct ruleset_state {
	bool ours;  /* it begins as no other program's does */
	bool whole; /* and all of this is there */
	char digest[sizeof(struct digest_hex)];
	int layout;
	char version[64];
	bool settling;
};

/* The comment, in the ruleset's arena. */
const char *ruleset_state_print(const struct ruleset *rs)
	__attribute__((returns_nonnull));

/* comment: NULL for none. */
struct ruleset_state ruleset_state_parse(const char *comment);

/* Whether both are whole and of the same ruleset, whatever version of netpolc wrote
 * them. */
bool ruleset_state_equal(const struct ruleset_state *a, const struct ruleset_state *b);

#endif
