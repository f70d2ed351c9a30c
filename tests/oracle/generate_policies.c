/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random NetworkPolicies that the API server would take, in every form that a
 * field can have: absent, null, empty, full.  A legacy cluster gets only what
 * Kubernetes 1.6 had.
 */
#include "generate.h"
#include <netpolc/base/arena.h>
#include <string.h>

static enum form any_empty_form(struct random *r)
{
	return (enum form)random_below(r, 3);
}

/* For a field that 1.6 did not have. */
static enum form any_unsaid_form(struct random *r)
{
	return random_chance(r, 50) ? FORM_ABSENT : FORM_NULL;
}

static const char *selector_value(struct making *mk)
{
	static const char *const unheard[] = { "nobody", "WEB" };

	if (!random_chance(&mk->random, 6))
		return any_value(&mk->random);
	tag(mk, 47);
	tag(mk, 56);
	return RANDOM_PICK(&mk->random, unheard);
}

static void make_requirement(struct making *mk, struct model_requirement *req)
{
	static const char *const ops[] = { "In",    "In",     "In",	     "NotIn",
					   "NotIn", "Exists", "DoesNotExist" };
	struct random *r = &mk->random;

	req->key = any_key(r);
	req->op = RANDOM_PICK(r, ops);
	tag(mk, !strcmp(req->op, "In") ? 50 : !strcmp(req->op, "NotIn") ? 51 : 52);
	if (strcmp(req->op, "In") != 0 && strcmp(req->op, "NotIn") != 0)
		return;
	req->nvalues = 1 + random_below(r, 3);
	for (size_t i = 0; i < req->nvalues; i++) {
		req->values[i] = selector_value(mk);
		if (i && req->values[i] == req->values[i - 1])
			tag(mk, 58);
	}
}

static bool has_key(const struct model_selector *s, const char *key)
{
	for (size_t i = 0; i < s->labels.len; i++)
		if (!strcmp(s->labels.at[i].key, key))
			return true;
	return false;
}

static void make_requirements(struct making *mk, struct model_selector *s)
{
	s->nreqs = 1 + random_below(&mk->random, 2);
	s->reqs_form = FORM_FULL;
	for (size_t i = 0; i < s->nreqs; i++) {
		make_requirement(mk, &s->reqs[i]);
		if (has_key(s, s->reqs[i].key))
			tag(mk, 57);
		if (s->labels.len)
			tag(mk, 49);
	}
}

/* Mostly a label that some pod has, so that selectors match. */
static struct model_label any_label(struct making *mk)
{
	struct random *r = &mk->random;
	const struct model_pod *pod = &mk->model->pods[random_below(r, mk->model->npods)];

	if (pod->labels.len && random_chance(r, 70))
		return pod->labels.at[random_below(r, pod->labels.len)];
	return (struct model_label){ false, any_key(r), selector_value(mk) };
}

/* A selector with something in it; never nil. */
static void fill_selector(struct making *mk, struct model_selector *s, bool of_namespaces)
{
	struct random *r = &mk->random;
	const struct model *m = mk->model;

	s->form = FORM_FULL;
	s->labels_form = any_empty_form(r);
	s->reqs_form = any_empty_form(r);
	if (of_namespaces && random_chance(r, 35)) {
		s->labels_form = FORM_FULL;
		s->labels.at[s->labels.len++] = (struct model_label){
			false, "kubernetes.io/metadata.name",
			m->namespaces[random_below(r, m->nnamespaces)].name
		};
		tag(mk, 60);
	} else if (random_chance(r, 60)) {
		s->labels_form = FORM_FULL;
		s->labels.at[s->labels.len++] = any_label(mk);
	}
	if (random_chance(r, s->labels.len ? 20 : 90))
		make_requirements(mk, s);
	else if (!s->labels.len)
		tag(mk, 48);
}

static void make_selector(struct making *mk, struct model_selector *s, bool of_namespaces)
{
	if (random_chance(&mk->random, 25)) {
		s->form = FORM_EMPTY;
		tag(mk, 48);
	} else {
		fill_selector(mk, s, of_namespaces);
	}
}

static void make_selector_peer(struct making *mk, struct model_peer *peer)
{
	struct random *r = &mk->random;
	size_t kind = random_below(r, mk->model->set.legacy ? 2 : 3);

	peer->pods.form = random_chance(r, 30) ? FORM_NULL : FORM_ABSENT;
	peer->namespaces.form = random_chance(r, 30) ? FORM_NULL : FORM_ABSENT;
	peer->null_block = random_chance(r, 10);
	if (kind != 1)
		make_selector(mk, &peer->pods, false);
	if (kind != 0)
		make_selector(mk, &peer->namespaces, true);
	if (peer->namespaces.form == FORM_NULL)
		tag(mk, 40);
	tag(mk, kind == 0 ? 42 : kind == 1 ? 43 : 44);
	if (peer->pods.form == FORM_EMPTY || peer->namespaces.form == FORM_EMPTY)
		tag(mk, 45);
}

