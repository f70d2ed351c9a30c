/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port_classes: a class and a bit say for every port what the port set says.
 */
#include "helpers.h"

#include <netpolc/policy/port_classes.h>

#define ONE(port)                                                                        \
	{                                                                                \
		port, port                                                               \
	}
#define ALL_PORTS                                                                        \
	{                                                                                \
		0, PORT_MAX                                                              \
	}
#define SETS_AT_MOST 3

/* The sets of a case by their ranges of each protocol; how many classes come of it,
 * with the one of all other protocols. */
static const struct {
	const char *what;
	size_t nsets;
	struct ranges sets[SETS_AT_MOST][PROTOCOLS];
	uint32_t classes;
} cases[] = {
	{ "no set: a class for each protocol", 0, { { { 0 } } }, 4 },
	{ "the empty set", 1, { { { 0 } } }, 4 },
	{ "one port", 1, { { RANGES(ONE(80)) } }, 6 },
	{ "port 0", 1, { { RANGES(ONE(0)) } }, 5 },
	{ "port 1", 1, { { RANGES(ONE(1)) } }, 6 },
	{ "port 65535", 1, { { RANGES(ONE(PORT_MAX)) } }, 5 },
	{ "port 65534", 1, { { RANGES(ONE(PORT_MAX - 1)) } }, 6 },
	{ "all but port 0", 1, { { RANGES({ 1, PORT_MAX }) } }, 5 },
	{ "all but port 65535", 1, { { RANGES({ 0, PORT_MAX - 1 }) } }, 5 },
	{ "a whole protocol", 1, { { RANGES(ALL_PORTS) } }, 4 },
	{ "a whole UDP", 1, { { { 0 }, RANGES(ALL_PORTS) } }, 4 },
	{ "a range", 1, { { RANGES({ 1000, 2000 }) } }, 6 },
	{ "two ranges and a gap of one", 1, { { RANGES({ 10, 19 }, { 21, 30 }) } }, 8 },
	{ "UDP alone", 1, { { { 0 }, RANGES(ONE(53)) } }, 6 },
	{ "SCTP alone", 1, { { { 0 }, { 0 }, RANGES(ONE(0), ONE(PORT_MAX)) } }, 6 },
	{ "one port in each protocol",
	  1,
	  { { RANGES(ONE(7)), RANGES(ONE(7)), RANGES(ONE(7)) } },
	  10 },
	{ "one port, from one protocol's edge to the next one's",
	  1,
	  { { RANGES(ONE(PORT_MAX)), RANGES(ONE(0), ONE(PORT_MAX)), RANGES(ONE(0)) } },
	  8 },
	{ "equal sets", 2, { { RANGES({ 80, 90 }) }, { RANGES({ 80, 90 }) } }, 6 },
	{ "sets that share an edge",
	  2,
	  { { RANGES({ 80, 90 }) }, { RANGES({ 91, 99 }) } },
	  7 },
	{ "sets that overlap", 2, { { RANGES({ 80, 90 }) }, { RANGES({ 85, 99 }) } }, 8 },
	{ "a set inside another",
	  3,
	  { { RANGES({ 80, 90 }) }, { RANGES(ONE(85)) }, { RANGES(ALL_PORTS) } },
	  8 },
	{ "sets of different protocols",
	  3,
	  { { RANGES(ONE(80)) },
	    { { 0 }, RANGES(ONE(80)) },
	    { { 0 }, { 0 }, RANGES(ONE(80)) } },
	  10 },
};

/* Every port of every protocol, against the sets themselves. */
static void check_all(const char *what, const struct port_classes *pc,
		      const struct portset *const *sets, size_t n)
{
	for (unsigned p = 0; p <= PROTO_OTHER; p++) {
		for (unsigned port = 0; port <= PORT_MAX; port++) {
			uint32_t class = port_class(pc, p, (uint16_t)port);

			for (size_t i = 0; i < n; i++)
				if (port_class_in(pc, i, class) !=
				    portset_contains(sets[i], p, (uint16_t)port))
					fail_msg("%s: set %zu, protocol %u, port %u",
						 what, i, p, port);
		}
	}
}

static void classes_say_what_the_sets_say(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct portsets *all = portsets_new(*state);
		const struct portset *sets[SETS_AT_MOST];
		const struct port_classes *pc;

		for (size_t k = 0; k < cases[i].nsets; k++)
			sets[k] = portset_make(all, cases[i].sets[k]);
		pc = port_classes_build(*state, sets, cases[i].nsets, SIZE_MAX);
		if (pc->other + 1 != cases[i].classes)
			fail_msg("%s: %u classes", cases[i].what, pc->other + 1);
		check_all(cases[i].what, pc, sets, cases[i].nsets);
	}
}

