/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cluster - the draft of all inputs in, objects in canonical order out
 *
 * Order comes from names, and between equal names from content, never from the
 * order of input.  Namespaces that are only named get the one label that the
 * control plane would have given them.
 */
#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/decode.h>
#include <netpolc/manifest/same.h>
#include <netpolc/manifest/stray.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

unsigned protocol_number(enum protocol p)
{
	static const unsigned numbers[PROTOCOLS] = { IPPROTO_TCP, IPPROTO_UDP,
						     IPPROTO_SCTP };

	return numbers[p];
}

const char *protocol_name(enum protocol p)
{
	static const char *const names[PROTOCOLS] = { "TCP", "UDP", "SCTP" };

	return names[p];
}

const char *direction_name(enum direction d)
{
	return d == INGRESS ? "ingress" : "egress";
}

bool pod_is_live(const struct pod *p)
{
	return !p->finished && !p->host_network;
}

bool pod_is_on(const struct pod *p, const char *node)
{
	return !node || (p->node && strcmp(p->node, node) == 0);
}

const struct address *pod_address_in(const struct pod *p, enum family f)
{
	for (size_t i = 0; i < p->naddresses; i++)
		if (p->addresses[i].family == f)
			return &p->addresses[i];
	return NULL;
}

/* ---- the draft ----------------------------------------------------------------- */

static uint64_t space_hash(const void *item, uint64_t seed)
{
	const struct space *s = item;

	return hash_bytes(&s->name, sizeof(s->name), seed);
}

static bool space_equal(const void *a, const void *b)
{
	return ((const struct space *)a)->name == ((const struct space *)b)->name;
}

static uint64_t skipped_hash(const void *item, uint64_t seed)
{
	const struct skipped *s = item;
	const char *const key[] = { s->group, s->kind };

	return hash_bytes(key, sizeof(key), seed);
}

static bool skipped_equal(const void *a, const void *b)
{
	const struct skipped *x = a, *y = b;

	return x->group == y->group && x->kind == y->kind;
}

static void draft_init(struct draft *draft, struct ctx *cx)
{
	static const struct hashset_type spaces = { space_hash, space_equal };
	static const struct hashset_type skipped = { skipped_hash, skipped_equal };

	*draft = (struct draft){
		.space_names = hashset_new(cx->arena, &spaces),
		.skipped_kinds = hashset_new(cx->arena, &skipped),
		.selectors = selectors_new(cx->arena),
	};
}

uint32_t draft_space(struct draft *draft, struct ctx *cx, const char *name)
{
	const struct space key = { name, 0 };
	struct space *s = hashset_find(draft->space_names, &key);

	if (!s) {
		s = ARENA_NEW(cx->arena, struct space);
		*s = (struct space){ name, (uint32_t)draft->spaces.len };
		hashset_add(draft->space_names, s);
		*ARENA_PUSH(cx->arena, &draft->spaces) = s;
	}
	return s->index;
}

void draft_skip(struct draft *draft, struct ctx *cx, const char *group, const char *kind,
		const struct origin *where)
{
	struct skipped *s, key = { group, kind, *where, 0 };

	s = hashset_find(draft->skipped_kinds, &key);
	if (!s) {
		s = ARENA_NEW(cx->arena, struct skipped);
		*s = key;
		hashset_add(draft->skipped_kinds, s);
		*ARENA_PUSH(cx->arena, &draft->skipped) = s;
	}
	s->count++;
}

static void report_skipped(struct ctx *cx, const struct draft *draft)
{
	for (size_t i = 0; i < draft->skipped.len; i++) {
		const struct skipped *s = draft->skipped.at[i];

		diag_add(cx->diags, DIAG_UNKNOWN_KIND, &s->first,
			 "%zu object%s of kind '%s' of %s%s%s not used",
			 COUNTED(s->count), s->kind,
			 *s->group ? "API group '" : "the core API group", s->group,
			 *s->group ? "'" : "");
	}
}

