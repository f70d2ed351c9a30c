/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide - the canonical form of all policy
 *
 * For each class, each atom has one port set: the union of what all rules of all
 * its policies allow.  A row keeps the port set that every peer has (base) and
 * the atoms that have more.  Rows are interned by what their class grants, a
 * canonical list of (peer, ports); classes that grant the same share one row,
 * and the key of a row names it whatever pods there are.
 */
#ifndef NETPOLC_DECIDE_H
#define NETPOLC_DECIDE_H

#include <netpolc/policy/classify.h>
#include <netpolc/policy/portset.h>

/* One allowance: members of a peer may use ports.  Named ports of an egress rule
 * depend on the peer's pods and stand in names. */
struct grant {
	uint32_t peer;		     /* id, or ANY_PEER */
	const struct portset *ports; /* without the named ones of an egress rule */
	const uint32_t *names;	     /* ids into pod_sets.names[EGRESS], ascending */
	size_t nnames;
};
#define ANY_PEER UINT32_MAX

struct cell {
	uint32_t atom;
	const struct portset *ports; /* more than the row's base, which it includes */
};

struct row {
	uint32_t id;
	const struct portset *base; /* what any peer may use */
	const struct cell *cells;   /* ascending by atom */
	size_t ncells;
	const struct grant *grants; /* canonical order */
	size_t ngrants;
};

struct decisions {
	const struct cluster *cluster;
	const struct pod_sets *sets;
	const struct classes *classes;
	struct portsets *portsets;
	const struct row **rows[DIRECTIONS]; /* by class */
	const struct row **all_rows;	     /* distinct ones, by id */
	size_t nrows;
};

/* NULL after reporting DIAG_TOO_LARGE: rules that overlap can give every pair of class
 * and atom ports of its own, and so outgrow memory by far. */
const struct decisions *decide(struct ctx *cx, const struct cluster *cl,
			       const struct pod_sets *sets,
			       const struct classes *classes);

/* With at most about so many ranges of ports in all, or four times as many grants and
 * cells. */
const struct decisions *decide_within(struct ctx *cx, const struct cluster *cl,
				      const struct pod_sets *sets,
				      const struct classes *classes, size_t ranges);

/* What the row allows to the atom. */
const struct portset *row_ports(const struct row *row, uint32_t atom);

/* --dump=decisions: classes, atoms and rows in a stable text form. */
void decisions_dump(struct buf *out, const struct decisions *dc);

#endif
