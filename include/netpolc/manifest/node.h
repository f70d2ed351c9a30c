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

struct arena;

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING, NODE_SKIPPED };

struct node {
	enum node_kind kind;
	enum scalar_form form;
	enum scalar_form key_form;
	const char *key; /* in a mapping (NULL there: no scalar); NULL elsewhere */
	size_t key_len;
	struct place key_at;
	size_t index; /* in a sequence */
	const char *text;
	size_t len;
	struct place at;
	struct node *parent, *first, *last, *next;
	size_t count;		 /* children */
	const struct node *twin; /* in a mapping: an earlier child with the same key */
};

/*
 * Which parts of an object to keep: children by key; "*" matches any key.  A
 * sequence is looked through: its items have its own shape.  An empty list of
 * children keeps scalars, and of mappings only their keys; NULL keeps the whole
 * value.
 */
struct shape {
	const char *key;
	const struct shape *children; /* ends with a NULL key */
};

/* Where nodes come from and go to. */
struct nodes {
	struct reader *reader;
	struct arena *arena;
	uint32_t file;
	uint32_t last_line; /* the last one that a node stands on */
	bool too_large;	    /* NODES_LIMIT was reached: the rest is skipped */
};

/* Bytes of one object's nodes. */
#define NODES_LIMIT ((size_t)64 << 20)

/* A node without parent and children for the value that e begins. */
struct node *node_root(struct nodes *ns, const struct event *e);

/* Adds to the mapping parent a child named by the key event e, its value as yet
 * skipped.  Consumes the key. */
struct node *node_add_key(struct nodes *ns, struct node *parent, const struct event *e);

/* Skips a key, whose event was just returned, and its value: once too_large is set,
 * nothing is added any more. */
void node_skip_pair(struct nodes *ns);

/* The entry of shapes that key matches, or NULL. */
const struct shape *shape_find(const struct shape *shapes, const char *key, size_t len);

/*
 * Reads the value that e begins into n, or skips it when want is NULL.  False when
 * the stream ended inside: then the tree is incomplete and must not be used.
 */
bool node_read(struct nodes *ns, struct node *n, const struct event *e,
	       const struct shape *want);

/* Reads the value of the merge key e of n into a node outside n's children; NULL
 * when the stream ended. */
struct node *node_read_merge(struct nodes *ns, struct node *n, const struct event *e,
			     const struct shape *shapes);

/*
 * Finds the twins among n's children and resolves merge keys: the values in the
 * list of nodes merges (linked by next), of which earlier ones win.  A value that
 * cannot be merged becomes a child named "<<".
 */
void node_settle(struct node *n, struct node *merges);

/* A copy with all its text, without parent. */
struct node *node_copy(struct arena *a, const struct node *n);

/* What scalar_type() says of a scalar; of anything else TYPE_NULL. */
enum scalar_type node_type(const struct node *n);

/* Where a message about n points: a collection is best known by its key. */
struct place node_place(const struct node *n);

/* Whether n stands in a mapping under that key. */
bool node_is_named(const struct node *n, const char *key);

bool node_has_key(const struct node *n, const char *key);

/* The child with that key, or NULL; a null value counts as absent. */
const struct node *node_get(const struct node *n, const char *key);
bool node_is_null(const struct node *n);

/* "spec.ingress[0].from[1]", relative to the object; in the given arena. */
const char *node_path(struct arena *a, const struct node *n);

#endif