/* ---- namespaces ------------------------------------------------------------------ */

/* kubernetes.io/metadata.name is the control plane's: whatever was written, it
 * holds the name (A 60). */
static void add_name_label(struct ctx *cx, struct namespace *ns)
{
	const char *key = intern_str(cx->intern, "kubernetes.io/metadata.name");
	struct label *at = ARENA_ARRAY(cx->arena, ns->labels.len + 1, struct label);
	size_t len = 0, i = 0;

	for (; i < ns->labels.len && strcmp(ns->labels.at[i].key, key) < 0; i++)
		at[len++] = ns->labels.at[i];
	at[len++] = (struct label){ key, ns->name };
	for (; i < ns->labels.len; i++)
		if (ns->labels.at[i].key != key)
			at[len++] = ns->labels.at[i];
	ns->labels = (struct labels){ at, len };
}

/* Objects first: what is kept is what describes. */
static int compare_namespaces(const void *a, const void *b)
{
	const struct namespace *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : y->described - x->described;
}

static void settle_namespaces(struct ctx *cx, struct draft *draft, struct cluster *cl)
{
	size_t kept = 0;

	for (size_t i = 0; i < draft->namespaces.len; i++)
		add_name_label(cx, &draft->namespaces.at[i]);
	draft->namespaces.len =
		same_namespaces(cx, draft->namespaces.at, draft->namespaces.len);
	for (size_t i = 0; i < draft->spaces.len; i++) {
		struct namespace *ns = ARENA_PUSH(cx->arena, &draft->namespaces);

		ns->name = draft->spaces.at[i]->name;
		add_name_label(cx, ns);
	}
	cl->namespaces = draft->namespaces.at;
	if (draft->namespaces.len)
		qsort(cl->namespaces, draft->namespaces.len, sizeof(*cl->namespaces),
		      compare_namespaces);
	for (size_t i = 0; i < draft->namespaces.len; i++)
		if (kept == 0 || cl->namespaces[i].name != cl->namespaces[kept - 1].name)
			cl->namespaces[kept++] = cl->namespaces[i];
	cl->nnamespaces = kept;
}

/* From indexes of the draft's spaces to those of the cluster's namespaces. */
static void translate_spaces(struct ctx *cx, const struct draft *draft,
			     struct cluster *cl)
{
	uint32_t *index = ARENA_ARRAY(cx->arena, draft->spaces.len, uint32_t);

	for (size_t i = 0; i < draft->spaces.len; i++)
		index[i] = (uint32_t)(cluster_namespace(cl, draft->spaces.at[i]->name) -
				      cl->namespaces);
	for (size_t i = 0; i < draft->pods.len; i++)
		draft->pods.at[i].namespace = index[draft->pods.at[i].namespace];
	for (size_t i = 0; i < draft->policies.len; i++)
		draft->policies.at[i].namespace = index[draft->policies.at[i].namespace];
}

static void slice_pods(struct cluster *cl)
{
	size_t i = 0;

	for (uint32_t ns = 0; ns < cl->nnamespaces; ns++) {
		cl->namespaces[ns].first_pod = (uint32_t)i;
		cl->namespaces[ns].pods = 0;
		for (; i < cl->npods && cl->pods[i].namespace == ns; i++)
			cl->namespaces[ns].pods++;
	}
}

/* ---- look-up ---------------------------------------------------------------------- */

/* Namespaces and Nodes begin with their names. */
static int compare_name(const void *name, const void *item)
{
	return strcmp(name, *(const char *const *)item);
}

const struct namespace *cluster_namespace(const struct cluster *cl, const char *name)
{
	if (cl->nnamespaces == 0)
		return NULL;
	return bsearch(name, cl->namespaces, cl->nnamespaces, sizeof(*cl->namespaces),
		       compare_name);
}

