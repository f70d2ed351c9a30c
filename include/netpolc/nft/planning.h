/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * planning - what the parts of plan share
 *
 * plan.c surveys the rows and chooses forms, plan_shared.c finds the peers that
 * are worth a set for several rows, plan_lists.c makes the address lists.
 */
#ifndef NETPOLC_PLANNING_H
#define NETPOLC_PLANNING_H

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/plan.h>

/* Sets that are there whatever the plan: dispatch, self and isolated of both
 * families, the neighbour discovery types, and the concatenated maps. */
#define FIXED_SETS 17

/* Members of each atom: at[first[atom]] to at[first[atom + 1] - 1]. */
struct members {
	uint32_t *first, *at;
};

struct view {
	struct members addresses, intervals; /* indexes into those of classes */
	uint32_t *around; /* by address: the interval that it lies in */
};

struct planner {
	struct ctx *cx;
	struct arena *arena, *scratch;
	const struct decisions *dc;
	const struct classes *classes;
	const struct lower_limits *limits;
	struct plan *plan;
	struct view views[FAMILIES];
	const struct portset **shared_ports; /* by atom: what shared peers of the row at
					      * hand give to it; NULL: nothing */
	struct hashset *shared;
	struct shared_list {
		struct shared_peer **at;
		size_t len, cap;
	} all_shared; /* in canonical order */
	size_t elements;
};

/* Sets that the limit still allows. */
size_t sets_left(const struct planner *p);

/* Lists addresses and intervals of the family by atom. */
void plan_view(struct planner *p, enum family f);

/* Fills out->hosts and out->nets. */
void plan_lists(struct planner *p, enum family f, const struct row *row,
		struct row_plan *out);

/* Begins looking for shared peers. */
void plan_shared_open(struct planner *p);

/* Counts what a row with that many pods would save by sharing its peers. */
void plan_shared_count(struct planner *p, enum family f, const struct row *row,
		       size_t pods);

/* Gives sets to the peers that save most, once all rows are counted. */
void plan_shared_grant(struct planner *p);

/* Chooses the row's shared peers and notes, in p->shared_ports, what they give. */
void plan_shared_choose(struct planner *p, enum family f, const struct row *row,
			struct row_plan *out);

/* Forgets what the last choose() noted. */
void plan_shared_forget(struct planner *p, const struct row_plan *out);

#endif
