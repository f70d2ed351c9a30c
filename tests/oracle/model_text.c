/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model in, manifests out: each object becomes a tree with its fields in the
 * forms that the model says, and the trees are printed in the model's style.
 */
#include "generate.h"
#include "tree.h"
#include <netpolc/base/arena.h>
#include <string.h>

struct writing {
	struct arena *arena;
	const struct model *model;
};

static struct tree *map(const struct writing *w, struct tree *parent, const char *key)
{
	return tree_add(w->arena, parent, TREE_MAP, key, NULL);
}

static struct tree *list(const struct writing *w, struct tree *parent, const char *key)
{
	return tree_add(w->arena, parent, TREE_LIST, key, NULL);
}

/* Nothing for a text of NULL. */
static void string(const struct writing *w, struct tree *parent, const char *key,
		   const char *text)
{
	if (text)
		tree_add(w->arena, parent, TREE_STRING, key, text);
}

static void bare(const struct writing *w, struct tree *parent, const char *key,
		 const char *text)
{
	tree_add(w->arena, parent, TREE_BARE, key, text);
}

/* Nothing for 0. */
static void number(const struct writing *w, struct tree *parent, const char *key,
		   unsigned n)
{
	if (n)
		bare(w, parent, key, arena_printf(w->arena, "%u", n));
}

/* Writes a field that is not full in its form; a full one is the caller's. */
static bool is_full(const struct writing *w, struct tree *parent, const char *key,
		    enum form form, enum tree_kind kind)
{
	if (form == FORM_NULL)
		bare(w, parent, key, "null");
	else if (form == FORM_EMPTY)
		tree_add(w->arena, parent, kind, key, NULL);
	return form == FORM_FULL;
}

static void write_labels(const struct writing *w, struct tree *parent, const char *key,
			 const struct model_labels *labels)
{
	struct tree *t = map(w, parent, key);

	for (size_t i = 0; i < labels->len; i++)
		if (!labels->at[i].dropped)
			string(w, t, labels->at[i].key, labels->at[i].value);
}

static void write_requirements(const struct writing *w, struct tree *selector,
			       const struct model_selector *s)
{
	struct tree *t = list(w, selector, "matchExpressions");

	for (size_t i = 0; i < s->nreqs; i++) {
		const struct model_requirement *req = &s->reqs[i];
		struct tree *item, *values;

		if (req->dropped)
			continue;
		item = map(w, t, NULL);
		string(w, item, "key", req->key);
		string(w, item, "operator", req->op);
		if (!req->nvalues)
			continue;
		values = list(w, item, "values");
		for (size_t v = 0; v < req->nvalues; v++)
			string(w, values, NULL, req->values[v]);
	}
}

static void write_selector(const struct writing *w, struct tree *parent, const char *key,
			   const struct model_selector *s)
{
	struct tree *t;

	if (!is_full(w, parent, key, s->form, TREE_MAP))
		return;
	t = map(w, parent, key);
	if (is_full(w, t, "matchLabels", s->labels_form, TREE_MAP))
		write_labels(w, t, "matchLabels", &s->labels);
	if (is_full(w, t, "matchExpressions", s->reqs_form, TREE_LIST))
		write_requirements(w, t, s);
}

static void write_block(const struct writing *w, struct tree *peer,
			const struct model_block *block)
{
	struct tree *t = map(w, peer, "ipBlock"), *excepts;

	string(w, t, "cidr", block->cidr.text);
	if (!is_full(w, t, "except", block->except_form, TREE_LIST))
		return;
	excepts = list(w, t, "except");
	for (size_t i = 0; i < block->nexcept; i++)
		if (!block->except[i].dropped)
			string(w, excepts, NULL, block->except[i].text);
}

