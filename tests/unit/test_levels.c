/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * levels: how ranges are cut, which lengths are chosen, and what is written out.
 */
#include "helpers.h"

#include <netpolc/nft/levels.h>
#include <stdio.h>
#include <string.h>

static struct address address(const char *text)
{
	struct address a;

	assert_true(address_parse(&a, text, NULL));
	return a;
}

/* "24x1 32x2" */
static const char *counts_text(struct arena *a, const struct prefix_counts *counts)
{
	const char *out = "";

	for (unsigned l = 0; l < ARRAY_SIZE(counts->at); l++)
		if (counts->at[l])
			out = arena_printf(a, "%s%s%ux%zu", out, *out ? " " : "", l,
					   counts->at[l]);
	return out;
}

static const struct {
	const char *what, *lo, *hi, *want;
} cut_cases[] = {
	{ "an address", "10.0.0.1", "10.0.0.1", "32x1" },
	{ "a prefix", "10.0.0.0", "10.0.0.255", "24x1" },
	{ "one more address", "10.0.0.0", "10.0.1.0", "24x1 32x1" },
	{ "one less", "10.0.0.0", "10.0.0.254",
	  "25x1 26x1 27x1 28x1 29x1 30x1 31x1 32x1" },
	{ "not aligned", "10.0.0.1", "10.0.0.6", "31x2 32x2" },
	{ "all of IPv4", "0.0.0.0", "255.255.255.255", "0x1" },
	{ "all but the first", "0.0.0.1", "0.0.0.3", "31x1 32x1" },
	{ "to the end", "255.255.255.254", "255.255.255.255", "31x1" },
	{ "all of IPv6", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0x1" },
	{ "half of IPv6", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1x1" },
	{ "across 64 bits", "fd00::ffff:ffff:ffff:ffff", "fd00:0:0:1::", "128x2" },
	{ "the last address", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "128x1" },
};

static void ranges_are_cut_into_prefixes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cut_cases); i++) {
		struct address lo = address(cut_cases[i].lo),
			       hi = address(cut_cases[i].hi);
		struct prefix_counts counts = { 0 };

		levels_count(&counts, lo.family, lo.number, hi.number);
		if (strcmp(counts_text(*state, &counts), cut_cases[i].want))
			fail_msg("%s: %s", cut_cases[i].what,
				 counts_text(*state, &counts));
	}
}

#define COUNTS(...)                                                                      \
	{                                                                                \
		.at = { __VA_ARGS__ }                                                    \
	}

static const struct {
	const char *what;
	struct prefix_counts counts;
	unsigned max;
	size_t prefixes;
	struct levels want;
} choose_cases[] = {
	{ "nothing", COUNTS(0), 2, 100, { 0 } },
	{ "no level is allowed", COUNTS([24] = 1), 0, 100, { 0 } },
	{ "everything is no prefix", COUNTS([0] = 1), 2, 100, { 0 } },
	{ "one length", COUNTS([24] = 5), 2, 100, { 1, { 24 }, 5 } },
	{ "as many as may be", COUNTS([24] = 100), 2, 100, { 1, { 24 }, 100 } },
	{ "too many", COUNTS([24] = 101), 2, 100, { 0 } },
	{ "a shorter one is written out",
	  COUNTS([22] = 3, [24] = 5),
	  2,
	  100,
	  { 1, { 24 }, 17 } },
	{ "as far as that is few", COUNTS([22] = 3, [24] = 5), 2, 17, { 1, { 24 }, 17 } },
	{ "else there are two", COUNTS([22] = 3, [24] = 5), 2, 16, { 2, { 24, 22 }, 8 } },
	{ "unless there may be one alone", COUNTS([22] = 3, [24] = 5), 1, 16, { 0 } },
	{ "the one with more is first",
	  COUNTS([22] = 9, [24] = 5),
	  2,
	  16,
	  { 2, { 22, 24 }, 14 } },
	{ "of three the best two",
	  COUNTS([16] = 1, [20] = 1, [32] = 1),
	  2,
	  1000,
	  { 2, { 20, 32 }, 18 } },
	{ "or the other two",
	  COUNTS([8] = 1, [20] = 1, [24] = 1),
	  2,
	  1000,
	  { 2, { 24, 8 }, 18 } },
	{ "none of them is few enough",
	  COUNTS([8] = 1, [20] = 1, [32] = 1),
	  2,
	  1000,
	  { 0 } },
	{ "unless there may be three",
	  COUNTS([8] = 1, [20] = 1, [32] = 1),
	  3,
	  1000,
	  { 3, { 8, 20, 32 }, 3 } },
	{ "as soon as they are few enough",
	  COUNTS([8] = 1, [21] = 1, [32] = 1),
	  3,
	  2050,
	  { 2, { 32, 8 }, 2050 } },
	{ "of five the best three",
	  COUNTS([8] = 1, [12] = 4, [20] = 2, [24] = 1, [32] = 9),
	  3,
	  62,
	  { 3, { 24, 12, 32 }, 62 } },
	{ "if they are few enough",
	  COUNTS([8] = 1, [12] = 4, [20] = 2, [24] = 1, [32] = 9),
	  3,
	  61,
	  { 0 } },
	{ "the fullest of three is first",
	  COUNTS([16] = 2, [23] = 1, [24] = 7, [32] = 5),
	  3,
	  100,
	  { 3, { 24, 32, 16 }, 16 } },
	{ "far apart", COUNTS([1] = 1, [128] = 1), 2, 2, { 2, { 1, 128 }, 2 } },
	{ "too far apart for a number",
	  COUNTS([1] = 1, [64] = 1, [128] = 1),
	  2,
	  SIZE_MAX - 1,
	  { 0 } },
};

