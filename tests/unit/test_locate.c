/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * locate: every address finds its pod or its interval, at the edges of both
 * families, for each shape of the search tree, and however full the hash table is.
 */
#include "helpers.h"

#include <netpolc/policy/locate.h>
#include <stdlib.h>

#define V4 FAMILY_IPV4
#define V6 FAMILY_IPV6

static struct address address_of(const char *text)
{
	struct address a = { 0 };

	if (!address_parse(&a, text, NULL))
		fail_msg("no address: %s", text);
	return a;
}

/* ---- by hand ---- */

/* What begins at an address: atom; the intervals of a family in ascending order. */
static const struct {
	const char *from;
	uint32_t atom;
} begins[] = {
	{ "0.0.0.0", 7 },	{ "10.0.0.0", 8 },	{ "10.0.1.0", 0 },
	{ "255.255.255.0", 9 }, { "::", 20 },		{ "::1:0:0", 21 },
	{ "fd00::", 22 },	{ "fd00:0:0:1::", 23 }, { "ffff::", 24 },
};

static const struct {
	const char *address;
	uint32_t pod, atom;
} holders[] = {
	{ "0.0.0.0", 3, 30 },
	{ "10.0.0.0", 0, 31 },
	{ "10.0.0.255", 4, 31 },
	{ "128.0.0.0", 5, 32 },
	{ "255.255.255.255", 6, 0 },
	{ "::", 8, 33 },
	{ "::a00:0", 9, 34 },
	{ "fd00::a00:0", 10, 35 },
	{ "fd00:0:0:1::a00:0", 11, 36 },
	{ "fe00::", 12, 37 },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 13, 38 },
};

static void classes_by_hand(struct arena *a, struct classes *cs)
{
	for (enum family f = 0; f < FAMILIES; f++) {
		cs->intervals[f] = ARENA_ARRAY(a, ARRAY_SIZE(begins), struct interval);
		cs->addresses[f] =
			ARENA_ARRAY(a, ARRAY_SIZE(holders), struct pod_address);
	}
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		struct address from = address_of(begins[i].from);
		size_t n = cs->nintervals[from.family]++;
		struct interval *v = &cs->intervals[from.family][n];

		*v = (struct interval){ from.number, family_max(from.family),
					begins[i].atom };
		if (n > 0)
			v[-1].hi = from.number - 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(holders); i++) {
		struct address at = address_of(holders[i].address);

		cs->addresses[at.family][cs->naddresses[at.family]++] =
			(struct pod_address){ at.number, holders[i].pod,
					      holders[i].atom };
	}
}

static const struct {
	const char *what, *address;
	uint32_t pod, atom;
} cases[] = {
	{ "the first address, a pod's", "0.0.0.0", 3, 30 },
	{ "the one behind it", "0.0.0.1", NO_POD, 7 },
	{ "the last of the first interval", "9.255.255.255", NO_POD, 7 },
	{ "pod 0 where an interval begins", "10.0.0.0", 0, 31 },
	{ "behind it", "10.0.0.1", NO_POD, 8 },
	{ "before a pod at the end of an interval", "10.0.0.254", NO_POD, 8 },
	{ "a pod at the end of an interval", "10.0.0.255", 4, 31 },
	{ "atom 0, where it begins", "10.0.1.0", NO_POD, 0 },
	{ "atom 0, in the middle", "100.0.0.0", NO_POD, 0 },
	{ "before the middle of the family", "127.255.255.255", NO_POD, 0 },
	{ "a pod in the middle of the family", "128.0.0.0", 5, 32 },
	{ "the end of atom 0", "255.255.254.255", NO_POD, 0 },
	{ "the last interval", "255.255.255.0", NO_POD, 9 },
	{ "the last address but one", "255.255.255.254", NO_POD, 9 },
	{ "the last address, a pod's with atom 0", "255.255.255.255", 6, 0 },
	{ "the first address of IPv6", "::", 8, 33 },
	{ "the one behind it, number 1", "::1", NO_POD, 20 },
	{ "a number that in IPv4 is another pod's", "::a00:0", 9, 34 },
	{ "a number that in IPv4 is a pod's alone", "::8000:0", NO_POD, 20 },
	{ "the last number that IPv4 has", "::ffff:ffff", NO_POD, 20 },
	{ "beyond all numbers of IPv4", "::1:0:0", NO_POD, 21 },
	{ "before another interval", "fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NO_POD,
	  21 },
	{ "where it begins", "fd00::", NO_POD, 22 },
	{ "the low half of another pod's", "fd00::a00:0", 10, 35 },
	{ "nearly that", "fd00::a00:1", NO_POD, 22 },
	{ "an interval that differs in the high half", "fd00:0:0:1::", NO_POD, 23 },
	{ "before it", "fd00::ffff:ffff:ffff:ffff", NO_POD, 22 },
	{ "a pod that differs in the high half", "fd00:0:0:1::a00:0", 11, 36 },
	{ "the low half is all that is known", "fd00:0:0:2::a00:0", NO_POD, 23 },
	{ "the high half alone", "fe00::", 12, 37 },
	{ "before the last interval", "fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NO_POD,
	  23 },
	{ "the last interval of IPv6", "ffff::", NO_POD, 24 },
	{ "the last address but one of IPv6", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
	  NO_POD, 24 },
	{ "the last address of IPv6", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 13, 38 },
};

