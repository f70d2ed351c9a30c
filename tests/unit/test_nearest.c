/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest: how far words are apart, and which may have been meant. */
#include "helpers.h"

#include <netpolc/base/nearest.h>

#include <string.h>

static const struct {
	const char *what, *a, *b;
	size_t want;
} distances[] = {
	{ "equal", "web", "web", 0 },
	{ "nothing", "", "web", 3 },
	{ "added", "web", "webs", 1 },
	{ "dropped", "proto", "prot", 1 },
	{ "changed", "web", "wet", 1 },
	{ "exchanged", "wbe", "web", 1 },
	{ "exchanged at the beginning", "ewb", "web", 1 },
	{ "exchanged twice", "otrp", "trop", 2 },
	{ "exchanged, and changed", "ewt", "web", 2 },
	{ "too far for that", "ebw", "web", 2 },
	{ "all of it", "db", "web", 2 },
};

static void a_distance_is_the_slips_of_fingers(void **state)
{
	char huge[NEAREST_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(distances); i++)
		if (edit_distance(distances[i].a, distances[i].b) != distances[i].want ||
		    edit_distance(distances[i].b, distances[i].a) != distances[i].want)
			fail_msg("%s", distances[i].what);
	memset(huge, 'a', sizeof(huge));
	huge[NEAREST_MAX + 1] = '\0';
	assert_int_equal(edit_distance(huge, "a"), SIZE_MAX);
	assert_int_equal(edit_distance("a", huge), SIZE_MAX);
	huge[NEAREST_MAX] = '\0';
	assert_int_equal(edit_distance("a", huge), NEAREST_MAX - 1);
}

static const struct {
	const char *what, *word, *words[4], *want;
} choices[] = {
	{ "the nearest", "wbe", { "db", "web", "api" }, "web" },
	{ "the first of several", "wab", { "web", "wib" }, "web" },
	{ "none that is far", "web", { "payments", "orders" }, NULL },
	{ "none for what is short", "a", { "b" }, NULL },
	{ "one slip in four letters", "prot", { "proto" }, "proto" },
	{ "not two", "prot", { "pods" }, NULL },
	{ "two slips", "paymnets1", { "payments" }, "payments" },
	{ "not three", "pymnets1", { "payments" }, NULL },
};

static void the_nearest_word_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		struct nearest n = nearest_to(choices[i].word, strlen(choices[i].word));

		for (size_t k = 0; choices[i].words[k]; k++)
			nearest_offer(&n, choices[i].words[k]);
		if (!n.best != !choices[i].want ||
		    (n.best && strcmp(n.best, choices[i].want)))
			fail_msg("%s: %s", choices[i].what, n.best ? n.best : "none");
	}
}

static void only_a_word_is_a_hint(void **state)
{
	assert_string_equal(nearest_hint(*state, "web"), "; did you mean 'web'?");
	assert_string_equal(nearest_hint(*state, NULL), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_distance_is_the_slips_of_fingers),
		cmocka_unit_test(the_nearest_word_is_kept),
		TEST(only_a_word_is_a_hint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
