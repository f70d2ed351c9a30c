/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * validate - a decoded cluster in, one whose live pods share no address out
 *
 * Works on a table of (address, live pod), sorted by address: a pod loses an
 * address that a Node has, or that another pod has the better claim to.
 */
#include <netpolc/manifest/validate.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/cluster.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/pod_ranges.h>

#include <stdlib.h>
#include <string.h>

/* A live pod's hold on an address. */
struct claim {
	struct address address;
	struct pod *pod; /* NULL: a Node's */
	const struct node_object *node;
	bool lost;
};

struct claims {
	struct claim *at;
	size_t len, cap;
};

/* Nodes first, then the pod that keeps the address. */
static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = address_compare(x->address, y->address);

	if (order)
		return order;
	if (!x->pod || !y->pod)
		return (!y->pod) - (!x->pod);
	if (x->pod->deleting != y->pod->deleting)
		return x->pod->deleting - y->pod->deleting;
	if (x->pod->started != y->pod->started)
		return x->pod->started > y->pod->started ? -1 : 1;
	return (x->pod > y->pod) - (x->pod < y->pod);
}

static struct claims collect_claims(struct ctx *cx, struct cluster *cl)
{
	struct claims claims = { 0 };

	for (size_t i = 0; i < cl->nnodes; i++)
		for (size_t j = 0; j < cl->nodes[i].naddresses; j++)
			*ARENA_PUSH(cx->arena, &claims) =
				(struct claim){ cl->nodes[i].addresses[j], NULL,
						&cl->nodes[i], false };
	for (size_t i = 0; i < cl->npods; i++)
		for (size_t j = 0;
		     pod_is_live(&cl->pods[i]) && j < cl->pods[i].naddresses; j++)
			*ARENA_PUSH(cx->arena, &claims) =
				(struct claim){ cl->pods[i].addresses[j], &cl->pods[i],
						NULL, false };
	if (claims.len)
		qsort(claims.at, claims.len, sizeof(*claims.at), compare_claims);
	return claims;
}

static void contain(struct ctx *cx, struct diag *diag, struct pod *p)
{
	if (!cx->set.isolate_invalid)
		return;
	diag_set_level(cx->diags, diag, DIAG_WARNING);
	p->invalid = true;
}

static void refuse_node_address(struct ctx *cx, const struct claim *node,
				struct claim *pod)
{
	char text[ADDRESS_TEXT];
	struct diag *diag =
		diag_add(cx->diags, DIAG_BAD_ADDRESS, &pod->pod->origin,
			 "'%s' is an address of Node '%.253s', which no pod without "
			 "hostNetwork can have",
			 address_text(text, pod->address), node->node->name);

	diag_see(cx->diags, diag, &node->node->origin, "the Node");
	contain(cx, diag, pod->pod);
	pod->lost = true;
}

static void settle_shared(struct ctx *cx, const struct claim *winner, struct claim *loser)
{
	const struct pod *w = winner->pod, *l = loser->pod;
	bool tie = w->deleting == l->deleting && w->started == l->started;
	char text[ADDRESS_TEXT];
	struct diag *diag;

	address_text(text, loser->address);
	if (tie)
		diag = diag_add(
			cx->diags, DIAG_ADDRESS_CONFLICT, &l->origin,
			"two live pods have the address '%s', and neither startTime nor "
			"deletionTimestamp tells whose it is",
			text);
	else
		diag = diag_add(
			cx->diags, DIAG_SHARED_ADDRESS, &l->origin,
			"another live pod has the address '%s' too; it is taken as that "
			"pod's, which %s",
			text,
			w->deleting == l->deleting ? "started later"
						   : "is not being deleted");
	diag_see(cx->diags, diag, &w->origin, "the other pod");
	if (tie)
		contain(cx, diag, winner->pod);
	loser->lost = true;
}

/* Lost ones first, those of a pod together. */
static int compare_lost(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->lost != y->lost)
		return y->lost - x->lost;
	if (x->pod != y->pod)
		return x->pod < y->pod ? -1 : 1;
	return address_compare(x->address, y->address);
}

static int compare_with_claim(const void *address, const void *claim)
{
	return address_compare(*(const struct address *)address,
			       ((const struct claim *)claim)->address);
}