static void addresses_find_what_holds_them(void **state)
{
	struct classes cs = { 0 };
	const struct locator *l;

	classes_by_hand(*state, &cs);
	l = locator_build(*state, &cs);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t pod = 99, atom = locate(l, address_of(cases[i].address), &pod);

		if (pod != cases[i].pod || atom != cases[i].atom)
			fail_msg("%s, %s: pod %u, atom %u", cases[i].what,
				 cases[i].address, pod, atom);
	}
}

/* ---- against a plain scan ---- */

static uint32_t scan(const struct classes *cs, struct address a, uint32_t *pod)
{
	*pod = NO_POD;
	for (size_t i = 0; i < cs->naddresses[a.family]; i++) {
		const struct pod_address *held = &cs->addresses[a.family][i];

		if (held->number == a.number) {
			*pod = held->pod;
			return held->atom;
		}
	}
	for (size_t i = 0; i < cs->nintervals[a.family]; i++) {
		const struct interval *v = &cs->intervals[a.family][i];

		if (v->lo <= a.number && a.number <= v->hi)
			return v->atom;
	}
	fail_msg("the intervals leave a gap");
	return NO_ATOM;
}

static void check(const struct locator *l, const struct classes *cs, enum family f,
		  u128 number)
{
	const struct address a = { f, number & family_max(f) };
	char text[ADDRESS_TEXT];
	uint32_t pod = 99, want_pod, atom = locate(l, a, &pod);
	uint32_t want = scan(cs, a, &want_pod);

	if (atom != want || pod != want_pod)
		fail_msg("%zu intervals, %zu addresses: %s has pod %u and atom %u, "
			 "not %u and %u",
			 cs->nintervals[f], cs->naddresses[f], address_text(text, a), pod,
			 atom, want_pod, want);
}

/* Every edge and its neighbours, which wrap around at the ends of the family. */
static void check_edges(const struct locator *l, const struct classes *cs, enum family f)
{
	for (size_t i = 0; i < cs->nintervals[f]; i++) {
		check(l, cs, f, cs->intervals[f][i].lo);
		check(l, cs, f, cs->intervals[f][i].lo + 1);
		check(l, cs, f, cs->intervals[f][i].hi - 1);
		check(l, cs, f, cs->intervals[f][i].hi);
	}
	for (size_t i = 0; i < cs->naddresses[f]; i++) {
		check(l, cs, f, cs->addresses[f][i].number - 1);
		check(l, cs, f, cs->addresses[f][i].number);
		check(l, cs, f, cs->addresses[f][i].number + 1);
	}
}