static void classes_are_numbered_in_order(void **state)
{
	const struct ranges ports[PROTOCOLS] = { RANGES({ 80, 90 }), RANGES(ONE(0)) };
	struct portsets *all = portsets_new(*state);
	const struct portset *set = portset_make(all, ports);
	const struct port_classes *pc = port_classes_build(*state, &set, 1, SIZE_MAX);

	assert_int_equal(port_class(pc, PROTO_TCP, 0), 0);
	assert_int_equal(port_class(pc, PROTO_TCP, 79), 0);
	assert_int_equal(port_class(pc, PROTO_TCP, 80), 1);
	assert_int_equal(port_class(pc, PROTO_TCP, 90), 1);
	assert_int_equal(port_class(pc, PROTO_TCP, 91), 2);
	assert_int_equal(port_class(pc, PROTO_TCP, PORT_MAX), 2);
	assert_int_equal(port_class(pc, PROTO_UDP, 0), 3);
	assert_int_equal(port_class(pc, PROTO_UDP, 1), 4);
	assert_int_equal(port_class(pc, PROTO_SCTP, 0), 5);
	assert_int_equal(port_class(pc, PROTO_SCTP, PORT_MAX), 5);
	assert_int_equal(port_class(pc, PROTO_OTHER, 0), 6);
	assert_int_equal(port_class(pc, PROTO_OTHER, 80), 6);
}

/* Everything is the one set that has the other protocols, too. */
static void everything_has_the_other_protocols(void **state)
{
	const struct ranges whole[PROTOCOLS] = { RANGES(ALL_PORTS), RANGES(ALL_PORTS),
						 RANGES(ALL_PORTS) };
	struct portsets *all = portsets_new(*state);
	const struct portset *sets[] = { portset_none(all), portset_everything(all),
					 portset_make(all, whole) };
	const struct port_classes *pc = port_classes_build(*state, sets, 3, SIZE_MAX);

	assert_int_equal(pc->other, 3);
	check_all("everything", pc, sets, 3);
	assert_false(port_class_in(pc, 0, pc->other));
	assert_true(port_class_in(pc, 1, pc->other));
	assert_false(port_class_in(pc, 2, pc->other));
}

/* n single ports, two apart, so that each makes two classes of the one. */
static const struct portset *odd_ports(struct arena *a, struct portsets *all, size_t n)
{
	struct ranges ports[PROTOCOLS] = { { 0 } };

	for (size_t i = 0; i < n; i++)
		ranges_add(a, &ports[PROTO_TCP], (struct range){ 2 * i + 1, 2 * i + 1 });
	return portset_make(all, ports);
}

/* Where the bits of a set reach one more word: 2n + 4 classes, or one less when the
 * other set begins at port 0. */
static void bits_go_on_in_the_next_word(void **state)
{
	static const struct {
		size_t ports;
		bool zero;
		uint32_t other;
		size_t words;
	} sizes[] = { { 29, true, 62, 1 },  { 30, false, 63, 1 }, { 30, true, 64, 2 },
		      { 31, false, 65, 2 }, { 61, true, 126, 2 }, { 62, false, 127, 2 },
		      { 62, true, 128, 3 }, { 63, false, 129, 3 } };
	const struct ranges at_zero[PROTOCOLS] = { { 0 }, RANGES(ONE(0)) };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct portsets *all = portsets_new(*state);
		const struct portset *sets[] = { odd_ports(*state, all, sizes[i].ports),
						 portset_everything(all),
						 portset_none(all),
						 portset_make(all, at_zero) };
		size_t n = sizes[i].zero ? 4 : 3;
		const struct port_classes *pc =
			port_classes_build(*state, sets, n, SIZE_MAX);

		assert_int_equal(pc->other, sizes[i].other);
		assert_int_equal(pc->words, sizes[i].words);
		assert_int_equal(pc->bytes, 3 * 65536 * 4 + n * sizes[i].words * 8);
		check_all("many ports", pc, sets, n);
		assert_non_null(port_classes_build(*state, sets, n, n * sizes[i].words));
		assert_null(port_classes_build(*state, sets, n, n * sizes[i].words - 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(classes_say_what_the_sets_say),
		TEST(classes_are_numbered_in_order),
		TEST(everything_has_the_other_protocols),
		TEST(bits_go_on_in_the_next_word),
	};

	return cmocka_run_group_tests_name("port_classes", tests, NULL, NULL);
}
