/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the peers of a policy.  Out: those whose selectors match nobody, and the mistake
 * that this is where it is a known one.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/intern.h>
#include <netpolc/base/nearest.h>

#include <string.h>

#define NAME_LABEL "kubernetes.io/metadata.name"

/* A peer and where it stands. */
struct place_of_peer {
	const struct policy *policy;
	const struct policy_rule *rule;
	const struct resolved_rule *resolved;
	size_t index;
	const struct policy_peer *peer;
};

static const struct selector everything = { 0 };

static const struct pod_set *members(const struct checking *ck,
				     const struct place_of_peer *at, size_t index)
{
	return &ck->dc->sets->peers[at->resolved->peers[index]].pods;
}

/* ---- two peers for one ---------------------------------------------------------- */

/* Whether pods of the peer beside it, which is one of namespaces alone, match. */
static bool completes(struct checking *ck, const struct place_of_peer *at, size_t beside)
{
	const struct policy_peer *other = &at->rule->peers[beside];
	const struct pod_set *pods;

	if (other->pods || !other->namespaces)
		return false;
	pods = members(ck, at, beside);
	if (!check_spend(ck, pods->len * selector_cost(at->peer->pods)))
		return false;
	for (size_t i = 0; i < pods->len; i++)
		if (selector_matches(at->peer->pods,
				     &ck->cluster->pods[pods->at[i]].labels))
			return true;
	return false;
}

static bool report_split(struct checking *ck, const struct place_of_peer *at)
{
	const char *home = ck->cluster->namespaces[at->policy->namespace].name;
	size_t beside = at->index + 1;
	struct diag *diag;

	if (at->peer->namespaces || at->peer->pods->len == 0)
		return false;
	if (beside == at->rule->npeers || !completes(ck, at, beside))
		beside = at->index - 1;
	if (beside >= at->rule->npeers || !completes(ck, at, beside))
		return false;
	diag = diag_add(
		ck->cx->diags, DIAG_SPLIT_PEER, &at->peer->origin,
		"a peer of its own, it selects no pod of namespace '%s'; but pods "
		"of the namespaces in the peer beside it match",
		home);
	diag_see(ck->cx->diags, diag, &at->rule->peers[beside].origin,
		 "this one lets all pods of its namespaces pass");
	return true;
}

/* ---- namespaces ----------------------------------------------------------------- */

static bool matches_any_namespace(const struct cluster *cl, const struct selector *sel)
{
	for (size_t i = 0; i < cl->nnamespaces; i++)
		if (!cl->namespaces[i].invalid &&
		    selector_matches(sel, &cl->namespaces[i].labels))
			return true;
	return false;
}

/* The selector with the label that namespaces have in the place of "name". */
static bool takes_name_for_label(struct checking *ck, const struct selector *sel,
				 const char **value)
{
	struct requirement *reqs = ARENA_ARRAY(ck->scratch, sel->len, struct requirement);
	const struct selector meant = { reqs, sel->len };
	bool changed = false;

	for (size_t i = 0; i < sel->len; i++) {
		reqs[i] = sel->at[i];
		if (reqs[i].op != SELECTOR_IN || strcmp(reqs[i].key, "name") != 0)
			continue;
		reqs[i].key = intern_str(ck->cx->intern, NAME_LABEL);
		*value = reqs[i].values[0];
		changed = true;
	}
	return changed && matches_any_namespace(ck->cluster, &meant);
}

/* The one namespace that the selector asks for by its name, where no name of the input
 * is like it: manifests of a repository are not all of a cluster, and what is there is
 * not known.  NULL where it is a mistake. */
static const char *absent_namespace(const struct checking *ck, const struct selector *sel)
{
	for (size_t i = 0; i < sel->len; i++) {
		const struct requirement *req = &sel->at[i];
		struct nearest near;

		if (req->op != SELECTOR_IN || req->nvalues != 1 ||
		    strcmp(req->key, NAME_LABEL) != 0)
			continue;
		near = nearest_to(req->values[0], strlen(req->values[0]));
		for (size_t k = 0; k < ck->cluster->nnamespaces; k++)
			nearest_offer(&near, ck->cluster->namespaces[k].name);
		return near.best ? NULL : req->values[0];
	}
	return NULL;
}

/* True after reporting that no namespace matches. */
static bool report_namespaces(struct checking *ck, const struct place_of_peer *at)
{
	const struct selector *sel = at->peer->namespaces;
	const struct cluster *cl = ck->cluster;
	struct label_sets labels = { 0 };
	BUF_AUTO reason = { 0 };
	const char *value;

	if (!check_spend(ck, 2 * cl->nnamespaces * selector_cost(sel)) ||
	    matches_any_namespace(cl, sel))
		return false;
	if (takes_name_for_label(ck, sel, &value)) {
		diag_add(ck->cx->diags, DIAG_NAME_LABEL, &at->peer->origin,
			 "no namespace has the label name=%s that the namespaceSelector "
			 "asks for; the name of a namespace is its label "
			 "kubernetes.io/metadata.name",
			 value);
		return true;
	}
	value = absent_namespace(ck, sel);
	if (value) {
		diag_add(
			ck->cx->diags, DIAG_ABSENT_NAMESPACE, &at->peer->origin,
			"namespace '%s' is not in the input: whom the peer matches there "
			"is not known",
			value);
		return true;
	}
	for (size_t i = 0; i < cl->nnamespaces; i++)
		*ARENA_PUSH(ck->scratch, &labels) = &cl->namespaces[i].labels;
	check_mismatch(ck, &reason, sel, &labels);
	diag_add(ck->cx->diags, DIAG_PEER_NOBODY, &at->peer->origin,
		 "the namespaceSelector matches no namespace%s",
		 reason.len ? reason.at : "");
	return true;
}

