/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_core - trees of Namespaces, Nodes, Pods and workloads in, typed objects out
 *
 * A pod and a workload's template share their tables: both come down to labels,
 * named container ports and hostNetwork.
 */
#include <jansson.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/decode.h>
#include <netpolc/manifest/names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define FIELDS(type, table)                                                              \
	{                                                                                \
		type, true, table, ARRAY_SIZE(table)                                     \
	}

/* ---- metadata ---------------------------------------------------------------- */

/* Reads the name in metadata again, with all that can be wrong about it. */
static void check_name(struct decoder *d, const struct node *n, bool is_label)
{
	const char *name = decode_string(d, n), *fault;

	if (!name)
		return;
	fault = is_label ? fault_of_dns_label(name, strlen(name))
			 : fault_of_subdomain(name, strlen(name));
	if (fault)
		diag_node(d, DIAG_BAD_NAME, n, "'%s' %s", quoted(d, name, strlen(name)),
			  fault);
}

void check_names(struct decoder *d, const struct manifest *m)
{
	/* Finds repeated keys; the fields are the kind's. */
	static const struct fields any = {"object", true, NULL, 0};
	const struct node *metadata = node_get(m->root, "metadata"), *name, *space;

	decode_fields(d, m->root, &any, NULL);
	if (!metadata) {
		diag_node(d, DIAG_MISSING_FIELD, m->root, "metadata.name is required");
		return;
	}
	if (metadata->kind != NODE_MAPPING) {
		expect_mapping(d, metadata);
		return;
	}
	decode_fields(d, metadata, &any, NULL);
	name = node_get(metadata, "name");
	if (name)
		check_name(d, name, strcmp(m->kind, "Namespace") == 0);
	else
		diag_node(d, DIAG_MISSING_FIELD, metadata, "metadata.name is required");
	space = m->space ? node_get(metadata, "namespace") : NULL;
	if (space && !(space->kind == NODE_SCALAR && space->len == 0))
		check_name(d, space, true);
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->key, ((const struct label *)b)->key);
}

static void check_label(struct decoder *d, const struct node *n, const char *value)
{
	const char *fault = fault_of_label_key(n->key, n->key_len);

	if (fault)
		diag_key(d, DIAG_BAD_LABEL, n, "'%s' %s", quoted(d, n->key, n->key_len),
			 fault);
	fault = value ? fault_of_label_value(value, strlen(value)) : NULL;
	if (fault)
		diag_node(d, DIAG_BAD_LABEL, n, "'%s' %s",
			  quoted(d, value, strlen(value)), fault);
}

static void decode_labels(struct decoder *d, const struct node *n, void *into)
{
	struct labels *labels = into;
	struct label *at;
	size_t len = 0;

	if (!expect_mapping(d, n))
		return;
	check_keys(d, n);
	at = ARENA_ARRAY(d->cx->arena, n->count, struct label);
	for (const struct node *c = n->first; c; c = c->next) {
		const char *value;

		if (!c->key || c->twin)
			continue;
		value = decode_string(d, c);
		check_label(d, c, value);
		if (!value || memchr(c->key, '\0', c->key_len))
			continue;
		at[len++] =
			(struct label){intern(d->cx->intern, c->key, c->key_len), value};
	}
	qsort(at, len, sizeof(*at), compare_labels);
	*labels = (struct labels){at, len};
}

/* ---- containers -------------------------------------------------------------- */

void decode_protocol(struct decoder *d, const struct node *n, void *into)
{
	enum protocol *protocol = into;
	const char *text = decode_string(d, n);

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
	const char *phase;
	const struct node *pod_ip, *pod_ips;
	struct {
		struct named_port *at;
		size_t len, cap;
	} ports; /* in scratch memory */
};

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
		{"name", false, decode_container_port_name},
		{"containerPort", true, decode_container_port_number},
		{"protocol", false, decode_container_protocol},
	};
	static const struct fields fields = FIELDS("ContainerPort", table);
	struct pod_draft *p = into;

	if (!expect_sequence(d, n))
		return;
	for (const struct node *item = n->first; item; item = item->next) {
		struct named_port port = {.protocol = PROTO_TCP};

		decode_fields(d, item, &fields, &port);
		if (port.name && port.number)
			*ARENA_PUSH(d->nodes.arena, &p->ports) = port;
	}
}

static const struct field container_table[] = {
	{"ports", false, decode_container_ports},
};
static const struct fields container_fields = FIELDS("Container", container_table);

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

