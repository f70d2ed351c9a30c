/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * portset: equal sets are one pointer, unions hold what either holds, and what is
 * printed is what is meant.  Sets are written as ranges of each protocol.
 */
#include "helpers.h"

#include <netpolc/policy/portset.h>

#include <string.h>

#define NOTHING RANGES()

struct sample {
	struct ranges ports[PROTOCOLS];
};

static const struct {
	const char *what;
	struct sample x, y, want;
	const char *text;
} unions[] = {
	{ "two protocols",
	  { { RANGES({ 80, 80 }), NOTHING, NOTHING } },
	  { { NOTHING, RANGES({ 53, 53 }), NOTHING } },
	  { { RANGES({ 80, 80 }), RANGES({ 53, 53 }), NOTHING } },
	  "tcp 80; udp 53" },
	{ "ranges that touch become one",
	  { { RANGES({ 80, 89 }), NOTHING, NOTHING } },
	  { { RANGES({ 90, 99 }), NOTHING, NOTHING } },
	  { { RANGES({ 80, 99 }), NOTHING, NOTHING } },
	  "tcp 80-99" },
	{ "ranges that do not touch stay two",
	  { { RANGES({ 80, 89 }), NOTHING, NOTHING } },
	  { { RANGES({ 91, 99 }), NOTHING, NOTHING } },
	  { { RANGES({ 80, 89 }, { 91, 99 }), NOTHING, NOTHING } },
	  "tcp 80-89, 91-99" },
	{ "one inside the other",
	  { { NOTHING, NOTHING, RANGES({ 1, 1000 }) } },
	  { { NOTHING, NOTHING, RANGES({ 7, 7 }) } },
	  { { NOTHING, NOTHING, RANGES({ 1, 1000 }) } },
	  "sctp 1-1000" },
	{ "the whole of a protocol prints as any",
	  { { NOTHING, RANGES({ 0, 100 }), NOTHING } },
	  { { NOTHING, RANGES({ 101, PORT_MAX }), NOTHING } },
	  { { NOTHING, RANGES({ 0, PORT_MAX }), NOTHING } },
	  "udp any" },
	{ "1 to the end is not all",
	  { { RANGES({ 1, 100 }), NOTHING, NOTHING } },
	  { { RANGES({ 101, PORT_MAX }), NOTHING, NOTHING } },
	  { { RANGES({ 1, PORT_MAX }), NOTHING, NOTHING } },
	  "tcp 1-65535" },
	{ "0 to one below the end is not all",
	  { { RANGES({ 0, 100 }), NOTHING, NOTHING } },
	  { { RANGES({ 50, PORT_MAX - 1 }), NOTHING, NOTHING } },
	  { { RANGES({ 0, PORT_MAX - 1 }), NOTHING, NOTHING } },
	  "tcp 0-65534" },
	{ "nothing and nothing",
	  { { NOTHING, NOTHING, NOTHING } },
	  { { NOTHING, NOTHING, NOTHING } },
	  { { NOTHING, NOTHING, NOTHING } },
	  "nothing" },
	{ "nothing adds nothing",
	  { { NOTHING, RANGES({ 53, 53 }), NOTHING } },
	  { { NOTHING, NOTHING, NOTHING } },
	  { { NOTHING, RANGES({ 53, 53 }), NOTHING } },
	  "udp 53" },
	{ "three protocols with several each",
	  { { RANGES({ 22, 22 }, { 80, 80 }), RANGES({ 53, 53 }), NOTHING } },
	  { { RANGES({ 443, 443 }), NOTHING, RANGES({ 9, 9 }, { 11, 12 }) } },
	  { { RANGES({ 22, 22 }, { 80, 80 }, { 443, 443 }), RANGES({ 53, 53 }),
	      RANGES({ 9, 9 }, { 11, 12 }) } },
	  "tcp 22, 80, 443; udp 53; sctp 9, 11-12" },
};

static const char *text_of(struct arena *a, const struct portset *set)
{
	BUF_AUTO out = { 0 };

	portset_print(&out, set);
	return arena_strndup(a, out.at, out.len);
}

