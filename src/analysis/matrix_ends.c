/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: groups of ends that behave alike.
 *
 * Pods are put together by namespace, workload and behaviour; addresses that no pod has
 * by their atom alone, whatever ranges that makes.
 */
#include <netpolc/analysis/matrix.h>

#include <netpolc/analysis/outside.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/pod_ranges.h>

#include <stdlib.h>
#include <string.h>

struct group {
	const char *space, *kind, *name; /* interned: equal text is one pointer */
	uint32_t behaviour;
	bool host_network, unknown; /* which policies need not tell apart */
	struct matrix_end *end;
	struct matrix_member *member; /* the one of end */
};

struct grouping {
	struct ctx *cx;
	const struct decisions *dc;
	struct matrix_ends *out;
	struct hashset *groups;
	struct ranges unknown[FAMILIES];  /* addresses that are isolated unless held */
	uint32_t unknown_atoms[FAMILIES]; /* one each: they all fare alike */
};

static uint64_t hash_group(const void *item, uint64_t seed)
{
	const struct group *g = item;
	const void *text[] = { g->space, g->kind, g->name };

	return hash_bytes(text, sizeof(text),
			  seed + g->behaviour + ((uint64_t)g->host_network << 32) +
				  ((uint64_t)g->unknown << 33));
}

static bool equal_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->space == y->space && x->kind == y->kind && x->name == y->name &&
	       x->behaviour == y->behaviour && x->host_network == y->host_network &&
	       x->unknown == y->unknown;
}

static struct matrix_member *add_member(struct grouping *g, struct matrix_end *end,
					uint32_t behaviour, uint32_t pod)
{
	struct matrix_member *member = ARENA_NEW(g->cx->arena, struct matrix_member);

	*member = (struct matrix_member){ .behaviour = behaviour, .pod = pod };
	end->members = member;
	end->nmembers = 1;
	return member;
}

/* The group with that key, begun as start says if there is none; there is room for it.
 */
static struct group *find_group(struct grouping *g, const struct group *key,
				const struct matrix_end *start, uint32_t pod)
{
	struct group *group = hashset_find(g->groups, key);

	if (group)
		return group;
	group = ARENA_NEW(g->cx->arena, struct group);
	*group = *key;
	group->end = &g->out->at[g->out->len++];
	*group->end = *start;
	group->member = add_member(g, group->end, key->behaviour, pod);
	return hashset_add(g->groups, group);
}

/* ---- pods ---- */

/* "app=web,tier=a" */
static const char *labels_text(struct grouping *g, const struct labels *labels)
{
	BUF_AUTO text = { 0 };

	for (size_t i = 0; i < labels->len; i++)
		buf_printf(&text, "%s%s=%s", i ? "," : "", labels->at[i].key,
			   labels->at[i].value);
	return intern(g->cx->intern, text.at, text.len);
}

/* What a pod is grouped by. */
static struct group key_of(struct grouping *g, uint32_t id)
{
	const struct pod *pod = &g->dc->cluster->pods[id];
	struct group key = {
		.space = g->dc->cluster->namespaces[pod->namespace].name,
		.kind = intern_str(g->cx->intern,
				   pod->owner ? pod->owner_kind : pod->kind),
		.name = pod->owner ? pod->owner : pod->name,
		.behaviour = behaviour_of_pod(g->out->behaviours, id),
		.host_network = pod->host_network,
	};

	if (!pod->owner && !pod->workload && pod->labels.len)
		key.name = labels_text(g, &pod->labels);
	else
		key.name = intern_str(g->cx->intern, key.name);
	return key;
}

static void add_pod(struct grouping *g, uint32_t id)
{
	const struct pod *pod = &g->dc->cluster->pods[id];
	const struct group key = key_of(g, id);
	const struct matrix_end start = { .space = key.space,
					  .kind = key.kind,
					  .name = key.name,
					  .host_network = key.host_network };
	struct group *group = find_group(g, &key, &start, id);

	*ARENA_PUSH(g->cx->arena, &group->end->pods) = id;
	group->member->pods += pod->workload ? 2 : 1;
}

/* ---- addresses ---- */

/* Pods that can have an address and are known are not isolated for that, even where
 * policy does not know them. */
static struct ranges unknown_ranges(struct ctx *cx, const struct decisions *dc,
				    enum family f)
{
	struct ranges unknown = { 0 }, known = { 0 };

