/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pods are visited in order, so each list of holders is ascending.
 */
#include <netpolc/policy/port_index.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

struct port_index {
	struct arena *arena;
	const struct cluster *cluster;
	struct hashset *names;
};

static uint64_t hash_holders(const void *item, uint64_t seed)
{
	const struct port_holders *h = item;

	return hash_bytes(&h->name, sizeof(h->name), seed + h->protocol);
}

static bool equal_holders(const void *a, const void *b)
{
	const struct port_holders *x = a, *y = b;

	return x->name == y->name && x->protocol == y->protocol;
}

const struct port_holders *port_index_find(const struct port_index *ix, const char *name,
					   enum protocol protocol)
{
	const struct port_holders key = { .name = name, .protocol = protocol };

	return hashset_find(ix->names, &key);
}

struct port_holders *port_index_add(struct port_index *ix, const char *name,
				    enum protocol protocol)
{
	struct port_holders *h, key = { .name = name, .protocol = protocol };

	h = hashset_find(ix->names, &key);
	if (h)
		return h;
	h = ARENA_NEW(ix->arena, struct port_holders);
	*h = key;
	for (int d = 0; d < DIRECTIONS; d++)
		h->id[d] = NO_PORT_NAME;
	return hashset_add(ix->names, h);
}

void port_index_locate(struct port_index *ix, struct port_holders *h)
{
	for (size_t i = 0; i < h->pods.len && !h->located; i++) {
		const struct pod *pod = &ix->cluster->pods[h->pods.at[i]];

		h->unplaced |= pod->naddresses == 0;
		for (size_t k = 0; k < pod->naddresses; k++) {
			struct address a = pod->addresses[k];

			*ARENA_PUSH(ix->arena, &h->addresses[a.family]) =
				(struct range){ a.number, a.number };
		}
	}
	for (enum family f = 0; f < FAMILIES && !h->located; f++)
		ranges_settle(&h->addresses[f]);
	h->located = true;
}

static void list_pod(struct port_index *ix, const struct pod *pod, uint32_t id)
{
	for (size_t i = 0; i < pod->nports; i++) {
		struct port_holders *h =
			port_index_add(ix, pod->ports[i].name, pod->ports[i].protocol);

		/* A name may stand for several numbers of a pod. */
		if (h->pods.len == 0 || h->pods.at[h->pods.len - 1] != id)
			*ARENA_PUSH(ix->arena, &h->pods) = id;
	}
}

struct port_index *port_index_build(struct arena *a, const struct cluster *cl)
{
	static const struct hashset_type type = { hash_holders, equal_holders };
	struct port_index *ix = ARENA_NEW(a, struct port_index);

	ix->arena = a;
	ix->cluster = cl;
	ix->names = hashset_new(a, &type);
	for (uint32_t id = 0; id < cl->npods; id++)
		if (pod_is_live(&cl->pods[id]) && !cl->pods[id].invalid)
			list_pod(ix, &cl->pods[id], id);
	return ix;
}
