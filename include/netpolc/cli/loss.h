/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loss - input that looks as if some of it were missing
 *
 * Applying must not open what it was meant to protect because a file was empty
 * or a kubectl call failed.
 */
#ifndef NETPOLC_LOSS_H
#define NETPOLC_LOSS_H

#include <netpolc/policy/decide.h>

struct ctx;

/*
 * Reports DIAG_LOST_POLICIES when the loaded table isolates pods and the input has
 * no NetworkPolicy at all, or would open more than half of them at once.  Pods that
 * are gone from the input do not count: they need no isolation.  Pods that are there
 * without an address do: it may be the input that has lost it.  cache is the directory
 * of nft/cache.h, or NULL.
 */
void loss_check(struct ctx *cx, const struct decisions *dc, const char *table,
		const char *cache);

#endif
