/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check - what is doubtful about policies that are valid
 *
 * Findings are asked of the pods and decisions there are, not of how policies are
 * written: a selector that selects no pod, a policy without which every decision would
 * be the same.  What only the text of an object shows is found while it is decoded
 * (manifest/pitfalls.h).
 */
#ifndef NETPOLC_CHECK_H
#define NETPOLC_CHECK_H

struct ctx;
struct decisions;

/* Reports findings of base/findings.h into cx->diags; those that are off are not looked
 * for. */
void check(struct ctx *cx, const struct decisions *dc);

#endif
