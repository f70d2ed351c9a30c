/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sums: what an atom was given comes to its union, whatever the way there. */
#include "helpers.h"

#include <netpolc/policy/sums.h>

#define ATOMS 50

/* A set of one port. */
static const struct portset *port(struct portsets *all, uint16_t number)
{
	struct range r = { number, number };
	struct ranges ports[PROTOCOLS] = { { .at = &r, .len = 1 } };

	return portset_make(all, ports);
}

/* Atom n is given the ports of the bits of n, some of them twice; the second time
 * everything is forgotten first. */
static void totals_are_unions(void **state)
{
	struct arena *scratch = arena_new();
	struct portsets *all = portsets_new(*state);
	struct sums *s = sums_new(*state, scratch, all, ATOMS);

	for (unsigned round = 0; round < 2; round++) {
		sums_begin(s);
		assert_int_equal(sums_atoms(s)->len, 0);
		for (unsigned bit = 0; bit < 6; bit++)
			for (uint32_t n = round; n < ATOMS; n++) {
				if (!(n & 1u << bit))
					continue;
				sums_give(s, n, port(all, (uint16_t)(10 * bit)));
				if (n % 3 == 0)
					sums_give(s, n, port(all, (uint16_t)(10 * bit)));
			}
		assert_int_equal(sums_atoms(s)->len, ATOMS - 1);
		for (uint32_t n = 1; n < ATOMS; n++) {
			const struct portset *want = portset_none(all);

			for (unsigned bit = 0; bit < 6; bit++)
				if (n & 1u << bit)
					want = portset_union(
						all, want,
						port(all, (uint16_t)(10 * bit)));
			assert_ptr_equal(sums_total(s, n), want);
			assert_ptr_equal(sums_total(s, n), want);
		}
		arena_reset(scratch);
	}
	arena_free(scratch);
}

static void everything_stays_everything(void **state)
{
	struct arena *scratch = arena_new();
	struct portsets *all = portsets_new(*state);
	struct sums *s = sums_new(*state, scratch, all, 2);

	sums_begin(s);
	sums_give(s, 0, portset_everything(all));
	sums_give(s, 1, port(all, 80));
	sums_give(s, 1, portset_everything(all));
	sums_give(s, 1, port(all, 81));
	assert_ptr_equal(sums_total(s, 0), portset_everything(all));
	assert_ptr_equal(sums_total(s, 1), portset_everything(all));
	arena_free(scratch);
}

/* The sets on the way to a large one are not made. */
static void many_parts_are_added_at_once(void **state)
{
	enum { PARTS = 1000 };
	struct arena *scratch = arena_new();
	struct portsets *all = portsets_new(*state);
	struct sums *s = sums_new(*state, scratch, all, 1);
	size_t made;

	sums_begin(s);
	for (unsigned i = 0; i < PARTS; i++)
		sums_give(s, 0, port(all, (uint16_t)(2 * i)));
	made = portsets_len(all);
	assert_int_equal(sums_total(s, 0)->ports[PROTO_TCP].len, PARTS);
	assert_int_equal(portsets_len(all), made + 1);
	arena_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(totals_are_unions),
		TEST(everything_stays_everything),
		TEST(many_parts_are_added_at_once),
	};

	return cmocka_run_group_tests_name("sums", tests, NULL, NULL);
}
