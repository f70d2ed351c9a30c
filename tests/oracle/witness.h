/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness - whoever can say what a cluster allows
 *
 * The driver asks the oracle and every witness of its table the same probes.
 * prepare() is called once per cluster and allocates from the context's arena;
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
	const void *(*prepare)(struct ctx *cx, const struct cluster *cl);
	enum testimony (*ask)(const void *prepared, const struct cluster *cl,
			      const struct oracle_probe *probe, const char **fault);
};

/* Who is asked, ends with NULL: each program of witness.c has a table of its own. */
#define WITNESSES 8
extern const struct witness *const witnesses[];

extern const struct witness witness_core;

/* The simulated ruleset: as it is made by default, with everything in sets, with
 * every peer that can be a shared one, and with so few sets that classes share. */
extern const struct witness witness_ruleset, witness_ruleset_sets, witness_ruleset_peers,
	witness_ruleset_shared;

#endif