/* The addresses of a finished or hostNetwork pod are not looked at: it owns none. */
static void add_pod_address(struct decoder *d, const struct node *n, struct pod *p,
			    struct address *at)
{
	const char *text = decode_string(d, n), *fault;
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
			  text, fault);
		return;
	}
	for (size_t i = 0; i < p->naddresses; i++)
		if (address_equal(at[i], address))
			return;
	at[p->naddresses++] = address;
}

static void decode_pod_ips(struct decoder *d, const struct pod_draft *draft,
			   struct pod *p)
{
	const struct node *list = draft->pod_ips;
	struct address *at;

	if (list && !expect_sequence(d, list))
		list = NULL;
	if (!(list && list->count) && !draft->pod_ip)
		return;
	at = ARENA_ARRAY(d->cx->arena, list && list->count ? list->count : 1,
			 struct address);
	p->addresses = at;
	if (!list || !list->count) {
		add_pod_address(d, draft->pod_ip, p, at);
		return;
	}
	for (const struct node *item = list->first; item; item = item->next) {
		const struct node *ip = NULL;

		if (expect_mapping(d, item))
			ip = node_get(item, "ip");
		if (ip)
			add_pod_address(d, ip, p, at);
	}
}

/* ---- Pod --------------------------------------------------------------------- */

