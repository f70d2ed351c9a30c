/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prefixes of the settings or of Node objects come in, sorted ranges go out.
 */
#include <netpolc/manifest/pod_ranges.h>

#include <string.h>

static void add_prefixes(struct ctx *cx, struct ranges *to, enum family f,
			 const struct prefix *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i].base.family == f)
			ranges_add(cx->arena, to, prefix_range(at[i]));
}

bool pod_is_known(const struct pod *p)
{
	return !p->finished && p->naddresses;
}

struct ranges pod_ranges(struct ctx *cx, const struct cluster *cl, enum family f)
{
	const struct settings *set = &cx->set;
	struct ranges out = { 0 };

	add_prefixes(cx, &out, f, set->pod_cidrs, set->npod_cidrs);
	for (size_t i = 0; i < cl->nnodes && !set->npod_cidrs; i++) {
		const struct node_object *node = &cl->nodes[i];

		if (!set->node || !strcmp(node->name, set->node))
			add_prefixes(cx, &out, f, node->pod_cidrs, node->npod_cidrs);
	}
	return out;
}