static u128 random_number(enum family f)
{
	u128 n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 16 | ((unsigned)rand() >> 8 & 0xffff);
	return n & family_max(f);
}

static int compare_numbers(const void *a, const void *b)
{
	const u128 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* n different numbers, ascending; dense ones lie side by side. */
static u128 *numbers(struct arena *a, enum family f, size_t n, bool dense)
{
	u128 *out = ARENA_ARRAY(a, n + 1, u128), base = random_number(f);

	if (dense && base > family_max(f) - n)
		base = family_max(f) - n;
	for (size_t i = 0; i < n; i++)
		out[i] = dense ? base + i : random_number(f);
	qsort(out, n, sizeof(*out), compare_numbers);
	for (size_t i = 1; i < n; i++)
		assert_true(out[i - 1] < out[i]);
	return out;
}

static void add_intervals(struct arena *a, struct classes *cs, enum family f, size_t n,
			  bool dense)
{
	u128 *cuts = numbers(a, f, n - 1, dense);

	cs->nintervals[f] = n;
	cs->intervals[f] = ARENA_ARRAY(a, n, struct interval);
	for (size_t i = 0; i < n; i++)
		cs->intervals[f][i] =
			(struct interval){ .lo = i > 0 ? cuts[i - 1] : 0,
					   .hi = i + 1 < n ? cuts[i] - 1 : family_max(f),
					   .atom = (uint32_t)(n - i) };
}

static void add_addresses(struct arena *a, struct classes *cs, enum family f, size_t n,
			  bool dense)
{
	u128 *all = numbers(a, f, n, dense);

	cs->naddresses[f] = n;
	cs->addresses[f] = ARENA_ARRAY(a, n, struct pod_address);
	for (size_t i = 0; i < n; i++)
		cs->addresses[f][i] = (struct pod_address){ all[i], (uint32_t)i,
							    (uint32_t)(1000 + i % 7) };
}

/* Sizes around which a tree gets one more level, and a table becomes a larger one. */
static const size_t sizes[] = { 1,  2,	3,   4,	  5,   6,   7,	 8,   9,   10, 11,
				15, 16, 17,  21,  22,  31,  32,	 33,  63,  64, 65,
				85, 86, 127, 128, 129, 170, 171, 255, 256, 257 };

static void trees_of_each_shape_find_the_interval(void **state)
{
	srand(1);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (int dense = 0; dense < 2; dense++) {
			struct classes cs = { 0 };
			const struct locator *l;

			for (enum family f = 0; f < FAMILIES; f++)
				add_intervals(*state, &cs, f, sizes[i], dense);
			l = locator_build(*state, &cs);
			for (enum family f = 0; f < FAMILIES; f++)
				check_edges(l, &cs, f);
		}
	}
}

/* Multipliers are chosen anew each time, so repetition makes other collisions: probes
 * that run on, and that begin again at the first slot. */
static void tables_of_each_size_find_the_pod(void **state)
{
	srand(2);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (unsigned turn = 0; turn < 400 / sizes[i] + 4; turn++) {
			struct arena *a = arena_new();
			struct classes cs = { 0 };
			const struct locator *l;

			for (enum family f = 0; f < FAMILIES; f++) {
				add_intervals(a, &cs, f, 1 + turn % 4, turn & 1);
				add_addresses(a, &cs, f, sizes[i], turn & 2);
			}
			l = locator_build(a, &cs);
			for (enum family f = 0; f < FAMILIES; f++)
				check_edges(l, &cs, f);
			arena_free(a);
		}
	}
	(void)state;
}

static void random_sets_are_as_a_scan_has_them(void **state)
{
	srand(3);
	for (unsigned turn = 0; turn < 60; turn++) {
		struct arena *a = arena_new();
		struct classes cs = { 0 };
		const struct locator *l;

		for (enum family f = 0; f < FAMILIES; f++) {
			add_intervals(a, &cs, f, 1 + (unsigned)rand() % 40, turn & 1);
			add_addresses(a, &cs, f, (unsigned)rand() % 60, turn & 2);
		}
		l = locator_build(a, &cs);
		for (enum family f = 0; f < FAMILIES; f++) {
			check_edges(l, &cs, f);
			for (int i = 0; i < 200; i++)
				check(l, &cs, f, random_number(f));
		}
		arena_free(a);
	}
	(void)state;
}

