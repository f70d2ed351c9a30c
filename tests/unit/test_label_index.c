/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * label_index: what it answers is what the selector means, for each operator and
 * in any slice of the pods.
 */
#include "manifests.h"

#include <netpolc/policy/label_index.h>

/* Ids 0 to 7 by name; the last three are no pods that selectors can match. */
static const char pods[] = POD("a", "p0", "app: web, tier: front", "10.0.0.1")
	POD("a", "p1", "app: web", "10.0.0.2") POD("a", "p2", "app: db", "10.0.0.3")
		POD("a", "p3", "app: ''", "10.0.0.4") POD("b", "p4", "", "10.0.0.5")
			POD("b", "p5", "app: cache, tier: front", "10.0.0.6")
				POD_SPEC("b", "p6", "app: web", "hostNetwork: true",
					 "podIP: 10.9.0.1")
					POD_SPEC("b", "p7", "app: web, tier: front", "",
						 "phase: Succeeded");

/* matchExpressions, as in a policy. */
static const struct {
	const char *what, *expressions;
	uint32_t lo, hi;
	const char *want;
} cases[] = {
	{ "no requirement: every live pod", "", 0, 8, "012345" },
	{ "no requirement in a slice", "", 2, 5, "234" },
	{ "no requirement in an empty slice", "", 3, 3, "" },
	{ "In one value", "{key: app, operator: In, values: [web]}", 0, 8, "01" },
	{ "In several, each with its own pods",
	  "{key: app, operator: In, values: [web, cache, db]}", 0, 8, "0125" },
	{ "In several, one without pods",
	  "{key: app, operator: In, values: [none, cache]}", 0, 8, "5" },
	{ "In a value that nobody has", "{key: app, operator: In, values: [none]}", 0, 8,
	  "" },
	{ "In with a key that nobody has", "{key: other, operator: In, values: [web]}", 0,
	  8, "" },
	{ "In the empty value is not the absent key",
	  "{key: app, operator: In, values: ['']}", 0, 8, "3" },
	{ "case counts", "{key: app, operator: In, values: [Web]}", 0, 8, "" },
	{ "In, the first pod of the slice", "{key: app, operator: In, values: [web]}", 1,
	  8, "1" },
	{ "In, up to the end of the slice", "{key: app, operator: In, values: [web]}", 0,
	  1, "0" },
	{ "NotIn takes those without the key",
	  "{key: app, operator: NotIn, values: [web]}", 0, 8, "2345" },
	{ "NotIn several", "{key: app, operator: NotIn, values: [web, cache]}", 0, 8,
	  "234" },
	{ "NotIn the empty value", "{key: app, operator: NotIn, values: ['']}", 0, 8,
	  "01245" },
	{ "NotIn with a key that nobody has",
	  "{key: other, operator: NotIn, values: [web]}", 0, 8, "012345" },
	{ "NotIn in a slice", "{key: app, operator: NotIn, values: [web]}", 1, 4, "23" },
	{ "Exists takes the empty value", "{key: app, operator: Exists}", 0, 8, "01235" },
	{ "Exists with a key that nobody has", "{key: other, operator: Exists}", 0, 8,
	  "" },
	{ "Exists in a slice", "{key: app, operator: Exists}", 3, 6, "35" },
	{ "DoesNotExist", "{key: app, operator: DoesNotExist}", 0, 8, "4" },
	{ "DoesNotExist with a key that nobody has",
	  "{key: other, operator: DoesNotExist}", 0, 8, "012345" },
	{ "two that must both hold",
	  "{key: app, operator: In, values: [web, cache]}, "
	  "{key: tier, operator: Exists}",
	  0, 8, "05" },
	{ "In and NotIn of one key",
	  "{key: app, operator: In, values: [web, db]}, "
	  "{key: app, operator: NotIn, values: [web]}",
	  0, 8, "2" },
	{ "Exists and NotIn",
	  "{key: app, operator: Exists}, "
	  "{key: app, operator: NotIn, values: [web, '']}",
	  0, 8, "25" },
	{ "two that exclude",
	  "{key: tier, operator: DoesNotExist}, "
	  "{key: app, operator: NotIn, values: [db]}",
	  0, 8, "134" },
	{ "a contradiction",
	  "{key: app, operator: Exists}, {key: app, operator: DoesNotExist}", 0, 8, "" },
	{ "two values of one key at once",
	  "{key: app, operator: In, values: [web]}, "
	  "{key: app, operator: In, values: [db]}",
	  0, 8, "" },
	{ "three at once",
	  "{key: app, operator: In, values: [web, db, cache]}, "
	  "{key: app, operator: NotIn, values: [db]}, {key: tier, operator: Exists}",
	  0, 8, "05" },
};