static void unions_hold_what_either_holds(void **state)
{
	struct portsets *all = portsets_new(*state);

	for (size_t i = 0; i < ARRAY_SIZE(unions); i++) {
		const struct portset *x = portset_make(all, unions[i].x.ports);
		const struct portset *y = portset_make(all, unions[i].y.ports);
		const struct portset *want = portset_make(all, unions[i].want.ports);

		if (portset_union(all, x, y) != want || portset_union(all, y, x) != want)
			fail_msg("%s", unions[i].what);
		/* The second time it is remembered. */
		if (portset_union(all, x, y) != want)
			fail_msg("%s, again", unions[i].what);
		assert_string_equal(text_of(*state, want), unions[i].text);
		assert_false(want->everything);
	}
}

/* The one that has all of the other is their union. */
static void what_includes_is_the_union(void **state)
{
	struct portsets *all = portsets_new(*state);
	const struct portset *sets[3 * ARRAY_SIZE(unions) + 1];
	size_t n = 0;

	sets[n++] = portset_everything(all);
	for (size_t i = 0; i < ARRAY_SIZE(unions); i++) {
		sets[n++] = portset_make(all, unions[i].x.ports);
		sets[n++] = portset_make(all, unions[i].y.ports);
		sets[n++] = portset_make(all, unions[i].want.ports);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (portset_includes(sets[i], sets[j]) !=
			    (portset_union(all, sets[i], sets[j]) == sets[i]))
				fail_msg("%s and %s", text_of(*state, sets[i]),
					 text_of(*state, sets[j]));
}

static void different_pairs_have_different_unions(void **state)
{
	struct portsets *all = portsets_new(*state);
	const struct portset *one[20];

	for (unsigned i = 0; i < ARRAY_SIZE(one); i++) {
		struct range r = { i * 10, i * 10 };
		struct ranges ports[PROTOCOLS] = { { .at = &r, .len = 1 } };

		one[i] = portset_make(all, ports);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(one); i++)
		for (unsigned j = 0; j < ARRAY_SIZE(one); j++) {
			const struct portset *both = portset_union(all, one[i], one[j]);

			for (unsigned k = 0; k < ARRAY_SIZE(one); k++)
				assert_int_equal(portset_contains(both, PROTO_TCP,
								  (uint16_t)(k * 10)),
						 k == i || k == j);
		}
}

static void everything_takes_all_in(void **state)
{
	const struct sample web = { { RANGES({ 80, 80 }), NOTHING, NOTHING } };
	const struct sample full = { { RANGES({ 0, PORT_MAX }), RANGES({ 0, PORT_MAX }),
				       RANGES({ 0, PORT_MAX }) } };
	struct portsets *all = portsets_new(*state);
	const struct portset *everything = portset_everything(all);
	const struct portset *some = portset_make(all, web.ports);
	const struct portset *ports = portset_make(all, full.ports);

	assert_ptr_equal(portset_union(all, some, everything), everything);
	assert_ptr_equal(portset_union(all, everything, some), everything);
	assert_ptr_equal(portset_union(all, portset_none(all), everything), everything);
	/* Every port of the three protocols is less: it says nothing of ICMP. */
	assert_ptr_not_equal(ports, everything);
	assert_false(ports->everything);
	assert_string_equal(text_of(*state, ports), "tcp any; udp any; sctp any");
	assert_string_equal(text_of(*state, everything), "everything");
	assert_ptr_equal(portset_union(all, ports, everything), everything);
	for (unsigned p = 0; p < PROTOCOLS; p++)
		assert_true(ranges_equal(&everything->ports[p], &full.ports[p]));
}

static const struct {
	const char *what;
	unsigned protocol;
	uint16_t port;
	bool some, everything;
} membership[] = {
	{ "below the range", PROTO_TCP, 79, false, true },
	{ "its first port", PROTO_TCP, 80, true, true },
	{ "its last port", PROTO_TCP, 89, true, true },
	{ "above the range", PROTO_TCP, 90, false, true },
	{ "another protocol's port", PROTO_UDP, 80, false, true },
	{ "the port of SCTP", PROTO_SCTP, 7, true, true },
	{ "another protocol altogether", PROTO_OTHER, 80, false, true },
};

static void members_are_asked_by_protocol(void **state)
{
	const struct sample sample = { { RANGES({ 80, 89 }), NOTHING,
					 RANGES({ 7, 7 }) } };
	struct portsets *all = portsets_new(*state);
	const struct portset *some = portset_make(all, sample.ports);

	for (size_t i = 0; i < ARRAY_SIZE(membership); i++) {
		unsigned p = membership[i].protocol;
		uint16_t port = membership[i].port;

		if (portset_contains(some, p, port) != membership[i].some ||
		    portset_contains(portset_everything(all), p, port) !=
			    membership[i].everything ||
		    portset_contains(portset_none(all), p, port))
			fail_msg("%s", membership[i].what);
	}
}

/* A set with some of the ports 1 to 8, one for each bit. */
static const struct portset *set_of_bits(struct arena *a, struct portsets *all,
					 unsigned bits, enum protocol protocol)
{
	struct ranges ports[PROTOCOLS] = { 0 };

	for (unsigned i = 0; i < 8; i++)
		if (bits & 1u << i)
			ranges_add(a, &ports[protocol], (struct range){ i + 1, i + 1 });
	return portset_make(all, ports);
}

static void intersections_hold_what_both_hold(void **state)
{
	struct portsets *all = portsets_new(*state);
	const struct portset *none = portset_none(all), *every = portset_everything(all);

	for (unsigned x = 0; x < 256; x += 7)
		for (unsigned y = 0; y < 256; y += 5) {
			const struct portset *a = set_of_bits(*state, all, x, PROTO_TCP);
			const struct portset *b = set_of_bits(*state, all, y, PROTO_TCP);
			const struct portset *other =
				set_of_bits(*state, all, y, PROTO_UDP);

			for (int twice = 0; twice < 2; twice++) {
				assert_ptr_equal(
					portset_intersect(all, a, b),
					set_of_bits(*state, all, x & y, PROTO_TCP));
				assert_ptr_equal(
					portset_union(all, a, b),
					set_of_bits(*state, all, x | y, PROTO_TCP));
			}
			assert_ptr_equal(portset_intersect(all, a, other), none);
			assert_ptr_equal(portset_intersect(all, a, every), a);
			assert_ptr_equal(portset_intersect(all, every, b), b);
			assert_ptr_equal(portset_intersect(all, none, b), none);
		}
}

static void ranges_in_any_order_make_a_set(void **state)
{
	struct portsets *all = portsets_new(*state);
	struct range messy[] = { { 5, 5 }, { 1, 2 }, { 2, 3 }, { 6, 6 }, { 1, 1 } };
	struct range neat[] = { { 1, 3 }, { 5, 6 } };
	const struct ranges given[PROTOCOLS] = { [PROTO_UDP] = { .at = messy,
								 .len = 5 } };
	const struct ranges want[PROTOCOLS] = { [PROTO_UDP] = { .at = neat, .len = 2 } };
	const struct ranges none[PROTOCOLS] = { 0 };

	assert_ptr_equal(portset_of_ranges(all, given), portset_make(all, want));
	assert_ptr_equal(portset_of_ranges(all, none), portset_none(all));
}

static void many_sets_are_united_at_once(void **state)
{
	struct portsets *all = portsets_new(*state);
	const struct portset *sets[] = {
		set_of_bits(*state, all, 0x41, PROTO_TCP),
		set_of_bits(*state, all, 0x41, PROTO_UDP),
		set_of_bits(*state, all, 0x03, PROTO_TCP),
		set_of_bits(*state, all, 0x04, PROTO_TCP),
	};
	const struct portset *want =
		portset_union(all, set_of_bits(*state, all, 0x47, PROTO_TCP), sets[1]);

	assert_ptr_equal(portset_union_all(all, sets, ARRAY_SIZE(sets)), want);
	assert_ptr_equal(portset_union_all(all, sets, 1), sets[0]);
	assert_ptr_equal(portset_union_all(all, sets, 0), portset_none(all));
	sets[2] = portset_everything(all);
	assert_ptr_equal(portset_union_all(all, sets, ARRAY_SIZE(sets)), sets[2]);
}

/* Only what is new takes memory. */
static void known_sets_are_not_made_again(void **state)
{
	struct portsets *all = portsets_new(*state);
	struct range messy[] = { { 5, 5 }, { 1, 2 }, { 2, 3 } };
	const struct ranges given[PROTOCOLS] = { [PROTO_TCP] = { .at = messy,
								 .len = 3 } };
	size_t ranges, bytes;

	portset_of_ranges(all, given);
	ranges = portsets_ranges(all);
	bytes = arena_bytes(*state);
	for (unsigned i = 0; i < 1000; i++) {
		portset_of_ranges(all, given);
		portset_make(all, portset_of_ranges(all, given)->ports);
	}
	assert_int_equal(portsets_ranges(all), ranges);
	assert_int_equal(arena_bytes(*state), bytes);
}

static void a_copy_is_the_set_that_is_equal(void **state)
{
	struct portsets *all = portsets_new(*state), *others = portsets_new(*state);
	const struct portset *set = set_of_bits(*state, all, 6, PROTO_SCTP);

	set_of_bits(*state, others, 1, PROTO_TCP);
	assert_ptr_equal(portset_copy(all, set_of_bits(*state, others, 6, PROTO_SCTP)),
			 set);
	assert_ptr_equal(portset_copy(all, portset_everything(others)),
			 portset_everything(all));
	assert_ptr_equal(portset_copy(all, portset_none(others)), portset_none(all));
}

static void equal_sets_are_one(void **state)
{
	struct range r[] = { { 80, 80 } };
	struct ranges ports[PROTOCOLS] = { { .at = r, .len = 1 } };
	struct ranges udp[PROTOCOLS] = { [PROTO_UDP] = { .at = r, .len = 1 } };
	struct ranges none[PROTOCOLS] = { 0 };
	struct portsets *all = portsets_new(*state);
	const struct portset *set = portset_make(all, ports);

	assert_ptr_equal(portset_make(all, ports), set);
	assert_ptr_not_equal(portset_make(all, udp), set);
	assert_ptr_equal(portset_make(all, none), portset_none(all));
	/* What was given may change: the set has a copy. */
	r[0].hi = 90;
	assert_false(portset_contains(set, PROTO_TCP, 81));
	assert_ptr_not_equal(portset_make(all, ports), set);
}

static void ids_count_up_from_none_and_everything(void **state)
{
	struct range r = { 1, 1 };
	struct ranges ports[PROTOCOLS] = { { .at = &r, .len = 1 } };
	struct portsets *all = portsets_new(*state);

	assert_int_equal(portset_none(all)->id, 0);
	assert_int_equal(portset_everything(all)->id, 1);
	assert_int_equal(portset_make(all, ports)->id, 2);
	assert_int_equal(portset_make(all, ports)->id, 2);
	r.hi = 2;
	assert_int_equal(portset_make(all, ports)->id, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unions_hold_what_either_holds),
		TEST(what_includes_is_the_union),
		TEST(different_pairs_have_different_unions),
		TEST(everything_takes_all_in),
		TEST(members_are_asked_by_protocol),
		TEST(intersections_hold_what_both_hold),
		TEST(ranges_in_any_order_make_a_set),
		TEST(many_sets_are_united_at_once),
		TEST(known_sets_are_not_made_again),
		TEST(a_copy_is_the_set_that_is_equal),
		TEST(equal_sets_are_one),
		TEST(ids_count_up_from_none_and_everything),
	};

	return cmocka_run_group_tests_name("portset", tests, NULL, NULL);
}