/* Seconds since 1970 of an RFC 3339 time; 0 for anything else. */
static int64_t parse_time(const char *text)
{
	struct tm tm = {0};
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
	return time - (*rest == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
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
	const char *phase = decode_string(d, n);

	((struct pod_draft *)into)->pod.finished =
		phase &&
		(strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0);
}

static void decode_start(struct decoder *d, const struct node *n, void *into)
{
	const char *text = decode_string(d, n);

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
	{"labels", false, decode_pod_labels},
	{"deletionTimestamp", false, decode_deletion},
};
static const struct field pod_spec_table[] = {
	{"nodeName", false, decode_node_name},
	{"hostNetwork", false, decode_host_network},
	{"containers", false, decode_containers},
	{"initContainers", false, decode_init_containers},
};
static const struct field pod_status_table[] = {
	{"phase", false, decode_phase},
	{"startTime", false, decode_start},
	{"podIP", false, note_pod_ip},
	{"podIPs", false, note_pod_ips},
};
static const struct fields pod_metadata = FIELDS("ObjectMeta", pod_metadata_table);
static const struct fields pod_spec = FIELDS("PodSpec", pod_spec_table);
static const struct fields pod_status = FIELDS("PodStatus", pod_status_table);

static void decode_part(struct decoder *d, const struct node *root, const char *key,
			const struct fields *fields, void *into)
{
	const struct node *part = node_get(root, key);

	if (part && (part->kind == NODE_MAPPING || strcmp(key, "metadata")))
		decode_fields(d, part, fields, into);
}

void decode_pod(struct decoder *d, const struct manifest *m)
{
	struct pod_draft draft = {0};
	struct pod *p = &draft.pod;

	decode_part(d, m->root, "metadata", &pod_metadata, &draft);
	decode_part(d, m->root, "spec", &pod_spec, &draft);
	decode_part(d, m->root, "status", &pod_status, &draft);
	decode_pod_ips(d, &draft, p);
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
	static const char *const cron_job[] = {"spec", "jobTemplate", "spec", "template",
					       NULL};
	static const char *const other[] = {"spec", "template", NULL};
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
	struct pod_draft draft = {0};
	const struct node *template = find_template(d, m);
	struct pod *p = &draft.pod;

	if (template) {
		decode_part(d, template, "metadata", &pod_metadata, &draft);
		decode_part(d, template, "spec", &pod_spec, &draft);
	}
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

/* ---- Namespace ---------------------------------------------------------------- */

static void decode_namespace_labels(struct decoder *d, const struct node *n, void *into)
{
	decode_labels(d, n, &((struct namespace *)into)->labels);
}

/* Kubernetes 1.6: {"ingress": {"isolation": "DefaultDeny"}}; what cannot be read
 * is as if it were absent. */
static void decode_isolation(struct decoder *d, const struct node *n, void *into)
{
	const char *isolation = NULL;
	json_t *json = NULL;

	if (n->kind == NODE_SCALAR)
		json = json_loadb(n->text, n->len, 0, NULL);
	if (json_is_object(json))
		json_unpack(json, "{s?{s?s}}", "ingress", "isolation", &isolation);
	if (isolation)
		((struct namespace *)into)->default_deny =
			strcmp(isolation, "DefaultDeny") == 0;
	else if (d->cx->set.legacy && !json_is_object(json))
		diag_node(d, DIAG_BAD_ANNOTATION, n,
			  "the annotation is not JSON such as {\"ingress\": "
			  "{\"isolation\": "
			  "\"DefaultDeny\"}}, and taken as absent");
	json_decref(json);
}

static void decode_annotations(struct decoder *d, const struct node *n, void *into)
{
	const struct node *value;

	if (!expect_mapping(d, n))
		return;
	value = node_get(n, "net.beta.kubernetes.io/network-policy");
	if (value)
		decode_isolation(d, value, into);
}

void decode_namespace(struct decoder *d, const struct manifest *m)
{
	static const struct field table[] = {
		{"labels", false, decode_namespace_labels},
		{"annotations", false, decode_annotations},
	};
	static const struct fields fields = FIELDS("ObjectMeta", table);
	struct namespace ns = {.name = m->name, .described = true};

	decode_part(d, m->root, "metadata", &fields, &ns);
	ns.origin = object_origin(m);
	ns.invalid = d->faults;
	/* A faulty one stays, so that its name does not count as unknown. */
	if (*m->name)
		*ARENA_PUSH(d->cx->arena, &d->draft->namespaces) = ns;
}

/* ---- Node --------------------------------------------------------------------- */

static void decode_node_addresses(struct decoder *d, const struct node *n, void *into)
{
	struct node_object *object = into;
	struct address *at;

	if (!expect_sequence(d, n))
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct address);
	object->addresses = at;
	for (const struct node *item = n->first; item; item = item->next) {
		const struct node *type, *value;
		const char *text;

		if (!expect_mapping(d, item))
			continue;
		type = node_get(item, "type");
		value = node_get(item, "address");
		if (!type || !value || type->kind != NODE_SCALAR ||
		    (strcmp(type->text, "InternalIP") &&
		     strcmp(type->text, "ExternalIP")))
			continue;
		text = decode_string(d, value);
		if (text && address_parse(&at[object->naddresses], text, NULL))
			object->naddresses++;
		else if (text)
			diag_node(d, DIAG_BAD_ADDRESS, value,
				  "'%s' is not an IPv4 or IPv6 address",
				  quoted(d, text, strlen(text)));
	}
}

static void decode_pod_cidr(struct decoder *d, const struct node *n,
			    struct node_object *object, struct prefix *at)
{
	const char *text = decode_string(d, n);

	if (!text || !*text)
		return;
	if (prefix_parse(&at[object->npod_cidrs], text, NULL))
		object->npod_cidrs++;
	else
		diag_node(d, DIAG_BAD_CIDR, n, "'%s' is not an IP prefix",
			  quoted(d, text, strlen(text)));
}

static void decode_one_pod_cidr(struct decoder *d, const struct node *n, void *into)
{
	struct node_object *object = into;
	struct prefix *at = ARENA_NEW(d->cx->arena, struct prefix);

	object->pod_cidrs = at;
	decode_pod_cidr(d, n, object, at);
}

/* Takes the place of podCIDR, which stands before it in the table. */
static void decode_pod_cidrs(struct decoder *d, const struct node *n, void *into)
{
	struct node_object *object = into;
	struct prefix *at;

	if (!expect_sequence(d, n) || n->count == 0)
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct prefix);
	object->pod_cidrs = at;
	object->npod_cidrs = 0;
	for (const struct node *item = n->first; item; item = item->next)
		decode_pod_cidr(d, item, object, at);
}

void decode_node(struct decoder *d, const struct manifest *m)
{
	static const struct field spec_table[] = {
		{"podCIDR", false, decode_one_pod_cidr},
		{"podCIDRs", false, decode_pod_cidrs},
	};
	static const struct field status_table[] = {
		{"addresses", false, decode_node_addresses},
	};
	static const struct fields spec = FIELDS("NodeSpec", spec_table);
	static const struct fields status = FIELDS("NodeStatus", status_table);
	struct node_object object = {.name = m->name};

	decode_part(d, m->root, "spec", &spec, &object);
	decode_part(d, m->root, "status", &status, &object);
	object.origin = object_origin(m);
	if (object_stays(d))
		*ARENA_PUSH(d->cx->arena, &d->draft->nodes) = object;
}
