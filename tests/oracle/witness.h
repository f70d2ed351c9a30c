/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness - whoever can say what a cluster allows
 *
 * The driver asks the oracle and every witness of its table the same probes.
 * prepare() is given its witness once per cluster and allocates from the context's arena;
 * ask() may abstain where the witness has nothing to say (a simulated ruleset
 * knows no pods without address, for one), and may complain in *fault, which
 * counts as a disagreement whatever it says.
 */
#ifndef NETPOLC_TEST_WITNESS_H
#define NETPOLC_TEST_WITNESS_H

#include "oracle.h"

enum testimony { SAYS_DENY, SAYS_ALLOW, ABSTAINS };

struct witness {
	const char *name;
	const void *(*prepare)(const struct witness *w, struct ctx *cx,
			       const struct cluster *cl);
	enum testimony (*ask)(const void *prepared, const struct cluster *cl,
			      const struct oracle_probe *probe, const char **fault);
	const char *limits; /* of a ruleset, as --limits has them; NULL: the usual */
};

/* Who is asked, ends with NULL: each program of witness.c has a table of its own. */
#define WITNESSES 10
extern const struct witness *const witnesses[];

extern const struct witness witness_core;

/* Small clusters would only ever see the forms meant for small clusters: these limits
 * force the others.  Everything in sets, ranges in an rbtree; every pool that can be
 * shared (ports stay rules: a row with port sets shares none), with exceptions in sets
 * and ranges in pipapo, and with exceptions as rules; ranges in levels, and in as many of
 * them as there can be; so few sets that rows share the concatenated ones. */
#define LIMITS_SETS                                                                      \
	"share=2,inline-hosts=0,inline-nets=0,inline-ports=0,levels=0,pipapo=99"
#define LIMITS_POOLS                                                                     \
	"share=1,inline-hosts=0,inline-nets=0,exceptions=99,levels=0,pipapo=1"
#define LIMITS_LEVELS "inline-hosts=0,inline-nets=0"
#define LIMITS_THIRD  "inline-hosts=0,inline-nets=0,third=0,prefixes=1"
#define LIMITS_RULES  "share=1,inline-hosts=9,inline-nets=9,exceptions=99"
#define LIMITS_FEW    "sets=23,share=2,inline-hosts=0,inline-nets=0,exceptions=99"

/* The simulated ruleset, as it is made by default and under each of these limits. */
extern const struct witness witness_ruleset, witness_ruleset_sets, witness_ruleset_pools,
	witness_ruleset_rules, witness_ruleset_levels, witness_ruleset_third,
	witness_ruleset_few;

/* It denies nothing, but counts what it would. */
extern const struct witness witness_ruleset_audit;

#endif
