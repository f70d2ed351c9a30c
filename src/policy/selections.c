/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: selectors.  Out: sets of pods.
 *
 * Selectors are interned, so a pair of them is two pointers.  Namespaces have an
 * index of their own; pods of neighbouring ones are one run of ids.
 */
#include <netpolc/policy/selections.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/policy/label_index.h>

#include <string.h>

struct selection {
	const struct selector *pods, *namespaces; /* as asked; namespaces may be NULL */
	uint32_t home;				  /* 0 unless that is NULL */
	struct pod_set set;
};

struct runs {
	struct id_run *at;
	size_t len, cap;
};

struct selections {
	struct arena *arena, *scratch;
	const struct cluster *cluster;
	struct label_index *pods, *namespaces;
	struct hashset *known; /* selections */
	struct hashset *sets;  /* distinct ones */
	size_t members;
};

static const struct selector everything = { 0 };

static uint64_t hash_selection(const void *item, uint64_t seed)
{
	const struct selection *s = item;
	const uintptr_t key[] = { (uintptr_t)s->pods, (uintptr_t)s->namespaces, s->home };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_selections(const void *a, const void *b)
{
	const struct selection *x = a, *y = b;

	return x->pods == y->pods && x->namespaces == y->namespaces && x->home == y->home;
}

static uint64_t hash_set(const void *item, uint64_t seed)
{
	const struct pod_set *set = item;

	return hash_bytes(set->at, set->len * sizeof(*set->at), seed);
}

static bool equal_sets(const void *a, const void *b)
{
	const struct pod_set *x = a, *y = b;

	return x->len == y->len &&
	       (x->len == 0 || memcmp(x->at, y->at, x->len * sizeof(*x->at)) == 0);
}

static void want_rule(struct selections *s, const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->npeers; i++) {
		if (rule->peers[i].pods)
			label_index_want(s->pods, rule->peers[i].pods);
		if (rule->peers[i].namespaces)
			label_index_want(s->namespaces, rule->peers[i].namespaces);
	}
}

static void build_indexes(struct selections *s)
{
	const struct cluster *cl = s->cluster;

	for (size_t i = 0; i < cl->npolicies; i++) {
		const struct policy *p = &cl->policies[i];

		label_index_want(s->pods, p->subject);
		for (int d = 0; d < DIRECTIONS; d++)
			for (size_t j = 0; j < p->nrules[d]; j++)
				want_rule(s, &p->rules[d][j]);
	}
	label_index_fill(s->pods, cl);
	for (uint32_t n = 0; n < cl->nnamespaces; n++)
		if (!cl->namespaces[n].invalid)
			label_index_list(s->namespaces, &cl->namespaces[n].labels, n);
}

struct selections *selections_new(struct arena *a, const struct cluster *cl)
{
	static const struct hashset_type selections = { hash_selection,
							equal_selections };
	static const struct hashset_type sets = { hash_set, equal_sets };
	struct selections *s = ARENA_NEW(a, struct selections);

	*s = (struct selections){ .arena = a, .scratch = arena_new(), .cluster = cl };
	s->pods = label_index_new(a);
	s->namespaces = label_index_new(a);
	s->known = hashset_new(a, &selections);
	s->sets = hashset_new(a, &sets);
	build_indexes(s);
	return s;
}

static void add_run(struct selections *s, struct runs *runs, uint32_t namespace)
{
	const struct namespace *ns = &s->cluster->namespaces[namespace];
	struct id_run run = { ns->first_pod, ns->first_pod + ns->pods };

	if (run.lo == run.hi)
		return;
	if (runs->len > 0 && runs->at[runs->len - 1].hi == run.lo)
		runs->at[runs->len - 1].hi = run.hi;
	else
		*ARENA_PUSH(s->scratch, runs) = run;
}

static struct id_list evaluate(struct selections *s, const struct selection *asked)
{
	const struct id_run all = { 0, (uint32_t)s->cluster->nnamespaces };
	struct id_list namespaces;
	struct runs runs = { 0 };

	if (!asked->namespaces) {
		add_run(s, &runs, asked->home);
	} else {
		namespaces = label_index_select(s->namespaces, asked->namespaces, &all, 1,
						s->scratch);
		for (size_t i = 0; i < namespaces.len; i++)
			add_run(s, &runs, namespaces.at[i]);
	}
	return label_index_select(s->pods, asked->pods, runs.at, runs.len, s->scratch);
}

static struct pod_set intern_set(struct selections *s, struct id_list ids)
{
	struct pod_set *set, probe = { ids.at, ids.len };
	uint32_t *copy;

	set = hashset_find(s->sets, &probe);
	if (set)
		return *set;
	copy = ARENA_ARRAY(s->arena, ids.len, uint32_t);
	if (ids.len > 0)
		memcpy(copy, ids.at, ids.len * sizeof(*copy));
	set = ARENA_NEW(s->arena, struct pod_set);
	*set = (struct pod_set){ copy, ids.len };
	hashset_add(s->sets, set);
	s->members += ids.len;
	return *set;
}

struct pod_set selections_get(struct selections *s, const struct selector *pods,
			      const struct selector *namespaces, uint32_t home)
{
	struct selection *known, asked = { .pods = pods ? pods : &everything,
					   .namespaces = namespaces,
					   .home = namespaces ? 0 : home };

	known = hashset_find(s->known, &asked);
	if (known)
		return known->set;
	known = ARENA_NEW(s->arena, struct selection);
	*known = asked;
	known->set = intern_set(s, evaluate(s, &asked));
	hashset_add(s->known, known);
	arena_reset(s->scratch);
	return known->set;
}

size_t selections_members(const struct selections *s)
{
	return s->members;
}

void selections_free(struct selections *s)
{
	arena_free(s->scratch);
}
