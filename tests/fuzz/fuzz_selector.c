/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inverted index selects the pods that the selector matches one by one. */
#include "fuzz.h"
#include <netpolc/base/arena.h>
#include <netpolc/policy/label_index.h>

#define PODS	     12
#define REQUIREMENTS 4

static const char *const keys[] = { "a", "b", "c", "d" };
static const char *const values[] = { "", "x", "y", "z" };

struct bytes {
	const uint8_t *at;
	size_t len;
};

static unsigned take(struct bytes *b)
{
	return b->len ? b->len--, *b->at++ : 0;
}

/* A byte for each key: absent, or one of the values. */
static struct labels take_labels(struct bytes *b, struct arena *a)
{
	struct label *at = ARENA_ARRAY(a, ARRAY_SIZE(keys), struct label);
	struct labels out = { at, 0 };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		unsigned value = take(b) % (ARRAY_SIZE(values) + 1);

		if (value < ARRAY_SIZE(values))
			at[out.len++] = (struct label){ keys[k], values[value] };
	}
	return out;
}

static const struct selector *take_selector(struct bytes *b, struct arena *a)
{
	struct requirement *reqs = ARENA_ARRAY(a, REQUIREMENTS, struct requirement);
	size_t n = take(b) % (REQUIREMENTS + 1);

	for (size_t i = 0; i < n; i++) {
		const char **list = ARENA_ARRAY(a, ARRAY_SIZE(values), const char *);

		reqs[i].key = keys[take(b) % ARRAY_SIZE(keys)];
		reqs[i].op = (enum selector_operator)(take(b) % 4);
		reqs[i].values = list;
		if (reqs[i].op <= SELECTOR_NOT_IN)
			reqs[i].nvalues = 1 + take(b) % ARRAY_SIZE(values);
		for (size_t v = 0; v < reqs[i].nvalues; v++)
			list[v] = values[take(b) % ARRAY_SIZE(values)];
	}
	return selector_intern(a, selectors_new(a), reqs, n);
}

static void check(struct bytes *b, struct arena *a)
{
	const struct selector *sel = take_selector(b, a), *other = take_selector(b, a);
	struct label_index *ix = label_index_new(a);
	struct pod pods[PODS] = { 0 };
	const struct cluster cl = { .pods = pods, .npods = PODS };
	uint32_t lo = take(b) % (PODS + 1), hi = lo + take(b) % (PODS + 1 - lo);
	struct id_list got;
	size_t next = 0;

	for (size_t i = 0; i < PODS; i++) {
		pods[i].labels = take_labels(b, a);
		pods[i].host_network = take(b) % 16 == 1;
	}
	label_index_want(ix, other);
	label_index_want(ix, sel);
	label_index_fill(ix, &cl);
	got = label_index_select(ix, sel, &(struct id_run){ lo, hi }, 1, a);
	for (uint32_t i = lo; i < hi; i++)
		if (pod_is_live(&pods[i]) && selector_matches(sel, &pods[i].labels))
			HOLDS(next < got.len && got.at[next++] == i);
	HOLDS(next == got.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct arena *a = arena_new();

	check(&bytes, a);
	arena_free(a);
	return 0;
}
