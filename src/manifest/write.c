/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: objects; out: manifests.
 *
 * The idea: a cluster of ten thousand pods is written at each change of one of them, so
 * it goes straight into the buffer.  Whether a comma is due shows in what was written
 * last.
 */
#include <netpolc/manifest/write.h>

#include <netpolc/base/json_out.h>
#include <netpolc/base/literal.h>
#include <netpolc/manifest/decode.h>

#include <string.h>

/* Begins the next member or item of what is open. */
static void next(struct buf *out)
{
	char last = out->at[out->len - 1];

	if (last != '{' && last != '[')
		buf_putc(out, ',');
}

static void put_item(struct buf *out, const char *text)
{
	next(out);
	json_quote(out, text);
}

/* Every key but a label's is a word that stands between quotes as it is. */
static void put_key(struct buf *out, const char *key)
{
	next(out);
	buf_putc(out, '"');
	buf_puts(out, key);
	buf_puts(out, "\":");
}

static void open_object(struct buf *out, const char *key)
{
	put_key(out, key);
	buf_putc(out, '{');
}

static void open_list(struct buf *out, const char *key)
{
	put_key(out, key);
	buf_putc(out, '[');
}

static void open_item(struct buf *out)
{
	next(out);
	buf_putc(out, '{');
}

static void put_text(struct buf *out, const char *key, const char *text)
{
	put_key(out, key);
	json_quote(out, text);
}

static void put_number(struct buf *out, const char *key, uint64_t n)
{
	put_key(out, key);
	buf_putu(out, n);
}

static void put_true(struct buf *out, const char *key)
{
	put_key(out, key);
	buf_puts(out, "true");
}

static void put_time(struct buf *out, const char *key, int64_t seconds)
{
	const struct timespec when = { .tv_sec = seconds };
	char text[TIME_TEXT];

	time_print(text, &when);
	put_text(out, key, text);
}

static void put_prefix_item(struct buf *out, struct prefix p)
{
	next(out);
	buf_putc(out, '"');
	prefix_print(out, p);
	buf_putc(out, '"');
}

static void put_address(struct buf *out, const char *key, struct address a)
{
	put_key(out, key);
	buf_putc(out, '"');
	address_print(out, a);
	buf_putc(out, '"');
}

/* ---- metadata ---- */

static void put_version(struct buf *out, const struct kind *k)
{
	put_key(out, "apiVersion");
	buf_putc(out, '"');
	buf_puts(out, k->group);
	buf_puts(out, *k->group ? "/" : "");
	buf_puts(out, k->version ?: "v1");
	buf_putc(out, '"');
}

static void open_manifest(struct buf *out, const char *kind, const char *space,
			  const char *name)
{
	next(out);
	buf_puts(out, "\n{");
	put_version(out, kind_find(NULL, kind));
	put_text(out, "kind", kind);
	open_object(out, "metadata");
	put_text(out, "name", name);
	if (space)
		put_text(out, "namespace", space);
}

static void close_manifest(struct buf *out)
{
	buf_putc(out, '}');
}

/* Labels of what is invalid are of a type that is none. */
static void put_labels(struct buf *out, const struct labels *labels, bool invalid)
{
	if (invalid) {
		open_list(out, "labels");
		buf_putc(out, ']');
		return;
	}
	open_object(out, "labels");
	for (size_t i = 0; i < labels->len; i++) {
		put_item(out, labels->at[i].key);
		buf_putc(out, ':');
		json_quote(out, labels->at[i].value);
	}
	buf_putc(out, '}');
}

/* ---- Namespace, Node ---- */

static void write_namespace(struct buf *out, const struct namespace *ns)
{
	if (!ns->described)
		return;
	open_manifest(out, "Namespace", NULL, ns->name);
	put_labels(out, &ns->labels, ns->invalid);
	if (ns->default_deny) {
		open_object(out, "annotations");
		put_text(out, ISOLATION_ANNOTATION,
			 "{\"ingress\": {\"isolation\": \"DefaultDeny\"}}");
		buf_putc(out, '}');
	}
	buf_putc(out, '}');
	close_manifest(out);
}

