/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix_why - the policies behind a cell
 *
 * For one direction: which policies isolate the pods that it is up to, and which of
 * their rules let the other end through.  It takes both.
 */
#ifndef NETPOLC_MATRIX_WHY_H
#define NETPOLC_MATRIX_WHY_H

#include <netpolc/analysis/explain.h>
#include <netpolc/analysis/matrix.h>

struct matrix_why {
	bool isolated; /* some of them, at least */
	/* That isolate them, ascending; none where containment or an annotation does. */
	struct id_list policies;
	bool several; /* in a cell of several members: then rules are not looked for */
	/*
	 * Rules that allow any of the cell's ports; where it has none, any port at all:
	 * then it is the other direction that denies, or they are none.
	 */
	struct rule_refs rules;
};

struct matrix_reasons;

struct matrix_reasons *matrix_reasons_new(struct ctx *cx, const struct matrix *m)
	__attribute__((returns_nonnull));

/* What is asked about twice is looked for once. */
const struct matrix_why *matrix_why(struct matrix_reasons *reasons, enum direction d,
				    size_t from, size_t to)
	__attribute__((returns_nonnull));

#endif