const struct pod *cluster_pod(const struct cluster *cl, const char *space,
			      const char *kind, const char *name)
{
	const struct namespace *ns = cluster_namespace(cl, space);
	size_t lo, hi, end;

	if (!ns)
		return NULL;
	lo = ns->first_pod;
	end = hi = lo + ns->pods;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(cl->pods[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < end && strcmp(cl->pods[lo].name, name) == 0; lo++)
		if (strcmp(cl->pods[lo].kind, kind ? kind : "Pod") == 0)
			return &cl->pods[lo];
	return NULL;
}

const struct service *cluster_service(const struct cluster *cl, const char *space,
				      const char *name)
{
	size_t lo = 0, hi = cl->nservices;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct service *s = &cl->services[mid];
		int order = strcmp(s->space, space);

		if (!order)
			order = strcmp(s->name, name);
		if (!order)
			return s;
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const struct node_object *cluster_node(const struct cluster *cl, const char *name)
{
	if (cl->nnodes == 0)
		return NULL;
	return bsearch(name, cl->nodes, cl->nnodes, sizeof(*cl->nodes), compare_name);
}

/* ---- the cluster ------------------------------------------------------------------ */

/* Leaves out workloads that are made for others in the input, such as the ReplicaSets of
 * a Deployment: their pods are those of the other. */
static void leave_out_made(struct ctx *cx, struct cluster *cl)
{
	bool *made = ARENA_ARRAY(cx->arena, cl->npods, bool);
	size_t kept = 0;

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *p = &cl->pods[i];

		made[i] = p->workload && p->owner &&
			  cluster_pod(cl, cl->namespaces[p->namespace].name,
				      p->owner_kind, p->owner);
	}
	for (size_t i = 0; i < cl->npods; i++)
		if (!made[i])
			cl->pods[kept++] = cl->pods[i];
	cl->npods = kept;
	slice_pods(cl);
}

static int compare_foreign(const void *a, const void *b)
{
	const struct foreign *x = a, *y = b;
	int order = strcmp(x->space, y->space);

	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->kind, y->kind);
}

/* Canonical order, one namespace each, no duplicates. */
static struct cluster *cluster_finish(struct ctx *cx, struct draft *draft)
{
	struct cluster *cl = ARENA_NEW(cx->arena, struct cluster);

	report_skipped(cx, draft);
	stray_report(cx, draft);
	settle_namespaces(cx, draft, cl);
	translate_spaces(cx, draft, cl);
	cl->pods = draft->pods.at;
	cl->npods = same_pods(cx, cl, draft->pods.at, draft->pods.len);
	cl->nodes = draft->nodes.at;
	cl->nnodes = same_nodes(cx, draft->nodes.at, draft->nodes.len);
	cl->policies = draft->policies.at;
	cl->npolicies = same_policies(cx, cl, draft->policies.at, draft->policies.len);
	cl->services = draft->services.at;
	cl->nservices = same_services(cx, draft->services.at, draft->services.len);
	cl->foreign = draft->foreign.at;
	cl->nforeign = draft->foreign.len;
	if (cl->nforeign > 0)
		qsort(cl->foreign, cl->nforeign, sizeof(*cl->foreign), compare_foreign);
	slice_pods(cl);
	leave_out_made(cx, cl);
	return cl;
}

struct cluster *cluster_read(struct ctx *cx, char *const inputs[], size_t n)
{
	uint32_t first = (uint32_t)cx->sources.len;
	struct draft draft;
	struct cluster *cl;

	draft_init(&draft, cx);
	sources_expand(&cx->sources, cx->diags, inputs, n);
	for (uint32_t file = first; file < cx->sources.len; file++) {
		struct source *src = source_open(&cx->sources, cx->diags, file);

		if (!src)
			continue;
		decode_source(cx, &draft, src);
		source_close(src);
	}
	cl = cluster_finish(cx, &draft);
	if (draft.objects == 0 && !diag_failed(cx->diags))
		diag_add(cx->diags, DIAG_NO_INPUT, NULL,
			 "there is no object in all of the input");
	return cl;
}
