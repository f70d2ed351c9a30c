/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: ends.  Out: the pairs of a pod and its own node, which policy cannot part
 * (A 82): the node's addresses, and the hostNetwork pods that have them.
 */
#include <netpolc/analysis/comparing.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>

/* An address of a hostNetwork pod. */
struct host {
	struct address address;
	uint32_t pod; /* index into comparison.pods */
};

struct hosts {
	struct host *at;
	size_t len, cap;
};

static int compare_hosts(const void *a, const void *b)
{
	const struct host *x = a, *y = b;
	int order = address_compare(x->address, y->address);

	return order ? order : (x->pod > y->pod) - (x->pod < y->pod);
}

static int compare_identity(const struct own_pair *x, const struct own_pair *y)
{
	if (x->pod != y->pod)
		return x->pod < y->pod ? -1 : 1;
	if (x->other_is_piece != y->other_is_piece)
		return x->other_is_piece ? 1 : -1;
	/* Pieces of two families may have one number; their groups differ. */
	if (x->groups[1] != y->groups[1])
		return x->groups[1] < y->groups[1] ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

static int compare_places(const void *a, const void *b)
{
	const struct own_pair *x = a, *y = b;

	for (int i = 0; i < 2; i++)
		if (x->groups[i] != y->groups[i])
			return x->groups[i] < y->groups[i] ? -1 : 1;
	return compare_identity(x, y);
}

static const struct pod *pod_of(const struct comparing *c, uint32_t index, enum side s)
{
	uint32_t id = c->pods[index].id[s];

	return id == NO_POD ? NULL : &c->dc[s]->cluster->pods[id];
}

static struct hosts list_hosts(const struct comparing *c, enum side s,
			       struct arena *scratch)
{
	struct hosts hosts = { 0 };

	for (uint32_t i = 0; i < c->npods; i++) {
		const struct pod *pod = pod_of(c, i, s);

		for (size_t a = 0; pod && pod->host_network && a < pod->naddresses; a++)
			*ARENA_PUSH(scratch, &hosts) =
				(struct host){ pod->addresses[a], i };
	}
	if (hosts.len)
		qsort(hosts.at, hosts.len, sizeof(*hosts.at), compare_hosts);
	return hosts;
}

static size_t first_host(const struct hosts *hosts, struct address a)
{
	size_t lo = 0, hi = hosts->len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (address_compare(hosts->at[mid].address, a) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The piece that is this address of a node alone; NULL when a pod has it. */
static const struct piece *find_piece(const struct comparing *c, struct address a)
{
	const struct pieces *all = &c->pieces[a.family];
	size_t lo = 0, hi = all->len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (all->at[mid].lo < a.number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < all->len && all->at[lo].lo == a.number ? &all->at[lo] : NULL;
}

static void add_own(struct comparing *c, uint32_t pod, const struct own_pair *other)
{
	struct own_pair *own = ARENA_PUSH(c->arena, &c->own);

	*own = *other;
	own->pod = pod;
	own->groups[0] = c->pods[pod].group;
}

static void add_address(struct comparing *c, const struct hosts *hosts, uint32_t pod,
			struct address a, enum side s)
{
	const struct piece *piece = find_piece(c, a);

	if (piece)
		add_own(c, pod,
			&(struct own_pair){
				.other = (uint32_t)(piece - c->pieces[a.family].at),
				.other_is_piece = true,
				.groups = { 0, piece->group },
				.on = 1u << s });
	for (size_t i = first_host(hosts, a);
	     i < hosts->len && address_equal(hosts->at[i].address, a); i++)
		add_own(c, pod,
			&(struct own_pair){
				.other = hosts->at[i].pod,
				.groups = { 0, c->pods[hosts->at[i].pod].group },
				.on = 1u << s });
}

static void add_side(struct comparing *c, enum side s)
{
	struct arena *scratch = arena_new();
	struct hosts hosts = list_hosts(c, s, scratch);

	for (uint32_t i = 0; i < c->npods; i++) {
		const struct pod *pod = pod_of(c, i, s);
		const struct node_object *node;

		if (!pod || !pod->node || !pod_is_live(pod))
			continue;
		node = cluster_node(c->dc[s]->cluster, pod->node);
		for (size_t a = 0; node && a < node->naddresses; a++)
			add_address(c, &hosts, i, node->addresses[a], s);
	}
	arena_free(scratch);
}

/* A pair of both sides, or with several addresses, is one. */
static void merge_own(struct own_pairs *own)
{
	size_t n = 0;

	if (own->len)
		qsort(own->at, own->len, sizeof(*own->at), compare_places);
	for (size_t i = 0; i < own->len; i++) {
		if (n && !compare_identity(&own->at[n - 1], &own->at[i]))
			own->at[n - 1].on |= own->at[i].on;
		else
			own->at[n++] = own->at[i];
	}
	own->len = n;
}

void compare_nodes(struct comparing *c)
{
	for (enum side s = 0; s < SIDES; s++)
		add_side(c, s);
	merge_own(&c->own);
}

static size_t first_own(const struct own_pairs *own, uint32_t x, uint32_t y)
{
	size_t lo = 0, hi = own->len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const uint32_t *groups = own->at[mid].groups;

		if (groups[0] < x || (groups[0] == x && groups[1] < y))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t count_own(const struct own_pairs *own, uint32_t x, uint32_t y)
{
	return first_own(own, x, y + 1) - first_own(own, x, y);
}

const struct own_pair *compare_own(const struct comparing *c, uint32_t group, size_t *n)
{
	size_t first = first_own(&c->own, group, 0);

	*n = first_own(&c->own, group + 1, 0) - first;
	return *n ? &c->own.at[first] : NULL;
}

size_t compare_pairs(const struct comparing *c, uint32_t from, uint32_t to)
{
	size_t len[2], all;

	if (c->keys[from].wide || c->keys[to].wide)
		return SIZE_MAX;
	len[0] = c->groups[from].outside ? c->keys[from].lone : c->groups[from].pods.len;
	len[1] = c->groups[to].outside ? c->keys[to].lone : c->groups[to].pods.len;
	all = len[0] * len[1];
	if (from == to)
		all -= c->keys[from].itself;
	return all - count_own(&c->own, from, to) - count_own(&c->own, to, from);
}