static void write_node(struct buf *out, const struct node_object *n)
{
	open_manifest(out, "Node", NULL, n->name);
	buf_putc(out, '}');
	open_object(out, "spec");
	open_list(out, "podCIDRs");
	for (size_t i = 0; i < n->npod_cidrs; i++)
		put_prefix_item(out, n->pod_cidrs[i]);
	buf_puts(out, "]}");
	open_object(out, "status");
	open_list(out, "addresses");
	for (size_t i = 0; i < n->naddresses; i++) {
		open_item(out);
		put_text(out, "type", "InternalIP");
		put_address(out, "address", n->addresses[i]);
		buf_putc(out, '}');
	}
	buf_puts(out, "]}");
	close_manifest(out);
}

/* ---- Pod ---- */

static void put_owner(struct buf *out, const struct pod *p)
{
	if (!p->owner)
		return;
	open_list(out, "ownerReferences");
	open_item(out);
	put_text(out, "kind", p->owner_kind);
	put_text(out, "name", p->owner);
	put_true(out, "controller");
	buf_puts(out, "}]");
}

static void put_container(struct buf *out, const struct pod *p)
{
	open_list(out, "containers");
	open_item(out);
	open_list(out, "ports");
	for (size_t i = 0; i < p->nports; i++) {
		open_item(out);
		put_text(out, "name", p->ports[i].name);
		put_number(out, "containerPort", p->ports[i].number);
		put_text(out, "protocol", protocol_name(p->ports[i].protocol));
		buf_putc(out, '}');
	}
	buf_puts(out, "]}]");
}

static void put_status(struct buf *out, const struct pod *p)
{
	open_object(out, "status");
	put_text(out, "phase", p->finished ? "Succeeded" : "Running");
	if (p->started)
		put_time(out, "startTime", p->started);
	open_list(out, "podIPs");
	for (size_t i = 0; i < p->naddresses; i++) {
		open_item(out);
		put_address(out, "ip", p->addresses[i]);
		buf_putc(out, '}');
	}
	buf_puts(out, "]}");
}

static void put_spec(struct buf *out, const struct pod *p)
{
	open_object(out, "spec");
	if (p->node)
		put_text(out, "nodeName", p->node);
	if (p->host_network)
		put_true(out, "hostNetwork");
	if (p->nports)
		put_container(out, p);
	buf_putc(out, '}');
}

static void write_pod(struct buf *out, const struct pod *p, const char *space)
{
	open_manifest(out, "Pod", space, p->name);
	put_labels(out, &p->labels, p->invalid);
	put_owner(out, p);
	if (p->deleting) /* that there is one counts, not when */
		put_time(out, "deletionTimestamp", p->started);
	buf_putc(out, '}');
	put_spec(out, p);
	put_status(out, p);
	close_manifest(out);
}

/* ---- workloads ---- */

static void write_workload(struct buf *out, const struct pod *p, const char *space)
{
	bool cron = strcmp(p->kind, "CronJob") == 0;

	open_manifest(out, p->kind, space, p->name);
	put_owner(out, p);
	buf_putc(out, '}');
	open_object(out, "spec");
	if (cron) {
		open_object(out, "jobTemplate");
		open_object(out, "spec");
	}
	open_object(out, "template");
	open_object(out, "metadata");
	put_labels(out, &p->labels, p->invalid);
	buf_putc(out, '}');
	put_spec(out, p);
	buf_puts(out, cron ? "}}}}" : "}}");
	close_manifest(out);
}

/* ---- NetworkPolicy ---- */

static void put_requirement(struct buf *out, const struct requirement *r)
{
	open_item(out);
	put_text(out, "key", r->key);
	put_text(out, "operator", selector_operator_name(r->op));
	if (r->nvalues) {
		open_list(out, "values");
		for (size_t i = 0; i < r->nvalues; i++)
			put_item(out, r->values[i]);
		buf_putc(out, ']');
	}
	buf_putc(out, '}');
}

static void put_selector(struct buf *out, const char *key, const struct selector *sel)
{
	open_object(out, key);
	if (sel->len) {
		open_list(out, "matchExpressions");
		for (size_t i = 0; i < sel->len; i++)
			put_requirement(out, &sel->at[i]);
		buf_putc(out, ']');
	}
	buf_putc(out, '}');
}

