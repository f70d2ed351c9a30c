/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lend - addresses for pods that have none
 *
 * Decisions say of such a pod that no ipBlock matches it but a /0 without except.  So
 * the addresses that it may be lent are those of which that is true, and that nothing
 * else in the input has.
 */
#ifndef NETPOLC_LEND_H
#define NETPOLC_LEND_H

#include <netpolc/analysis/test_run.h>

/* The cluster of dc with addresses for all live pods, of both families unless ipBlocks
 * leave none of one; ids and all else are the same.  run: its literal ends are nobody's
 * either. */
const struct cluster *lend_addresses(struct ctx *cx, const struct decisions *dc,
				     const struct test_run *run)
	__attribute__((returns_nonnull));

#endif
