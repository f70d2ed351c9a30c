/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_scope - trees of Namespaces and Nodes, what pods are in, to typed objects
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>

#include <jansson.h>
#include <string.h>

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
	bool readable;

	if (n->kind == NODE_SCALAR)
		json = json_loadb(n->text, n->len, 0, NULL);
	readable = json_is_object(json) && json_unpack(json, "{s?{s?s}}", "ingress",
						       "isolation", &isolation) == 0;
	if (readable && isolation)
		((struct namespace *)into)->default_deny =
			strcmp(isolation, "DefaultDeny") == 0;
	if (!readable && d->cx->set.legacy)
		diag_node(d, DIAG_BAD_ANNOTATION, n,
			  "the annotation is not JSON such as '{\"ingress\": "
			  "{\"isolation\": \"DefaultDeny\"}}'; it is taken as absent");
	json_decref(json);
}

static void decode_annotations(struct decoder *d, const struct node *n, void *into)
{
	static const struct field table[] = {
		{ ISOLATION_ANNOTATION, false, decode_isolation },
	};
	static const struct fields fields = OPEN_FIELDS("annotations", table);

	decode_fields(d, n, &fields, into);
}

void decode_namespace(struct decoder *d, const struct manifest *m)
{
	static const struct field table[] = {
		{ "labels", false, decode_namespace_labels },
		{ "annotations", false, decode_annotations },
	};
	static const struct fields fields = OPEN_FIELDS("ObjectMeta", table);
	struct namespace ns = { .name = m->name, .described = true };

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
		text = read_string(d, value);
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
	const char *text = read_string(d, n);

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
		{ "podCIDR", false, decode_one_pod_cidr },
		{ "podCIDRs", false, decode_pod_cidrs },
	};
	static const struct field status_table[] = {
		{ "addresses", false, decode_node_addresses },
	};
	static const struct fields spec = OPEN_FIELDS("NodeSpec", spec_table);
	static const struct fields status = OPEN_FIELDS("NodeStatus", status_table);
	struct node_object object = { .name = m->name };

	decode_part(d, m->root, "spec", &spec, &object);
	decode_part(d, m->root, "status", &status, &object);
	object.origin = object_origin(m);
	if (object_stays(d))
		*ARENA_PUSH(d->cx->arena, &d->draft->nodes) = object;
}
