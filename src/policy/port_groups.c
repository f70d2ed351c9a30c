/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups are found by hashing the numbers, so that pods with many different
 * numbers cost no more than pods with one.
 */
#include <netpolc/policy/port_groups.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

static uint64_t hash_group(const void *item, uint64_t seed)
{
	const struct port_group *g = item;

	return hash_bytes(g->numbers.at, g->numbers.len * sizeof(struct range), seed);
}

static bool equal_groups(const void *a, const void *b)
{
	return ranges_equal(&((const struct port_group *)a)->numbers,
			    &((const struct port_group *)b)->numbers);
}

struct port_groups port_groups_of(struct arena *a, const struct cluster *cl,
				  const struct pod_set *pods,
				  const struct port_name *name)
{
	static const struct hashset_type type = { hash_group, equal_groups };
	struct hashset *known = hashset_new(a, &type);
	struct port_groups out = { 0 };

	for (size_t i = 0; i < pods->len; i++) {
		struct port_group *g, probe = { 0 };

		probe.numbers = pod_port_numbers(a, &cl->pods[pods->at[i]], name->name,
						 name->protocol);
		if (probe.numbers.len == 0)
			continue;
		g = hashset_find(known, &probe);
		if (!g) {
			g = ARENA_NEW(a, struct port_group);
			*g = probe;
			hashset_add(known, g);
			*ARENA_PUSH(a, &out) = g;
		}
		*ARENA_PUSH(a, &g->pods) = pods->at[i];
	}
	return out;
}