/* ---- pods ----------------------------------------------------------------------- */

static bool includes(const struct checking *ck, const struct place_of_peer *at,
		     uint32_t namespace)
{
	const struct namespace *ns = &ck->cluster->namespaces[namespace];

	if (!at->peer->namespaces)
		return namespace == at->policy->namespace;
	return !ns->invalid && selector_matches(at->peer->namespaces, &ns->labels);
}

/* Pods on the host's network match no selector; who writes one may not know. */
static bool report_host_pods(struct checking *ck, const struct place_of_peer *at)
{
	const struct selector *pods = at->peer->pods ? at->peer->pods : &everything;
	const struct selector *spaces =
		at->peer->namespaces ? at->peer->namespaces : &everything;
	BUF_AUTO name = { 0 };

	if (!check_spend(ck, ck->host_pods.len *
				     (selector_cost(pods) + selector_cost(spaces))))
		return false;
	for (size_t i = 0; i < ck->host_pods.len; i++) {
		const struct pod *pod = &ck->cluster->pods[ck->host_pods.at[i]];

		if (!includes(ck, at, pod->namespace) ||
		    !selector_matches(pods, &pod->labels))
			continue;
		pod_print(&name, ck->cluster, ck->host_pods.at[i]);
		diag_add(ck->cx->diags, DIAG_PEER_NOBODY, &at->peer->origin,
			 "the peer has the labels of %s, but that is on the host's "
			 "network, where no selector matches it",
			 name.at);
		return true;
	}
	return false;
}

/* A selector of pods alone is of the policy's namespace; who writes one may mean the pods
 * of another. */
static void see_elsewhere(struct checking *ck, const struct place_of_peer *at,
			  struct diag *diag)
{
	const struct cluster *cl = ck->cluster;
	BUF_AUTO name = { 0 };

	if (at->peer->namespaces || at->peer->pods->len == 0 ||
	    !check_spend(ck, cl->npods * selector_cost(at->peer->pods)))
		return;
	for (uint32_t id = 0; id < cl->npods; id++) {
		const struct pod *pod = &cl->pods[id];

		if (!pod_is_live(pod) || pod->invalid ||
		    !selector_matches(at->peer->pods, &pod->labels))
			continue;
		pod_print(&name, cl, id);
		diag_see(ck->cx->diags, diag, &pod->origin,
			 "%s matches, but is of another namespace, which takes a "
			 "namespaceSelector",
			 name.at);
		return;
	}
}

static void report_pods(struct checking *ck, const struct place_of_peer *at)
{
	const struct selector *pods = at->peer->pods ? at->peer->pods : &everything;
	const struct selector *spaces =
		at->peer->namespaces ? at->peer->namespaces : &everything;
	const struct cluster *cl = ck->cluster;
	struct label_sets labels = { 0 };
	BUF_AUTO reason = { 0 };
	struct diag *diag;

	if (!check_spend(ck, cl->npods + cl->nnamespaces * selector_cost(spaces)))
		return;
	for (uint32_t i = 0; i < cl->nnamespaces; i++)
		if (includes(ck, at, i))
			labels_of_pods(ck->scratch, cl, i, &labels);
	if (labels.len == 0)
		buf_puts(&reason, ": there is none");
	check_mismatch(ck, &reason, pods, &labels);
	diag = diag_add(
		ck->cx->diags, DIAG_PEER_NOBODY, &at->peer->origin,
		"the peer matches no pod of %s%s%s%s",
		at->peer->namespaces ? "the namespaces that it selects" : "namespace '",
		at->peer->namespaces ? "" : cl->namespaces[at->policy->namespace].name,
		at->peer->namespaces ? "" : "'", reason.len ? reason.at : "");
	see_elsewhere(ck, at, diag);
	see_foreign(ck, diag, pods, at->peer->namespaces, at->policy->namespace);
}

static bool contradicts(struct checking *ck, const struct selector *sel)
{
	const char *key;

	return sel && selector_contradicts(ck, sel, &key);
}

static void check_peer(struct checking *ck, const struct place_of_peer *at)
{
	if (at->peer->block || members(ck, at, at->index)->len > 0 ||
	    contradicts(ck, at->peer->pods) || contradicts(ck, at->peer->namespaces))
		return;
	if (report_split(ck, at))
		return;
	if (at->peer->namespaces && report_namespaces(ck, at))
		return;
	if (!report_host_pods(ck, at))
		report_pods(ck, at);
}

void check_peers(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];
	struct place_of_peer at = { .policy = p };

	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t r = 0; r < p->nrules[d] && p->isolates[d]; r++) {
			at.rule = &p->rules[d][r];
			at.resolved = &ck->dc->sets->rules[d][policy][r];
			for (size_t k = 0; k < at.resolved->npeers; k++) {
				at.index = k;
				at.peer = &at.rule->peers[k];
				check_peer(ck, &at);
				arena_reset(ck->scratch);
			}
		}
}
