/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_policy - the tree of a NetworkPolicy in, a typed policy out
 *
 * Validation is the API server's, field by field.  Faults are counted around each
 * part, so that --on-invalid isolate knows what cannot be trusted: a rule with a
 * fault allows nothing, and a fault outside the rules leaves a policy that
 * isolates all it could and allows nothing.
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/names.h>

#include <string.h>
#include <strings.h>

/* ---- ports ------------------------------------------------------------------- */

struct port_draft {
	struct policy_port port;
	const struct node *number, *end;
};

static void decode_port_protocol(struct decoder *d, const struct node *n, void *into)
{
	struct policy_port *port = &((struct port_draft *)into)->port;
	bool sctp;

	decode_protocol(d, n, &port->protocol);
	sctp = port->protocol == PROTO_SCTP;
	if (sctp && d->cx->set.legacy)
		diag_node(d, DIAG_BAD_PROTOCOL, n,
			  "protocol 'SCTP' is unknown to Kubernetes 1.6 (--legacy)");
}

static void decode_port_name(struct decoder *d, const struct node *n,
			     struct policy_port *port)
{
	const char *name = decode_string(d, n), *fault;

	if (!name)
		return;
	port->name = name;
	fault = fault_of_port_name(name, strlen(name));
	if (fault && *name && strspn(name, "0123456789") == strlen(name))
		diag_node(d, DIAG_BAD_PORT, n,
			  "'%s' in quotes is a port name, and a name needs a letter; for "
			  "the number, drop the quotes",
			  quoted(d, name, strlen(name)));
	else if (fault)
		diag_node(d, DIAG_BAD_PORT, n, "'%s' %s", quoted(d, name, strlen(name)),
			  fault);
}

/* IntOrString: an integer is a number, everything else a name. */
static void decode_port_port(struct decoder *d, const struct node *n, void *into)
{
	struct port_draft *draft = into;
	size_t faults = d->faults;

	if (n->kind == NODE_SCALAR && node_type(n) == TYPE_INTEGER) {
		decode_port_number(d, n, "NetworkPolicyPort.port", &draft->port.lo);
		draft->port.hi = draft->port.lo;
	} else if (n->kind != NODE_SCALAR || node_type(n) == TYPE_FLOAT) {
		wrong_type(d, n, "a whole number or a name");
	} else {
		decode_port_name(d, n, &draft->port);
	}
	if (d->faults == faults)
		draft->number = n;
}

static void decode_port_end(struct decoder *d, const struct node *n, void *into)
{
	struct port_draft *draft = into;
	struct policy_port *port = &draft->port;
	uint16_t end;

	if (d->cx->set.legacy) {
		diag_key(d, DIAG_UNKNOWN_FIELD, n,
			 "endPort is unknown to Kubernetes 1.6 (--legacy)");
		return;
	}
	if (!decode_port_number(d, n, "NetworkPolicyPort.endPort", &end))
		return;
	draft->end = n;
	if (port->name)
		diag_node(d, DIAG_BAD_END_PORT, n,
			  "NetworkPolicyPort.endPort needs a numeric port, and port '%s' "
			  "is a name",
			  quoted(d, port->name, strlen(port->name)));
	else if (draft->number && end < port->lo)
		diag_node(
			d, DIAG_BAD_END_PORT, n,
			"endPort '%s' lies below port '%u'; it must be equal or greater",
			quoted(d, n->text, n->len), port->lo);
	else
		port->hi = end;
}

static void decode_port(struct decoder *d, const struct node *n, struct policy_port *out)
{
	static const struct field table[] = {
		{ "protocol", false, decode_port_protocol },
		{ "port", false, decode_port_port },
		{ "endPort", false, decode_port_end },
	};
	static const struct fields fields = FIELDS("NetworkPolicyPort", table);
	struct port_draft draft = {
		.port = { .protocol = PROTO_TCP, .lo = 0, .hi = UINT16_MAX },
	};

	draft.port.origin = node_origin(d, n);
	if (!node_is_null(n)) /* the API reads a null entry as {} */
		decode_fields(d, n, &fields, &draft);
	if (draft.end && !(n->kind == NODE_MAPPING && node_get(n, "port")))
		diag_node(d, DIAG_BAD_END_PORT, draft.end,
			  "NetworkPolicyPort.endPort needs a port beside it, the first "
			  "of the range");
	*out = draft.port;
}

/* ---- ipBlock ------------------------------------------------------------------ */

struct block_draft {
	struct ip_block block;
	const struct node *cidr; /* NULL unless it is good */
};