static void put_block(struct buf *out, const struct ip_block *b)
{
	open_object(out, "ipBlock");
	put_text(out, "cidr", b->cidr_text);
	if (b->nexcept) {
		open_list(out, "except");
		for (size_t i = 0; i < b->nexcept; i++)
			put_item(out, b->except_text[i]);
		buf_putc(out, ']');
	}
	buf_putc(out, '}');
}

static void put_peer(struct buf *out, const struct policy_peer *peer)
{
	open_item(out);
	if (peer->namespaces)
		put_selector(out, "namespaceSelector", peer->namespaces);
	if (peer->pods)
		put_selector(out, "podSelector", peer->pods);
	if (peer->block)
		put_block(out, peer->block);
	buf_putc(out, '}');
}

static void put_numbers(struct buf *out, const struct policy_port *port)
{
	if (!port->lo)
		return; /* 0-65535: none was given */
	put_number(out, "port", port->lo);
	if (port->hi != port->lo)
		put_number(out, "endPort", port->hi);
}

static void put_port(struct buf *out, const struct policy_port *port)
{
	open_item(out);
	put_text(out, "protocol", protocol_name(port->protocol));
	if (port->name)
		put_text(out, "port", port->name);
	else
		put_numbers(out, port);
	buf_putc(out, '}');
}

static void put_rule(struct buf *out, enum direction d, const struct policy_rule *rule)
{
	if (rule->invalid)
		return;
	open_item(out);
	if (!rule->any_peer) {
		open_list(out, d == INGRESS ? "from" : "to");
		for (size_t i = 0; i < rule->npeers; i++)
			put_peer(out, &rule->peers[i]);
		buf_putc(out, ']');
	}
	if (!rule->any_port) {
		open_list(out, "ports");
		for (size_t i = 0; i < rule->nports; i++)
			put_port(out, &rule->ports[i]);
		buf_putc(out, ']');
	}
	buf_putc(out, '}');
}

static size_t count_valid(const struct policy *p, enum direction d)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nrules[d]; i++)
		n += !p->rules[d][i].invalid;
	return n;
}

/* Left out where they are what Kubernetes takes them for then: before 1.8 there were
 * none. */
static void put_types(struct buf *out, const struct policy *p)
{
	if (p->isolates[INGRESS] && p->isolates[EGRESS] == (count_valid(p, EGRESS) > 0))
		return;
	open_list(out, "policyTypes");
	if (p->isolates[INGRESS])
		put_item(out, "Ingress");
	if (p->isolates[EGRESS])
		put_item(out, "Egress");
	buf_putc(out, ']');
}

static void write_policy(struct buf *out, const struct cluster *cl,
			 const struct policy *p)
{
	open_manifest(out, "NetworkPolicy", cl->namespaces[p->namespace].name, p->name);
	buf_putc(out, '}');
	open_object(out, "spec");
	put_selector(out, "podSelector", p->subject);
	put_types(out, p);
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		if (!count_valid(p, d))
			continue;
		open_list(out, direction_name(d));
		for (size_t i = 0; i < p->nrules[d]; i++)
			put_rule(out, d, &p->rules[d][i]);
		buf_putc(out, ']');
	}
	buf_putc(out, '}');
	close_manifest(out);
}

static void write_objects(struct buf *out, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->nnamespaces; i++)
		write_namespace(out, &cl->namespaces[i]);
	for (size_t i = 0; i < cl->nnodes; i++)
		write_node(out, &cl->nodes[i]);
	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *p = &cl->pods[i];
		const char *space = cl->namespaces[p->namespace].name;

		if (!p->workload)
			write_pod(out, p, space);
		else if (!p->replica)
			write_workload(out, p, space);
	}
	for (size_t i = 0; i < cl->npolicies; i++)
		write_policy(out, cl, &cl->policies[i]);
}

void cluster_write(struct buf *out, const struct cluster *cl, const char *note)
{
	buf_putc(out, '{');
	put_text(out, "apiVersion", "v1");
	put_text(out, "kind", "List");
	if (note) {
		open_object(out, "metadata");
		open_object(out, "annotations");
		put_text(out, "netpolc", note);
		buf_puts(out, "}}");
	}
	open_list(out, "items");
	write_objects(out, cl);
	buf_puts(out, "\n]}\n");
}
