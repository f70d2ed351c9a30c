/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: all policies.  Out: what no policy covers.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>

static bool selects_all(const struct policy *p)
{
	return p->subject->len == 0;
}

/* By namespace: whether it isolates whatever pod comes. */
static bool *isolated_namespaces(struct checking *ck)
{
	const struct cluster *cl = ck->cluster;
	bool *isolated = ARENA_ARRAY(ck->scratch, cl->nnamespaces, bool);

	for (size_t i = 0; i < cl->nnamespaces; i++)
		isolated[i] = ck->cx->set.legacy && cl->namespaces[i].default_deny;
	for (size_t i = 0; i < cl->npolicies && !ck->cx->set.legacy; i++)
		if (selects_all(&cl->policies[i]) && cl->policies[i].isolates[INGRESS])
			isolated[cl->policies[i].namespace] = true;
	return isolated;
}

void check_default_deny(struct checking *ck)
{
	const struct cluster *cl = ck->cluster;
	bool *isolated = isolated_namespaces(ck);

	for (uint32_t id = 0; id < cl->npods; id++) {
		const struct namespace *ns = &cl->namespaces[cl->pods[id].namespace];

		if (!pod_is_live(&cl->pods[id]) || isolated[cl->pods[id].namespace])
			continue;
		isolated[cl->pods[id].namespace] = true; /* told */
		diag_add(ck->cx->diags, DIAG_NO_DEFAULT_DENY,
			 ns->described ? &ns->origin : &cl->pods[id].origin,
			 "a pod of namespace '%s' that no policy selects can be reached "
			 "by everybody",
			 ns->name);
	}
}
