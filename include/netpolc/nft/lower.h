/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lower - decisions to a ruleset
 *
 * The only place that decides which look-up is used where.  The shape of the
 * table is drawn at the top of lower.c and in netpolc-ruleset(5).
 */
#ifndef NETPOLC_LOWER_H
#define NETPOLC_LOWER_H

#include <netpolc/nft/ruleset.h>
#include <netpolc/policy/decide.h>

/* Bounds on what is emitted; tests lower them to reach every form on small input. */
struct lower_limits {
	size_t sets;	 /* sets and maps in all, at most */
	size_t elements; /* elements in all, at most; more is DIAG_TOO_LARGE */
	size_t share;	 /* a peer with at least so many addresses may be a shared set */
	size_t inline_hosts; /* so many peer addresses at most become rules */
	size_t inline_nets;  /* so many peer ranges at most become rules */
	size_t inline_ports; /* so many ranges of a protocol at most become rules */
};

struct lower_options {
	const char *table; /* "netpolc" */
	int priority;	   /* filter - 1 is -1 */
	bool reject;	   /* --deny reject */
	struct lower_limits limits;
};

struct lower_options lower_defaults(void);

/* NULL after reporting why (too-large). */
const struct ruleset *lower(struct ctx *cx, const struct decisions *dc,
			    const struct lower_options *opt);

#endif
