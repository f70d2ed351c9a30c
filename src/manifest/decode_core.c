/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_core - trees of Pods and workloads in, typed pods out
 *
 * A pod and a workload's template share their tables: both come down to labels,
 * named container ports and hostNetwork.
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/literal.h>
#include <netpolc/manifest/names.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* ---- containers -------------------------------------------------------------- */

void decode_protocol(struct decoder *d, const struct node *n, void *into)
{
	enum protocol *protocol = into;
	const char *text = read_string(d, n);

	if (!text)
		return;
	for (unsigned p = 0; p < PROTOCOLS; p++) {
		if (strcmp(text, protocol_name(p)) == 0) {
			*protocol = p;
			return;
		}
		if (strcasecmp(text, protocol_name(p)) == 0) {
			diag_node(d, DIAG_BAD_PROTOCOL, n,
				  "protocol '%s' must be written '%s'", text,
				  protocol_name(p));
			return;
		}
	}
	diag_node(d, DIAG_BAD_PROTOCOL, n, "protocol '%s' is none of TCP, UDP and SCTP",
		  quoted(d, text, strlen(text)));
}

bool decode_port_number(struct decoder *d, const struct node *n, const char *field,
			uint16_t *out)
{
	int64_t number;

	if (!decode_integer(d, n, &number))
		return false;
	if (number < 1 || number > UINT16_MAX) {
		diag_node(d, DIAG_BAD_PORT, n, "%s '%s' lies outside 1-65535", field,
			  quoted(d, n->text, n->len));
		return false;
	}
	*out = (uint16_t)number;
	return true;
}

/* What is decoded of a pod or template before it gets its final form. */
struct pod_draft {
	struct pod pod;
	const struct node *pod_ip, *pod_ips;
	struct {
		struct named_port *at;
		size_t len, cap;
	} ports; /* in scratch memory */
	struct ranges *declared;
};

static struct pod_draft begin_pod(struct decoder *d)
{
	struct pod_draft draft = { 0 };

	if (d->cx->set.pitfalls)
		draft.declared = ARENA_ARRAY(d->cx->arena, PROTOCOLS, struct ranges);
	return draft;
}

static void decode_container_port_name(struct decoder *d, const struct node *n,
				       void *into)
{
	struct named_port *port = into;
	const char *fault;

	port->name = decode_string(d, n);
	if (!port->name)
		return;
	if (!*port->name) {
		port->name = NULL;
		return;
	}
	fault = fault_of_port_name(port->name, strlen(port->name));
	if (fault)
		diag_node(d, DIAG_BAD_PORT, n, "'%s' %s",
			  quoted(d, port->name, strlen(port->name)), fault);
}

static void decode_container_port_number(struct decoder *d, const struct node *n,
					 void *into)
{
	decode_port_number(d, n, "ContainerPort.containerPort",
			   &((struct named_port *)into)->number);
}

/* Unlike a policy's, a container's empty protocol is defaulted. */
static void decode_container_protocol(struct decoder *d, const struct node *n, void *into)
{
	if (n->kind != NODE_SCALAR || n->len)
		decode_protocol(d, n, &((struct named_port *)into)->protocol);
}

static void decode_container_ports(struct decoder *d, const struct node *n, void *into)
{
	static const struct field table[] = {
		{ "name", false, decode_container_port_name },
		{ "containerPort", true, decode_container_port_number },
		{ "protocol", false, decode_container_protocol },
	};
	static const struct fields fields = OPEN_FIELDS("ContainerPort", table);
	struct pod_draft *p = into;

	if (!expect_sequence(d, n))
		return;
	for (const struct node *item = n->first; item; item = item->next) {
		struct named_port port = { .protocol = PROTO_TCP };

		decode_fields(d, item, &fields, &port);
		if (port.name && port.number)
			*ARENA_PUSH(d->nodes.arena, &p->ports) = port;
		if (p->declared && port.number)
			*ARENA_PUSH(d->cx->arena, &p->declared[port.protocol]) =
				(struct range){ port.number, port.number };
	}
}

