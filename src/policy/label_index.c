/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inverted index.  Only what some selector asks for is listed: a posting for
 * (key, value), one for (key, any value).  Pods come in order, so every posting
 * is ascending and the part of it in one namespace is a slice.
 */
#include <netpolc/policy/label_index.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

struct posting {
	const char *key, *value; /* interned; value NULL: any */
	struct id_list pods;
};

struct label_index {
	struct arena *arena;
	struct hashset *postings;
	struct id_list live; /* pods that selectors can match */
};

static uint64_t hash_posting(const void *item, uint64_t seed)
{
	const struct posting *p = item;
	const char *const key[2] = { p->key, p->value };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_postings(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	return x->key == y->key && x->value == y->value;
}

static struct posting *find(const struct label_index *ix, const char *key,
			    const char *value)
{
	return hashset_find(ix->postings,
			    &(struct posting){ .key = key, .value = value });
}

static void want(struct label_index *ix, const char *key, const char *value)
{
	struct posting *p;

	if (find(ix, key, value))
		return;
	p = ARENA_NEW(ix->arena, struct posting);
	p->key = key;
	p->value = value;
	hashset_add(ix->postings, p);
}

static void list_pod(struct label_index *ix, const struct labels *labels, uint32_t id)
{
	for (size_t i = 0; i < labels->len; i++) {
		struct posting *p = find(ix, labels->at[i].key, NULL);

		if (!p)
			continue;
		*ARENA_PUSH(ix->arena, &p->pods) = id;
		p = find(ix, labels->at[i].key, labels->at[i].value);
		if (p)
			*ARENA_PUSH(ix->arena, &p->pods) = id;
	}
}

struct label_index *label_index_new(struct arena *a)
{
	static const struct hashset_type type = { hash_posting, equal_postings };
	struct label_index *ix = ARENA_NEW(a, struct label_index);

	ix->arena = a;
	ix->postings = hashset_new(a, &type);
	return ix;
}

void label_index_want(struct label_index *ix, const struct selector *sel)
{
	for (size_t i = 0; i < sel->len; i++) {
		want(ix, sel->at[i].key, NULL);
		for (size_t v = 0; v < sel->at[i].nvalues; v++)
			want(ix, sel->at[i].key, sel->at[i].values[v]);
	}
}

void label_index_fill(struct label_index *ix, const struct cluster *cl)
{
	for (uint32_t id = 0; id < cl->npods; id++) {
		const struct pod *pod = &cl->pods[id];

		if (!pod_is_live(pod) || pod->invalid)
			continue;
		*ARENA_PUSH(ix->arena, &ix->live) = id;
		list_pod(ix, &pod->labels, id);
	}
}

/* The ids of an ascending list in [lo, hi). */
static struct id_list slice(const struct id_list *list, uint32_t lo, uint32_t hi)
{
	size_t first = ids_below(list->at, list->len, lo);
	size_t end = ids_below(list->at, list->len, hi);

	if (first == end)
		return (struct id_list){ 0 };
	return (struct id_list){ .at = list->at + first, .len = end - first };
}

static void append(struct arena *a, struct id_list *out, uint32_t id)
{
	*ARENA_PUSH(a, out) = id;
}

static struct id_list merge(struct arena *a, struct id_list x, struct id_list y)
{
	struct id_list out = { 0 };
	size_t i = 0, j = 0;

	while (i < x.len || j < y.len) {
		if (j == y.len || (i < x.len && x.at[i] < y.at[j]))
			append(a, &out, x.at[i++]);
		else
			append(a, &out, y.at[j++]);
	}
	return out;
}

/* Members of x that are (keep) or are not (!keep) in y. */
static struct id_list filter(struct arena *a, struct id_list x, struct id_list y,
			     bool keep)
{
	struct id_list out = { 0 };
	size_t j = 0;

	for (size_t i = 0; i < x.len; i++) {
		while (j < y.len && y.at[j] < x.at[i])
			j++;
		if ((j < y.len && y.at[j] == x.at[i]) == keep)
			append(a, &out, x.at[i]);
	}
	return out;
}

/* Pods with the key of a requirement and, if it has values, one of them. */
static struct id_list listed(const struct label_index *ix, struct arena *scratch,
			     const struct requirement *req, uint32_t lo, uint32_t hi)
{
	struct id_list out = { 0 };

	if (req->nvalues == 0)
		return slice(&find(ix, req->key, NULL)->pods, lo, hi);
	for (size_t v = 0; v < req->nvalues; v++) {
		struct id_list more =
			slice(&find(ix, req->key, req->values[v])->pods, lo, hi);

		out = v == 0 ? more : merge(scratch, out, more);
	}
	return out;
}

static bool is_positive(const struct requirement *req)
{
	return req->op == SELECTOR_IN || req->op == SELECTOR_EXISTS;
}

void label_index_select(const struct label_index *ix, struct arena *scratch,
			const struct selector *sel, uint32_t lo, uint32_t hi,
			struct arena *a, struct id_list *out)
{
	struct id_list found = { 0 };
	bool started = false;

	for (size_t i = 0; i < sel->len; i++) {
		struct id_list with;

		if (!is_positive(&sel->at[i]))
			continue;
		with = listed(ix, scratch, &sel->at[i], lo, hi);
		found = started ? filter(scratch, found, with, true) : with;
		started = true;
	}
	if (!started)
		found = slice(&ix->live, lo, hi);
	for (size_t i = 0; i < sel->len; i++)
		if (!is_positive(&sel->at[i]))
			found = filter(scratch, found,
				       listed(ix, scratch, &sel->at[i], lo, hi), false);
	for (size_t i = 0; i < found.len; i++)
		append(a, out, found.at[i]);
}