/* A pod's addresses without the n that it lost. */
static void drop_addresses(struct ctx *cx, struct pod *p, const struct claim *lost,
			   size_t n)
{
	struct address *at = ARENA_ARRAY(cx->arena, p->naddresses, struct address);
	size_t kept = 0;

	for (size_t i = 0; i < p->naddresses; i++)
		if (!bsearch(&p->addresses[i], lost, n, sizeof(*lost),
			     compare_with_claim))
			at[kept++] = p->addresses[i];
	p->addresses = at;
	p->naddresses = kept;
}

static void drop_lost(struct ctx *cx, struct claims *claims)
{
	size_t end;

	if (claims->len)
		qsort(claims->at, claims->len, sizeof(*claims->at), compare_lost);
	for (size_t i = 0; i < claims->len && claims->at[i].lost; i = end) {
		end = i + 1;
		while (end < claims->len && claims->at[end].lost &&
		       claims->at[end].pod == claims->at[i].pod)
			end++;
		drop_addresses(cx, claims->at[i].pod, &claims->at[i], end - i);
	}
}

static void settle_addresses(struct ctx *cx, struct cluster *cl)
{
	struct claims claims = collect_claims(cx, cl);
	size_t first = 0;

	for (size_t i = 1; i < claims.len; i++) {
		struct claim *c = &claims.at[i];

		if (!address_equal(claims.at[first].address, c->address))
			first = i;
		else if (c->pod && !claims.at[first].pod)
			refuse_node_address(cx, &claims.at[first], c);
		else if (c->pod)
			settle_shared(cx, &claims.at[first], c);
	}
	drop_lost(cx, &claims);
}

static void report_unknown(struct ctx *cx, const struct namespace *ns,
			   const struct origin *who)
{
	bool is_default = strcmp(ns->name, cx->set.default_namespace) == 0;

	diag_add(cx->diags, DIAG_UNKNOWN_NAMESPACE, who,
		 "no Namespace object describes '%s'%s; its only label is taken to be "
		 "kubernetes.io/metadata.name",
		 ns->name, is_default ? ", where objects are that name none" : "");
}

/* Once per namespace, at the first live pod or else policy that is in it. */
static void check_namespaces(struct ctx *cx, const struct cluster *cl)
{
	bool *known = ARENA_ARRAY(cx->arena, cl->nnamespaces, bool);

	for (size_t i = 0; i < cl->nnamespaces; i++)
		known[i] = cl->namespaces[i].described;
	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *p = &cl->pods[i];

		if (known[p->namespace] || !pod_is_live(p))
			continue;
		known[p->namespace] = true;
		report_unknown(cx, &cl->namespaces[p->namespace], &p->origin);
	}
	for (size_t i = 0; i < cl->npolicies; i++) {
		const struct policy *p = &cl->policies[i];

		if (known[p->namespace])
			continue;
		known[p->namespace] = true;
		report_unknown(cx, &cl->namespaces[p->namespace], &p->origin);
	}
}

static void check_node(struct ctx *cx, const struct cluster *cl)
{
	const char *name = cx->set.node;

	if (!name || cluster_node(cl, name))
		return;
	for (size_t i = 0; i < cl->npods; i++)
		if (cl->pods[i].node && strcmp(cl->pods[i].node, name) == 0)
			return;
	diag_add(cx->diags, DIAG_UNKNOWN_NODE, NULL,
		 "--node '%s' names neither a Node object nor the node of any pod", name);
}

static void check_pod_ranges(struct ctx *cx, const struct cluster *cl)
{
	if (!cx->set.deny_unknown || pod_ranges(cx, cl, FAMILY_IPV4).len ||
	    pod_ranges(cx, cl, FAMILY_IPV6).len)
		return;
	diag_add(cx->diags, DIAG_NO_POD_CIDR, NULL,
		 "--unknown-pods deny needs --pod-cidr, or %s podCIDRs in the input",
		 cx->set.node ? "that node's Node object with" : "Node objects with");
}

void validate(struct ctx *cx, struct cluster *cl)
{
	settle_addresses(cx, cl);
	check_namespaces(cx, cl);
	check_node(cx, cl);
	check_pod_ranges(cx, cl);
}