static void make_peer(struct making *mk, struct model_peer *peer)
{
	if (mk->model->set.legacy || random_chance(&mk->random, mk->unborn ? 30 : 60)) {
		make_selector_peer(mk, peer);
		return;
	}
	peer->block = make_block(mk);
	if (random_chance(&mk->random, 15))
		peer->pods.form = peer->namespaces.form = FORM_NULL;
}

static const char *any_protocol(struct making *mk)
{
	static const char *const protocols[] = { "TCP", "TCP", "TCP", "UDP", "SCTP" };
	const char *protocol = RANDOM_PICK(&mk->random, protocols);

	tag(mk, 21);
	if (mk->model->set.legacy && !strcmp(protocol, "SCTP"))
		return "TCP";
	return protocol;
}

static void make_range(struct making *mk, struct model_port *port)
{
	struct random *r = &mk->random;
	unsigned other = any_port_number(r);

	port->end = other;
	if (port->port > other) {
		port->end = port->port;
		port->port = other;
	}
	if (random_chance(r, 15))
		port->end = port->port;
	tag(mk, port->end == port->port ? 27 : 28);
	tag(mk, 29);
}

static void make_port(struct making *mk, struct model_port *port)
{
	struct random *r = &mk->random;
	size_t kind = random_below(r, 10);

	if (random_chance(r, 65))
		port->protocol = any_protocol(mk);
	if (kind == 0) {
		tag(mk, port->protocol ? 20 : 19);
	} else if (kind < 4) {
		port->name = random_chance(r, 12) ? "nobody" : any_port_name(r);
		tag(mk, 24);
		if (!strcmp(port->name, "nobody"))
			tag(mk, 33);
	} else {
		port->port = any_port_number(r);
		tag(mk, 38);
		if (port->port == 1 || port->port == 65535)
			tag(mk, 22);
		if (kind > 6 && !mk->model->set.legacy)
			make_range(mk, port);
	}
}

/* Named ports mean most: which of the lines about them does the rule touch? */
static void tag_named(struct making *mk, const struct model_rule *rule, enum direction d)
{
	bool named = false, block = false;

	for (size_t i = 0; i < rule->nports; i++)
		named |= rule->ports[i].name != NULL;
	for (size_t i = 0; i < rule->npeers; i++)
		block |= rule->peers[i].block != NULL;
	if (!named)
		return;
	tag(mk, 30);
	tag(mk, d == INGRESS ? 31 : 32);
	if (d == EGRESS && rule->npeers == 0)
		tag(mk, 34);
	if (block)
		tag(mk, d == INGRESS ? 36 : 35);
}

static void tag_blocks(struct making *mk, const struct model_rule *rule)
{
	size_t blocks = 0, excepts = 0;

	for (size_t i = 0; i < rule->npeers; i++) {
		const struct model_block *block = rule->peers[i].block;

		blocks += block != NULL;
		excepts += block && block->nexcept;
	}
	if (blocks > 1)
		tag(mk, 74);
	if (excepts && rule->npeers > 1)
		tag(mk, 66);
}

static void make_rule(struct making *mk, struct model_rule *rule, enum direction d)
{
	struct random *r = &mk->random;

	rule->peers_form = rule->ports_form = FORM_FULL;
	if (random_chance(r, 20)) {
		rule->peers_form = any_empty_form(r);
		tag(mk, 16);
	} else {
		rule->npeers = 1 + random_below(r, 3);
	}
	if (random_chance(r, 40)) {
		rule->ports_form = any_empty_form(r);
		tag(mk, 17);
	} else {
		rule->nports = 1 + random_below(r, 3);
	}
	for (size_t i = 0; i < rule->npeers; i++)
		make_peer(mk, &rule->peers[i]);
	for (size_t i = 0; i < rule->nports; i++)
		make_port(mk, &rule->ports[i]);
	if (rule->npeers && rule->nports)
		tag(mk, 15);
	if (rule->npeers > 1 || rule->nports > 1)
		tag(mk, 18);
	if (!rule->npeers && !rule->nports)
		tag(mk, 8);
	if (mk->model->set.legacy &&
	    (rule->peers_form == FORM_EMPTY || rule->ports_form == FORM_EMPTY))
		tag(mk, 98);
	tag_named(mk, rule, d);
	tag_blocks(mk, rule);
}

