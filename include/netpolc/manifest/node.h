/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node - one object as a tree, while it is decoded
 *
 * Built in a scratch arena that is reset after the object, and only of what a
 * shape names: values nobody decodes are skipped without building anything but
 * a NODE_SKIPPED that keeps the key.  A node knows its place, its parent and its
 * key, so a message needs nothing but the node: object and field path are
 * derived from it.
 */
#ifndef NETPOLC_NODE_H
#define NETPOLC_NODE_H

#include <netpolc/base/diag.h>
#include <netpolc/manifest/event.h>
#include <netpolc/manifest/scalar.h>

struct ctx;

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING, NODE_SKIPPED };

struct node {
	enum node_kind kind;
	enum scalar_form form;
	const char *key; /* in a mapping; NULL in a sequence and at the top */
	size_t key_len;
	struct place key_at;
	size_t index; /* in a sequence */
	const char *text;
	size_t len;
	struct place at;
	struct node *parent, *first, *last, *next;
	size_t count; /* children */
};

/*
 * Which parts of an object to keep: children by key; "*" matches any key or any
 * sequence item.  A sequence is looked through: its items have its own shape.
 * NULL children keep the whole value.
 */
struct shape {
	const char *key;
	const struct shape *children; /* ends with a NULL key */
};

/* The child with that key, or NULL; a null value counts as absent. */
const struct node *node_get(const struct node *n, const char *key);
bool node_is_null(const struct node *n);

/* "spec.ingress[0].from[1]", relative to the object; in the given arena. */
const char *node_path(struct arena *a, const struct node *n);

#endif
