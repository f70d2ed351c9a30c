/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random clusters in, agreement out: every policy, rule, peer, port and entry of except
 * that is said to make no difference is taken away, and compare must find that no
 * connection changes.  What is said to be needed mostly is: of what is taken away then,
 * some connection changes in nearly all cases (the others are those of a pod and itself
 * or its own node, or closed by the other end).
 *
 *   needs_witness [--clusters N] [--seed S]
 */
#include "generate.h"
#include "load.h"
#include <getopt.h>
#include <netpolc/analysis/check.h>
#include <netpolc/analysis/compare.h>
#include <netpolc/analysis/needs.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PODS 10

struct run {
	size_t clusters, idle, excepts, peers, ports, needed, needed_alone;
};

struct trial {
	struct arena *arena;
	struct loaded_input loaded;
	const struct decisions *dc;
	const struct policy_need *need;
	struct model *model;
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

/* ---- parts of a rule ----------------------------------------------------------- */

/* Where in a policy something stands: which rule, which entry of it, and which except of
 * that. */
struct place_of_part {
	uint32_t policy;
	enum direction direction;
	unsigned rule, entry, except;
};

static uint32_t find_policy(const struct cluster *cl, const struct object *o)
{
	for (uint32_t i = 0; i < cl->npolicies; i++)
		if (!strcmp(cl->policies[i].name, o->name) &&
		    !strcmp(cl->namespaces[cl->policies[i].namespace].name, o->space))
			return i;
	return UINT32_MAX;
}

/* "spec.ingress[0].from[1].ipBlock.except[2]", or as much of it as there is; how many
 * numbers that is. */
static int read_path(const char *path, struct place_of_part *at)
{
	char list[6];

	at->direction =
		strncmp(path, "spec.egress", strlen("spec.egress")) ? INGRESS : EGRESS;
	path += strcspn(path, "[");
	return sscanf(path, "[%u].%5[a-z][%u].ipBlock.except[%u]", &at->rule, list,
		      &at->entry, &at->except) -
	       1;
}

/* Copies of all policies, and of the rule; it is one of the copies. */
static struct policy_rule *copy_rule(struct trial *t, const struct place_of_part *at,
				     struct policy **policies)
{
	const struct cluster *cl = t->dc->cluster;
	const struct policy *p = &cl->policies[at->policy];
	size_t n = p->nrules[at->direction];
	struct policy *all = ARENA_ARRAY(t->arena, cl->npolicies, struct policy);
	struct policy_rule *rules = ARENA_ARRAY(t->arena, n, struct policy_rule);

	memcpy(all, cl->policies, cl->npolicies * sizeof(*all));
	memcpy(rules, p->rules[at->direction], n * sizeof(*rules));
	all[at->policy].rules[at->direction] = rules;
	*policies = all;
	return &rules[at->rule];
}

/* A copy of the array without one of its elements. */
static void *without(struct arena *a, const void *array, size_t n, size_t size,
		     size_t element)
{
	char *left = arena_array(a, n, size);
	const char *from = array;

	memcpy(left, from, element * size);
	memcpy(left + element * size, from + (element + 1) * size,
	       (n - element - 1) * size);
	return left;
}

static void drop_except(struct trial *t, struct policy_rule *rule,
			const struct place_of_part *at)
{
	struct policy_peer *peers =
		ARENA_ARRAY(t->arena, rule->npeers, struct policy_peer);
	struct ip_block *block = ARENA_NEW(t->arena, struct ip_block);

	memcpy(peers, rule->peers, rule->npeers * sizeof(*peers));
	*block = *peers[at->entry].block;
	block->except = without(t->arena, block->except, block->nexcept,
				sizeof(*block->except), at->except);
	block->nexcept--;
	peers[at->entry].block = block;
	rule->peers = peers;
}

static void drop_peer(struct trial *t, struct policy_rule *rule,
		      const struct place_of_part *at)
{
	rule->peers = without(t->arena, rule->peers, rule->npeers--, sizeof(*rule->peers),
			      at->entry);
}

static void drop_port(struct trial *t, struct policy_rule *rule,
		      const struct place_of_part *at)
{
	rule->ports = without(t->arena, rule->ports, rule->nports--, sizeof(*rule->ports),
			      at->entry);
}

/* Takes away what the finding is about, if it is one of those that say so. */
static bool try_finding(struct run *run, struct trial *t, const struct diag *found)
{
	const struct object *o = found->origin.object;
	struct place_of_part at = { 0 };
	struct policy *policies;
	struct policy_rule *rule;
	int depth = found->origin.path ? read_path(found->origin.path, &at) : 0;

	if (found->id != DIAG_USELESS_EXCEPT && found->id != DIAG_SHADOWED_PEER &&
	    found->id != DIAG_SHADOWED_PORT && found->id != DIAG_PEER_NOBODY)
		return true;
	at.policy = find_policy(t->dc->cluster, o);
	rule = copy_rule(t, &at, &policies);
	if (depth == 3) {
		run->excepts++;
		drop_except(t, rule, &at);
	} else if (found->id == DIAG_SHADOWED_PORT) {
		run->ports++;
		drop_port(t, rule, &at);
	} else {
		run->peers += found->id == DIAG_SHADOWED_PEER;
		drop_peer(t, rule, &at);
	}
	return count(run, t, false,
		     makes_a_difference(t, policies, t->dc->cluster->npolicies),
		     found->origin.path, o->name);
}

static bool try_findings(struct run *run, struct trial *t)
{
	struct diags *before = t->loaded.cx.diags;
	const struct diag *const *found;
	bool good = true;
	size_t n;

	t->loaded.cx.diags = diags_new(t->arena, false);
	check(&t->loaded.cx, t->dc);
	found = diag_sorted(t->loaded.cx.diags, &n);
	for (size_t i = 0; i < n && good; i++)
		good = try_finding(run, t, found[i]);
	t->loaded.cx.diags = before;
	return good;
}

static bool run_cluster(struct run *run, uint64_t seed)
{
	struct trial t = { .arena = arena_new() };
	struct checking ck = { .left = SIZE_MAX };
	BUF_AUTO text = { 0 };
	bool good = true;

	t.model = generate(t.arena, seed, PODS);
	t.model->set.pitfalls = true;
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
		good = good && try_findings(run, &t);
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
	printf("%zu clusters: %zu without effect (%zu of except, %zu peers, %zu ports), "
	       "%zu "
	       "of %zu needed ones alone decide\n",
	       run.clusters, run.idle, run.excepts, run.peers, run.ports,
	       run.needed_alone, run.needed);
	return !(run.excepts > 0 && run.peers > 0 && run.ports > 0 &&
		 run.needed_alone > run.needed / 2);
}