static const struct field container_table[] = {
	{ "ports", false, decode_container_ports },
};
static const struct fields container_fields = OPEN_FIELDS("Container", container_table);

static void decode_containers(struct decoder *d, const struct node *n, void *into)
{
	if (!expect_sequence(d, n))
		return;
	for (const struct node *item = n->first; item; item = item->next)
		decode_fields(d, item, &container_fields, into);
}

/* Only restartable init containers run, and listen, beside the others. */
static void decode_init_containers(struct decoder *d, const struct node *n, void *into)
{
	if (!expect_sequence(d, n))
		return;
	for (const struct node *item = n->first; item; item = item->next) {
		const struct node *restart = NULL;

		if (item->kind == NODE_MAPPING)
			restart = node_get(item, "restartPolicy");
		if (restart && restart->kind == NODE_SCALAR &&
		    strcmp(restart->text, "Always") == 0)
			decode_fields(d, item, &container_fields, into);
	}
}

static int compare_ports(const void *a, const void *b)
{
	const struct named_port *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static void settle_ports(struct decoder *d, struct pod_draft *p)
{
	struct named_port *at;
	size_t kept = 0;

	for (enum protocol i = 0; p->declared && i < PROTOCOLS; i++)
		ranges_settle(&p->declared[i]);
	p->pod.declared = p->declared;
	if (!p->ports.len)
		return;
	qsort(p->ports.at, p->ports.len, sizeof(*at), compare_ports);
	at = ARENA_ARRAY(d->cx->arena, p->ports.len, struct named_port);
	for (size_t i = 0; i < p->ports.len; i++)
		if (kept == 0 || compare_ports(&p->ports.at[i], &at[kept - 1]))
			at[kept++] = p->ports.at[i];
	p->pod.ports = at;
	p->pod.nports = kept;
}

/* ---- addresses --------------------------------------------------------------- */

static bool begins_with(struct address a, unsigned bits, u128 value)
{
	unsigned width = a.family == FAMILY_IPV4 ? 32 : 128;

	return a.number >> (width - bits) == value;
}

/* Why no pod can have the address, or NULL. */
static const char *fault_of_pod_address(struct address a)
{
	bool v4 = a.family == FAMILY_IPV4;

	if (a.number == 0)
		return "the unspecified address";
	if (v4 ? begins_with(a, 8, 127) : a.number == 1)
		return "a loopback address";
	if (v4 ? begins_with(a, 4, 0xe) : begins_with(a, 8, 0xff))
		return "a multicast address";
	if (v4 ? begins_with(a, 16, 0xa9fe) : begins_with(a, 10, 0x3fa))
		return "a link-local address";
	if (v4 && a.number == UINT32_MAX)
		return "the broadcast address";
	return NULL;
}

/* Addresses while they come in: all, and the first of each family, if known. */
struct address_draft {
	struct address *at;
	size_t len;
	const struct address *first[FAMILIES];
};

/* The addresses of a finished or hostNetwork pod are not looked at: it owns none. */
static void add_pod_address(struct decoder *d, const struct node *n, const struct pod *p,
			    struct address_draft *draft)
{
	const char *text = read_string(d, n), *fault;
	const struct address *first;
	struct address address;

	if (!text || !*text)
		return;
	if (!address_parse(&address, text, NULL)) {
		diag_node(d, DIAG_BAD_ADDRESS, n, "'%s' is not an IPv4 or IPv6 address",
			  quoted(d, text, strlen(text)));
		return;
	}
	fault = pod_is_live(p) ? fault_of_pod_address(address) : NULL;
	if (fault) {
		diag_node(d, DIAG_BAD_ADDRESS, n, "'%s' is %s, which no pod can have",
			  quoted(d, text, strlen(text)), fault);
		return;
	}
	first = draft->first[address.family];
	if (first && address_equal(*first, address))
		return;
	if (first && pod_is_live(p))
		diag_node(d, DIAG_BAD_ADDRESS, n,
			  "'%s' is the pod's second %s address; it has at most one of "
			  "each family",
			  quoted(d, text, strlen(text)), family_name(address.family));
	draft->at[draft->len] = address;
	if (!first)
		draft->first[address.family] = &draft->at[draft->len];
	draft->len++;
}

static void decode_pod_ip(struct decoder *d, const struct node *n, void *into)
{
	(void)d;
	*(const struct node **)into = n;
}

/* podIP is the first of podIPs, or stands for them.  It is looked at in any case: a
 * pod that is contained must not lose an address that it says it has. */
static void decode_pod_ips(struct decoder *d, const struct pod_draft *draft,
			   struct pod *p)
{
	static const struct field table[] = { { "ip", false, decode_pod_ip } };
	static const struct fields fields = OPEN_FIELDS("PodIP", table);
	const struct node *list = draft->pod_ips;
	struct address_draft all = { 0 };

	if (list && !expect_sequence(d, list))
		list = NULL;
	all.at = ARENA_ARRAY(d->cx->arena, (list ? list->count : 0) + 1, struct address);
	for (const struct node *item = list ? list->first : NULL; item;
	     item = item->next) {
		const struct node *ip = NULL;

		decode_fields(d, item, &fields, &ip);
		if (ip)
			add_pod_address(d, ip, p, &all);
	}
	if (draft->pod_ip)
		add_pod_address(d, draft->pod_ip, p, &all);
	p->addresses = all.at;
	p->naddresses = all.len > FAMILIES ? addresses_unique(all.at, all.len) : all.len;
}

/* ---- Pod --------------------------------------------------------------------- */

/* Seconds since 1970 of an RFC 3339 time; 0 for anything else, and for one that has no
 * text in UTC. */
static int64_t parse_time(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int hours, minutes;
	int64_t time;

	if (!rest)
		return 0;
	time = timegm(&tm);
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (strcmp(rest, "Z") == 0 || strcmp(rest, "z") == 0)
		return time;
	if ((*rest != '+' && *rest != '-') || strlen(rest) != 6 ||
	    sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2)
		return 0;
	time -= (*rest == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return time < TIME_FIRST || time > TIME_LAST ? 0 : time;
}

static void decode_pod_labels(struct decoder *d, const struct node *n, void *into)
{
	decode_labels(d, n, &((struct pod_draft *)into)->pod.labels);
}

static void decode_deletion(struct decoder *d, const struct node *n, void *into)
{
	(void)d;
	(void)n;
	((struct pod_draft *)into)->pod.deleting = true;
}

static void decode_node_name(struct decoder *d, const struct node *n, void *into)
{
	const char *name = decode_string(d, n);

	if (name && *name)
		((struct pod_draft *)into)->pod.node = name;
}

static void decode_host_network(struct decoder *d, const struct node *n, void *into)
{
	decode_bool(d, n, &((struct pod_draft *)into)->pod.host_network);
}

static void decode_phase(struct decoder *d, const struct node *n, void *into)
{
	const char *phase = read_string(d, n);

	((struct pod_draft *)into)->pod.finished =
		phase &&
		(strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0);
}

static void decode_start(struct decoder *d, const struct node *n, void *into)
{
	const char *text = read_string(d, n);

	if (text)
		((struct pod_draft *)into)->pod.started = parse_time(text);
}

static void note_pod_ip(struct decoder *d, const struct node *n, void *into)
{
	(void)d;
	((struct pod_draft *)into)->pod_ip = n;
}

static void note_pod_ips(struct decoder *d, const struct node *n, void *into)
{
	(void)d;
	((struct pod_draft *)into)->pod_ips = n;
}

static const struct field pod_metadata_table[] = {
	{ "labels", false, decode_pod_labels },
	{ "deletionTimestamp", false, decode_deletion },
};
static const struct field pod_spec_table[] = {
	{ "nodeName", false, decode_node_name },
	{ "hostNetwork", false, decode_host_network },
	{ "containers", false, decode_containers },
	{ "initContainers", false, decode_init_containers },
};
static const struct field pod_status_table[] = {
	{ "phase", false, decode_phase },
	{ "startTime", false, decode_start },
	{ "podIP", false, note_pod_ip },
	{ "podIPs", false, note_pod_ips },
};
static const struct fields pod_metadata = OPEN_FIELDS("ObjectMeta", pod_metadata_table);
static const struct fields pod_spec = OPEN_FIELDS("PodSpec", pod_spec_table);
static const struct fields pod_status = OPEN_FIELDS("PodStatus", pod_status_table);

/* Whether it has an address of its own is not known: then it has, and is contained. */
static void check_liveness_twins(struct decoder *d, const struct manifest *m,
				 struct pod *p)
{
	static const char *const parts[] = { "spec", "status" };

	for (size_t i = 0; d->faults && i < ARRAY_SIZE(parts); i++) {
		const struct node *part = node_get(m->root, parts[i]);

		for (const struct node *c = part ? part->first : NULL; c; c = c->next) {
			if (!c->twin)
				continue;
			p->finished &= strcmp(c->key, "phase") != 0;
			p->host_network &= strcmp(c->key, "hostNetwork") != 0;
		}
	}
}

/* A pod of whatever namespace is contained by its address; one that has neither, by
 * nothing. */
static void decode_pod_status(struct decoder *d, const struct manifest *m,
			      struct pod_draft *draft)
{
	const enum fault_level usual = d->level;

	if (m->space_unknown)
		d->level = FAULTS_REFUSED;
	decode_part(d, m->root, "status", &pod_status, draft);
	check_liveness_twins(d, m, &draft->pod);
	decode_pod_ips(d, draft, &draft->pod);
	d->level = usual;
}

void decode_pod(struct decoder *d, const struct manifest *m)
{
	struct pod_draft draft = begin_pod(d);
	struct pod *p = &draft.pod;

	decode_part(d, m->root, "metadata", &pod_metadata, &draft);
	decode_part(d, m->root, "spec", &pod_spec, &draft);
	decode_pod_status(d, m, &draft);
	decode_owner(d, m, p);
	settle_ports(d, &draft);
	if (!object_stays(d))
		return;
	p->name = m->name;
	p->kind = "Pod";
	p->origin = object_origin(m);
	p->namespace = draft_space(d->draft, d->cx, m->space);
	p->invalid = d->faults;
	*ARENA_PUSH(d->cx->arena, &d->draft->pods) = *p;
}

/* ---- workloads ---------------------------------------------------------------- */

/* spec.template, in a CronJob spec.jobTemplate.spec.template. */
static const struct node *find_template(struct decoder *d, const struct manifest *m)
{
	static const char *const cron_job[] = { "spec", "jobTemplate", "spec", "template",
						NULL };
	static const char *const other[] = { "spec", "template", NULL };
	const char *const *step = strcmp(m->kind, "CronJob") == 0 ? cron_job : other;
	const struct node *n = m->root;

	for (; *step; step++) {
		const struct node *child;

		if (!expect_mapping(d, n))
			return NULL;
		child = node_get(n, *step);
		if (!child) {
			diag_node(d, DIAG_MISSING_FIELD, n, "a %s needs %s.%s", m->kind,
				  n->key ? n->key : "its", *step);
			return NULL;
		}
		n = child;
	}
	return expect_mapping(d, n) ? n : NULL;
}

void decode_workload(struct decoder *d, const struct manifest *m)
{
	struct pod_draft draft = begin_pod(d);
	const struct node *template = find_template(d, m);
	struct pod *p = &draft.pod;

	if (template) {
		decode_part(d, template, "metadata", &pod_metadata, &draft);
		decode_part(d, template, "spec", &pod_spec, &draft);
	}
	decode_owner(d, m, p);
	settle_ports(d, &draft);
	if (!object_stays(d))
		return;
	p->name = m->name;
	p->kind = m->kind;
	p->origin = object_origin(m);
	p->namespace = draft_space(d->draft, d->cx, m->space);
	p->node = NULL;
	p->deleting = false;
	p->workload = true;
	p->invalid = d->faults;
	*ARENA_PUSH(d->cx->arena, &d->draft->pods) = *p;
	p->replica = true;
	*ARENA_PUSH(d->cx->arena, &d->draft->pods) = *p;
}