static void write_peers(const struct writing *w, struct tree *rule, const char *key,
			const struct model_rule *r)
{
	struct tree *t;

	if (!is_full(w, rule, key, r->peers_form, TREE_LIST))
		return;
	t = list(w, rule, key);
	for (size_t i = 0; i < r->npeers; i++) {
		const struct model_peer *peer = &r->peers[i];
		struct tree *item;

		if (peer->dropped)
			continue;
		item = map(w, t, NULL);
		write_selector(w, item, "podSelector", &peer->pods);
		write_selector(w, item, "namespaceSelector", &peer->namespaces);
		if (peer->block)
			write_block(w, item, peer->block);
		else if (peer->null_block)
			bare(w, item, "ipBlock", "null");
	}
}

static void write_ports(const struct writing *w, struct tree *rule,
			const struct model_rule *r)
{
	struct tree *t;

	if (!is_full(w, rule, "ports", r->ports_form, TREE_LIST))
		return;
	t = list(w, rule, "ports");
	for (size_t i = 0; i < r->nports; i++) {
		const struct model_port *port = &r->ports[i];
		struct tree *item;

		if (port->dropped)
			continue;
		item = map(w, t, NULL);
		string(w, item, "protocol", port->protocol);
		string(w, item, "port", port->name);
		number(w, item, "port", port->port);
		number(w, item, "endPort", port->end);
	}
}

static void write_rules(const struct writing *w, struct tree *spec,
			const struct model_policy *policy, enum direction d)
{
	const char *key = d == INGRESS ? "ingress" : "egress";
	struct tree *t;

	if (!is_full(w, spec, key, policy->rules_form[d], TREE_LIST))
		return;
	t = list(w, spec, key);
	for (size_t i = 0; i < policy->nrules[d]; i++) {
		const struct model_rule *rule = &policy->rules[d][i];
		struct tree *item;

		if (rule->dropped)
			continue;
		item = map(w, t, NULL);
		write_peers(w, item, d == INGRESS ? "from" : "to", rule);
		write_ports(w, item, rule);
	}
}

/* A list's kind stands on the list when its items leave theirs out. */
static struct tree *begin_object(const struct writing *w, struct tree *items,
				 const char *version, const char *kind)
{
	struct tree *t = map(w, items, NULL);

	if (version && !w->model->style.kind_last) {
		string(w, t, "apiVersion", version);
		string(w, t, "kind", kind);
	}
	return t;
}

static void end_object(const struct writing *w, struct tree *object, const char *version,
		       const char *kind)
{
	if (version && w->model->style.kind_last) {
		string(w, object, "kind", kind);
		string(w, object, "apiVersion", version);
	}
}

static struct tree *write_metadata(const struct writing *w, struct tree *object,
				   const char *name, const char *space)
{
	struct tree *t = map(w, object, "metadata");

	string(w, t, "name", name);
	string(w, t, "namespace", space);
	return t;
}

static void write_policy(const struct writing *w, struct tree *items,
			 const struct model_policy *policy)
{
	const char *version =
		policy->beta ? "extensions/v1beta1" : "networking.k8s.io/v1";
	const char *space = w->model->namespaces[policy->namespace].name;
	struct tree *object = begin_object(w, items, version, "NetworkPolicy");
	struct tree *spec, *types;

	write_metadata(w, object, policy->name, policy->implicit ? NULL : space);
	spec = map(w, object, "spec");
	write_selector(w, spec, "podSelector", &policy->subject);
	write_rules(w, spec, policy, INGRESS);
	write_rules(w, spec, policy, EGRESS);
	if (is_full(w, spec, "policyTypes", policy->types_form, TREE_LIST)) {
		types = list(w, spec, "policyTypes");
		for (size_t i = 0; i < policy->ntypes; i++)
			string(w, types, NULL, policy->types[i]);
	}
	end_object(w, object, version, "NetworkPolicy");
}

