/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repeats - what assertions say more than once
 */
#ifndef NETPOLC_REPEATS_H
#define NETPOLC_REPEATS_H

#include <netpolc/manifest/assertions.h>

/* Warns of every connection that is asserted again, and leaves out ports that stand twice
 * in one list, so that none of its connections counts twice.  Ends are the same when they
 * are written alike: selectors of all have to be interned in one place. */
void repeats_warn(struct ctx *cx, struct assertions *all);

#endif
