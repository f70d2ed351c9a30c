/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump - one object in, its text out
 *
 * Whatever decoding kept is here, so a field that is decoded wrongly shows.  Text
 * of the user's stands bare where it is plain, else in quotes, with escapes.
 */
#include <netpolc/manifest/dump.h>

#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

static bool is_plain(const char *text)
{
	size_t len = strlen(text);

	return len && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._/:-") == len;
}

static void put_text(struct buf *out, const char *text)
{
	if (is_plain(text)) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '\'');
	visible_text(out, text);
	buf_putc(out, '\'');
}

static void put_origin(struct buf *out, const struct ctx *cx, const struct origin *o)
{
	if (cx && o->at.line && o->at.file < cx->sources.len) {
		buf_puts(out, "  # ");
		visible_text(out, cx->sources.at[o->at.file]);
		buf_printf(out, ":%u", o->at.line);
	}
	buf_putc(out, '\n');
}

static void put_name(struct buf *out, const char *kind, const char *space,
		     const char *name)
{
	buf_printf(out, "%s ", kind);
	if (space) {
		put_text(out, space);
		buf_putc(out, '/');
	}
	put_text(out, name);
}

static void put_labels(struct buf *out, const struct labels *labels)
{
	for (size_t i = 0; i < labels->len; i++) {
		buf_puts(out, "  label ");
		put_text(out, labels->at[i].key);
		buf_putc(out, '=');
		put_text(out, labels->at[i].value);
		buf_putc(out, '\n');
	}
}

static void put_addresses(struct buf *out, const struct address *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, "  address ");
		address_print(out, at[i]);
		buf_putc(out, '\n');
	}
}

static void put_flag(struct buf *out, bool set, const char *name)
{
	if (set)
		buf_printf(out, "  %s\n", name);
}

void dump_namespace(struct buf *out, const struct ctx *cx, const struct namespace *ns)
{
	put_name(out, "Namespace", NULL, ns->name);
	put_origin(out, cx, &ns->origin);
	put_labels(out, &ns->labels);
	put_flag(out, !ns->described, "undescribed");
	put_flag(out, ns->default_deny, "default-deny");
	put_flag(out, ns->invalid, "invalid");
}

void dump_pod(struct buf *out, const struct ctx *cx, const struct cluster *cl,
	      const struct pod *p)
{
	put_name(out, p->kind, cl->namespaces[p->namespace].name, p->name);
	put_origin(out, cx, &p->origin);
	if (p->node) {
		buf_puts(out, "  node ");
		put_text(out, p->node);
		buf_putc(out, '\n');
	}
	/* Pods that differ in nothing else are the same to policy. */
	if (cx && p->owner)
		buf_printf(out, "  owner %s/%s\n", p->owner_kind, p->owner);
	put_labels(out, &p->labels);
	put_addresses(out, p->addresses, p->naddresses);
	for (size_t i = 0; i < p->nports; i++) {
		buf_puts(out, "  port ");
		put_text(out, p->ports[i].name);
		buf_printf(out, " %s %u\n", protocol_name(p->ports[i].protocol),
			   p->ports[i].number);
	}
	if (p->started)
		buf_printf(out, "  started %lld\n", (long long)p->started);
	put_flag(out, p->host_network, "host-network");
	put_flag(out, p->finished, "finished");
	put_flag(out, p->deleting, "deleting");
	put_flag(out, p->replica, "replica");
	put_flag(out, p->invalid, "invalid");
}

void dump_node(struct buf *out, const struct ctx *cx, const struct node_object *n)
{
	put_name(out, "Node", NULL, n->name);
	put_origin(out, cx, &n->origin);
	put_addresses(out, n->addresses, n->naddresses);
	for (size_t i = 0; i < n->npod_cidrs; i++) {
		buf_puts(out, "  pod-cidr ");
		prefix_print(out, n->pod_cidrs[i]);
		buf_putc(out, '\n');
	}
}

static void put_requirement(struct buf *out, const struct requirement *r)
{
	static const char *const operators[] = {
		[SELECTOR_IN] = "in",
		[SELECTOR_NOT_IN] = "not-in",
		[SELECTOR_EXISTS] = "exists",
		[SELECTOR_NOT_EXISTS] = "not-exists",
	};

	put_text(out, r->key);
	buf_printf(out, " %s", operators[r->op]);
	for (size_t i = 0; i < r->nvalues; i++) {
		buf_puts(out, i ? ", " : " ");
		put_text(out, r->values[i]);
	}
}

