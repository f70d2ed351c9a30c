/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: all policies.  Out: pods and namespaces that none covers, and pods whose way out
 * leaves no way to ask for names.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/hashset.h>

#include <string.h>

#define DNS_PORT 53

/* ---- namespaces ----------------------------------------------------------------- */

/* By namespace: whether it isolates whatever pod comes. */
static bool *isolated_namespaces(struct checking *ck)
{
	const struct cluster *cl = ck->cluster;
	bool *isolated = ARENA_ARRAY(ck->scratch, cl->nnamespaces, bool);

	for (size_t i = 0; i < cl->nnamespaces; i++)
		isolated[i] = ck->cx->set.legacy && cl->namespaces[i].default_deny;
	for (size_t i = 0; i < cl->npolicies && !ck->cx->set.legacy; i++)
		if (policy_selects_all(&cl->policies[i]) &&
		    cl->policies[i].isolates[INGRESS])
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
			 "namespace '%s' has no default deny: a pod that no policy "
			 "selects can be reached by everybody",
			 ns->name);
	}
}

/* ---- pods ----------------------------------------------------------------------- */

/* Pods of one namespace with the same labels: mostly replicas. */
struct alike {
	const struct pod *first;
	uint32_t id;
	size_t pods;
};

static uint64_t hash_alike(const void *item, uint64_t seed)
{
	const struct pod *p = ((const struct alike *)item)->first;

	return hash_bytes(p->labels.at, p->labels.len * sizeof(*p->labels.at),
			  seed + p->namespace);
}

static bool equal_alike(const void *a, const void *b)
{
	const struct pod *x = ((const struct alike *)a)->first;
	const struct pod *y = ((const struct alike *)b)->first;

	return x->namespace == y->namespace && x->labels.len == y->labels.len &&
	       (x->labels.len == 0 || memcmp(x->labels.at, y->labels.at,
					     x->labels.len * sizeof(*x->labels.at)) == 0);
}

static bool is_uncovered(const struct checking *ck, uint32_t id)
{
	const struct pod *p = &ck->cluster->pods[id];

	if (!pod_is_live(p) || p->replica || !pod_is_on(p, ck->cx->set.node))
		return false;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (ck->dc->classes->of_pod[d][id] != NO_CLASS)
			return false;
	return true;
}

static void report_uncovered(struct checking *ck, const struct alike *group)
{
	BUF_AUTO text = { 0 };

	pod_print(&text, ck->cluster, group->id);
	if (group->pods > 1)
		buf_printf(&text, ", nor %zu other%s with the same labels",
			   group->pods - 1, group->pods > 2 ? "s" : "");
	diag_add(ck->cx->diags, DIAG_UNCOVERED, &group->first->origin,
		 "no policy selects %s", text.at);
}

void check_uncovered(struct checking *ck)
{
	static const struct hashset_type type = { hash_alike, equal_alike };
	struct hashset *known = hashset_new(ck->scratch, &type);
	struct {
		struct alike **at;
		size_t len, cap;
	} groups = { 0 };

	for (uint32_t id = 0; id < ck->cluster->npods; id++) {
		struct alike *group, probe = { &ck->cluster->pods[id], id, 0 };

		if (!is_uncovered(ck, id))
			continue;
		group = hashset_find(known, &probe);
		if (!group) {
			group = ARENA_NEW(ck->scratch, struct alike);
			*group = probe;
			hashset_add(known, group);
			*ARENA_PUSH(ck->scratch, &groups) = group;
		}
		group->pods++;
	}
	for (size_t i = 0; i < groups.len; i++)
		report_uncovered(ck, groups.at[i]);
}

/* ---- names ---------------------------------------------------------------------- */

static bool has_dns(const struct portset *ports)
{
	return portset_contains(ports, PROTO_UDP, DNS_PORT) ||
	       portset_contains(ports, PROTO_TCP, DNS_PORT);
}

/* Whether pods that may go somewhere may ask nobody for a name.  A rule for that
 * counts even when nobody in the input is its peer, which is another finding. */
static bool lacks_dns(const struct decisions *dc, const struct row *row)
{
	if (row->base == portset_none(dc->portsets) && row->ncells == 0)
		return false; /* no way out at all is meant */
	for (size_t i = 0; i < row->ngrants; i++)
		if (has_dns(row->grants[i].ports))
			return false;
	for (size_t i = 0; i < row->ncells; i++)
		if (has_dns(row->cells[i].ports))
			return false;
	return true;
}

/* The policy to blame: the first one that allows something. */
static uint32_t policy_with_rules(const struct checking *ck, const struct class *class)
{
	for (size_t i = 0; i < class->npolicies; i++)
		if (ck->cluster->policies[class->policies[i]].nrules[EGRESS] > 0)
			return class->policies[i];
	return class->policies[0];
}

void check_dns(struct checking *ck)
{
	const struct classes *cs = ck->dc->classes;
	signed char *lacks = ARENA_ARRAY(ck->scratch, ck->dc->nrows, signed char);
	bool *told = ARENA_ARRAY(ck->scratch, ck->cluster->npolicies, bool);

	for (size_t i = 0; i < cs->len[EGRESS]; i++) {
		const struct row *row = ck->dc->rows[EGRESS][i];
		const struct class *class = &cs->at[EGRESS][i];
		BUF_AUTO pod = { 0 };
		uint32_t policy;

		if (lacks[row->id] == 0)
			lacks[row->id] = lacks_dns(ck->dc, row) ? 1 : -1;
		if (lacks[row->id] < 0)
			continue;
		policy = policy_with_rules(ck, class);
		if (told[policy])
			continue;
		told[policy] = true;
		pod_print(&pod, ck->cluster, class->pods.at[0]);
		diag_add(ck->cx->diags, DIAG_NO_DNS,
			 &ck->cluster->policies[policy].origin,
			 "%s is isolated for egress, and no rule lets it reach port 53 "
			 "anywhere: it cannot resolve names",
			 pod.at);
	}
}
