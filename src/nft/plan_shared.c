/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared pools: which are worth one address set for all rows that allow them, and
 * which of these a row asks.
 */
#include <netpolc/nft/planning.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>

/* What a grant says of its pool. */
struct candidate {
	struct shared_pool *pool;
	const struct portset *ports;
	size_t exceptions;
	size_t order;
};

struct candidates {
	struct candidate *at;
	size_t len, cap;
};

/* Whether a grant could be a shared set: to most of many pods, and more than everybody
 * has. */
static bool find_candidate(struct planner *p, enum family f, const struct row *row,
			   const struct grant *g, struct candidate *out)
{
	const struct classes *cs = p->classes;
	struct shared_pool *pool;
	size_t members;

	if (g->peer == ANY_PEER || p->dc->sets->peers[g->peer].block ||
	    portset_union(p->dc->portsets, row->base, g->ports) == row->base)
		return false;
	pool = &p->pools[f][p->pool_of[g->peer]];
	*out = (struct candidate){ .pool = pool, .ports = g->ports };
	if (cs->npeer_atoms[g->peer] == pool->natoms)
		return cost_may_share(p->limits, pool->addresses, 0);
	members = plan_addresses(p, f, cs->peer_atoms[g->peer], cs->npeer_atoms[g->peer]);
	if (!cost_may_share(p->limits, pool->addresses, pool->addresses - members))
		return false;
	out->exceptions = plan_exceptions(p, pool, row, g->ports, NULL);
	return true;
}

void plan_shared_count(struct planner *p, enum family f, const struct row *row,
		       size_t pods)
{
	for (size_t i = 0; i < row->ngrants; i++) {
		struct candidate c;

		if (!find_candidate(p, f, row, &row->grants[i], &c))
			continue;
		c.pool->rows++;
		c.pool->saves += cost_share_saves(c.pool->addresses, c.exceptions, pods);
	}
}

/* What saves most first; equal ones by their canonical order, which is by id. */
static int compare_pools(const void *a, const void *b)
{
	const struct shared_pool *x = *(struct shared_pool *const *)a;
	const struct shared_pool *y = *(struct shared_pool *const *)b;

	if (x->saves != y->saves)
		return (x->saves < y->saves) - (x->saves > y->saves);
	if (x->id != y->id)
		return (x->id > y->id) - (x->id < y->id);
	return (int)x->family - (int)y->family;
}

/* Half of what is left of the sets may be shared ones. */
void plan_shared_grant(struct planner *p)
{
	struct shared_pool **wanted =
		ARENA_ARRAY(p->arena, FAMILIES * p->npools, struct shared_pool *);
	size_t room = sets_left(p) / 2, n = 0;

	for (enum family f = 0; f < FAMILIES; f++)
		for (size_t i = 0; i < p->npools; i++)
			if (p->pools[f][i].rows > 1)
				wanted[n++] = &p->pools[f][i];
	if (n > 0)
		qsort(wanted, n, sizeof(*wanted), compare_pools);
	for (size_t i = 0; i < n && i < room; i++)
		wanted[i]->granted = true;
}

static bool has_port_set(const struct planner *p, const struct portset *ports)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (ports->ports[i].len > p->limits->inline_ports)
			return true;
	return false;
}

bool plan_has_port_sets(const struct planner *p, const struct row *row)
{
	if (has_port_set(p, row->base))
		return true;
	for (size_t c = 0; c < row->ncells; c++)
		if (has_port_set(p, row->cells[c].ports))
			return true;
	return false;
}

/* The largest first; equal ones in the order of grants. */
static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->pool->addresses != y->pool->addresses)
		return (x->pool->addresses < y->pool->addresses) -
		       (x->pool->addresses > y->pool->addresses);
	return (x->order > y->order) - (x->order < y->order);
}

/* Peers that exclude different pods may both be the whole pool but the same. */
static bool is_used(const struct row_plan *out, const struct candidate *c)
{
	for (size_t i = 0; i < out->nshared; i++)
		if (out->shared[i].pool == c->pool && out->shared[i].ports == c->ports)
			return true;
	return false;
}

/* Notes, by atom, what the row's shared pool gives. */
static void spread_shared(struct planner *p, const struct row *row,
			  const struct shared_use *use)
{
	for (size_t i = 0; i < use->pool->natoms; i++) {
		uint32_t atom = use->pool->atoms[i];
		const struct portset **ports = &p->shared_ports[atom];

		if (use->except.len > 0 && !plan_allows(p, row, atom, use->ports))
			continue;
		*ports = *ports ? portset_union(p->dc->portsets, *ports, use->ports)
				: use->ports;
	}
}

void plan_shared_forget(struct planner *p, const struct row_plan *out)
{
	for (size_t i = 0; i < out->nshared; i++)
		for (size_t j = 0; j < out->shared[i].pool->natoms; j++)
			p->shared_ports[out->shared[i].pool->atoms[j]] = NULL;
}

static void use_shared(struct planner *p, const struct row *row,
		       const struct candidate *c, struct row_plan *out)
{
	struct shared_use *use = &out->shared[out->nshared++];

	*use = (struct shared_use){ .pool = c->pool, .ports = c->ports };
	if (c->exceptions > 0)
		plan_exceptions(p, c->pool, row, c->ports, &use->except);
	spread_shared(p, row, use);
	p->elements += use->except.len;
	if (c->pool->used)
		return;
	c->pool->used = true;
	p->plan->sets++;
	p->elements += c->pool->addresses;
}

void plan_shared_choose(struct planner *p, enum family f, const struct row *row,
			struct row_plan *out)
{
	struct candidates candidates = { 0 };
	unsigned lookups = 0;
	struct candidate c;

	/* Look-ups of port sets and of shared pools together would be too many. */
	if (plan_has_port_sets(p, row))
		return;
	for (size_t i = 0; i < row->ngrants; i++) {
		if (!find_candidate(p, f, row, &row->grants[i], &c) || !c.pool->granted ||
		    has_port_set(p, c.ports))
			continue;
		c.order = i;
		*ARENA_PUSH(p->scratch, &candidates) = c;
	}
	if (candidates.len > 0)
		qsort(candidates.at, candidates.len, sizeof(*candidates.at),
		      compare_candidates);
	for (size_t i = 0; i < candidates.len; i++) {
		unsigned more = cost_share_lookups(candidates.at[i].exceptions);

		if (lookups + more > LOOKUPS_SHARED || is_used(out, &candidates.at[i]))
			continue;
		lookups += more;
		use_shared(p, row, &candidates.at[i], out);
	}
}