	if (!cx->set.deny_unknown)
		return unknown;
	unknown = pod_ranges(cx, dc->cluster, f);
	for (size_t i = 0; i < dc->cluster->npods; i++) {
		const struct pod *pod = &dc->cluster->pods[i];

		for (size_t k = 0; pod_is_known(pod) && k < pod->naddresses; k++)
			if (pod->addresses[k].family == f &&
			    !classes_find_address(dc->classes, pod->addresses[k]))
				*ARENA_PUSH(cx->arena, &known) =
					(struct range){ pod->addresses[k].number,
							pod->addresses[k].number };
	}
	ranges_settle(&known);
	return ranges_difference(cx->arena, &unknown, &known);
}

static void add_others(struct grouping *g, enum family f, const struct ranges *others)
{
	static const struct matrix_end start = { .part = 1, .parts = 1 };
	uint32_t atoms[FAMILIES] = { NO_ATOM, NO_ATOM };
	struct group key = { 0 };
	struct matrix_end *end;

	atoms[f] = classes_interval_atom(g->dc->classes,
					 (struct address){ f, others->at[0].lo });
	key.behaviour = behaviour_of_atoms(g->out->behaviours, atoms);
	end = find_group(g, &key, &start, NO_POD)->end;
	for (size_t i = 0; i < others->len; i++) {
		ranges_add(g->cx->arena, &end->addresses[f], others->at[i]);
		end->rest[f] |= others->at[i].hi == family_max(f);
	}
}

/* All in one group: what they are by policy plays no part. */
static void add_unknown(struct grouping *g, enum family f, const struct ranges *unknown)
{
	static const struct matrix_end start = { .part = 1, .parts = 1, .unknown = true };
	const struct group key = { .unknown = true };
	struct group *group = find_group(g, &key, &start, NO_POD);

	for (size_t i = 0; i < unknown->len; i++)
		ranges_add(g->cx->arena, &group->end->addresses[f], unknown->at[i]);
	g->unknown_atoms[f] = classes_interval_atom(
		g->dc->classes, (struct address){ f, unknown->at[0].lo });
	group->member->unknown = true;
	group->member->behaviour =
		behaviour_of_atoms(g->out->behaviours, g->unknown_atoms);
}

/* Without ranges of which pods hold every address: nobody outside is meant by these. */
static struct ranges drop_held(const struct grouping *g, enum family f,
			       struct ranges ranges)
{
	const struct classes *cs = g->dc->classes;
	size_t kept = 0;

	for (size_t i = 0; i < ranges.len; i++) {
		const struct range r = ranges.at[i];
		size_t held = classes_addresses_below(cs, f, r.hi) -
			      classes_addresses_below(cs, f, r.lo);
		bool last = classes_find_address(cs, (struct address){ f, r.hi });

		if (!last || held != r.hi - r.lo)
			ranges.at[kept++] = r;
	}
	ranges.len = kept;
	return ranges;
}

static void add_piece(struct grouping *g, enum family f, const struct piece *piece)
{
	struct arena *a = g->cx->arena;
	struct range range = { piece->lo, piece->hi };
	const struct ranges whole = { .at = &range, .len = 1 };
	struct ranges others = ranges_difference(a, &whole, &g->unknown[f]);
	struct ranges inside = ranges_intersect(a, &whole, &g->unknown[f]);

	others = drop_held(g, f, others);
	inside = drop_held(g, f, inside);
	if (others.len)
		add_others(g, f, &others);
	if (inside.len)
		add_unknown(g, f, &inside);
}

static bool agree(const struct portset *x, const struct portset *y)
{
	return !x || !y || x == y;
}

/* Whether no pod can tell addresses of these two behaviours apart, other than by their
 * family. */
static bool alike(const struct matrix_ends *ends, uint32_t x, uint32_t y)
{
	const struct behaviours *all = ends->behaviours;

	for (uint32_t i = 0; i < ends->len; i++) {
		uint32_t pod = ends->at[i].members->behaviour;

		if (ends->at[i].space &&
		    (!agree(behaviour_reach(all, pod, x), behaviour_reach(all, pod, y)) ||
		     !agree(behaviour_reach(all, x, pod), behaviour_reach(all, y, pod))))
			return false;
	}
	return true;
}

static struct matrix_end *find_rest(struct matrix_ends *ends, enum family f)
{
	for (size_t i = ends->len; i-- > 0 && !ends->at[i].space;)
		if (ends->at[i].rest[f])
			return &ends->at[i];
	return NULL;
}

