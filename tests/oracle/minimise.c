/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model that fails comes in, a small one that fails is left.  Everything that
 * can be dropped is tried one by one, large things first, again and again until
 * nothing more can go; the plain style of text is tried before all.
 */
#include "generate.h"

struct shrinking {
	bool (*still)(void *arg);
	void *arg;
	bool progress;
};

static void try_drop(struct shrinking *s, bool *dropped)
{
	if (*dropped)
		return;
	*dropped = true;
	if (s->still(s->arg))
		s->progress = true;
	else
		*dropped = false;
}

static void try_clear(struct shrinking *s, bool *flag)
{
	if (!*flag)
		return;
	*flag = false;
	if (s->still(s->arg))
		s->progress = true;
	else
		*flag = true;
}

static void shrink_selector(struct shrinking *s, struct model_selector *selector)
{
	for (size_t i = 0; i < selector->labels.len; i++)
		try_drop(s, &selector->labels.at[i].dropped);
	for (size_t i = 0; i < selector->nreqs; i++)
		try_drop(s, &selector->reqs[i].dropped);
}

static void shrink_rule(struct shrinking *s, struct model_rule *rule)
{
	try_drop(s, &rule->dropped);
	for (size_t i = 0; !rule->dropped && i < rule->npeers; i++) {
		struct model_peer *peer = &rule->peers[i];

		try_drop(s, &peer->dropped);
		shrink_selector(s, &peer->pods);
		shrink_selector(s, &peer->namespaces);
		for (size_t j = 0; peer->block && j < peer->block->nexcept; j++)
			try_drop(s, &peer->block->except[j].dropped);
	}
	for (size_t i = 0; !rule->dropped && i < rule->nports; i++)
		try_drop(s, &rule->ports[i].dropped);
}

static void shrink_policy(struct shrinking *s, struct model_policy *policy)
{
	try_drop(s, &policy->dropped);
	if (policy->dropped)
		return;
	try_clear(s, &policy->twice);
	try_clear(s, &policy->beta);
	shrink_selector(s, &policy->subject);
	for (int d = 0; d < DIRECTIONS; d++)
		for (size_t i = 0; i < policy->nrules[d]; i++)
			shrink_rule(s, &policy->rules[d][i]);
}

static void shrink_pod(struct shrinking *s, struct model_pod *pod)
{
	try_drop(s, &pod->dropped);
	if (pod->dropped)
		return;
	try_clear(s, &pod->twice);
	try_clear(s, &pod->deleting);
	for (size_t i = 0; i < pod->labels.len; i++)
		try_drop(s, &pod->labels.at[i].dropped);
	for (size_t i = 0; i < pod->ncontainers; i++)
		for (size_t j = 0; j < pod->containers[i].nports; j++)
			try_drop(s, &pod->containers[i].ports[j].dropped);
}

static void shrink_style(struct shrinking *s, struct model *m)
{
	struct model_style before = m->style;

	m->style = (struct model_style){ 0 };
	if (!s->still(s->arg))
		m->style = before;
}

void minimise(struct model *m, bool (*still)(void *arg), void *arg)
{
	struct shrinking s = { still, arg, true };

	shrink_style(&s, m);
	while (s.progress) {
		s.progress = false;
		for (size_t i = 0; i < m->npolicies; i++)
			shrink_policy(&s, &m->policies[i]);
		for (size_t i = 0; i < m->npods; i++)
			shrink_pod(&s, &m->pods[i]);
		for (size_t i = 0; i < m->nnodes; i++)
			try_drop(&s, &m->nodes[i].dropped);
		for (size_t i = 0; i < m->nnamespaces; i++) {
			try_drop(&s, &m->namespaces[i].dropped);
			for (size_t j = 0; j < m->namespaces[i].labels.len; j++)
				try_drop(&s, &m->namespaces[i].labels.at[j].dropped);
		}
	}
}
