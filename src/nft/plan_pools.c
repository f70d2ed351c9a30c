/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers come in; the pools that they select from go out, as atoms.
 *
 * A pool is the union of the input's peers that it is the pool of, not everything that
 * its selector would match: what no peer of the input reaches needs no element.
 */
#include <netpolc/nft/planning.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/policy/ids.h>

/* A pool while peers are gone through. */
struct pool {
	const char *key;
	uint32_t id;
	struct id_list peers;
};

struct pools {
	struct pool **at;
	size_t len, cap;
};

static uint64_t hash_pool(const void *item, uint64_t seed)
{
	const struct pool *pool = item;

	return hash_bytes(&pool->key, sizeof(pool->key), seed);
}

static bool equal_pools(const void *a, const void *b)
{
	return ((const struct pool *)a)->key == ((const struct pool *)b)->key;
}

static void collect(struct planner *p, struct pools *out)
{
	static const struct hashset_type type = { hash_pool, equal_pools };
	struct hashset *by_key = hashset_new(p->arena, &type);
	const struct pod_sets *sets = p->dc->sets;

	for (uint32_t i = 0; i < sets->npeers; i++) {
		const struct pool probe = { .key = sets->peers[i].pool };
		struct pool *pool;

		if (!probe.key)
			continue;
		pool = hashset_find(by_key, &probe);
		if (!pool) {
			pool = ARENA_NEW(p->arena, struct pool);
			*pool = probe;
			pool->id = (uint32_t)out->len;
			*ARENA_PUSH(p->arena, out) = hashset_add(by_key, pool);
		}
		*ARENA_PUSH(p->arena, &pool->peers) = i;
		p->pool_of[i] = pool->id;
	}
}

/* The union of its peers; taken is scratch, by atom, and all false. */
static void unite(struct planner *p, const struct pool *pool, bool *taken,
		  struct id_list *out)
{
	for (size_t i = 0; i < pool->peers.len; i++) {
		uint32_t peer = pool->peers.at[i];

		for (size_t j = 0; j < p->classes->npeer_atoms[peer]; j++) {
			uint32_t atom = p->classes->peer_atoms[peer][j];

			if (taken[atom])
				continue;
			taken[atom] = true;
			*ARENA_PUSH(p->arena, out) = atom;
		}
	}
	for (size_t i = 0; i < out->len; i++)
		taken[out->at[i]] = false;
	if (out->len > 0)
		ids_sort(out->at, out->len);
}

static void fill(struct planner *p, const struct pool *pool, const struct id_list *atoms)
{
	for (enum family f = 0; f < FAMILIES; f++)
		p->pools[f][pool->id] = (struct shared_pool){
			.key = pool->key,
			.id = pool->id,
			.family = f,
			.atoms = atoms->at,
			.natoms = atoms->len,
			.addresses = plan_addresses(p, f, atoms->at, atoms->len),
		};
}

void plan_pools(struct planner *p)
{
	bool *taken = ARENA_ARRAY(p->arena, p->classes->natoms, bool);
	struct pools pools = { 0 };

	p->pool_of = ARENA_ARRAY(p->arena, p->dc->sets->npeers, uint32_t);
	collect(p, &pools);
	p->npools = pools.len;
	for (enum family f = 0; f < FAMILIES; f++)
		p->pools[f] = ARENA_ARRAY(p->arena, pools.len, struct shared_pool);
	for (size_t i = 0; i < pools.len; i++) {
		struct id_list atoms = { 0 };

		unite(p, pools.at[i], taken, &atoms);
		fill(p, pools.at[i], &atoms);
	}
}
