/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node - events in, the pruned tree of one object out
 *
 * A shape decides before a value is read whether it is built or skipped, so what
 * nobody decodes costs a key and no more.  Keys are compared when their mapping
 * is complete: repeated ones get a twin, merge keys (<<) are resolved.
 */
#include <netpolc/manifest/node.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/visible.h>

#include <stdlib.h>
#include <string.h>

/* Mappings up to this size are searched pair by pair, without a sorted copy. */
#define FEW_KEYS 24

/* Bytes of a key in a path; a label's key has at most 317. */
#define KEY_SHOWN 320

static bool same_key(const struct node *a, const struct node *b)
{
	return a->key && b->key && a->key_len == b->key_len &&
	       memcmp(a->key, b->key, a->key_len) == 0;
}

static int compare_keys(const struct node *a, const struct node *b)
{
	size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
	int order;

	if (!a->key || !b->key)
		return !!a->key - !!b->key;
	order = memcmp(a->key, b->key, len);
	if (order)
		return order;
	return (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

/* A child that a mapping may come to have. */
struct candidate {
	struct node *node;
	const struct node *merge; /* whose it is; NULL: explicit */
	bool repeated;		  /* where it stands */
};

static int by_key_and_index(const void *a, const void *b)
{
	const struct node *x = ((const struct candidate *)a)->node;
	const struct node *y = ((const struct candidate *)b)->node;
	int order = compare_keys(x, y);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void append(struct node *parent, struct node *n)
{
	n->parent = parent;
	n->index = parent->count++;
	n->next = NULL;
	if (parent->last)
		parent->last->next = n;
	else
		parent->first = n;
	parent->last = n;
}

static void find_few_twins(struct node *n)
{
	for (struct node *c = n->first; c; c = c->next) {
		const struct node *earlier = n->first;

		while (earlier != c && !same_key(earlier, c))
			earlier = earlier->next;
		if (earlier != c)
			c->twin = earlier;
	}
}

static struct place event_place(const struct nodes *ns, const struct event *e)
{
	return (struct place){ ns->file, e->line, e->column, e->width };
}

/* Nodes count as much as text: a list of {} is large too. */
static void limit(struct nodes *ns)
{
	if (arena_bytes(ns->arena) > NODES_LIMIT)
		ns->too_large = true;
}

static struct node *new_node(struct nodes *ns, const struct event *e)
{
	struct node *n = ARENA_NEW(ns->arena, struct node);

	n->kind = NODE_SKIPPED;
	n->at = event_place(ns, e);
	if (e->line > ns->last_line)
		ns->last_line = e->line;
	limit(ns);
	return n;
}

struct node *node_root(struct nodes *ns, const struct event *e)
{
	struct node *n = new_node(ns, e);

	n->kind = e->type == EVENT_MAPPING ? NODE_MAPPING : NODE_SEQUENCE;
	return n;
}

struct node *node_add_key(struct nodes *ns, struct node *parent, const struct event *e)
{
	struct node *n = new_node(ns, e);

	n->key_at = n->at;
	append(parent, n);
	if (e->type != EVENT_SCALAR) {
		reader_skip(ns->reader);
		return n;
	}
	n->key = arena_strndup(ns->arena, e->text, e->len);
	n->key_len = e->len;
	n->key_form = e->form;
	limit(ns);
	return n;
}

const struct shape *shape_find(const struct shape *shapes, const char *key, size_t len)
{
	for (const struct shape *s = shapes; s->key; s++) {
		if (s->key[0] == '*' && !s->key[1])
			return s;
		if (strlen(s->key) == len && memcmp(s->key, key, len) == 0)
			return s;
	}
	return NULL;
}

/* Children of a mapping, explicit ones first, then those of merges in order. */
struct candidates {
	struct candidate *at;
	size_t len, cap;
};

static void add_candidates(struct arena *a, struct candidates *all,
			   const struct node *from, const struct node *merge)
{
	if (from->kind == NODE_SEQUENCE)
		for (const struct node *item = from->first; item; item = item->next)
			add_candidates(a, all, item, merge);
	if (from->kind != NODE_MAPPING)
		return;
	for (struct node *c = from->first; c; c = c->next)
		*ARENA_PUSH(a, all) = (struct candidate){ c, merge, c->twin };
}

static bool is_mergeable(const struct node *m)
{
	if (m->kind != NODE_SEQUENCE)
		return m->kind == NODE_MAPPING;
	for (const struct node *item = m->first; item; item = item->next)
		if (item->kind != NODE_MAPPING)
			return false;
	return true;
}

/* Sets each candidate's twin; leaves them in key order. */
static void find_many_twins(struct candidates *all)
{
	for (size_t i = 0; i < all->len; i++) {
		all->at[i].node->index = i;
		all->at[i].node->twin = NULL;
	}
	if (all->len)
		qsort(all->at, all->len, sizeof(*all->at), by_key_and_index);
	for (size_t i = 1; i < all->len; i++) {
		const struct node *before = all->at[i - 1].node;

		if (same_key(before, all->at[i].node))
			all->at[i].node->twin = before->twin ? before->twin : before;
	}
}

static bool stands_before(struct place a, struct place b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* Whether c must stay beside its twin, to be reported.  A merge gives way to what is
 * explicit, but goyaml.v2 merges where << stands: there it replaces the keys before
 * it, and a second << those of the first. */
static bool is_contested(const struct candidate *c, const struct candidate *twin)
{
	if (!c->merge || c->repeated)
		return true;
	if (!twin->merge)
		return stands_before(twin->node->key_at, c->merge->key_at);
	return twin->merge != c->merge;
}

/* Merges nest, and each level lists the candidates anew: in memory of its own. */
static void settle_many(struct node *n, struct node *merges)
{
	struct arena *scratch = arena_new();
	struct candidates all = { 0 };
	struct candidate *in_order;

	add_candidates(scratch, &all, n, NULL);
	for (const struct node *m = merges; m; m = m->next)
		if (is_mergeable(m))
			add_candidates(scratch, &all, m, m);
	in_order = ARENA_ARRAY(scratch, all.len, struct candidate);
	for (size_t i = 0; i < all.len; i++)
		in_order[i] = all.at[i];
	find_many_twins(&all);
	for (size_t i = 0; i < all.len; i++) {
		const struct node *twin = in_order[i].node->twin;

		if (twin && !is_contested(&in_order[i], &in_order[twin->index]))
			in_order[i].node = NULL;
	}
	n->first = n->last = NULL;
	n->count = 0;
	for (size_t i = 0; i < all.len; i++)
		if (in_order[i].node)
			append(n, in_order[i].node);
	for (struct node *m = merges, *next; m; m = next) {
		next = m->next;
		if (!is_mergeable(m))
			append(n, m);
	}
	arena_free(scratch);
}

void node_settle(struct node *n, struct node *merges)
{
	if (merges || n->count > FEW_KEYS)
		settle_many(n, merges);
	else
		find_few_twins(n);
}

static bool read_key_and_value(struct nodes *ns, struct node *n, const struct event *e,
			       const struct shape *want)
{
	struct node *child = node_add_key(ns, n, e);
	const struct shape *sub = NULL;

	if (child->key && !want->children)
		sub = want;
	else if (child->key)
		sub = shape_find(want->children, child->key, child->key_len);
	return node_read(ns, child, reader_next(ns->reader), sub);
}

/* The value of a merge key stays outside n's children until n is settled. */
struct node *node_read_merge(struct nodes *ns, struct node *n, const struct event *e,
			     const struct shape *shapes)
{
	const struct shape want = { "<<", shapes };
	struct place at = event_place(ns, e);
	struct node *m;

	e = reader_next(ns->reader);
	m = new_node(ns, e);
	m->parent = n;
	m->key = "<<";
	m->key_len = 2;
	m->key_form = SCALAR_PLAIN;
	m->key_at = at;
	return node_read(ns, m, e, &want) ? m : NULL;
}

void node_skip_pair(struct nodes *ns)
{
	reader_skip(ns->reader);
	reader_next(ns->reader);
	reader_skip(ns->reader);
}

static bool read_mapping(struct nodes *ns, struct node *n, const struct shape *want)
{
	struct node *merges = NULL, **last = &merges;

	n->kind = NODE_MAPPING;
	for (;;) {
		const struct event *e = reader_next(ns->reader);

		if (e->type == EVENT_CLOSE)
			break;
		if (e->type == EVENT_END)
			return false;
		if (ns->too_large) {
			node_skip_pair(ns);
		} else if (e->type == EVENT_SCALAR && e->merge) {
			*last = node_read_merge(ns, n, e, want->children);
			if (!*last)
				return false;
			last = &(*last)->next;
		} else if (!read_key_and_value(ns, n, e, want)) {
			return false;
		}
	}
	node_settle(n, merges);
	return true;
}

static bool read_sequence(struct nodes *ns, struct node *n, const struct shape *want)
{
	n->kind = NODE_SEQUENCE;
	for (;;) {
		const struct event *e = reader_next(ns->reader);
		struct node *item;

		if (e->type == EVENT_CLOSE)
			return true;
		if (e->type == EVENT_END)
			return false;
		if (ns->too_large) {
			reader_skip(ns->reader);
			continue;
		}
		item = new_node(ns, e);
		append(n, item);
		if (!node_read(ns, item, e, want))
			return false;
	}
}

bool node_read(struct nodes *ns, struct node *n, const struct event *e,
	       const struct shape *want)
{
	n->at = event_place(ns, e);
	if (e->line > ns->last_line)
		ns->last_line = e->line;
	if (e->type == EVENT_END)
		return false;
	if (!want || ns->too_large) {
		reader_skip(ns->reader);
		return !reader_failed(ns->reader);
	}
	if (e->type == EVENT_MAPPING)
		return read_mapping(ns, n, want);
	if (e->type == EVENT_SEQUENCE)
		return read_sequence(ns, n, want);
	n->kind = NODE_SCALAR;
	n->form = e->form;
	n->text = arena_strndup(ns->arena, e->text, e->len);
	n->len = e->len;
	limit(ns);
	return true;
}

struct node *node_copy(struct arena *a, const struct node *n)
{
	struct node *copy = ARENA_NEW(a, struct node);
	struct node **children = ARENA_ARRAY(a, n->count, struct node *);

	*copy = *n;
	copy->parent = copy->first = copy->last = copy->next = NULL;
	copy->count = 0;
	copy->twin = NULL;
	if (n->key)
		copy->key = arena_strndup(a, n->key, n->key_len);
	if (n->text)
		copy->text = arena_strndup(a, n->text, n->len);
	for (const struct node *c = n->first; c; c = c->next) {
		struct node *child = node_copy(a, c);

		append(copy, child);
		children[child->index] = child;
		if (c->twin)
			child->twin = children[c->twin->index];
	}
	return copy;
}

enum scalar_type node_type(const struct node *n)
{
	if (n->kind != NODE_SCALAR)
		return TYPE_NULL;
	return scalar_type(n->form, n->text, n->len);
}

bool node_is_null(const struct node *n)
{
	return n->kind == NODE_SCALAR && node_type(n) == TYPE_NULL;
}

struct place node_place(const struct node *n)
{
	return n->key && n->kind != NODE_SCALAR ? n->key_at : n->at;
}

bool node_is_named(const struct node *n, const char *key)
{
	size_t len = strlen(key);

	return n->key && n->key_len == len && memcmp(n->key, key, len) == 0;
}

static const struct node *child_named(const struct node *n, const char *key)
{
	for (const struct node *c = n->first; c; c = c->next)
		if (node_is_named(c, key))
			return c;
	return NULL;
}

bool node_has_key(const struct node *n, const char *key)
{
	return child_named(n, key) != NULL;
}

const struct node *node_get(const struct node *n, const char *key)
{
	const struct node *c = child_named(n, key);

	return c && !node_is_null(c) ? c : NULL;
}

static bool is_plain_key(const char *key, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	for (size_t i = 0; i < len; i++)
		if (!key[i] || !strchr(plain, key[i]))
			return false;
	return true;
}

/* A key is a stranger's text: as long as it may be a label's, it is shown whole. */
static void put_key(struct buf *out, const struct node *n)
{
	size_t fit = text_fit(n->key, n->key_len, KEY_SHOWN);
	const char *more = fit < n->key_len ? "…" : "";

	if (is_plain_key(n->key, fit))
		buf_printf(out, "%s%.*s%s", out->len ? "." : "", (int)fit, n->key, more);
	else /* brackets keep a path readable */
		buf_printf(out, "['%.*s%s']", (int)fit, n->key, more);
}

static void put_path(struct buf *out, const struct node *n)
{
	if (!n->parent)
		return;
	put_path(out, n->parent);
	if (n->parent->kind == NODE_SEQUENCE)
		buf_printf(out, "[%zu]", n->index);
	else if (n->key)
		put_key(out, n);
}

const char *node_path(struct arena *a, const struct node *n)
{
	BUF_AUTO path = { 0 };

	put_path(&path, n);
	return arena_strndup(a, path.at, path.len);
}
