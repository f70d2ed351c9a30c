/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helpers.h"
#include <netpolc/base/intern.h>
#include <netpolc/manifest/selector.h>
#include <string.h>

/* The strings of a test, interned. */
struct words {
	struct arena *a;
	struct intern *in;
	struct hashset *selectors;
};

static struct words words_new(struct arena *a)
{
	return (struct words){ a, intern_new(a), selectors_new(a) };
}

/* A requirement from "key" and "a b c". */
static struct requirement want(const struct words *w, const char *key,
			       enum selector_operator op, const char *values)
{
	const char **at = ARENA_ARRAY(w->a, strlen(values) + 1, const char *);
	size_t n = 0;

	while (*values) {
		size_t len = strcspn(values, " ");

		at[n++] = intern(w->in, values, len);
		values += len + (values[len] == ' ');
	}
	return (struct requirement){ intern_str(w->in, key), op, at, n };
}

static const struct selector *selector_of(const struct words *w, struct requirement a,
					  struct requirement b)
{
	struct requirement *both = ARENA_ARRAY(w->a, 2, struct requirement);

	both[0] = a;
	both[1] = b;
	return selector_intern(w->a, w->selectors, both, 2);
}

static const struct {
	const char *what;
	enum selector_operator op;
	const char *values;
	bool absent, empty, a, b; /* whether it matches a pod with k that, k=, k=a, k=b */
} operator_cases[] = {
	{ "In needs the key and one of the values", SELECTOR_IN, "a c", 0, 0, 1, 0 },
	{ "NotIn matches without the key", SELECTOR_NOT_IN, "a c", 1, 1, 0, 1 },
	{ "Exists takes an empty value", SELECTOR_EXISTS, "", 0, 1, 1, 1 },
	{ "DoesNotExist takes no value", SELECTOR_NOT_EXISTS, "", 1, 0, 0, 0 },
};

static void operators_mean_what_apimachinery_says(void **state)
{
	struct words w = words_new(*state);

	for (size_t i = 0; i < ARRAY_SIZE(operator_cases); i++) {
		struct requirement r =
			want(&w, "k", operator_cases[i].op, operator_cases[i].values);
		const struct selector *sel = selector_intern(w.a, w.selectors, &r, 1);
		const char *values[] = { "", "a", "b" };
		const bool matches[] = { operator_cases[i].empty, operator_cases[i].a,
					 operator_cases[i].b };
		const struct labels none = { NULL, 0 };

		if (selector_matches(sel, &none) != operator_cases[i].absent)
			fail_msg("%s: absent", operator_cases[i].what);
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			const struct label label = { intern_str(w.in, "k"),
						     intern_str(w.in, values[v]) };
			const struct labels labels = { &label, 1 };

			if (selector_matches(sel, &labels) != matches[v])
				fail_msg("%s: '%s'", operator_cases[i].what, values[v]);
		}
	}
}

static void equal_meaning_is_one_pointer(void **state)
{
	struct words w = words_new(*state);
	struct requirement ab = want(&w, "k", SELECTOR_IN, "a b");
	struct requirement bab = want(&w, "k", SELECTOR_IN, "b a b");
	struct requirement no = want(&w, "l", SELECTOR_NOT_EXISTS, "");
	struct requirement not_ab = want(&w, "k", SELECTOR_NOT_IN, "a b");
	const struct selector *sel = selector_of(&w, ab, no);

	assert_ptr_equal(sel, selector_of(&w, no, bab));
	assert_ptr_not_equal(sel, selector_of(&w, not_ab, no));
	assert_int_equal(selector_of(&w, ab, bab)->len, 1);
	assert_ptr_equal(selector_of(&w, ab, bab), selector_of(&w, bab, bab));
}

static void requirements_are_all_needed(void **state)
{
	struct words w = words_new(*state);
	const struct selector *sel = selector_of(&w, want(&w, "k", SELECTOR_IN, "a"),
						 want(&w, "k", SELECTOR_IN, "b"));
	const struct label label = { intern_str(w.in, "k"), intern_str(w.in, "a") };
	const struct labels labels = { &label, 1 };

	assert_false(selector_matches(sel, &labels));
}

static void the_empty_selector_matches_everything(void **state)
{
	struct words w = words_new(*state);
	const struct selector *sel = selector_intern(w.a, w.selectors, NULL, 0);
	const struct labels none = { NULL, 0 };

	assert_true(selector_matches(sel, &none));
	assert_ptr_equal(sel, selector_intern(w.a, w.selectors, NULL, 0));
}

static const struct {
	const char *what;
	enum selector_operator a_op, b_op;
	const char *a, *b;
	bool want;
} implication_cases[] = {
	{ "fewer values of more", SELECTOR_IN, SELECTOR_IN, "a b", "a b c", true },
	{ "a value that is not among them", SELECTOR_IN, SELECTOR_IN, "a d", "a b",
	  false },
	{ "other values", SELECTOR_IN, SELECTOR_NOT_IN, "a b", "c d", true },
	{ "one that is excluded", SELECTOR_IN, SELECTOR_NOT_IN, "a b", "b", false },
	{ "who has a value has the key", SELECTOR_IN, SELECTOR_EXISTS, "a", "", true },
	{ "and does not lack it", SELECTOR_IN, SELECTOR_NOT_EXISTS, "a", "", false },
	{ "more that is excluded", SELECTOR_NOT_IN, SELECTOR_NOT_IN, "a b", "a", true },
	{ "less that is excluded", SELECTOR_NOT_IN, SELECTOR_NOT_IN, "a", "a b", false },
	{ "excluding is not having", SELECTOR_NOT_IN, SELECTOR_EXISTS, "a", "", false },
	{ "nor lacking", SELECTOR_NOT_IN, SELECTOR_NOT_EXISTS, "a", "", false },
	{ "having is having", SELECTOR_EXISTS, SELECTOR_EXISTS, "", "", true },
	{ "but not which", SELECTOR_EXISTS, SELECTOR_IN, "", "a", false },
	{ "nor which not", SELECTOR_EXISTS, SELECTOR_NOT_IN, "", "a", false },
	{ "lacking is lacking", SELECTOR_NOT_EXISTS, SELECTOR_NOT_EXISTS, "", "", true },
	{ "and none of the values", SELECTOR_NOT_EXISTS, SELECTOR_NOT_IN, "", "a", true },
	{ "nor one of them", SELECTOR_NOT_EXISTS, SELECTOR_IN, "", "a", false },
};

static void what_implies_matches_less_whatever_the_labels(void **state)
{
	struct words w = words_new(*state);
	const struct requirement other = want(&w, "other", SELECTOR_EXISTS, "");
	const struct selector none = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(implication_cases); i++) {
		const struct requirement b =
			want(&w, "k", implication_cases[i].b_op, implication_cases[i].b);
		const struct selector *a = selector_of(
			&w,
			want(&w, "k", implication_cases[i].a_op, implication_cases[i].a),
			other);
		const struct selector *twice = selector_of(&w, b, b);

		if (selector_implies(a, twice) != implication_cases[i].want)
			fail_msg("%s", implication_cases[i].what);
		assert_true(selector_implies(a, &none));
		assert_false(selector_implies(&none, twice));
		assert_false(selector_implies(twice, a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(operators_mean_what_apimachinery_says),
		TEST(equal_meaning_is_one_pointer),
		TEST(requirements_are_all_needed),
		TEST(the_empty_selector_matches_everything),
		TEST(what_implies_matches_less_whatever_the_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
