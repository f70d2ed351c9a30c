/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delta_between - what makes one ruleset of another
 *
 * As if the one were loaded, without a kernel.
 */
#ifndef NETPOLC_DELTA_BETWEEN_H
#define NETPOLC_DELTA_BETWEEN_H

#include <netpolc/nft/delta.h>

/* Finished; both rulesets have to outlive it. */
const struct delta *delta_between(struct arena *a, const struct ruleset *before,
				  const struct ruleset *after)
	__attribute__((returns_nonnull));

#endif
