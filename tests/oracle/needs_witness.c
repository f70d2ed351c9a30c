/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random clusters in, agreement out: every policy and every rule that is said to make no
 * difference is taken away, and compare must find that no connection changes.  What is
 * said to be needed mostly is: of what is taken away then, some connection changes in
 * nearly all cases (the others are those of a pod and itself or its own node, or closed
 * by the other end).
 *
 *   needs_witness [--clusters N] [--seed S]
 */
#include "generate.h"
#include "load.h"
#include <getopt.h>
#include <netpolc/analysis/compare.h>
#include <netpolc/analysis/needs.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PODS 10

struct run {
	size_t clusters, idle, needed, needed_alone;
};

struct trial {
	struct arena *arena;
	struct loaded_input loaded;
	const struct decisions *dc;
	const struct policy_need *need;
	const struct model *model;
};

static const struct decisions *decide_on(struct trial *t, const struct cluster *cl)
{
	struct ctx *cx = &t->loaded.cx;
	const struct pod_sets *sets = resolve(cx, cl);

	return decide(cx, cl, sets, classify(cx, cl, sets));
}

/* Whether any connection changes when the cluster has these policies instead. */
static bool makes_a_difference(struct trial *t, struct policy *policies, size_t n)
{
	struct cluster changed = *t->dc->cluster;
	const struct comparison *cmp;

	changed.policies = policies;
	changed.npolicies = n;
	cmp = compare(&t->loaded.cx, t->dc, decide_on(t, &changed));
	return cmp->nchanges > 0;
}

static bool without_policy(struct trial *t, uint32_t policy)
{
	const struct cluster *cl = t->dc->cluster;
	struct policy *left = ARENA_ARRAY(t->arena, cl->npolicies, struct policy);
	size_t n = 0;

	for (uint32_t i = 0; i < cl->npolicies; i++)
		if (i != policy)
			left[n++] = cl->policies[i];
	return makes_a_difference(t, left, n);
}

static bool without_rule(struct trial *t, uint32_t policy, enum direction d, size_t rule)
{
	const struct cluster *cl = t->dc->cluster;
	struct policy *all = ARENA_ARRAY(t->arena, cl->npolicies, struct policy);
	struct policy_rule *rules =
		ARENA_ARRAY(t->arena, cl->policies[policy].nrules[d], struct policy_rule);
	size_t n = 0;

	memcpy(all, cl->policies, cl->npolicies * sizeof(*all));
	for (size_t i = 0; i < cl->policies[policy].nrules[d]; i++)
		if (i != rule)
			rules[n++] = cl->policies[policy].rules[d][i];
	all[policy].rules[d] = rules;
	all[policy].nrules[d] = n;
	return makes_a_difference(t, all, cl->npolicies);
}

static bool count(struct run *run, const struct trial *t, bool needed, bool differs,
		  const char *what, const char *name)
{
	BUF_AUTO text = { 0 };

	run->idle += !needed;
	run->needed += needed;
	run->needed_alone += needed && differs;
	if (needed || !differs)
		return true;
	model_text(&text, t->arena, t->model);
	printf("DISAGREEMENT with seed %llu: %s %s makes a difference\n%s",
	       (unsigned long long)t->model->seed, what, name, text.at);
	return false;
}

static bool try_policy(struct run *run, struct trial *t, uint32_t id)
{
	const struct policy *p = &t->dc->cluster->policies[id];
	const struct policy_need *need = &t->need[id];

	if (!need->isolates)
		return true;
	if (!count(run, t, need->needed, without_policy(t, id), "policy", p->name))
		return false;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t r = 0; need->rules[d] && r < p->nrules[d]; r++)
			if (!count(run, t, need->rules[d][r].needed,
				   without_rule(t, id, d, r), "a rule of", p->name))
				return false;
	return true;
}

static bool run_cluster(struct run *run, uint64_t seed)
{
	struct trial t = { .arena = arena_new() };
	struct checking ck = { .left = SIZE_MAX };
	BUF_AUTO text = { 0 };
	bool good = true;

	t.model = generate(t.arena, seed, PODS);
	model_text(&text, t.arena, t.model);
	load_text(&t.loaded, &t.model->set, &text);
	if (t.loaded.cluster) {
		t.dc = decide_on(&t, t.loaded.cluster);
		ck.cx = &t.loaded.cx;
		ck.scratch = arena_new();
		ck.dc = t.dc;
		ck.cluster = t.loaded.cluster;
		t.need = needs_find(&ck);
		run->clusters++;
		for (uint32_t i = 0; good && i < ck.cluster->npolicies; i++)
			good = try_policy(run, &t, i);
		arena_free(ck.scratch);
	}
	loaded_free(&t.loaded);
	arena_free(t.arena);
	return good;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = { { "clusters", required_argument, 0,
						   'c' },
						 { "seed", required_argument, 0, 's' },
						 { 0 } };
	size_t clusters = 300;
	uint64_t seed = 1;
	struct run run = { 0 };
	int got;

	while ((got = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (got == 'c')
			clusters = strtoull(optarg, NULL, 0);
		else if (got == 's')
			seed = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	for (size_t i = 0; i < clusters; i++)
		if (!run_cluster(&run, seed + i))
			return 1;
	printf("%zu clusters: %zu without effect, %zu of %zu needed ones alone decide\n",
	       run.clusters, run.idle, run.needed_alone, run.needed);
	return !(run.idle > 0 && run.needed_alone > run.needed / 2);
}
