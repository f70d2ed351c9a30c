/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranges: sets stay in their one form and hold exactly what they should, by
 * tables of cases and by comparison with a set of bits.
 */
#include "helpers.h"

#include <netpolc/base/ranges.h>

#include <stdlib.h>
#include <string.h>

#define TOP (~(u128)0)

static const struct {
	const char *what;
	struct ranges start;
	struct range r;
	struct ranges want;
} add_cases[] = {
	{ "to an empty set", RANGES(), { 4, 5 }, RANGES({ 4, 5 }) },
	{ "behind, apart", RANGES({ 0, 3 }), { 5, 6 }, RANGES({ 0, 3 }, { 5, 6 }) },
	{ "behind, touching", RANGES({ 0, 3 }), { 4, 6 }, RANGES({ 0, 6 }) },
	{ "before, apart", RANGES({ 5, 6 }), { 0, 3 }, RANGES({ 0, 3 }, { 5, 6 }) },
	{ "before, touching", RANGES({ 4, 6 }), { 0, 3 }, RANGES({ 0, 6 }) },
	{ "inside changes nothing", RANGES({ 0, 9 }), { 3, 4 }, RANGES({ 0, 9 }) },
	{ "equal changes nothing", RANGES({ 3, 4 }), { 3, 4 }, RANGES({ 3, 4 }) },
	{ "a bridge joins two", RANGES({ 0, 1 }, { 5, 6 }), { 2, 4 }, RANGES({ 0, 6 }) },
	{ "an island between two",
	  RANGES({ 0, 1 }, { 7, 8 }),
	  { 3, 5 },
	  RANGES({ 0, 1 }, { 3, 5 }, { 7, 8 }) },
	{ "over all", RANGES({ 1, 2 }, { 4, 5 }, { 8, 8 }), { 0, 9 }, RANGES({ 0, 9 }) },
	{ "the highest value",
	  RANGES({ 0, 0 }),
	  { TOP, TOP },
	  RANGES({ 0, 0 }, { TOP, TOP }) },
	{ "touching the highest value",
	  RANGES({ TOP, TOP }),
	  { 5, TOP - 1 },
	  RANGES({ 5, TOP }) },
	{ "everything", RANGES({ 7, 8 }), { 0, TOP }, RANGES({ 0, TOP }) },
	{ "to everything", RANGES({ 0, TOP }), { TOP, TOP }, RANGES({ 0, TOP }) },
};

static const struct {
	const char *what;
	struct ranges start;
	struct range hole;
	struct ranges want;
} subtract_cases[] = {
	{ "a hole in the middle splits",
	  RANGES({ 0, 9 }),
	  { 4, 5 },
	  RANGES({ 0, 3 }, { 6, 9 }) },
	{ "a hole at the left trims", RANGES({ 0, 9 }), { 0, 2 }, RANGES({ 3, 9 }) },
	{ "a hole at the right trims", RANGES({ 0, 9 }), { 7, 12 }, RANGES({ 0, 6 }) },
	{ "a hole over all empties", RANGES({ 0, 9 }), { 0, 9 }, RANGES() },
	{ "a hole outside is ignored", RANGES({ 0, 9 }), { 20, 30 }, RANGES({ 0, 9 }) },
	{ "a hole that touches is ignored",
	  RANGES({ 3, 9 }),
	  { 0, 2 },
	  RANGES({ 3, 9 }) },
	{ "a hole between two is ignored",
	  RANGES({ 0, 1 }, { 8, 9 }),
	  { 3, 5 },
	  RANGES({ 0, 1 }, { 8, 9 }) },
	{ "a hole over several",
	  RANGES({ 0, 3 }, { 5, 5 }, { 7, 9 }),
	  { 2, 8 },
	  RANGES({ 0, 1 }, { 9, 9 }) },
	{ "the lowest value", RANGES({ 0, TOP }), { 0, 0 }, RANGES({ 1, TOP }) },
	{ "the highest value", RANGES({ 0, TOP }), { TOP, TOP }, RANGES({ 0, TOP - 1 }) },
	{ "everything", RANGES({ 0, 2 }, { 4, TOP }), { 0, TOP }, RANGES() },
	{ "from nothing", RANGES(), { 0, 5 }, RANGES() },
};

static struct ranges copy(struct arena *a, const struct ranges *from)
{
	struct ranges to = { 0 };

	for (size_t i = 0; i < from->len; i++)
		*ARENA_PUSH(a, &to) = from->at[i];
	return to;
}

