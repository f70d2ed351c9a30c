/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the selectors of a policy.  Out: whether they can select anything, and whether
 * its podSelector selects what it seems to.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/nearest.h>

#include <string.h>

/* Pods on the host's network that a podSelector matches. */
struct host_pods {
	uint32_t first;
	size_t len; /* workloads count once */
};

static struct host_pods find_host_pods(struct checking *ck, const struct policy *p)
{
	const struct namespace *ns = &ck->cluster->namespaces[p->namespace];
	const struct id_list *all = &ck->host_pods;
	size_t i = ids_below(all->at, all->len, ns->first_pod);
	size_t end = ids_below(all->at, all->len, ns->first_pod + ns->pods);
	struct host_pods out = { 0 };

	if (!check_spend(ck, (end - i) * selector_cost(p->subject)))
		return out;
	for (; i < end; i++) {
		const struct pod *pod = &ck->cluster->pods[all->at[i]];

		if (pod->replica || !selector_matches(p->subject, &pod->labels))
			continue;
		if (out.len++ == 0)
			out.first = all->at[i];
	}
	return out;
}

/* Why nobody is there: the name of the namespace is wrong, or was left out. */
static void put_empty_namespace(const struct checking *ck, struct buf *out,
				const struct namespace *ns)
{
	struct nearest near = nearest_to(ns->name, strlen(ns->name));

	for (size_t i = 0; i < ck->cluster->nnamespaces && !ns->described; i++)
		if (ck->cluster->namespaces[i].pods > 0)
			nearest_offer(&near, ck->cluster->namespaces[i].name);
	buf_puts(out, ": it has none");
	buf_puts(out, nearest_hint(ck->cx->arena, near.best));
	if (!near.best && strcmp(ns->name, ck->cx->set.default_namespace) == 0)
		buf_puts(out, "; is metadata.namespace missing?");
}

void check_subject(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];
	const struct namespace *ns = &ck->cluster->namespaces[p->namespace];
	struct label_sets labels = { 0 };
	BUF_AUTO reason = { 0 };
	struct diag *diag;
	const char *key;

	if (p->invalid || ck->dc->sets->subjects[policy].len > 0 ||
	    selector_contradicts(ck, p->subject, &key))
		return;
	if (!check_spend(ck, ns->pods) || find_host_pods(ck, p).len > 0)
		return; /* the latter is a finding of its own */
	labels_of_pods(ck->scratch, ck->cluster, p->namespace, &labels);
	if (labels.len == 0)
		put_empty_namespace(ck, &reason, ns);
	else
		check_mismatch(ck, &reason, p->subject, &labels);
	diag = diag_add(ck->cx->diags, DIAG_SELECTS_NOTHING, &p->subject_origin,
			"the policy selects no pod of namespace '%s'%s", ns->name,
			reason.len ? reason.at : "");
	see_foreign(ck, diag, p->subject, NULL, p->namespace);
}

/* ---- contradictions ----------------------------------------------------------- */

static bool has_value(const struct requirement *req, const char *value)
{
	for (size_t i = 0; i < req->nvalues; i++)
		if (req->values[i] == value)
			return true;
	return false;
}

/* Whether the value of the first requirement passes the others of its key. */
static bool passes(const struct requirement *at, size_t n, const char *value)
{
	for (size_t i = 1; i < n; i++)
		if ((at[i].op == SELECTOR_IN && !has_value(&at[i], value)) ||
		    (at[i].op == SELECTOR_NOT_IN && has_value(&at[i], value)))
			return false;
	return true;
}

/* Of requirements of one key, in order of their operators. */
static bool contradict(struct checking *ck, const struct requirement *at, size_t n)
{
	const struct selector all = { at, n };
	bool present = at[0].op == SELECTOR_IN;

	for (size_t i = 0; i < n; i++)
		present |= at[i].op == SELECTOR_EXISTS;
	if (at[n - 1].op == SELECTOR_NOT_EXISTS)
		return present;
	if (at[0].op != SELECTOR_IN || n == 1)
		return false;
	if (!check_spend(ck, at[0].nvalues * selector_cost(&all)))
		return false;
	for (size_t i = 0; i < at[0].nvalues; i++)
		if (passes(at, n, at[0].values[i]))
			return false;
	return true;
}

bool selector_contradicts(struct checking *ck, const struct selector *sel,
			  const char **key)
{
	size_t end;

	for (size_t i = 0; i < sel->len; i = end) {
		for (end = i + 1; end < sel->len; end++)
			if (sel->at[end].key != sel->at[i].key)
				break;
		*key = sel->at[i].key;
		if (contradict(ck, &sel->at[i], end - i))
			return true;
	}
	return false;
}

static void check_selector(struct checking *ck, const struct selector *sel,
			   const struct origin *where, const char *what)
{
	const char *key;

	if (sel && selector_contradicts(ck, sel, &key))
		diag_add(ck->cx->diags, DIAG_CONTRADICTION, where,
			 "no labels can match the %s: what it asks of '%s' excludes "
			 "itself",
			 what, key);
}

void check_contradictions(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];

	check_selector(ck, p->subject, &p->subject_origin, "podSelector");
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t r = 0; r < p->nrules[d]; r++)
			for (size_t k = 0; k < p->rules[d][r].npeers; k++) {
				const struct policy_peer *peer = &p->rules[d][r].peers[k];

				check_selector(ck, peer->pods, &peer->origin,
					       "podSelector");
				check_selector(ck, peer->namespaces, &peer->origin,
					       "namespaceSelector");
			}
}

/* ---- the host's network -------------------------------------------------------- */

void check_host_network(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];
	const struct host_pods found = find_host_pods(ck, p);
	BUF_AUTO name = { 0 };
	struct diag *diag;

	if (found.len == 0)
		return;
	pod_print(&name, ck->cluster, found.first);
	diag = diag_add(
		ck->cx->diags, DIAG_HOST_NETWORK, &p->subject_origin,
		"the policy selects %s, which is on the host's network: no policy "
		"applies to it%s",
		name.at, found.len > 1 ? ", nor to others like it" : "");
	diag_see(ck->cx->diags, diag, &ck->cluster->pods[found.first].origin,
		 "hostNetwork is set here");
}