static void make_rules(struct making *mk, struct model_policy *policy, enum direction d)
{
	struct random *r = &mk->random;

	policy->rules_form[d] = any_empty_form(r);
	if (d == EGRESS && mk->model->set.legacy)
		policy->rules_form[d] = any_unsaid_form(r);
	if (d == EGRESS && (mk->model->set.legacy || random_chance(r, 25)))
		return;
	if (random_chance(r, 12))
		return;
	policy->rules_form[d] = FORM_FULL;
	policy->nrules[d] = 1 + random_below(r, 3);
	for (size_t i = 0; i < policy->nrules[d]; i++)
		make_rule(mk, &policy->rules[d][i], d);
}

static void tag_types(struct making *mk, const struct model_policy *policy)
{
	bool named[DIRECTIONS] = { false };

	for (size_t i = 0; i < policy->ntypes; i++)
		named[!strcmp(policy->types[i], "Egress")] = true;
	if (policy->ntypes == 0) {
		tag(mk, 1);
		if (policy->nrules[EGRESS] == 0 &&
		    policy->rules_form[EGRESS] == FORM_EMPTY)
			tag(mk, 2);
		named[INGRESS] = true;
		named[EGRESS] = policy->nrules[EGRESS];
	}
	if (policy->ntypes == 2 && policy->types[0] == policy->types[1])
		tag(mk, 3);
	if (!named[INGRESS] && policy->nrules[INGRESS])
		tag(mk, 4);
	if (!named[EGRESS] && policy->nrules[EGRESS])
		tag(mk, 5);
	if (named[INGRESS] != named[EGRESS])
		tag(mk, 11);
	for (int d = 0; d < DIRECTIONS; d++)
		if (named[d] && policy->nrules[d] == 0)
			tag(mk, 7);
}

static void make_types(struct making *mk, struct model_policy *policy)
{
	static const char *const types[] = { "Ingress", "Egress" };
	struct random *r = &mk->random;

	policy->types_form =
		mk->model->set.legacy ? any_unsaid_form(r) : any_empty_form(r);
	if (!mk->model->set.legacy && random_chance(r, 60)) {
		policy->types_form = FORM_FULL;
		policy->ntypes = 1 + random_below(r, 2);
		for (size_t i = 0; i < policy->ntypes; i++)
			policy->types[i] = RANDOM_PICK(r, types);
	}
	tag_types(mk, policy);
}

static void make_policy(struct making *mk, size_t i)
{
	struct random *r = &mk->random;
	struct model *m = mk->model;
	struct model_policy *policy = &m->policies[m->npolicies++];

	policy->name = arena_printf(mk->arena, i % 3 ? "np%zu" : "np.%zu-x", i);
	policy->namespace = m->pods[random_below(r, m->npods)].namespace;
	policy->implicit = !strcmp(m->set.default_namespace,
				   m->namespaces[policy->namespace].name) &&
			   random_chance(r, 50);
	if (policy->implicit)
		tag(mk, 9);
	policy->beta = random_chance(r, m->set.legacy ? 80 : 10);
	if (policy->beta)
		tag(mk, 96);
	policy->twice = random_chance(r, 3);
	if (policy->twice)
		tag(mk, 94);
	policy->subject.form = random_chance(r, 45) ? any_empty_form(r) : FORM_FULL;
	if (policy->subject.form == FORM_FULL)
		make_selector(mk, &policy->subject, false);
	else
		tag(mk, policy->subject.form == FORM_EMPTY ? 48 : 6);
	for (int d = 0; d < DIRECTIONS; d++)
		make_rules(mk, policy, (enum direction)d);
	make_types(mk, policy);
}

/* The lines that only several policies together exercise. */
static void tag_together(struct making *mk)
{
	const struct model *m = mk->model;

	for (size_t i = 0; i < m->npolicies; i++)
		for (size_t j = 0; j < i; j++)
			tag(mk, m->policies[i].namespace == m->policies[j].namespace
					? 10
					: 14);
	if (mk->model->tags[11] && mk->model->tags[10])
		tag(mk, 12);
	if (mk->model->tags[80] && (mk->model->tags[42] || mk->model->tags[43]))
		tag(mk, 46);
}

void make_policies(struct making *mk)
{
	struct model *m = mk->model;
	size_t want = 1 + random_below(&mk->random, 2 + mk->size * 2 / 3);

	m->policies = ARENA_ARRAY(mk->arena, want + 1, struct model_policy);
	for (size_t i = 0; i < want; i++)
		make_policy(mk, i);
	tag_together(mk);
}
