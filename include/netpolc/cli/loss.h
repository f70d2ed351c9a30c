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
 * no NetworkPolicy at all, or would open more than half of them at once, be it in one of
 * two directions.  Pods that are gone from the input do not count: they need no
 * isolation. Unless the input has neither pods nor policies of their namespace, which, as
 * far as the input says what namespaces there are, is still there: the input may have
 * lost all of it; where that is less, it is worth a warning.  So it may have lost the
 * address of an isolated pod that is there without any.  cache is the directory of
 * nft/cache.h, or NULL.
 */
void loss_check(struct ctx *cx, const struct decisions *dc, const char *table,
		const char *cache);

#endif
