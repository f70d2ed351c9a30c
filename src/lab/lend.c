/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lend - a cluster comes in, the same with an address for every live pod goes out
 */
#include <netpolc/lab/lend.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* What testbed_carries() says of all of, but for IPv4's loopback. */
static const struct range pools[FAMILIES] = {
	[FAMILY_IPV4] = { (u128)1 << 24, ((u128)224 << 24) - 1 },
	[FAMILY_IPV6] = { (u128)0x2000 << 112, ((u128)0xfe80 << 112) - 1 },
};
static const struct range loopback = { (u128)127 << 24, ((u128)128 << 24) - 1 };

struct taken {
	struct arena *arena;
	struct ranges at[FAMILIES];
};

static void take(struct taken *t, struct address a)
{
	*ARENA_PUSH(t->arena, &t->at[a.family]) = (struct range){ a.number, a.number };
}

/* A block that is all of a family is no obstacle: it matches whoever is lent one. */
static void take_blocks(struct taken *t, const struct pod_sets *sets)
{
	for (size_t i = 0; i < sets->npeers; i++) {
		const struct peer *peer = &sets->peers[i];

		for (size_t j = 0; peer->block && !peer->whole && j < peer->addresses.len;
		     j++)
			*ARENA_PUSH(t->arena, &t->at[peer->family]) =
				peer->addresses.at[j];
	}
}

static void take_cluster(struct taken *t, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npods; i++)
		for (size_t j = 0; j < cl->pods[i].naddresses; j++)
			take(t, cl->pods[i].addresses[j]);
	for (size_t i = 0; i < cl->nnodes; i++)
		for (size_t j = 0; j < cl->nodes[i].naddresses; j++)
			take(t, cl->nodes[i].addresses[j]);
}

static void take_party(struct taken *t, const struct party *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (!party_at(p, i)->is_pod)
			take(t, party_at(p, i)->address);
}

static void take_run(struct taken *t, const struct test_run *run)
{
	for (size_t i = 0; i < run->len; i++) {
		const struct test_result *r = &run->results[i];

		/* All inquiries of an assertion have the same ends. */
		take_party(t, &r->inquiries[0].from);
		take_party(t, &r->inquiries[0].to);
	}
}

/* The next address of the family that is free, at or behind *next. */
static bool find_free(const struct ranges *free, u128 *next)
{
	for (size_t i = 0; i < free->len; i++) {
		if (free->at[i].hi < *next)
			continue;
		if (free->at[i].lo > *next)
			*next = free->at[i].lo;
		return true;
	}
	return false;
}

static void lend(struct ctx *cx, struct pod *pod, const struct ranges free[FAMILIES],
		 u128 next[FAMILIES])
{
	struct address *at = ARENA_ARRAY(cx->arena, FAMILIES, struct address);

	pod->addresses = at;
	for (enum family f = 0; f < FAMILIES; f++)
		if (find_free(&free[f], &next[f]))
			at[pod->naddresses++] = (struct address){ f, next[f]++ };
}

const struct cluster *lend_addresses(struct ctx *cx, const struct decisions *dc,
				     const struct test_run *run)
{
	struct cluster *cl = ARENA_NEW(cx->arena, struct cluster);
	struct taken t = { .arena = cx->arena };
	struct ranges free[FAMILIES];
	u128 next[FAMILIES] = { 0 };

	*cl = *dc->cluster;
	cl->pods = ARENA_ARRAY(cx->arena, cl->npods, struct pod);
	if (cl->npods)
		memcpy(cl->pods, dc->cluster->pods, cl->npods * sizeof(*cl->pods));
	*ARENA_PUSH(cx->arena, &t.at[FAMILY_IPV4]) = loopback;
	take_blocks(&t, dc->sets);
	take_cluster(&t, cl);
	take_run(&t, run);
	for (enum family f = 0; f < FAMILIES; f++) {
		struct range pool = pools[f];
		const struct ranges all = { .at = &pool, .len = 1 };

		ranges_settle(&t.at[f]);
		free[f] = ranges_difference(cx->arena, &all, &t.at[f]);
	}
	for (size_t i = 0; i < cl->npods; i++)
		if (pod_is_live(&cl->pods[i]) && !cl->pods[i].naddresses)
			lend(cx, &cl->pods[i], free, next);
	return cl;
}