static void warn_odd(struct decoder *d, const struct node *n, const struct prefix *p,
		     unsigned odd)
{
	BUF_AUTO text = { 0 };
	const char *as_written = quoted(d, n->text, n->len);

	prefix_print(&text, *p);
	if (odd & PREFIX_LEADING_ZERO)
		diag_node(d, DIAG_ODD_CIDR, n,
			  "'%s' has leading zeros; it is read as decimal, as '%s'",
			  as_written, text.at);
	if (odd & PREFIX_HOST_BITS)
		diag_node(d, DIAG_ODD_CIDR, n,
			  "'%s' has bits set behind its prefix; it means '%s'",
			  as_written, text.at);
	if (odd & PREFIX_MAPPED)
		diag_node(d, DIAG_ODD_CIDR, n,
			  "'%s' is an IPv4-mapped prefix; it is taken as '%s'",
			  as_written, text.at);
}

static const char *decode_prefix(struct decoder *d, const struct node *n,
				 struct prefix *out)
{
	const char *text = decode_string(d, n), *shown;
	struct address address;
	unsigned odd = 0;

	if (!text)
		return NULL;
	if (prefix_parse(out, text, &odd)) {
		warn_odd(d, n, out, odd);
		return text;
	}
	shown = quoted(d, text, strlen(text));
	if (address_parse(&address, text, NULL))
		diag_node(
			d, DIAG_BAD_CIDR, n,
			"'%s' has no prefix length; a single address is written '%s/%d'",
			shown, shown, address.family == FAMILY_IPV4 ? 32 : 128);
	else
		diag_node(d, DIAG_BAD_CIDR, n,
			  "'%s' is not an IP prefix such as '10.0.0.0/8' or "
			  "'2001:db8::/32'",
			  shown);
	return NULL;
}

static void decode_cidr(struct decoder *d, const struct node *n, void *into)
{
	struct block_draft *draft = into;

	draft->block.cidr_text = decode_prefix(d, n, &draft->block.cidr);
	if (draft->block.cidr_text)
		draft->cidr = n;
}

static const char *fault_of_except(const struct prefix *cidr, const struct prefix *except)
{
	if (cidr->base.family != except->base.family)
		return "is of another IP family than";
	if (prefix_covers(*cidr, *except))
		return except->length > cidr->length ? NULL : "is all of";
	return prefix_covers(*except, *cidr) ? "is larger than" : "lies outside";
}

static void check_except(struct decoder *d, const struct node *n,
			 const struct block_draft *draft, const struct prefix *except)
{
	const char *fault = fault_of_except(&draft->block.cidr, except);
	struct origin cidr;
	struct diag *diag;

	if (!fault)
		return;
	diag = diag_node(d, DIAG_EXCEPT_RANGE, n, "except '%s' %s cidr '%s'",
			 quoted(d, n->text, n->len), fault,
			 quoted(d, draft->cidr->text, draft->cidr->len));
	cidr = node_origin(d, draft->cidr);
	diag_see(d->cx->diags, diag, &cidr, "the cidr that it must be a smaller part of");
}

static void decode_except(struct decoder *d, const struct node *n, void *into)
{
	struct block_draft *draft = into;
	struct origin *origins = NULL;
	const char **text;
	struct prefix *at;
	size_t len = 0;

	if (!expect_sequence(d, n))
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct prefix);
	text = ARENA_ARRAY(d->cx->arena, n->count, const char *);
	if (d->cx->set.pitfalls)
		origins = ARENA_ARRAY(d->cx->arena, n->count, struct origin);
	for (const struct node *item = n->first; item; item = item->next) {
		text[len] = decode_prefix(d, item, &at[len]);
		if (!text[len])
			continue;
		if (draft->cidr)
			check_except(d, item, draft, &at[len]);
		if (origins)
			origins[len] = node_origin(d, item);
		len++;
	}
	draft->block.except = at;
	draft->block.except_text = text;
	draft->block.except_origins = origins;
	draft->block.nexcept = len;
}

/* ---- peers -------------------------------------------------------------------- */

static void decode_peer_pods(struct decoder *d, const struct node *n, void *into)
{
	decode_selector(d, n, &((struct policy_peer *)into)->pods);
}

static void decode_peer_namespaces(struct decoder *d, const struct node *n, void *into)
{
	decode_selector(d, n, &((struct policy_peer *)into)->namespaces);
}

static void decode_block(struct decoder *d, const struct node *n, void *into)
{
	static const struct field table[] = {
		{ "cidr", true, decode_cidr },
		{ "except", false, decode_except },
	};
	static const struct fields fields = FIELDS("IPBlock", table);
	struct block_draft *draft = ARENA_NEW(d->cx->arena, struct block_draft);

	if (d->cx->set.legacy) {
		diag_key(d, DIAG_UNKNOWN_FIELD, n,
			 "ipBlock is unknown to Kubernetes 1.6 (--legacy)");
		return;
	}
	decode_fields(d, n, &fields, draft);
	((struct policy_peer *)into)->block = &draft->block;
}

