/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seed in, model out: the settings, the style of the text, and then namespaces,
 * nodes, pods and policies, each from its own file.
 */
#include "generate.h"
#include <netpolc/base/arena.h>

void tag(struct making *mk, unsigned line)
{
	mk->model->tags[line] = true;
}

/* Of pods, and of addresses that policies and probes speak of, some are in there. */
static void deny_unknown(struct making *mk)
{
	static const char *const cidrs[] = { "10.0.0.0/24",   "10.0.0.0/30",
					     "10.0.0.128/25", "10.0.1.0/24",
					     "fd00::/64",     "fd00::/127" };
	struct settings *set = &mk->model->set;

	set->deny_unknown = true;
	for (size_t want = 1 + random_below(&mk->random, 3); want--;)
		prefix_parse(&set->pod_cidrs[set->npod_cidrs++],
			     RANDOM_PICK(&mk->random, cidrs), NULL);
	tag(mk, 89);
}

static void make_settings(struct making *mk)
{
	struct random *r = &mk->random;
	struct settings *set = &mk->model->set;

	*set = settings_default();
	set->legacy = random_chance(r, 12);
	if (random_chance(r, 15))
		set->default_namespace = "shop";
	if (random_chance(r, 10))
		set->node = "n0";
	if (random_chance(r, 10))
		set->families[random_below(r, FAMILIES)] = false;
	set->allow_other_protocols = random_chance(r, 20);
	set->isolate_invalid = random_chance(r, 8);
	if (random_chance(r, 15))
		deny_unknown(mk);
}

static void make_style(struct making *mk)
{
	struct random *r = &mk->random;
	struct model_style *style = &mk->model->style;
	size_t notation = random_below(r, 10);

	style->seed = random_next(r) | 1;
	style->notation = notation < 6	 ? NOTATION_BLOCK
			  : notation < 8 ? NOTATION_FLOW
					 : NOTATION_JSON;
	style->wrapping = (enum wrapping)random_below(r, 3);
	style->bom = random_chance(r, 10);
	style->crlf = random_chance(r, 15);
	style->kind_last = random_chance(r, 30);
	if (style->bom || style->crlf || style->notation == NOTATION_JSON ||
	    style->wrapping != WRAP_DOCUMENTS)
		tag(mk, 92);
}

static void spoil_selector(struct random *r, struct model_selector *s)
{
	if (s->nreqs && random_chance(r, 50))
		s->reqs[0].op = "Near";
	else if (s->labels.len)
		s->labels.at[0].value = "no label value";
}

static void spoil_rule(struct random *r, struct model_rule *rule)
{
	if (rule->nports && random_chance(r, 30)) {
		rule->ports[0] = (struct model_port){ .port = 65536 };
	} else if (rule->npeers) {
		struct model_peer *peer = &rule->peers[rule->npeers - 1];

		if (peer->block)
			peer->block->cidr.text = "10.0.0.0/33";
		else
			spoil_selector(r, &peer->pods);
	}
}

/* With --on-invalid isolate some objects are invalid, and contained (A 95). */
static void spoil(struct making *mk)
{
	struct random *r = &mk->random;
	struct model *m = mk->model;

	tag(mk, 95);
	tag(mk, 62);
	for (size_t i = 0; i < m->npolicies; i++) {
		struct model_policy *policy = &m->policies[i];

		if (random_chance(r, 15))
			spoil_selector(r, &policy->subject);
		for (int d = 0; d < DIRECTIONS; d++)
			for (size_t j = 0; j < policy->nrules[d]; j++)
				if (random_chance(r, 25))
					spoil_rule(r, &policy->rules[d][j]);
	}
	for (size_t i = 0; i < m->npods; i++)
		if (m->pods[i].labels.len && random_chance(r, 10))
			m->pods[i].labels.at[0].value = "no label value";
	for (size_t i = 0; i < m->nnamespaces; i++)
		if (m->namespaces[i].labels.len && random_chance(r, 10))
			m->namespaces[i].labels.at[0].value = "no label value";
}

/* --node must name something that exists. */
static void settle_node(struct model *m)
{
	if (!m->set.node || m->nnodes)
		return;
	for (size_t i = 0; i < m->npods; i++)
		if (m->pods[i].node && m->pods[i].node[1] == '0')
			return;
	m->set.node = NULL;
}

struct model *generate(struct arena *a, uint64_t seed, size_t size)
{
	struct making mk = {
		.arena = a,
		.random = { seed },
		.model = ARENA_NEW(a, struct model),
		.size = size ? size : 1,
	};

	mk.unborn = random_chance(&mk.random, 20);
	mk.model->seed = seed;
	make_settings(&mk);
	make_style(&mk);
	make_namespaces(&mk);
	make_nodes(&mk);
	make_pods(&mk);
	make_policies(&mk);
	if (mk.model->set.isolate_invalid)
		spoil(&mk);
	settle_node(mk.model);
	return mk.model;
}
