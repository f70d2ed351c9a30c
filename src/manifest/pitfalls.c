/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pitfalls - the tree of a good object in, what its author may not know out
 */
#include <netpolc/manifest/pitfalls.h>

#include <netpolc/manifest/decode.h>

#include <string.h>

static const char *const rules_key[DIRECTIONS] = { "ingress", "egress" };
static const char *const peers_key[DIRECTIONS] = { "from", "to" };
static const char *const type_name[DIRECTIONS] = { "Ingress", "Egress" };

/* The child with that key, though it be null. */
static const struct node *child(const struct node *n, const char *key)
{
	if (n->kind != NODE_MAPPING)
		return NULL;
	for (const struct node *c = n->first; c; c = c->next)
		if (node_is_named(c, key))
			return c;
	return NULL;
}

/* The child when it is null or a list of nothing. */
static const struct node *empty_child(const struct node *n, const char *key)
{
	const struct node *c = child(n, key);
	bool list = c && c->kind == NODE_SEQUENCE;

	return c && (node_is_null(c) || (list && c->count == 0)) ? c : NULL;
}

static void find_in_rule(struct decoder *d, const struct node *rule, enum direction dir)
{
	const struct node *peers = empty_child(rule, peers_key[dir]);
	const struct node *ports = empty_child(rule, "ports");
	const struct node *listed = child(rule, "ports");

	if (peers)
		diag_key(d, DIAG_EMPTY_MEANS_ALL, peers,
			 "'%s' without an entry stands for everybody, inside and outside "
			 "of the cluster",
			 peers_key[dir]);
	if (ports)
		diag_key(d, DIAG_EMPTY_MEANS_ALL, ports,
			 "'ports' without an entry stands for all ports of all "
			 "protocols");
	if (!listed || listed->kind != NODE_SEQUENCE)
		return;
	for (const struct node *c = listed->first; c; c = c->next)
		if (node_is_null(c) || (c->kind == NODE_MAPPING && c->count == 0))
			diag_node(d, DIAG_EMPTY_MEANS_ALL, c,
				  "an empty entry of 'ports' stands for all TCP ports, "
				  "and for no other protocol");
}

/* A 1-5: whether the policy isolates its pods for the direction. */
static bool isolates(const struct node *spec, enum direction dir)
{
	const struct node *types = node_get(spec, "policyTypes");
	const struct node *egress = node_get(spec, "egress");

	if (!types || types->count == 0)
		return dir == INGRESS || (egress && egress->count > 0);
	for (const struct node *c = types->first; c; c = c->next)
		if (c->kind == NODE_SCALAR && strcmp(c->text, type_name[dir]) == 0)
			return true;
	return false;
}

static void find_in_direction(struct decoder *d, const struct node *spec,
			      enum direction dir)
{
	const struct node *rules = node_get(spec, rules_key[dir]);

	if (!rules)
		return;
	for (const struct node *c = rules->first; c; c = c->next)
		find_in_rule(d, c, dir);
	if (isolates(spec, dir))
		return;
	if (rules->count > 0)
		diag_key(d, DIAG_RULES_IGNORED, rules,
			 "the rules under '%s' have no effect, because policyTypes lacks "
			 "%s",
			 rules_key[dir], type_name[dir]);
	else
		diag_key(d, DIAG_EMPTY_IGNORED, rules,
			 "an empty '%s' isolates nothing where policyTypes lacks %s",
			 rules_key[dir], type_name[dir]);
}

static void find_in_policy(struct decoder *d, const struct node *root)
{
	const struct node *spec = node_get(root, "spec"), *subject;

	if (!spec)
		return;
	subject = child(spec, "podSelector");
	if (subject && node_is_null(subject))
		diag_key(d, DIAG_EMPTY_MEANS_ALL, subject,
			 "'podSelector' without a value selects all pods of the "
			 "namespace");
	for (enum direction dir = 0; dir < DIRECTIONS; dir++)
		find_in_direction(d, spec, dir);
}

static void find_in_namespace(struct decoder *d, const struct node *root)
{
	const struct node *metadata = node_get(root, "metadata");
	const struct node *annotations =
		metadata ? node_get(metadata, "annotations") : NULL;
	const struct node *old =
		annotations ? node_get(annotations, ISOLATION_ANNOTATION) : NULL;

	if (old)
		diag_key(d, DIAG_OLD_ANNOTATION, old,
			 "this annotation isolated a namespace in Kubernetes 1.6, and "
			 "has had no effect since");
}

/* "extensions/v1beta1", "apps/v1beta2", "batch/v2alpha1" */
static bool is_old(const char *api_version)
{
	const char *slash = strchr(api_version, '/');

	return slash && (strstr(slash, "alpha") || strstr(slash, "beta"));
}

void find_pitfalls(struct decoder *d, const struct manifest *m, const char *api_version)
{
	const struct node *version = node_get(m->root, "apiVersion");

	if (d->faults || d->cx->set.legacy)
		return;
	if (is_old(api_version))
		diag_node(d, DIAG_OLD_VERSION, version ? version : m->root,
			  "no current version of Kubernetes serves '%s' any more",
			  api_version);
	if (strcmp(m->kind, "NetworkPolicy") == 0)
		find_in_policy(d, m->root);
	else if (strcmp(m->kind, "Namespace") == 0)
		find_in_namespace(d, m->root);
}