static void check_peer(struct decoder *d, const struct node *n,
		       const struct policy_peer *peer)
{
	bool pods = peer->pods, spaces = peer->namespaces;

	if (!pods && !spaces && !peer->block)
		diag_node(d, DIAG_EMPTY_PEER, n,
			  "a peer needs podSelector, namespaceSelector or ipBlock; this "
			  "one names nobody");
	else if (peer->block && (pods || spaces))
		diag_node(d, DIAG_MIXED_PEER, n,
			  "a peer has either ipBlock or selectors; make ipBlock a peer "
			  "of its own");
	else if (d->cx->set.legacy && pods && spaces)
		diag_node(d, DIAG_MIXED_PEER, n,
			  "a peer has exactly one selector in Kubernetes 1.6 (--legacy)");
}

static void decode_peer(struct decoder *d, const struct node *n, struct policy_peer *out)
{
	static const struct field table[] = {
		{ "podSelector", false, decode_peer_pods },
		{ "namespaceSelector", false, decode_peer_namespaces },
		{ "ipBlock", false, decode_block },
	};
	static const struct fields fields = FIELDS("NetworkPolicyPeer", table);
	size_t faults = d->faults;

	out->origin = node_origin(d, n);
	if (!node_is_null(n))
		decode_fields(d, n, &fields, out);
	if (d->faults == faults)
		check_peer(d, n, out);
}

/* ---- rules -------------------------------------------------------------------- */

static void decode_peers(struct decoder *d, const struct node *n, void *into)
{
	struct policy_rule *rule = into;
	struct policy_peer *at;

	if (!expect_sequence(d, n))
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct policy_peer);
	for (const struct node *item = n->first; item; item = item->next)
		decode_peer(d, item, &at[rule->npeers++]);
	rule->peers = at;
	rule->any_peer = n->count == 0 && !d->cx->set.legacy;
}

static void decode_ports(struct decoder *d, const struct node *n, void *into)
{
	struct policy_rule *rule = into;
	struct policy_port *at;

	if (!expect_sequence(d, n))
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct policy_port);
	for (const struct node *item = n->first; item; item = item->next)
		decode_port(d, item, &at[rule->nports++]);
	rule->ports = at;
	rule->any_port = n->count == 0 && !d->cx->set.legacy;
}

static const struct field ingress_table[] = {
	{ "from", false, decode_peers },
	{ "ports", false, decode_ports },
};
static const struct field egress_table[] = {
	{ "to", false, decode_peers },
	{ "ports", false, decode_ports },
};
static const struct fields rule_fields[DIRECTIONS] = {
	[INGRESS] = FIELDS("NetworkPolicyIngressRule", ingress_table),
	[EGRESS] = FIELDS("NetworkPolicyEgressRule", egress_table),
};

/* ---- spec --------------------------------------------------------------------- */

struct policy_draft {
	struct policy policy;
	size_t types;		     /* entries in policyTypes */
	bool listed[DIRECTIONS];     /* in policyTypes */
	size_t in_subject, in_types; /* faults by part */
	size_t in_rules;
};

static void decode_rules(struct decoder *d, const struct node *n,
			 struct policy_draft *draft, enum direction dir)
{
	struct policy_rule *at;
	size_t len = 0;

	if (!expect_sequence(d, n))
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct policy_rule);
	for (const struct node *item = n->first; item; item = item->next, len++) {
		size_t faults = d->faults;

		at[len].origin = node_origin(d, item);
		at[len].any_peer = at[len].any_port = true;
		if (!node_is_null(item)) /* the API reads a null entry as {} */
			decode_fields(d, item, &rule_fields[dir], &at[len]);
		at[len].invalid = d->faults != faults;
		draft->in_rules += d->faults - faults;
	}
	draft->policy.rules[dir] = at;
	draft->policy.nrules[dir] = len;
}

static void decode_ingress(struct decoder *d, const struct node *n, void *into)
{
	decode_rules(d, n, into, INGRESS);
}

static void decode_egress(struct decoder *d, const struct node *n, void *into)
{
	if (d->cx->set.legacy)
		diag_key(d, DIAG_UNKNOWN_FIELD, n,
			 "egress is unknown to Kubernetes 1.6 (--legacy)");
	else
		decode_rules(d, n, into, EGRESS);
}

static void decode_subject(struct decoder *d, const struct node *n, void *into)
{
	struct policy_draft *draft = into;
	size_t faults = d->faults;

	decode_selector(d, n, &draft->policy.subject);
	draft->policy.subject_origin = node_origin(d, n);
	draft->in_subject = d->faults - faults;
}