static void write_container(const struct writing *w, struct tree *containers,
			    const struct model_container *c, size_t i)
{
	struct tree *t = map(w, containers, NULL), *ports;

	string(w, t, "name", arena_printf(w->arena, "c%zu", i));
	string(w, t, "image", "example.com/image");
	if (c->kind == CONTAINER_SIDECAR)
		string(w, t, "restartPolicy", "Always");
	if (!c->nports)
		return;
	ports = list(w, t, "ports");
	for (size_t j = 0; j < c->nports; j++) {
		const struct model_container_port *port = &c->ports[j];
		struct tree *item;

		if (port->dropped)
			continue;
		item = map(w, ports, NULL);
		string(w, item, "name", port->name);
		number(w, item, "containerPort", port->number);
		number(w, item, "hostPort", port->host);
		string(w, item, "protocol", port->protocol);
	}
}

static void write_pod_spec(const struct writing *w, struct tree *object,
			   const struct model_pod *pod)
{
	struct tree *spec = map(w, object, "spec");
	struct tree *inits = NULL, *containers;

	string(w, spec, "nodeName", pod->node);
	if (pod->host_network)
		bare(w, spec, "hostNetwork", "true");
	for (size_t i = 0; i < pod->ncontainers; i++) {
		if (pod->containers[i].kind == CONTAINER_PLAIN)
			continue;
		if (!inits)
			inits = list(w, spec, "initContainers");
		write_container(w, inits, &pod->containers[i], i);
	}
	containers = list(w, spec, "containers");
	for (size_t i = 0; i < pod->ncontainers; i++)
		if (pod->containers[i].kind == CONTAINER_PLAIN)
			write_container(w, containers, &pod->containers[i], i);
}

static void write_pod_status(const struct writing *w, struct tree *object,
			     const struct model_pod *pod)
{
	struct tree *status = map(w, object, "status"), *ips;
	char text[ADDRESS_TEXT];

	string(w, status, "phase", pod->phase);
	string(w, status, "startTime", pod->started);
	if (!pod->naddresses)
		return;
	address_text(text, pod->addresses[0]);
	string(w, status, "podIP", arena_printf(w->arena, "%s", text));
	if (pod->old_status)
		return;
	ips = list(w, status, "podIPs");
	for (size_t i = 0; i < pod->naddresses; i++) {
		address_text(text, pod->addresses[i]);
		string(w, map(w, ips, NULL), "ip", arena_printf(w->arena, "%s", text));
	}
}

static void write_pod(const struct writing *w, struct tree *items,
		      const struct model_pod *pod, bool typed)
{
	const char *space = w->model->namespaces[pod->namespace].name;
	const char *version = typed ? NULL : "v1";
	struct tree *object = begin_object(w, items, version, "Pod");
	struct tree *metadata =
		write_metadata(w, object, pod->name, pod->implicit ? NULL : space);

	if (pod->deleting)
		string(w, metadata, "deletionTimestamp", "2024-02-02T00:00:00Z");
	write_labels(w, metadata, "labels", &pod->labels);
	write_pod_spec(w, object, pod);
	write_pod_status(w, object, pod);
	end_object(w, object, version, "Pod");
}

static void write_workload(const struct writing *w, struct tree *items,
			   const struct model_pod *pod)
{
	const char *space = w->model->namespaces[pod->namespace].name;
	const char *version = !strcmp(pod->kind, "ReplicationController") ? "v1"
			      : strstr(pod->kind, "Job")		  ? "batch/v1"
									  : "apps/v1";
	struct tree *object = begin_object(w, items, version, pod->kind), *spec;

	write_metadata(w, object, pod->name, pod->implicit ? NULL : space);
	spec = map(w, object, "spec");
	if (!strcmp(pod->kind, "CronJob"))
		spec = map(w, map(w, spec, "jobTemplate"), "spec");
	spec = map(w, spec, "template");
	write_labels(w, map(w, spec, "metadata"), "labels", &pod->labels);
	write_pod_spec(w, spec, pod);
	end_object(w, object, version, pod->kind);
}

