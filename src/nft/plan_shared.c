/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared peers: which selectors are worth one address set for all rows that allow
 * them, and which of these a row asks.
 */
#include <netpolc/nft/planning.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <stdlib.h>

static size_t count_addresses(const struct planner *p, enum family f,
			      const uint32_t *atoms, size_t n)
{
	const uint32_t *first = p->views[f].addresses.first;
	size_t out = 0;

	for (size_t i = 0; i < n; i++)
		out += first[atoms[i] + 1] - first[atoms[i]];
	return out;
}

static uint64_t hash_shared(const void *item, uint64_t seed)
{
	const struct shared_peer *s = item;
	uint32_t key[2] = { s->peer, s->family };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_shared(const void *a, const void *b)
{
	const struct shared_peer *x = a, *y = b;

	return x->peer == y->peer && x->family == y->family;
}

void plan_shared_open(struct planner *p)
{
	static const struct hashset_type type = { hash_shared, equal_shared };

	p->shared = hashset_new(p->arena, &type);
}

/* The entry of a grant that could be a shared set: to many pods, and more than
 * everybody has.  Made when it is not there yet; else NULL. */
static struct shared_peer *shared_entry(struct planner *p, enum family f,
					const struct row *row, const struct grant *g)
{
	struct shared_peer *s, probe = { .peer = g->peer, .family = f };

	if (g->peer == ANY_PEER || p->dc->sets->peers[g->peer].block ||
	    portset_union(p->dc->portsets, row->base, g->ports) == row->base)
		return NULL;
	s = hashset_find(p->shared, &probe);
	if (s)
		return s;
	probe.addresses = count_addresses(p, f, p->classes->peer_atoms[g->peer],
					  p->classes->npeer_atoms[g->peer]);
	if (probe.addresses < p->limits->share)
		return NULL;
	s = ARENA_NEW(p->arena, struct shared_peer);
	*s = probe;
	*ARENA_PUSH(p->arena, &p->all_shared) = s;
	return hashset_add(p->shared, s);
}

void plan_shared_count(struct planner *p, enum family f, const struct row *row,
		       size_t pods)
{
	for (size_t i = 0; i < row->ngrants; i++) {
		struct shared_peer *s = shared_entry(p, f, row, &row->grants[i]);

		if (!s)
			continue;
		s->rows++;
		s->saves += pods * s->addresses;
	}
}

/* What saves most first; equal ones by their canonical order, which is by id. */
static int compare_shared(const void *a, const void *b)
{
	const struct shared_peer *x = *(struct shared_peer *const *)a;
	const struct shared_peer *y = *(struct shared_peer *const *)b;

	if (x->saves != y->saves)
		return (x->saves < y->saves) - (x->saves > y->saves);
	if (x->peer != y->peer)
		return (x->peer > y->peer) - (x->peer < y->peer);
	return (int)x->family - (int)y->family;
}

/* Half of what is left of the sets may be shared ones. */
void plan_shared_grant(struct planner *p)
{
	size_t room = sets_left(p) / 2;

	if (p->all_shared.len == 0)
		return;
	qsort(p->all_shared.at, p->all_shared.len, sizeof(*p->all_shared.at),
	      compare_shared);
	for (size_t i = 0; i < p->all_shared.len && room > 0; i++) {
		if (p->all_shared.at[i]->rows < 2)
			continue;
		p->all_shared.at[i]->granted = true;
		room--;
	}
}

static bool has_port_set(const struct planner *p, const struct portset *ports)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (ports->ports[i].len > p->limits->inline_ports)
			return true;
	return false;
}

/* Look-ups of port sets and of shared peers together would be too many. */
static bool may_use_shared(const struct planner *p, const struct row *row)
{
	if (has_port_set(p, row->base))
		return false;
	for (size_t c = 0; c < row->ncells; c++)
		if (has_port_set(p, row->cells[c].ports))
			return false;
	return true;
}

/* Keeps the largest, in descending order. */
static void use_shared(struct row_plan *out, struct shared_use use)
{
	size_t i = out->nshared;

	if (i == SHARED_MAX) {
		if (out->shared[i - 1].peer->addresses >= use.peer->addresses)
			return;
		i--;
	} else {
		out->nshared++;
	}
	for (; i > 0 && out->shared[i - 1].peer->addresses < use.peer->addresses; i--)
		out->shared[i] = out->shared[i - 1];
	out->shared[i] = use;
}

/* Notes, by atom, what the row's shared peers give. */
static void spread_shared(struct planner *p, const struct shared_use *use)
{
	uint32_t peer = use->peer->peer;

	for (size_t i = 0; i < p->classes->npeer_atoms[peer]; i++) {
		const struct portset **ports =
			&p->shared_ports[p->classes->peer_atoms[peer][i]];

		*ports = *ports ? portset_union(p->dc->portsets, *ports, use->ports)
				: use->ports;
	}
}

void plan_shared_forget(struct planner *p, const struct row_plan *out)
{
	for (size_t i = 0; i < out->nshared; i++) {
		uint32_t peer = out->shared[i].peer->peer;

		for (size_t j = 0; j < p->classes->npeer_atoms[peer]; j++)
			p->shared_ports[p->classes->peer_atoms[peer][j]] = NULL;
	}
}

void plan_shared_choose(struct planner *p, enum family f, const struct row *row,
			struct row_plan *out)
{
	if (!may_use_shared(p, row))
		return;
	for (size_t i = 0; i < row->ngrants; i++) {
		const struct grant *g = &row->grants[i];
		struct shared_peer *s = shared_entry(p, f, row, g);

		if (s && s->granted && !has_port_set(p, g->ports))
			use_shared(out, (struct shared_use){ s, g->ports });
	}
	for (size_t i = 0; i < out->nshared; i++) {
		struct shared_peer *s = hashset_find(p->shared, out->shared[i].peer);

		spread_shared(p, &out->shared[i]);
		if (s->used)
			continue;
		s->used = true;
		p->plan->sets++;
		p->elements += s->addresses;
	}
}
