/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cost: what decides between forms, at the edges, and the limits by name.
 */
#include "helpers.h"

#include <netpolc/nft/cost.h>

static const struct {
	const char *what;
	size_t share, percent, addresses, exceptions;
	bool may;
} share_cases[] = {
	{ "just large enough", 64, 25, 64, 0, true },
	{ "one too few", 64, 25, 63, 0, false },
	{ "as many exceptions as may be", 64, 25, 100, 25, true },
	{ "one more", 64, 25, 100, 26, false },
	{ "a part of an exception does not fit", 64, 25, 103, 26, false },
	{ "none may be", 1, 0, 100, 1, false },
	{ "all may be but one", 1, 100, 100, 99, true },
	{ "all: there would be nobody", 1, 100, 100, 100, false },
	{ "nobody at all", 0, 100, 0, 0, false },
};

static void a_pool_is_shared_by_size_and_exceptions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(share_cases); i++) {
		struct lower_limits limits = cost_limits();

		limits.share = share_cases[i].share;
		limits.exceptions = share_cases[i].percent;
		if (cost_may_share(&limits, share_cases[i].addresses,
				   share_cases[i].exceptions) != share_cases[i].may)
			fail_msg("%s", share_cases[i].what);
	}
}

static void savings_are_elements(void **state)
{
	(void)state;
	assert_int_equal(cost_share_saves(10, 0, 1), 10);
	assert_int_equal(cost_share_saves(10, 0, 3), 30);
	/* Nine are not listed, one is. */
	assert_int_equal(cost_share_saves(10, 1, 3), 24);
	assert_int_equal(cost_share_saves(10, 5, 3), 0);
	assert_int_equal(cost_share_saves(10, 9, 3), 0);
	/* A map holds each peer once, pairs once for each pod. */
	assert_int_equal(cost_map_saves(10, 1), 0);
	assert_int_equal(cost_map_saves(10, 3), 20);
}

static void exceptions_are_one_look_up_more(void **state)
{
	(void)state;
	assert_int_equal(cost_share_lookups(0), 1);
	assert_int_equal(cost_share_lookups(1), 2);
}

static void many_ranges_are_kept_by_pipapo(void **state)
{
	struct lower_limits limits = cost_limits();

	(void)state;
	limits.pipapo = 7;
	assert_false(cost_prefers_pipapo(&limits, 6));
	assert_true(cost_prefers_pipapo(&limits, 7));
}

/* A packet may ask eight sets. */
static const struct {
	const char *what;
	size_t ranges;
	unsigned shared;
	bool port_sets;
	size_t most;
	unsigned levels;
} level_cases[] = {
	{ "many ranges", 100, 0, false, 3, 3 },
	{ "too few for a third", 99, 0, false, 3, 2 },
	{ "one shared set is asked", 100, 1, false, 3, 3 },
	{ "two are", 100, 2, false, 3, 2 },
	{ "three are", 100, 3, false, 3, 1 },
	{ "sets of ports are", 100, 0, true, 3, 2 },
	{ "a limit of two", 100, 0, false, 2, 2 },
	{ "of one", 100, 2, false, 1, 1 },
	{ "of none", 100, 3, false, 0, 0 },
	{ "of more than there can be", 100, 0, false, 9, 3 },
};

static void levels_leave_room_for_other_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(level_cases); i++) {
		struct lower_limits limits = cost_limits();
		unsigned got;

		limits.third = 100;
		limits.levels = level_cases[i].most;
		got = cost_levels(&limits, level_cases[i].ranges, level_cases[i].shared,
				  level_cases[i].port_sets);
		if (got != level_cases[i].levels)
			fail_msg("%s: %u", level_cases[i].what, got);
	}
}

static void prefixes_of_levels_are_bounded(void **state)
{
	struct lower_limits limits = cost_limits();

	(void)state;
	assert_int_equal(cost_level_prefixes(&limits, 10, false), 40 * 26);
	assert_int_equal(cost_level_prefixes(&limits, 10, true), 20);
	assert_int_equal(cost_level_prefixes(&limits, 900, false), 40 * 916);
	assert_int_equal(cost_level_prefixes(&limits, 10000, false), 24576 + 160000);
	limits.prefixes = 2;
	assert_int_equal(cost_level_prefixes(&limits, 10, false), 2 * 26);
}

static void limits_have_names(void **state)
{
	struct lower_limits l = cost_limits();

	(void)state;
	assert_int_equal(l.sets, 512);
	assert_int_equal(l.elements, 4000000);
	assert_true(cost_set_limits(&l, "sets=1,elements=2,share=3,inline-hosts=4,"
					"inline-nets=5,inline-ports=6,exceptions=7,"
					"pipapo=8,levels=9,third=10,prefixes=11"));
	assert_int_equal(l.sets, 1);
	assert_int_equal(l.elements, 2);
	assert_int_equal(l.share, 3);
	assert_int_equal(l.inline_hosts, 4);
	assert_int_equal(l.inline_nets, 5);
	assert_int_equal(l.inline_ports, 6);
	assert_int_equal(l.exceptions, 7);
	assert_int_equal(l.pipapo, 8);
	assert_int_equal(l.levels, 9);
	assert_int_equal(l.third, 10);
	assert_int_equal(l.prefixes, 11);
	assert_true(cost_set_limits(&l, "share=999999999"));
	assert_int_equal(l.share, 999999999);
}

static void what_is_no_limit_is_refused(void **state)
{
	static const char *const texts[] = {
		"",	    "share",	      "share=",		  "share=x",  "share=1x",
		"shares=1", "shar=1",	      "share=1,",	  ",share=1", "share=-1",
		"share= 1", "share=1;sets=2", "share=1000000000",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct lower_limits l = cost_limits();

		if (cost_set_limits(&l, texts[i]))
			fail_msg("'%s'", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pool_is_shared_by_size_and_exceptions),
		TEST(savings_are_elements),
		TEST(exceptions_are_one_look_up_more),
		TEST(many_ranges_are_kept_by_pipapo),
		TEST(levels_leave_room_for_other_sets),
		TEST(prefixes_of_levels_are_bounded),
		TEST(limits_have_names),
		TEST(what_is_no_limit_is_refused),
	};

	return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
