/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * in_force - what the loaded table decides
 *
 * Rules are not understood when they are read back, so the table is taken at its word:
 * it names the digest of the ruleset that it was made from, and the objects which that
 * was made of are kept (last_good.h).  A table that is absent, dormant, or only audits,
 * denies nothing.
 */
#ifndef NETPOLC_IN_FORCE_H
#define NETPOLC_IN_FORCE_H

#include <netpolc/nft/loaded.h>
#include <netpolc/nft/ruleset.h>
#include <netpolc/policy/decide.h>
#include <netpolc/run/config.h>

struct in_force {
	const struct decisions *dc; /* that it was made of; NULL: not known, or none */
	const struct decisions *enforced; /* that packets meet; NULL: not known */
	const char *unknown;		  /* why it is not */
	/* The ruleset that was applied; NULL where it was made by other options than
	 * those of this run, and where none was. */
	const struct ruleset *rs;
};

/* table: what is loaded, NULL where there is none.  after: the objects of this run; where
 * nothing is enforced, what is in force are these without policies. */
struct in_force in_force_find(struct ctx *cx, const struct config *cfg,
			      const struct loaded_table *table,
			      const struct cluster *after);

/* What packets meet where dc is applied by these options. */
const struct decisions *in_force_then(struct ctx *cx, const struct config *cfg,
				      const struct decisions *dc);

#endif