static void the_fewest_levels_are_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(choose_cases); i++) {
		const struct levels *want = &choose_cases[i].want;
		struct levels got =
			levels_choose(&choose_cases[i].counts, choose_cases[i].max,
				      choose_cases[i].prefixes);

		if (got.n != want->n || got.prefixes != want->prefixes ||
		    memcmp(got.length, want->length, sizeof(got.length)) != 0)
			fail_msg("%s: %u levels, %u, %u and %u, %zu prefixes",
				 choose_cases[i].what, got.n, got.length[0],
				 got.length[1], got.length[2], got.prefixes);
	}
}

static const char *walk_text(struct arena *a, const struct levels *levels, unsigned level,
			     const char *lo, const char *hi)
{
	struct address first = address(lo), last = address(hi);
	struct levels_walk w =
		levels_walk(levels, level, first.family, first.number, last.number);
	const char *out = "";
	u128 next;

	while (levels_next(&w, &next)) {
		char text[ADDRESS_TEXT];

		out = arena_printf(
			a, "%s%s%s", out, *out ? " " : "",
			address_text(text, (struct address){ first.family, next }));
	}
	return out;
}

static const struct {
	const char *what, *lo, *hi;
	struct levels levels;
	const char *want[LEVELS_MAX];
} walk_cases[] = {
	{ "a prefix of the level",
	  "10.0.1.0",
	  "10.0.1.255",
	  { 1, { 24 }, 0 },
	  { "10.0.1.0" } },
	{ "a shorter one",
	  "10.0.0.0",
	  "10.0.3.255",
	  { 1, { 24 }, 0 },
	  { "10.0.0.0 10.0.1.0 10.0.2.0 10.0.3.0" } },
	{ "two levels share a range",
	  "10.0.0.0",
	  "10.0.1.1",
	  { 2, { 24, 32 }, 0 },
	  { "10.0.0.0", "10.0.1.0 10.0.1.1" } },
	{ "in either order",
	  "10.0.0.0",
	  "10.0.1.1",
	  { 2, { 32, 24 }, 0 },
	  { "10.0.1.0 10.0.1.1", "10.0.0.0" } },
	{ "three levels do",
	  "10.0.0.0",
	  "10.1.2.0",
	  { 3, { 24, 32, 16 }, 0 },
	  { "10.1.0.0 10.1.1.0", "10.1.2.0", "10.0.0.0" } },
	{ "to the end of IPv4",
	  "255.255.254.0",
	  "255.255.255.255",
	  { 1, { 24 }, 0 },
	  { "255.255.254.0 255.255.255.0" } },
	{ "to the end of IPv6",
	  "fffe::",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  { 2, { 16, 128 }, 0 },
	  { "fffe:: ffff::", "" } },
	{ "from the beginning", "::", "::2", { 1, { 128 }, 0 }, { ":: ::1 ::2" } },
};

static void each_level_has_its_prefixes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(walk_cases); i++)
		for (unsigned level = 0; level < walk_cases[i].levels.n; level++) {
			const char *got = walk_text(*state, &walk_cases[i].levels, level,
						    walk_cases[i].lo, walk_cases[i].hi);

			if (strcmp(got, walk_cases[i].want[level]))
				fail_msg("%s: %s", walk_cases[i].what, got);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ranges_are_cut_into_prefixes),
		TEST(the_fewest_levels_are_chosen),
		TEST(each_level_has_its_prefixes),
	};

	return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
