/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models in, the same models with a thing here and there that is different.
 */
#include "alter.h"
#include "generate.h"
#include <netpolc/base/arena.h>
#include <string.h>

static struct model_policy *any_policy(struct random *r, struct model *m)
{
	return &m->policies[random_below(r, m->npolicies)];
}

static struct model_pod *any_pod(struct random *r, struct model *m)
{
	return &m->pods[random_below(r, m->npods)];
}

static struct model_rule *any_rule(struct random *r, struct model *m)
{
	struct model_policy *policy = any_policy(r, m);
	size_t d = random_below(r, DIRECTIONS);

	return policy->nrules[d] ? &policy->rules[d][random_below(r, policy->nrules[d])]
				 : NULL;
}

static void drop_policy(struct random *r, struct model *m)
{
	any_policy(r, m)->dropped = true;
}

static void drop_rule(struct random *r, struct model *m)
{
	struct model_rule *rule = any_rule(r, m);

	if (rule)
		rule->dropped = true;
}

static void drop_peer(struct random *r, struct model *m)
{
	struct model_rule *rule = any_rule(r, m);

	if (rule && rule->npeers > 1)
		rule->peers[random_below(r, rule->npeers)].dropped = true;
}

static void change_port(struct random *r, struct model *m)
{
	struct model_rule *rule = any_rule(r, m);
	struct model_port *port;

	if (!rule || !rule->nports)
		return;
	port = &rule->ports[random_below(r, rule->nports)];
	port->name = NULL;
	port->port = any_port_number(r);
	port->end = 0;
}

static void change_subject(struct random *r, struct model *m)
{
	struct model_policy *policy = any_policy(r, m);

	policy->subject.form = FORM_EMPTY;
}

static void change_types(struct random *r, struct model *m)
{
	struct model_policy *policy = any_policy(r, m);

	if (m->set.legacy)
		return;
	policy->types_form = FORM_FULL;
	policy->ntypes = 1;
	policy->types[0] = random_chance(r, 50) ? "Ingress" : "Egress";
}

static void relabel_pod(struct random *r, struct model *m)
{
	struct model_labels *labels = &any_pod(r, m)->labels;

	if (labels->len)
		labels->at[random_below(r, labels->len)].value = any_value(r);
}

static void unlabel_pod(struct random *r, struct model *m)
{
	struct model_labels *labels = &any_pod(r, m)->labels;

	if (labels->len)
		labels->at[random_below(r, labels->len)].dropped = true;
}

static void relabel_namespace(struct random *r, struct model *m)
{
	struct model_labels *labels =
		&m->namespaces[random_below(r, m->nnamespaces)].labels;

	if (labels->len && strcmp(labels->at[0].key, "kubernetes.io/metadata.name") != 0)
		labels->at[0].value = any_value(r);
}

static void drop_pod(struct random *r, struct model *m)
{
	any_pod(r, m)->dropped = true;
}

static void finish_pod(struct random *r, struct model *m)
{
	any_pod(r, m)->phase = "Succeeded";
}

static void move_pod(struct random *r, struct model *m)
{
	struct model_pod *pod = any_pod(r, m);

	if (!pod->host_network && pod->node)
		pod->node = random_chance(r, 50) ? "n0" : "n1";
}

static void strip_pod(struct random *r, struct model *m)
{
	struct model_pod *pod = any_pod(r, m);

	if (!pod->host_network && pod->naddresses)
		pod->naddresses -= random_chance(r, 50) ? 1 : pod->naddresses;
}

static void renumber_pod(struct random *r, struct model *m)
{
	struct model_container *c = &any_pod(r, m)->containers[0];

	if (c->nports)
		c->ports[random_below(r, c->nports)].number = any_port_number(r);
}

static void drop_node(struct random *r, struct model *m)
{
	if (m->nnodes)
		m->nodes[random_below(r, m->nnodes)].dropped = true;
}

void alter(struct arena *a, struct random *r, struct model *before, struct model *after)
{
	static void (*const changes[])(struct random *, struct model *) = {
		drop_policy,	   drop_policy,	   drop_rule,	 drop_peer,   change_port,
		change_port,	   change_subject, change_types, relabel_pod, unlabel_pod,
		relabel_namespace, drop_pod,	   finish_pod,	 move_pod,    strip_pod,
		renumber_pod,	   drop_node,
	};
	size_t n = 1 + random_below(r, 3);

	alter_words(a, r, after);
	for (size_t i = 0; i < n; i++)
		RANDOM_PICK(r, changes)(r, random_chance(r, 50) ? before : after);
}

/* ---- what changes nothing ---- */

/* What the policy's types are by default, written out. */
static void spell_types(const struct model *m, struct model_policy *policy)
{
	if (policy->ntypes || m->set.legacy)
		return;
	policy->types_form = FORM_FULL;
	policy->types[policy->ntypes++] = "Ingress";
	if (policy->nrules[EGRESS])
		policy->types[policy->ntypes++] = "Egress";
}

/* One policy becomes two that have its rules between them. */
static void split_policy(struct arena *a, struct random *r, struct model *m)
{
	struct model_policy *all = ARENA_ARRAY(a, m->npolicies + 1, struct model_policy);
	struct model_policy *first, *second;

	memcpy(all, m->policies, m->npolicies * sizeof(*all));
	m->policies = all;
	first = any_policy(r, m);
	spell_types(m, first);
	second = &all[m->npolicies++];
	*second = *first;
	second->name = arena_printf(a, "%s-more", first->name);
	for (int d = 0; d < DIRECTIONS; d++)
		for (size_t i = 0; i < first->nrules[d]; i++)
			if (random_chance(r, 50))
				first->rules[d][i].dropped = true;
			else
				second->rules[d][i].dropped = true;
}

static void add_label(struct random *r, struct model *m)
{
	struct model_labels *labels = &any_pod(r, m)->labels;

	if (labels->len < ARRAY_SIZE(labels->at))
		labels->at[labels->len++] =
			(struct model_label){ false, "unheard", "of" };
}

void alter_words(struct arena *a, struct random *r, struct model *m)
{
	m->style.seed = random_next(r) | 1;
	m->style.notation = (enum notation)random_below(r, 3);
	if (random_chance(r, 50))
		split_policy(a, r, m);
	if (random_chance(r, 50))
		add_label(r, m);
}