/* The ids of a list as digits. */
static const char *digits(struct arena *a, const struct id_list *list)
{
	char *out = arena_alloc(a, list->len + 1);

	for (size_t i = 0; i < list->len; i++)
		out[i] = (char)('0' + list->at[i]);
	return out;
}

/* All selectors are wanted at once: postings of one do not disturb another. */
/* Text without the characters of out. */
static const char *without(struct arena *a, const char *text, const char *out)
{
	char *copy = arena_strndup(a, text, strlen(text)), *to = copy;

	for (; *text; text++)
		if (!strchr(out, *text))
			*to++ = *text;
	*to = '\0';
	return copy;
}

static void read_all(struct run *r, struct arena *a)
{
	const char *text = pods;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		text = arena_printf(a,
				    "%s" POLICY("a", "p%02zu",
						"podSelector: {matchExpressions: [%s]}"),
				    text, i, cases[i].expressions);
	run_read(r, NULL, text);
	assert_int_equal(r->cluster->npods, 8);
	assert_int_equal(r->cluster->npolicies, ARRAY_SIZE(cases));
}

static void selectors_select_what_they_mean(void **state)
{
	struct label_index *ix = label_index_new(*state);
	struct arena *scratch = arena_new();
	struct run r;

	read_all(&r, *state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		label_index_want(ix, r.cluster->policies[i].subject);
	label_index_fill(ix, r.cluster);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct id_run run = { cases[i].lo, cases[i].hi };
		struct id_list got = label_index_select(
			ix, r.cluster->policies[i].subject, &run, 1, scratch);

		if (strcmp(digits(*state, &got), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].what, digits(*state, &got));
		arena_reset(scratch);
	}
	run_free(&r);
	arena_free(scratch);
}

/* With few runs and with many, against lists that are longer and shorter. */
static void several_runs_are_one_selection(void **state)
{
	static const struct id_run few[] = { { 0, 2 }, { 4, 8 } };
	static const struct id_run many[] = { { 0, 1 }, { 1, 2 }, { 3, 3 }, { 3, 4 },
					      { 5, 6 }, { 6, 7 }, { 7, 8 }, { 8, 9 } };
	struct label_index *ix = label_index_new(*state);
	struct run r;

	read_all(&r, *state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		label_index_want(ix, r.cluster->policies[i].subject);
	label_index_fill(ix, r.cluster);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct selector *sel = r.cluster->policies[i].subject;
		const struct id_run whole = { 0, 8 };
		struct id_list all = label_index_select(ix, sel, &whole, 1, *state);
		struct id_list got =
			label_index_select(ix, sel, few, ARRAY_SIZE(few), *state);
		const char *want = digits(*state, &all);

		assert_string_equal(digits(*state, &got), without(*state, want, "23"));
		got = label_index_select(ix, sel, many, ARRAY_SIZE(many), *state);
		assert_string_equal(digits(*state, &got), without(*state, want, "24"));
	}
	run_free(&r);
}

static void contained_pods_match_no_selector(void **state)
{
	static const struct selector everything = { 0 };
	struct label_index *ix = label_index_new(*state);
	struct id_list got;
	struct run r;

	run_read(&r, NULL, pods);
	r.cluster->pods[1].invalid = true;
	label_index_fill(ix, r.cluster);
	got = label_index_select(ix, &everything, &(struct id_run){ 0, 8 }, 1, *state);
	assert_string_equal(digits(*state, &got), "02345");
	run_free(&r);
}

static const struct {
	uint32_t id;
	size_t want;
} lower_cases[] = { { 0, 0 }, { 2, 0 }, { 3, 1 },  { 5, 1 },
		    { 6, 2 }, { 9, 2 }, { 10, 3 }, { UINT32_MAX, 3 } };

static void lower_counts_what_is_below(void **state)
{
	uint32_t at[] = { 2, 5, 9 };
	const struct id_list list = { .at = at, .len = 3 }, empty = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lower_cases); i++)
		assert_int_equal(ids_below(list.at, list.len, lower_cases[i].id),
				 lower_cases[i].want);
	assert_int_equal(ids_below(empty.at, empty.len, 7), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(selectors_select_what_they_mean),
		TEST(several_runs_are_one_selection),
		TEST(contained_pods_match_no_selector),
		TEST(lower_counts_what_is_below),
	};

	return cmocka_run_group_tests_name("label_index", tests, NULL, NULL);
}
