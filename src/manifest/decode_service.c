/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_service - the tree of a Service in, what leads from it to pods out
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/names.h>

#include <string.h>

static void decode_service_port_name(struct decoder *d, const struct node *n, void *into)
{
	const char *name = decode_string(d, n);

	if (name && *name)
		((struct service_port *)into)->name = name;
}

static void decode_service_port_number(struct decoder *d, const struct node *n,
				       void *into)
{
	decode_port_number(d, n, "ServicePort.port",
			   &((struct service_port *)into)->number);
}

/* Empty is absent: as with a container, the protocol is defaulted. */
static void decode_service_protocol(struct decoder *d, const struct node *n, void *into)
{
	if (n->kind != NODE_SCALAR || n->len)
		decode_protocol(d, n, &((struct service_port *)into)->protocol);
}

/* IntOrString; 0 and "" are absent. */
static void decode_target_port(struct decoder *d, const struct node *n, void *into)
{
	struct service_port *port = into;
	const char *name, *fault;
	int64_t number;

	if (n->kind == NODE_SCALAR && node_type(n) == TYPE_INTEGER) {
		if (decode_integer(d, n, &number) && number != 0)
			decode_port_number(d, n, "ServicePort.targetPort", &port->target);
		return;
	}
	name = decode_string(d, n);
	if (!name || !*name)
		return;
	port->target_name = name;
	fault = fault_of_port_name(name, strlen(name));
	if (fault)
		diag_node(d, DIAG_BAD_PORT, n, "'%s' %s", quoted(d, name, strlen(name)),
			  fault);
}

static void decode_service_ports(struct decoder *d, const struct node *n, void *into)
{
	static const struct field table[] = {
		{ "name", false, decode_service_port_name },
		{ "port", true, decode_service_port_number },
		{ "protocol", false, decode_service_protocol },
		{ "targetPort", false, decode_target_port },
	};
	static const struct fields fields = OPEN_FIELDS("ServicePort", table);
	struct service *service = into;
	struct service_port *at;

	if (!expect_sequence(d, n))
		return;
	at = ARENA_ARRAY(d->cx->arena, n->count, struct service_port);
	for (const struct node *item = n->first; item; item = item->next) {
		struct service_port *port = &at[service->nports];

		*port = (struct service_port){ .protocol = PROTO_TCP };
		port->origin = node_origin(d, item);
		decode_fields(d, item, &fields, port);
		if (!port->number)
			continue;
		if (!port->target && !port->target_name)
			port->target = port->number;
		service->nports++;
	}
	service->ports = at;
}

/* An empty map selects nothing: the Service is as good as without. */
static void decode_service_selector(struct decoder *d, const struct node *n, void *into)
{
	if (n->kind != NODE_MAPPING || n->count)
		decode_label_map(d, n, &((struct service *)into)->selector);
}

static void decode_cluster_ip(struct decoder *d, const struct node *n, void *into)
{
	const char *text = read_string(d, n);

	((struct service *)into)->headless = text && strcmp(text, "None") == 0;
}

static void decode_service_type(struct decoder *d, const struct node *n, void *into)
{
	const char *text = read_string(d, n);

	((struct service *)into)->external = text && strcmp(text, "ExternalName") == 0;
}

static void decode_unready(struct decoder *d, const struct node *n, void *into)
{
	decode_bool(d, n, &((struct service *)into)->unready);
}

void decode_service(struct decoder *d, const struct manifest *m)
{
	static const struct field table[] = {
		{ "selector", false, decode_service_selector },
		{ "ports", false, decode_service_ports },
		{ "clusterIP", false, decode_cluster_ip },
		{ "type", false, decode_service_type },
		{ "publishNotReadyAddresses", false, decode_unready },
	};
	static const struct fields fields = OPEN_FIELDS("ServiceSpec", table);
	struct service service = { .name = m->name, .space = m->space };

	decode_part(d, m->root, "spec", &fields, &service);
	service.origin = object_origin(m);
	service.invalid = d->faults;
	if (*m->name)
		*ARENA_PUSH(d->cx->arena, &d->draft->services) = service;
}
