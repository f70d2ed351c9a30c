/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine - what this machine's network says about how to enforce
 *
 * For the commands that speak of the loaded table: apply and diff --live have to come
 * to the same ruleset.
 */
#ifndef NETPOLC_MACHINE_H
#define NETPOLC_MACHINE_H

#include <netpolc/nft/survey.h>
#include <netpolc/run/config.h>

/* Settles what the options leave to the machine: whether to drop forged sources, and
 * on which interfaces.  With check, reports what would escape.  False when that, or
 * anything else, refuses the run. */
bool machine_settle(struct ctx *cx, struct config *cfg, const struct cluster *cl,
		    bool check);

/* Whether the pod is one that policy is enforced for. */
bool machine_enforces(const struct ctx *cx, const struct pod *p);

/* What escapes the loaded table. */
struct machine {
	/* A bridge whose pods can use each other's addresses although forged sources are
	 * dropped; NULL when there is none. */
	const char *spoof_gap;
	const char *bridge[FAMILIES]; /* whose packets of the family are not seen */
	bool ipvs;
	const char *flowtable; /* of another table, "TABLE FLOWTABLE"; NULL: none */
};

void machine_survey(struct ctx *cx, const struct survey *s, struct machine *out);

#endif