static void put_selector(struct buf *out, const struct selector *sel)
{
	if (sel->len == 0)
		buf_puts(out, " all");
	for (size_t i = 0; i < sel->len; i++) {
		buf_puts(out, i ? "; " : " ");
		put_requirement(out, &sel->at[i]);
	}
}

static void put_block(struct buf *out, const struct ip_block *b)
{
	buf_puts(out, " block ");
	prefix_print(out, b->cidr);
	for (size_t i = 0; i < b->nexcept; i++) {
		buf_puts(out, i ? ", " : " except ");
		prefix_print(out, b->except[i]);
	}
}

static void put_peer(struct buf *out, const struct ctx *cx,
		     const struct policy_peer *peer)
{
	buf_puts(out, "    peer");
	if (peer->namespaces) {
		buf_puts(out, " namespaces");
		put_selector(out, peer->namespaces);
	}
	if (peer->pods) {
		buf_puts(out, peer->namespaces ? " pods" : " own pods");
		put_selector(out, peer->pods);
	}
	if (peer->block)
		put_block(out, peer->block);
	put_origin(out, cx, &peer->origin);
}

static void put_port(struct buf *out, const struct ctx *cx,
		     const struct policy_port *port)
{
	buf_printf(out, "    port %s ", protocol_name(port->protocol));
	if (port->name)
		put_text(out, port->name);
	else if (port->lo == 0)
		buf_puts(out, "all");
	else if (port->lo == port->hi)
		buf_putu(out, port->lo);
	else
		buf_printf(out, "%u-%u", port->lo, port->hi);
	put_origin(out, cx, &port->origin);
}

static void put_rule(struct buf *out, const struct ctx *cx, enum direction dir,
		     const struct policy_rule *rule)
{
	buf_printf(out, "  %s%s", direction_name(dir), rule->invalid ? " invalid" : "");
	put_origin(out, cx, &rule->origin);
	if (rule->any_peer)
		buf_puts(out, "    any peer\n");
	for (size_t i = 0; i < rule->npeers; i++)
		put_peer(out, cx, &rule->peers[i]);
	if (rule->any_port)
		buf_puts(out, "    any port\n");
	for (size_t i = 0; i < rule->nports; i++)
		put_port(out, cx, &rule->ports[i]);
}

void dump_policy(struct buf *out, const struct ctx *cx, const struct cluster *cl,
		 const struct policy *p)
{
	put_name(out, "NetworkPolicy", cl->namespaces[p->namespace].name, p->name);
	put_origin(out, cx, &p->origin);
	buf_puts(out, "  subject");
	put_selector(out, p->subject);
	buf_putc(out, '\n');
	put_flag(out, p->invalid, "invalid");
	for (unsigned dir = 0; dir < DIRECTIONS; dir++)
		if (p->isolates[dir])
			buf_printf(out, "  isolates %s\n", direction_name(dir));
	for (unsigned dir = 0; dir < DIRECTIONS; dir++)
		for (size_t i = 0; i < p->nrules[dir]; i++)
			put_rule(out, cx, dir, &p->rules[dir][i]);
}

void dump_service(struct buf *out, const struct ctx *cx, const struct service *s)
{
	put_name(out, "Service", s->space, s->name);
	put_origin(out, cx, &s->origin);
	if (s->selector) {
		buf_puts(out, "  selector");
		put_selector(out, s->selector);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < s->nports; i++) {
		const struct service_port *p = &s->ports[i];

		buf_printf(out, "  port %s %u to ", protocol_name(p->protocol),
			   p->number);
		if (p->target_name)
			put_text(out, p->target_name);
		else
			buf_putu(out, p->target);
		if (p->name) {
			buf_puts(out, " name ");
			put_text(out, p->name);
		}
		buf_putc(out, '\n');
	}
	put_flag(out, s->headless, "headless");
	put_flag(out, s->external, "external");
	put_flag(out, s->unready, "unready");
	put_flag(out, s->invalid, "invalid");
}

void cluster_dump(struct buf *out, const struct ctx *cx, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->nnamespaces; i++)
		dump_namespace(out, cx, &cl->namespaces[i]);
	for (size_t i = 0; i < cl->nnodes; i++)
		dump_node(out, cx, &cl->nodes[i]);
	for (size_t i = 0; i < cl->npods; i++)
		dump_pod(out, cx, cl, &cl->pods[i]);
	for (size_t i = 0; i < cl->npolicies; i++)
		dump_policy(out, cx, cl, &cl->policies[i]);
	for (size_t i = 0; i < cl->nservices; i++)
		dump_service(out, cx, &cl->services[i]);
}