/* Without pods each address is one of the others; one family may have some. */
static void a_family_without_pods_has_none(void **state)
{
	struct classes cs = { 0 };
	const struct locator *l;

	srand(4);
	for (enum family f = 0; f < FAMILIES; f++)
		add_intervals(*state, &cs, f, 3, false);
	l = locator_build(*state, &cs);
	check_edges(l, &cs, V4);
	check_edges(l, &cs, V6);
	add_addresses(*state, &cs, V6, 5, true);
	l = locator_build(*state, &cs);
	check_edges(l, &cs, V4);
	check_edges(l, &cs, V6);
	for (size_t i = 0; i < 5; i++)
		check(l, &cs, V4, cs.addresses[V6][i].number);
}

/* ---- cost ---- */

/* So many that a hash which leaves out what tells them apart, or uses a part of the
 * table alone, takes minutes. */
#define MANY 200000

static void all_of_an_address_is_hashed(void **state)
{
	static const struct {
		enum family f;
		unsigned shift;
	} kinds[] = { { V4, 0 }, { V4, 14 }, { V6, 0 }, { V6, 64 }, { V6, 110 } };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		enum family f = kinds[i].f;
		struct classes cs = { 0 };
		const struct locator *l;

		add_intervals(*state, &cs, V4, 1, false);
		add_intervals(*state, &cs, V6, 1, false);
		cs.naddresses[f] = MANY;
		cs.addresses[f] = ARENA_ARRAY(*state, MANY, struct pod_address);
		for (uint32_t k = 0; k < MANY; k++)
			cs.addresses[f][k] =
				(struct pod_address){ (u128)k << kinds[i].shift, k, k };
		l = locator_build(*state, &cs);
		for (uint32_t k = 0; k < MANY; k++) {
			struct address a = { f, (u128)k << kinds[i].shift };
			uint32_t pod;

			assert_int_equal(locate(l, a, &pod), k);
			assert_int_equal(pod, k);
		}
	}
}

/* ---- size ---- */

/* The table has at least twice as many slots as addresses, a power of two. */
static void tables_are_at_most_half_full(void **state)
{
	static const struct {
		size_t addresses, slots;
	} tables[] = { { 0, 4 },   { 1, 4 },	{ 2, 4 },     { 3, 8 },	   { 4, 8 },
		       { 5, 16 },  { 8, 16 },	{ 9, 32 },    { 16, 32 },  { 17, 64 },
		       { 32, 64 }, { 33, 128 }, { 128, 256 }, { 129, 512 } };
	const size_t slot = 32, number = sizeof(uint32_t);
	const size_t ipv4 = (65536 + 1 + 2 * 5) * number;
	const size_t ipv6 = (2 + 1) * (sizeof(u128) + number);

	srand(5);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct classes cs = { 0 };
		size_t got, want;

		add_intervals(*state, &cs, V4, 5, false);
		add_intervals(*state, &cs, V6, 2, false);
		add_addresses(*state, &cs, V6, tables[i].addresses, false);
		got = locator_bytes(locator_build(*state, &cs));
		want = (4 + tables[i].slots) * slot + ipv4 + ipv6;
		if (got != want)
			fail_msg("%zu addresses: %zu bytes, not %zu", tables[i].addresses,
				 got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_find_what_holds_them),
		TEST(trees_of_each_shape_find_the_interval),
		TEST(tables_of_each_size_find_the_pod),
		TEST(random_sets_are_as_a_scan_has_them),
		TEST(a_family_without_pods_has_none),
		TEST(all_of_an_address_is_hashed),
		TEST(tables_are_at_most_half_full),
	};

	return cmocka_run_group_tests_name("locate", tests, NULL, NULL);
}