static void adding_merges_what_overlaps_or_touches(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(add_cases); i++) {
		struct ranges got = copy(*state, &add_cases[i].start);

		ranges_add(*state, &got, add_cases[i].r);
		if (!ranges_equal(&got, &add_cases[i].want))
			fail_msg("%s", add_cases[i].what);
	}
}

static void subtracting_keeps_exactly_the_rest(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(subtract_cases); i++) {
		struct ranges got = copy(*state, &subtract_cases[i].start);

		ranges_subtract(*state, &got, subtract_cases[i].hole);
		if (!ranges_equal(&got, &subtract_cases[i].want))
			fail_msg("%s", subtract_cases[i].what);
	}
}

/* ---- against bits: 64 values, at the bottom and at the top of all numbers ---- */

static u128 base_of(unsigned round)
{
	return round % 2 ? TOP - 63 : 0;
}

static uint64_t bits_between(unsigned lo, unsigned hi)
{
	return (~(uint64_t)0 << lo) & (~(uint64_t)0 >> (63 - hi));
}

static void check(const struct ranges *set, u128 base, uint64_t bits)
{
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(ranges_contain(set, base + i), bits >> i & 1);
	for (size_t i = 0; i < set->len; i++) {
		assert_true(set->at[i].lo <= set->at[i].hi);
		if (i)
			assert_true(set->at[i].lo - set->at[i - 1].hi > 1);
	}
}

/* Some changes at random, made to the set and to the bits. */
static struct ranges random_set(struct arena *a, u128 base, uint64_t *bits)
{
	struct ranges set = { 0 };

	*bits = 0;
	for (int n = rand() % 12; n > 0; n--) {
		unsigned x = (unsigned)rand() % 64, y = x + (unsigned)rand() % 9;
		struct range r = { base + x, base + (y < 63 ? y : 63) };
		uint64_t part = bits_between(x, y < 63 ? y : 63);

		if (rand() % 3) {
			ranges_add(a, &set, r);
			*bits |= part;
		} else {
			ranges_subtract(a, &set, r);
			*bits &= ~part;
		}
		check(&set, base, *bits);
	}
	return set;
}

static void sets_equal_sets_of_bits(void **state)
{
	srand(1);
	for (unsigned round = 0; round < 3000; round++) {
		u128 base = base_of(round);
		uint64_t p, q;
		struct ranges x = random_set(*state, base, &p);
		struct ranges y = random_set(*state, base, &q);
		struct ranges all = { 0 };
		struct ranges common = ranges_intersect(*state, &x, &y);
		struct ranges rest = ranges_difference(*state, &x, &y);

		/* y first, the other way round */
		for (size_t i = y.len; i-- > 0;)
			*ARENA_PUSH(*state, &all) = y.at[i];
		for (size_t i = 0; i < x.len; i++)
			*ARENA_PUSH(*state, &all) = x.at[i];
		ranges_settle(&all);
		check(&all, base, p | q);
		check(&common, base, p & q);
		check(&rest, base, p & ~q);
		assert_int_equal(ranges_equal(&x, &y), p == q);
		assert_int_equal(ranges_meet(&x, &y), (p & q) != 0);
		arena_reset(*state);
	}
}

static void a_range_widens_to_just_what_it_was_given(void **state)
{
	struct range r = RANGE_NONE;

	(void)state;
	assert_false(range_has(&r, 0));
	assert_false(range_has(&r, TOP));
	range_widen(&r, 7);
	assert_true(range_has(&r, 7));
	assert_false(range_has(&r, 6));
	assert_false(range_has(&r, 8));
	range_widen(&r, TOP);
	range_widen(&r, 5);
	range_widen(&r, 6);
	assert_true(range_has(&r, 5));
	assert_true(range_has(&r, TOP));
	assert_false(range_has(&r, 4));
}

static void many_ranges_go_in_fast_in_any_order(void **state)
{
	struct ranges up = { 0 }, down = { 0 };

	for (unsigned i = 0; i < 20000; i++) {
		ranges_add(*state, &up, (struct range){ i * 3, i * 3 + 1 });
		ranges_add(*state, &down,
			   (struct range){ (19999 - i) * 3, (19999 - i) * 3 + 1 });
	}
	assert_int_equal(up.len, 20000);
	assert_true(ranges_equal(&up, &down));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adding_merges_what_overlaps_or_touches),
		TEST(subtracting_keeps_exactly_the_rest),
		TEST(sets_equal_sets_of_bits),
		TEST(a_range_widens_to_just_what_it_was_given),
		TEST(many_ranges_go_in_fast_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