/* The rest of the world is one, if the two halves of it behave alike. */
static void join_rest(struct grouping *g)
{
	struct matrix_end *four = find_rest(g->out, FAMILY_IPV4);
	struct matrix_end *six = find_rest(g->out, FAMILY_IPV6);
	uint32_t atoms[FAMILIES];

	if (!four || !six ||
	    !alike(g->out, four->members->behaviour, six->members->behaviour))
		return;
	for (enum family f = 0; f < FAMILIES; f++)
		atoms[f] =
			behaviour_at(g->out->behaviours,
				     (f == FAMILY_IPV4 ? four : six)->members->behaviour)
				->atom[f];
	four->addresses[FAMILY_IPV6] = six->addresses[FAMILY_IPV6];
	four->rest[FAMILY_IPV6] = true;
	add_member(g, four, behaviour_of_atoms(g->out->behaviours, atoms), NO_POD);
	memmove(six, six + 1,
		(size_t)(g->out->at + g->out->len - (six + 1)) * sizeof(*six));
	g->out->len--;
}

/* ---- order ---- */

static int compare_pods(const struct matrix_end *x, const struct matrix_end *y)
{
	int order = strcmp(x->space, y->space);

	if (!order)
		order = strcmp(x->name, y->name);
	if (!order)
		order = strcmp(x->kind, y->kind);
	if (order)
		return order;
	return (x->pods.at[0] > y->pods.at[0]) - (x->pods.at[0] < y->pods.at[0]);
}

static int compare_ends(const void *a, const void *b)
{
	const struct matrix_end *x = a, *y = b;
	bool later = !x->addresses[FAMILY_IPV4].len,
	     other = !y->addresses[FAMILY_IPV4].len;
	enum family f = later ? FAMILY_IPV6 : FAMILY_IPV4;

	if (!x->space != !y->space)
		return x->space ? -1 : 1;
	if (x->space)
		return compare_pods(x, y);
	if ((x->rest[0] || x->rest[1]) != (y->rest[0] || y->rest[1]))
		return x->rest[0] || x->rest[1] ? 1 : -1;
	if (later != other)
		return later ? 1 : -1;
	return x->addresses[f].at[0].lo < y->addresses[f].at[0].lo ? -1 : 1;
}

static bool same_workload(const struct matrix_end *x, const struct matrix_end *y)
{
	return x->space && x->space == y->space && x->kind == y->kind &&
	       x->name == y->name;
}

/* A pod without owner that is alone in its group has its own name. */
static void name_pods(struct grouping *g)
{
	for (size_t i = 0; i < g->out->len; i++) {
		struct matrix_end *end = &g->out->at[i];

		if (end->space && end->pods.len == 1 && !strcmp(end->kind, "Pod"))
			end->name = g->dc->cluster->pods[end->pods.at[0]].name;
	}
}

/* Numbers the parts of workloads, once they are in order. */
static void name_parts(struct matrix_ends *ends)
{
	size_t end;

	for (size_t i = 0; i < ends->len; i = end) {
		struct matrix_end *first = &ends->at[i];

		for (end = i + 1; end < ends->len && same_workload(first, &ends->at[end]);
		     end++)
			;
		for (size_t k = i; k < end; k++) {
			ends->at[k].part = (unsigned)(k - i + 1);
			ends->at[k].parts = (unsigned)(end - i);
		}
	}
}

static size_t count_pieces(const struct pieces pieces[FAMILIES])
{
	return pieces[FAMILY_IPV4].len + pieces[FAMILY_IPV6].len;
}

struct matrix_ends *matrix_ends(struct ctx *cx, const struct decisions *dc)
{
	static const struct hashset_type type = { hash_group, equal_groups };
	struct grouping g = { .cx = cx, .dc = dc, .unknown_atoms = { NO_ATOM, NO_ATOM } };
	const struct cluster *cl = dc->cluster;
	struct pieces pieces[FAMILIES] = { { 0 } };

	g.out = ARENA_NEW(cx->arena, struct matrix_ends);
	g.out->dc = dc;
	g.out->behaviours = behaviours_new(cx, dc);
	g.groups = hashset_new(cx->arena, &type);
	for (enum family f = 0; f < FAMILIES; f++)
		if (cx->set.families[f]) {
			pieces[f] = outside_pieces(cx->arena, f, &dc, 1);
			g.unknown[f] = unknown_ranges(cx, dc, f);
		}
	g.out->at = ARENA_ARRAY(cx->arena, cl->npods + count_pieces(pieces) + 1,
				struct matrix_end);
	for (uint32_t id = 0; id < cl->npods; id++)
		if (!cl->pods[id].finished && !cl->pods[id].replica)
			add_pod(&g, id);
	g.out->of_pods = behaviours_len(g.out->behaviours);
	for (enum family f = 0; f < FAMILIES; f++)
		for (size_t i = 0; i < pieces[f].len; i++)
			add_piece(&g, f, &pieces[f].at[i]);
	join_rest(&g);
	name_pods(&g);
	if (g.out->len)
		qsort(g.out->at, g.out->len, sizeof(*g.out->at), compare_ends);
	name_parts(g.out);
	return g.out;
}
