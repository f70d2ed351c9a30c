/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix_out - a matrix in the forms that people and programs read
 *
 * The table is for people: a grid while it has room, else for each group who reaches it.
 * The other forms have every cell, but for dot, which has what connects.
 */
#ifndef NETPOLC_MATRIX_OUT_H
#define NETPOLC_MATRIX_OUT_H

#include <netpolc/analysis/matrix.h>
#include <netpolc/base/buf.h>

struct matrix_look {
	size_t width; /* columns of the terminal, where long lines are broken; 0: none */
	bool color;
};

void matrix_table(struct buf *out, const struct matrix *m,
		  const struct matrix_look *look);
void matrix_csv(struct buf *out, const struct matrix *m);
void matrix_dot(struct buf *out, const struct matrix *m);
void matrix_json(struct buf *out, const struct matrix *m);

/* ---- what the writers share; text of manifests is as it is ---- */

/* What stands for a group everywhere: "shop/Deployment/web", "shop/db", "shop/app=web",
 * "shop/Deployment/web [2]" of a workload in parts, "10.0.0.0/8", "outside",
 * "unknown pods"; with a namespace as a whole "shop". */
void matrix_label(struct buf *out, const struct matrix_end *end);

/* The same without the namespace. */
void matrix_short_label(struct buf *out, const struct matrix_end *end);

/* "all", "-", "tcp 80, 443"; "some tcp 80" where only some pairs have it; "." where there
 * is no pair. */
void matrix_ports(struct buf *out, const struct matrix_cell *cell);

/* Those of a side that are wanted: "everybody", "any pod", …; all addresses that no pod
 * has are "everything outside", where policies tell some of them from "outside". */
void matrix_set(struct buf *out, const struct matrix_side *side, const bool *wanted);

/* The groups that the value of an option names, by index of ends; NULL after reporting
 * that there is no such thing. */
const bool *matrix_choose(struct ctx *cx, const struct matrix_ends *ends,
			  const char *option, const char *text);

#endif
