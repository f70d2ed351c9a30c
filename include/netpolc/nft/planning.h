/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * planning - what the parts of plan share
 *
 * plan.c surveys the rows and chooses forms, plan_pools.c says what peers select
 * from, plan_shared.c finds the pools that are worth a set for several rows,
 * plan_lists.c makes the address lists.
 */
#ifndef NETPOLC_PLANNING_H
#define NETPOLC_PLANNING_H

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/plan.h>

/* Sets that are there whatever the plan: dispatch, self and isolated of both
 * families, the neighbour discovery types, and the concatenated maps and sets. */
#define FIXED_SETS 21

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
	struct shared_pool *pools[FAMILIES]; /* by pool id */
	size_t npools;
	uint32_t *pool_of; /* by peer id; of a block, no pool's */
	size_t elements;
	size_t prefixes; /* in levels, of all lists that would have them */
};

/* Sets that the limit still allows. */
size_t sets_left(const struct planner *p);

/* Lists addresses and intervals of the family by atom. */
void plan_view(struct planner *p, enum family f);

/* How many addresses the atoms have. */
size_t plan_addresses(const struct planner *p, enum family f, const uint32_t *atoms,
		      size_t n);

/* Whether the row allows these ports, and maybe more, to the atom. */
bool plan_allows(struct planner *p, const struct row *row, uint32_t atom,
		 const struct portset *ports);

/* The addresses of the pool to which the row does not allow the ports; the list may
 * be NULL. */
size_t plan_exceptions(struct planner *p, const struct shared_pool *pool,
		       const struct row *row, const struct portset *ports,
		       struct peer_list *out);

/* Fills out->hosts and out->nets. */
void plan_lists(struct planner *p, enum family f, const struct row *row,
		struct row_plan *out);

/* Fills in pools, once there are views of both families. */
void plan_pools(struct planner *p);

/* Whether some of the row's ports are too many to be rules. */
bool plan_has_port_sets(const struct planner *p, const struct row *row);

/* Counts what a row with that many pods would save by sharing its pools. */
void plan_shared_count(struct planner *p, enum family f, const struct row *row,
		       size_t pods);

/* Gives sets to the pools that save most, once all rows are counted. */
void plan_shared_grant(struct planner *p);

/* Chooses the row's shared pools and notes, in p->shared_ports, what they give. */
void plan_shared_choose(struct planner *p, enum family f, const struct row *row,
			struct row_plan *out);

/* Forgets what the last choose() noted. */
void plan_shared_forget(struct planner *p, const struct row_plan *out);

#endif
