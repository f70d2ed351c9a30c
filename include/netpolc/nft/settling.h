/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settling - a table without policy, for the moment before the first one
 *
 * It accepts everything, and makes the kernel track connections: those that are under
 * way are known then when policies follow, and go on as established ones.  It says of
 * itself that it settles, so nobody takes it for one that enforces anything.
 */
#ifndef NETPOLC_SETTLING_H
#define NETPOLC_SETTLING_H

#include <netpolc/nft/lower.h>

/* The table that the policies are to have, at the same place. */
const struct ruleset *settling_ruleset(struct arena *a, const struct lower_options *opt)
	__attribute__((returns_nonnull));

#endif
