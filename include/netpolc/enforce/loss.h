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
 * Reports DIAG_LOST_POLICIES when the loaded table isolates addresses and the input has
 * no NetworkPolicy at all, or would open more than half of them, in either direction in
 * which they are isolated.  Where a pod is gone from the input, its address needs no
 * isolation and does not count, with two exceptions, in which the input may have lost it:
 *
 * - The input has neither pods nor policies of its namespace.  If the input describes
 *   namespaces at all, it has to describe this one.  Where that is no more than half of
 *   the addresses, it is a warning.
 * - There are isolated pods without any address; as many count.
 *
 * It is a warning, too, when fewer than half as many addresses will be isolated because
 * pods are gone: nothing tells that from a list of pods that was cut.
 *
 * cache is the directory of nft/cache.h, or NULL.
 */
void loss_check(struct ctx *cx, const struct decisions *dc, const char *table,
		const char *cache);

/* Where there is no table, but the cache remembers one that was applied and that another
 * program has removed since: a warning in all of these cases, for nothing is opened. */
void loss_recall(struct ctx *cx, const struct decisions *dc, const char *table,
		 const char *cache);

/* As loss_check(), but all that it reports is a warning. */
void loss_foresee(struct ctx *cx, const struct decisions *dc, const char *table,
		  const char *cache);

#endif
