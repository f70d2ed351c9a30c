/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enforce - what apply does while nobody else of us changes the table
 */
#ifndef NETPOLC_ENFORCE_H
#define NETPOLC_ENFORCE_H

#include <netpolc/nft/apply.h>
#include <netpolc/run/config.h>

struct decisions;
struct trial;

struct enforcement {
	const struct decisions *dc;
	const struct ruleset *rs; /* lowered from them */
	int lock;
	struct trial *trial; /* begun by enforce(), or NULL */
	bool interrupted;    /* by a signal that is pending; nothing was changed */
};

/* Makes the kernel enforce the ruleset, as the options want it.  APPLY_FAILED after
 * reporting. */
enum apply_outcome enforce(struct ctx *cx, const struct config *cfg,
			   struct enforcement *e);

#endif
