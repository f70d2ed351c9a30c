/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * selector - requirements in, one canonical selector per meaning out
 *
 * Sorting makes equal selectors equal arrays; strings are interned, so arrays are
 * compared pointer by pointer and hashed as bytes.
 */
#include <netpolc/manifest/selector.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *selector_operator_name(enum selector_operator op)
{
	static const char *const names[SELECTOR_OPERATORS] = {
		[SELECTOR_IN] = "In",
		[SELECTOR_NOT_IN] = "NotIn",
		[SELECTOR_EXISTS] = "Exists",
		[SELECTOR_NOT_EXISTS] = "DoesNotExist",
	};

	return names[op];
}

const char *labels_get(const struct labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->len; i++)
		if (labels->at[i].key == key)
			return labels->at[i].value;
	return NULL;
}

static uint64_t selector_hash(const void *item, uint64_t seed)
{
	const struct selector *sel = item;
	uint64_t hash = seed;

	for (size_t i = 0; i < sel->len; i++) {
		const struct requirement *r = &sel->at[i];

		hash = hash_bytes(&r->key, sizeof(r->key), hash);
		hash = hash_bytes(&r->op, sizeof(r->op), hash);
		hash = hash_bytes(&r->nvalues, sizeof(r->nvalues), hash);
		if (r->nvalues)
			hash = hash_bytes(r->values, r->nvalues * sizeof(*r->values),
					  hash);
	}
	return hash;
}

static bool requirement_equal(const struct requirement *a, const struct requirement *b)
{
	if (a->key != b->key || a->op != b->op || a->nvalues != b->nvalues)
		return false;
	return !a->nvalues ||
	       memcmp(a->values, b->values, a->nvalues * sizeof(*a->values)) == 0;
}

static bool selector_equal(const void *a, const void *b)
{
	const struct selector *x = a, *y = b;

	if (x->len != y->len)
		return false;
	for (size_t i = 0; i < x->len; i++)
		if (!requirement_equal(&x->at[i], &y->at[i]))
			return false;
	return true;
}

struct hashset *selectors_new(struct arena *a)
{
	static const struct hashset_type type = { selector_hash, selector_equal };

	return hashset_new(a, &type);
}

static int compare_values(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_requirements(const void *a, const void *b)
{
	const struct requirement *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (order)
		return order;
	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	for (size_t i = 0; i < x->nvalues && i < y->nvalues; i++) {
		order = strcmp(x->values[i], y->values[i]);
		if (order)
			return order;
	}
	return (x->nvalues > y->nvalues) - (x->nvalues < y->nvalues);
}

static void sort_values(struct arena *a, struct requirement *r)
{
	const char **sorted = ARENA_ARRAY(a, r->nvalues, const char *);
	size_t kept = 0;

	if (r->nvalues == 0)
		return;
	memcpy(sorted, r->values, r->nvalues * sizeof(*sorted));
	qsort(sorted, r->nvalues, sizeof(*sorted), compare_values);
	for (size_t i = 0; i < r->nvalues; i++)
		if (i == 0 || sorted[i] != sorted[i - 1])
			sorted[kept++] = sorted[i];
	r->values = sorted;
	r->nvalues = kept;
}

const struct selector *selector_intern(struct arena *a, struct hashset *selectors,
				       struct requirement *reqs, size_t n)
{
	struct selector *sel = ARENA_NEW(a, struct selector);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		sort_values(a, &reqs[i]);
	if (n)
		qsort(reqs, n, sizeof(*reqs), compare_requirements);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !requirement_equal(&reqs[i], &reqs[kept - 1]))
			reqs[kept++] = reqs[i];
	sel->at = reqs;
	sel->len = kept;
	return hashset_add(selectors, sel);
}

static bool requirement_matches(const struct requirement *r, const char *value)
{
	bool among = false;

	for (size_t i = 0; value && i < r->nvalues; i++)
		among = among || r->values[i] == value;
	switch (r->op) {
	case SELECTOR_IN:
		return among;
	case SELECTOR_NOT_IN:
		return !among;
	case SELECTOR_EXISTS:
		return value;
	case SELECTOR_NOT_EXISTS:
		return !value;
	}
	return false;
}

bool selector_matches(const struct selector *sel, const struct labels *labels)
{
	for (size_t i = 0; i < sel->len; i++)
		if (!requirement_matches(&sel->at[i], labels_get(labels, sel->at[i].key)))
			return false;
	return true;
}

/* Whether r matches each of the values, or else none. */
static bool match_all(const struct requirement *r, bool matches,
		      const struct requirement *values)
{
	for (size_t i = 0; i < values->nvalues; i++)
		if (requirement_matches(r, values->values[i]) != matches)
			return false;
	return true;
}

static bool requirement_implies(const struct requirement *a, const struct requirement *b)
{
	switch (a->op) {
	case SELECTOR_IN:
		return match_all(b, true, a);
	case SELECTOR_NOT_IN:
		return b->op == SELECTOR_NOT_IN && match_all(a, false, b);
	case SELECTOR_EXISTS:
		return b->op == SELECTOR_EXISTS;
	case SELECTOR_NOT_EXISTS:
		return requirement_matches(b, NULL);
	}
	return false;
}

static bool is_implied(const struct selector *a, const struct requirement *b)
{
	for (size_t i = 0; i < a->len; i++)
		if (a->at[i].key == b->key && requirement_implies(&a->at[i], b))
			return true;
	return false;
}

bool selector_implies(const struct selector *a, const struct selector *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (!is_implied(a, &b->at[i]))
			return false;
	return true;
}
