/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_metadata - an object's metadata in, checked names and labels out
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/names.h>

#include <stdlib.h>
#include <string.h>

/* Reads the name in metadata again, with all that can be wrong about it. */
static void check_name(struct decoder *d, const struct node *n, bool is_label)
{
	const char *name = read_string(d, n), *fault;

	if (!name)
		return;
	fault = is_label ? fault_of_dns_label(name, strlen(name))
			 : fault_of_subdomain(name, strlen(name));
	if (fault)
		diag_node(d, DIAG_BAD_NAME, n, "'%s' %s", quoted(d, name, strlen(name)),
			  fault);
}

/* Which pods a policy is about, and whose labels a Namespace has, its namespace alone
 * tells: where that cannot be read, nothing could contain it.  A pod has addresses. */
static enum fault_level level_of_space(const struct decoder *d, const struct manifest *m,
				       bool is_space)
{
	return is_space || kind_is_policy(m->kind) ? FAULTS_REFUSED : d->level;
}

static const struct node *expect_metadata(struct decoder *d, const struct node *root)
{
	const struct node *metadata = node_get(root, "metadata");

	if (!metadata)
		diag_node(d, DIAG_MISSING_FIELD, root, "metadata.name is required");
	return metadata && expect_mapping(d, metadata) ? metadata : NULL;
}

static void check_own_name(struct decoder *d, const struct node *metadata, bool is_label)
{
	const struct node *name = node_get(metadata, "name");

	if (name)
		check_name(d, name, is_label);
	else
		diag_node(d, DIAG_MISSING_FIELD, metadata, "metadata.name is required");
}

static void check_space(struct decoder *d, const struct node *metadata)
{
	const struct node *space = node_get(metadata, "namespace");

	if (space && !(space->kind == NODE_SCALAR && space->len == 0))
		check_name(d, space, true);
}

void check_names(struct decoder *d, struct manifest *m)
{
	/* Finds repeated keys; the fields are the kind's. */
	static const struct fields any = { "object", true, NULL, 0 };
	bool is_space = strcmp(m->kind, "Namespace") == 0;
	const enum fault_level usual = d->level;
	const struct node *metadata;
	size_t faults;

	decode_fields(d, m->root, &any, NULL);
	faults = d->faults;
	d->level = level_of_space(d, m, is_space);
	metadata = expect_metadata(d, m->root);
	if (metadata && is_space)
		check_own_name(d, metadata, true);
	else if (metadata && m->space)
		check_space(d, metadata);
	m->space_unknown = d->faults != faults;
	d->level = usual;
	if (!metadata)
		return;
	decode_fields(d, metadata, &any, NULL);
	if (!is_space)
		check_own_name(d, metadata, false);
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->key, ((const struct label *)b)->key);
}

struct labels labels_settle(struct label *at, size_t len)
{
	qsort(at, len, sizeof(*at), compare_labels);
	return (struct labels){ at, len };
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

void decode_labels(struct decoder *d, const struct node *n, void *into)
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

		if (!is_good_key(c))
			continue;
		value = decode_string(d, c);
		check_label(d, c, value);
		if (!value)
			continue;
		at[len++] = (struct label){ intern(d->cx->intern, c->key, c->key_len),
					    value };
	}
	*labels = labels_settle(at, len);
}

void decode_part(struct decoder *d, const struct node *root, const char *key,
		 const struct fields *fields, void *into)
{
	const struct node *part = node_get(root, key);

	if (part && (part->kind == NODE_MAPPING || strcmp(key, "metadata")))
		decode_fields(d, part, fields, into);
}
