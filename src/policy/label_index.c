/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inverted index.  Only what some selector asks for is listed: a posting for
 * (key, value), one for (key, any value).  Ids come in order, so every posting is
 * ascending and the part of it in one namespace is a slice.
 *
 * No step costs more than the labels that are listed, whatever the selector: values,
 * and what is excluded, are put together and sorted at once.
 */
#include <netpolc/policy/label_index.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

struct posting {
	const char *key, *value; /* interned; value NULL: any */
	struct id_list ids;
};

struct label_index {
	struct arena *arena;
	struct hashset *postings;
	struct id_list all;
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

void label_index_list(struct label_index *ix, const struct labels *labels, uint32_t id)
{
	*ARENA_PUSH(ix->arena, &ix->all) = id;
	for (size_t i = 0; i < labels->len; i++) {
		struct posting *p = find(ix, labels->at[i].key, NULL);

		if (!p)
			continue;
		*ARENA_PUSH(ix->arena, &p->ids) = id;
		p = find(ix, labels->at[i].key, labels->at[i].value);
		if (p)
			*ARENA_PUSH(ix->arena, &p->ids) = id;
	}
}

void label_index_fill(struct label_index *ix, const struct cluster *cl)
{
	for (uint32_t id = 0; id < cl->npods; id++)
		if (pod_is_live(&cl->pods[id]) && !cl->pods[id].invalid)
			label_index_list(ix, &cl->pods[id].labels, id);
}

static bool is_in(const struct id_run *runs, size_t n, uint32_t id)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (runs[mid].hi <= id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && runs[lo].lo <= id;
}

/* Appends what of the list lies in the runs.  Costs what the shorter of the two is
 * long, times the logarithm of the other, and what is found. */
static void gather(struct arena *a, const struct id_list *list, const struct id_run *runs,
		   size_t n, struct id_list *out)
{
	for (size_t i = 0; list->len < n && i < list->len; i++)
		if (is_in(runs, n, list->at[i]))
			*ARENA_PUSH(a, out) = list->at[i];
	for (size_t r = 0; list->len >= n && r < n; r++) {
		size_t i = ids_below(list->at, list->len, runs[r].lo);

		for (; i < list->len && list->at[i] < runs[r].hi; i++)
			*ARENA_PUSH(a, out) = list->at[i];
	}
}

/* Appends those with the key of a requirement and, if it has values, one of them. */
static void gather_listed(struct arena *a, const struct label_index *ix,
			  const struct requirement *req, const struct id_run *runs,
			  size_t n, struct id_list *out)
{
	if (req->nvalues == 0)
		gather(a, &find(ix, req->key, NULL)->ids, runs, n, out);
	for (size_t v = 0; v < req->nvalues; v++)
		gather(a, &find(ix, req->key, req->values[v])->ids, runs, n, out);
}

/* Leaves in x the members that are (keep) or are not (!keep) in y. */
static void filter(struct id_list *x, const struct id_list *y, bool keep)
{
	size_t j = 0, kept = 0;

	for (size_t i = 0; i < x->len; i++) {
		while (j < y->len && y->at[j] < x->at[i])
			j++;
		if ((j < y->len && y->at[j] == x->at[i]) == keep)
			x->at[kept++] = x->at[i];
	}
	x->len = kept;
}

static bool is_positive(const struct requirement *req)
{
	return req->op == SELECTOR_IN || req->op == SELECTOR_EXISTS;
}

struct id_list label_index_select(const struct label_index *ix,
				  const struct selector *sel, const struct id_run *runs,
				  size_t n, struct arena *a)
{
	struct id_list found = { 0 }, excluded = { 0 };
	bool started = false;

	for (size_t i = 0; i < sel->len; i++) {
		struct id_list with = { 0 };

		if (!is_positive(&sel->at[i]))
			continue;
		gather_listed(a, ix, &sel->at[i], runs, n, &with);
		if (sel->at[i].nvalues > 1)
			ids_sort(with.at, with.len);
		if (started)
			filter(&found, &with, true);
		else
			found = with;
		started = true;
	}
	if (!started)
		gather(a, &ix->all, runs, n, &found);
	for (size_t i = 0; i < sel->len; i++)
		if (!is_positive(&sel->at[i]))
			gather_listed(a, ix, &sel->at[i], runs, n, &excluded);
	ids_sort(excluded.at, excluded.len);
	filter(&found, &excluded, false);
	return found;
}