static void decode_type(struct decoder *d, const struct node *n,
			struct policy_draft *draft)
{
	static const char *const names[DIRECTIONS] = { "Ingress", "Egress" };
	const char *text = read_string(d, n);

	if (!text)
		return;
	for (unsigned dir = 0; dir < DIRECTIONS; dir++) {
		if (strcmp(text, names[dir]) == 0) {
			draft->listed[dir] = true;
			return;
		}
		if (strcasecmp(text, names[dir]) == 0) {
			diag_node(d, DIAG_BAD_POLICY_TYPE, n,
				  "policy type '%s' must be written '%s'", text,
				  names[dir]);
			return;
		}
	}
	diag_node(d, DIAG_BAD_POLICY_TYPE, n,
		  "policy type '%s' is neither Ingress nor Egress",
		  quoted(d, text, strlen(text)));
}

static void decode_types(struct decoder *d, const struct node *n, void *into)
{
	struct policy_draft *draft = into;
	size_t faults = d->faults;

	if (d->cx->set.legacy)
		diag_key(d, DIAG_UNKNOWN_FIELD, n,
			 "policyTypes is unknown to Kubernetes 1.6 (--legacy)");
	else if (expect_sequence(d, n)) {
		draft->types = n->count;
		if (n->count > DIRECTIONS)
			diag_node(d, DIAG_BAD_POLICY_TYPE, n,
				  "policyTypes has %zu entries; it takes at most two",
				  n->count);
		for (const struct node *item = n->first; item; item = item->next)
			decode_type(d, item, draft);
	}
	draft->in_types = d->faults - faults;
}

/* Which of two podSelectors is meant is not known. */
static void check_subject_twin(struct decoder *d, const struct node *spec,
			       struct policy_draft *draft)
{
	if (spec->kind != NODE_MAPPING || !d->faults)
		return;
	for (const struct node *c = spec->first; c; c = c->next)
		if (c->twin && strcmp(c->key, "podSelector") == 0)
			draft->in_subject++;
}

static void invalidate_rules(struct decoder *d, struct policy *p, enum direction dir)
{
	struct policy_rule *copy =
		ARENA_ARRAY(d->cx->arena, p->nrules[dir], struct policy_rule);

	for (size_t i = 0; i < p->nrules[dir]; i++) {
		copy[i] = p->rules[dir][i];
		copy[i].invalid = true;
	}
	p->rules[dir] = copy;
}

/* policyTypes, or what the API server defaults it to. */
static void set_isolates(struct policy_draft *draft)
{
	struct policy *p = &draft->policy;

	for (unsigned dir = 0; dir < DIRECTIONS; dir++)
		p->isolates[dir] = draft->listed[dir];
	if (draft->types)
		return;
	p->isolates[INGRESS] = true;
	p->isolates[EGRESS] = p->nrules[EGRESS] > 0;
}

/*
 * Only reached with faults under --on-invalid isolate.  Bad policyTypes cost the
 * rules of the directions that are not plainly listed; anything else outside a
 * rule, all rules: under a wrong subject they could open other pods.
 */
static void contain(struct decoder *d, struct policy_draft *draft)
{
	struct policy *p = &draft->policy;
	size_t elsewhere = d->faults - draft->in_rules - draft->in_types;

	for (unsigned dir = 0; dir < DIRECTIONS; dir++) {
		if (elsewhere || (draft->in_types && !draft->listed[dir]))
			invalidate_rules(d, p, dir);
		if (elsewhere > draft->in_subject || draft->in_types)
			p->isolates[dir] = true;
	}
	if (draft->in_subject)
		p->subject = selector_intern(d->cx->arena, d->draft->selectors, NULL, 0);
	p->invalid = elsewhere || draft->in_types;
}

void decode_policy(struct decoder *d, const struct manifest *m)
{
	static const struct field table[] = {
		{ "podSelector", false, decode_subject },
		{ "policyTypes", false, decode_types },
		{ "ingress", false, decode_ingress },
		{ "egress", false, decode_egress },
	};
	static const struct fields fields = FIELDS("NetworkPolicySpec", table);
	const struct node *spec = node_get(m->root, "spec");
	struct policy_draft draft = { .policy = { .name = m->name } };
	struct policy *p = &draft.policy;

	p->origin = p->subject_origin = object_origin(m);
	p->subject = selector_intern(d->cx->arena, d->draft->selectors, NULL, 0);
	if (spec)
		decode_fields(d, spec, &fields, &draft);
	if (spec)
		check_subject_twin(d, spec, &draft);
	set_isolates(&draft);
	if (!object_stays(d))
		return;
	if (d->faults)
		contain(d, &draft);
	p->namespace = draft_space(d->draft, d->cx, m->space);
	*ARENA_PUSH(d->cx->arena, &d->draft->policies) = *p;
}