static void write_namespace(const struct writing *w, struct tree *items,
			    const struct model_namespace *ns)
{
	struct tree *object = begin_object(w, items, "v1", "Namespace");
	struct tree *metadata = write_metadata(w, object, ns->name, NULL);

	write_labels(w, metadata, "labels", &ns->labels);
	if (ns->annotation)
		string(w, map(w, metadata, "annotations"),
		       "net.beta.kubernetes.io/network-policy", ns->annotation);
	end_object(w, object, "v1", "Namespace");
}

static void write_node(const struct writing *w, struct tree *items,
		       const struct model_node *n)
{
	struct tree *object = begin_object(w, items, "v1", "Node"), *list_of;
	char text[ADDRESS_TEXT];

	write_metadata(w, object, n->name, NULL);
	list_of = list(w, map(w, object, "status"), "addresses");
	for (size_t i = 0; i < n->naddresses; i++) {
		struct tree *item = map(w, list_of, NULL);

		address_text(text, n->addresses[i]);
		string(w, item, "address", arena_printf(w->arena, "%s", text));
		string(w, item, "type", i ? "ExternalIP" : "InternalIP");
	}
	end_object(w, object, "v1", "Node");
}

/* Pods and what is no pod apart, so that typed lists can leave kinds out. */
static void write_objects(const struct writing *w, struct tree *others, struct tree *pods,
			  bool typed)
{
	const struct model *m = w->model;

	for (size_t i = 0; i < m->npolicies; i++)
		for (int n = 0; !m->policies[i].dropped && n <= m->policies[i].twice; n++)
			write_policy(w, others, &m->policies[i]);
	for (size_t i = 0; i < m->nnamespaces; i++)
		if (m->namespaces[i].declared && !m->namespaces[i].dropped)
			write_namespace(w, others, &m->namespaces[i]);
	for (size_t i = 0; i < m->nnodes; i++)
		if (!m->nodes[i].dropped)
			write_node(w, others, &m->nodes[i]);
	for (size_t i = 0; i < m->npods; i++)
		for (int n = 0; !m->pods[i].dropped && n <= m->pods[i].twice; n++)
			if (strcmp(m->pods[i].kind, "Pod") != 0)
				write_workload(w, others, &m->pods[i]);
			else
				write_pod(w, pods, &m->pods[i], typed);
}

static void wrap(const struct writing *w, struct tree *root, const struct tree *items,
		 const char *kind)
{
	struct tree *object = begin_object(w, root, "v1", kind);

	list(w, object, "items")->first = items->first;
	end_object(w, object, "v1", kind);
}

static void to_crlf(struct buf *text)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < text->len; i++) {
		if (text->at[i] == '\n')
			buf_putc(&out, '\r');
		buf_putc(&out, text->at[i]);
	}
	buf_free(text);
	*text = out;
}

void model_text(struct buf *out, struct arena *a, const struct model *m)
{
	const struct writing w = { a, m };
	const struct model_style *style = &m->style;
	struct random variation = { style->seed };
	struct tree others = { .kind = TREE_LIST }, pods = others, root = others;

	write_objects(&w, &others, &pods, style->wrapping == WRAP_TYPED_LISTS);
	if (style->wrapping == WRAP_DOCUMENTS) {
		root.first = others.first;
		if (others.last)
			others.last->next = pods.first;
		else
			root.first = pods.first;
	} else {
		wrap(&w, &root, &others, "List");
		wrap(&w, &root, &pods, style->wrapping == WRAP_LIST ? "List" : "PodList");
	}
	if (style->bom)
		buf_puts(out, "\xef\xbb\xbf");
	for (const struct tree *t = root.first; t; t = t->next) {
		if (style->notation != NOTATION_JSON && (t != root.first || style->bom))
			buf_puts(out, "---\n");
		tree_print(out, t, style->notation, style->seed ? &variation : NULL);
	}
	if (style->crlf)
		to_crlf(out);
}
