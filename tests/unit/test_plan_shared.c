/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: peers that several rows allow, and what is left for the lists then.
 */
#include "planned.h"

/* Two rows, on x and on yy; share is 2 and web has 4 addresses. */
static const struct {
	const char *what, *x, *yy;
	size_t nshared; /* of x */
	const char *hosts, *shared_ports;
} shares[] = {
	{ "both rows allow the peer", FROM_PORTS(APP("web"), "{port: 80}"),
	  FROM_PORTS(APP("web"), "{port: 81}"), 1, "", "tcp 80" },
	{ "one row alone", FROM_PORTS(APP("web"), "{port: 80}"), "", 0,
	  "10.0.1.1 tcp 80 | 10.0.1.2 tcp 80 | 10.0.1.3 tcp 80 | 10.0.1.4 tcp 80", "" },
	{ "exceptions are listed",
	  FROM_PORTS(APP("web"), "{port: 80}") ", " FROM_PORTS(BLOCK("cidr: 10.0.1.2/32"),
							       "{port: 443}"),
	  FROM_PORTS(APP("web"), "{port: 81}"), 1, "", "tcp 80" },
	{ "members of two peers, one of them small",
	  FROM_PORTS(APP("web"), "{port: 80}") ", " FROM_PORTS(APP("one"), "{port: 443}"),
	  FROM_PORTS(APP("web"), "{port: 81}") ", " FROM_PORTS(APP("one"), "{port: 444}"),
	  1, "10.0.3.1 tcp 443", "tcp 80" },
	{ "a peer too small to share", FROM_PORTS(APP("one"), "{port: 80}"),
	  FROM_PORTS(APP("one"), "{port: 81}"), 0, "10.0.3.1 tcp 80", "" },
	{ "a peer just large enough", FROM_PORTS(APP("db"), "{port: 80}"),
	  FROM_PORTS(APP("db"), "{port: 81}"), 1, "", "tcp 80" },
	{ "a block is no shared peer",
	  FROM_PORTS(BLOCK("cidr: 10.0.1.0/24"), "{port: 80}"),
	  FROM_PORTS(BLOCK("cidr: 10.0.1.0/24"), "{port: 81}"), 0, "", "" },
	{ "what anybody has needs no peer",
	  FROM_PORTS(APP("web"), "{port: 80}") ", {ports: [{port: 80}]}",
	  FROM_PORTS(APP("web"), "{port: 81}"), 0, "", "" },
	{ "the largest first",
	  FROM_PORTS(APP("db"), "{port: 80}") ", " FROM_PORTS(APP("web"), "{port: 81}"),
	  FROM_PORTS(APP("db"), "{port: 82}") ", " FROM_PORTS(APP("web"), "{port: 83}"),
	  2, "", "tcp 81" },
	{ "peers that overlap add up",
	  FROM_PORTS("{podSelector: {}}", "{port: 80}") ", " FROM_PORTS(APP("web"),
									"{port: 81}"),
	  FROM_PORTS("{podSelector: {}}", "{port: 82}") ", " FROM_PORTS(APP("web"),
									"{port: 83}"),
	  2, "", "tcp 80" },
	{ "the smallest of four gives way",
	  FROM_PORTS(APP("web"), "{port: 81}") ", " FROM_PORTS(
		  "{podSelector: {}}",
		  "{port: 83}") ", " FROM_PORTS(APP("db"),
						"{port: 80}") ", " FROM_PORTS(APP("yy"),
									      "{port: "
									      "82}"),
	  FROM_PORTS(APP("web"), "{port: 85}") ", " FROM_PORTS(
		  "{podSelector: {}}",
		  "{port: 87}") ", " FROM_PORTS(APP("db"),
						"{port: 84}") ", " FROM_PORTS(APP("yy"),
									      "{port: "
									      "86}"),
	  3, "10.0.2.1 tcp 80, 83 | 10.0.2.2 tcp 80, 83", "tcp 83" },
	{ "no more than three of them",
	  FROM_PORTS(APP("db"), "{port: 80}") ", " FROM_PORTS(
		  APP("web"),
		  "{port: 81}") ", " FROM_PORTS(APP("yy"),
						"{port: 82}") ", " FROM_PORTS("{podSelect"
									      "or: {}}",
									      "{port: "
									      "83}"),
	  FROM_PORTS(APP("db"), "{port: 84}") ", " FROM_PORTS(
		  APP("web"),
		  "{port: 85}") ", " FROM_PORTS(APP("yy"),
						"{port: 86}") ", " FROM_PORTS("{podSelect"
									      "or: {}}",
									      "{port: "
									      "87}"),
	  3, "10.0.2.1 tcp 80, 83 | 10.0.2.2 tcp 80, 83", "tcp 83" },
};

static void peers_of_several_rows_are_shared(void **state)
{
	struct lower_limits limits = tight;

	limits.share = 2;
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		const struct row_plan *row;
		const char *hosts;
		struct run r;

		row = ingress4(
			&r,
			plan_of(&r,
				arena_printf(*state,
					     PODS POD("m", "one", "app: one", "10.0.3.1")
						     ON("x", "%s") ON("yy", "%s"),
					     shares[i].x, shares[i].yy),
				&limits),
			"m/x1");
		hosts = list_text(&r, FAMILY_IPV4, &row->hosts);
		if (row->nshared != shares[i].nshared ||
		    strcmp(hosts, shares[i].hosts) != 0 ||
		    (row->nshared > 0 && strcmp(ports_text(&r, row->shared[0].ports),
						shares[i].shared_ports) != 0))
			fail_msg("%s: %zu shared, hosts %s", shares[i].what, row->nshared,
				 hosts);
		for (size_t k = 1; k < row->nshared; k++)
			assert_true(row->shared[k - 1].pool->addresses >=
				    row->shared[k].pool->addresses);
		run_free(&r);
	}
}

/* Look-ups of port sets and shared peers together would be more than allowed. */
static void port_sets_rule_out_shared_peers(void **state)
{
#define ODD   "{port: 1}, {port: 3}, {port: 5}"
#define ODD_4 ODD ", {port: 7}"
	static const struct {
		const char *what, *x;
		size_t nshared;
	} rows[] = {
		{ "as many ranges as may be rules", FROM_PORTS(APP("web"), ODD), 1 },
		{ "one more", FROM_PORTS(APP("web"), ODD_4), 0 },
		{ "more for anybody",
		  FROM_PORTS(APP("web"), "{port: 80}") ", {ports: [" ODD_4 "]}", 0 },
		{ "more for another peer",
		  FROM_PORTS(APP("web"), "{port: 80}") ", " FROM_PORTS(APP("db"), ODD_4),
		  0 },
		{ "more for the first of all peers",
		  FROM_PORTS(APP("web"), "{port: 80}") ", " FROM_PORTS(APP("x"), ODD_4),
		  0 },
		{ "more, but anybody has them between",
		  FROM_PORTS(APP("web"), ODD_4 ", {port: 99}") ", {ports: [{port: 1, "
							       "endPort: 7}]}",
		  0 },
		{ "in two protocols",
		  FROM_PORTS(APP("web"), ODD ", {port: 1, protocol: "
					     "UDP}"),
		  1 },
	};
	struct lower_limits limits = tight;

	limits.share = 2;
	limits.inline_ports = 3;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct plan *plan;
		struct run r;

		plan = plan_of(&r,
			       arena_printf(*state,
					    PODS ON("x", "%s")
						    ON("yy", FROM_PORTS(APP("web"),
									"{port: 443}")),
					    rows[i].x),
			       &limits);
		if (ingress4(&r, plan, "m/x1")->nshared != rows[i].nshared)
			fail_msg("%s", rows[i].what);
		run_free(&r);
	}
}

/* At most half of what is left of the sets is for shared peers. */
static void shared_peers_leave_room(void **state)
{
	static const struct {
		size_t sets, shared, given;
	} rooms[] = { { FIXED, 0, 0 },	   { FIXED + 1, 0, 1 }, { FIXED + 2, 1, 2 },
		      { FIXED + 3, 1, 3 }, { FIXED + 4, 2, 2 }, { FIXED + 40, 2, 2 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		struct lower_limits limits = tight;
		const struct plan *plan;
		struct run r;

		limits.share = 2;
		limits.sets = rooms[i].sets;
		plan = plan_of(
			&r,
			PODS ON("x", FROM_PORTS(APP("db"), "{port: 81}") ", " FROM_PORTS(
					     APP("web"), "{port: 80}"))
				ON("yy",
				   FROM_PORTS(APP("db"), "{port: 83}") ", " FROM_PORTS(
					   APP("web"), "{port: 82}")),
			&limits);
		assert_int_equal(ingress4(&r, plan, "m/x1")->nshared, rooms[i].shared);
		assert_int_equal(plan->sets, FIXED + rooms[i].given);
		/* What is not shared is listed: the larger saves more as a shared one. */
		assert_int_equal(ingress4(&r, plan, "m/x1")->hosts.len,
				 rooms[i].shared == 2	? 0
				 : rooms[i].shared == 1 ? 2
							: 6);
		run_free(&r);
	}
}

/* What shared peers give one row says nothing about the next. */
static void rows_do_not_see_what_others_share(void **state)
{
	struct lower_limits limits = tight;
	const struct row_plan *row;
	const struct plan *plan;
	struct run r;

	(void)state;
	limits.share = 2;
	limits.inline_ports = 3;
	plan = plan_of(
		&r,
		PODS POD("m", "zz1", "app: zz",
			 "10.0.0.21") ON("x", FROM_PORTS(APP("web"), "{port: 80}"))
			ON("yy", FROM_PORTS(APP("web"), "{port: 80}") ", " FROM_PORTS(
					 APP("db"), "{port: 81}"))
				ON("zz", FROM_PORTS(APP("web"),
						    "{port: 80}") ", "
								  "{ports: [" ODD_4 "]}"),
		&limits);
	assert_int_equal(ingress4(&r, plan, "m/x1")->nshared, 1);
	assert_int_equal(ingress4(&r, plan, "m/x1")->hosts.len, 0);
	assert_string_equal(
		list_text(&r, FAMILY_IPV4, &ingress4(&r, plan, "m/yy1")->hosts),
		"10.0.2.1 tcp 81 | 10.0.2.2 tcp 81");
	row = ingress4(&r, plan, "m/zz1");
	assert_int_equal(row->nshared, 0);
	assert_int_equal(row->hosts.len, 4);
	run_free(&r);
}

/* ---- who gets the last set ---- */

/* A peer of two pods, and all rows that allow it. */
#define PAIR(name, ip)                                                                   \
	POD("m", name "1", "app: " name, ip "1") POD("m", name "2", "app: " name, ip "2")
#define TWO_PEERS(first, second, port)                                                   \
	FROM_PORTS(APP(first), "{port: 1" port "}")                                      \
	", " FROM_PORTS(APP(second), "{port: 2" port "}")

/* Each saves as much: their order is that of the peers, whatever rules say first. */
static void equal_ones_are_taken_in_order_of_peers(void **state)
{
	static const char *const texts[] = {
		PODS PAIR("aa", "10.0.7.") PAIR("zz", "10.0.8.")
			ON("x", TWO_PEERS("aa", "zz", "0"))
				ON("yy", TWO_PEERS("aa", "zz", "1")),
		PODS PAIR("aa", "10.0.7.") PAIR("zz", "10.0.8.")
			ON("x", TWO_PEERS("zz", "aa", "0"))
				ON("yy", TWO_PEERS("zz", "aa", "1")),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct lower_limits limits = tight;
		const struct row_plan *row;
		uint32_t first;
		struct run r;

		limits.share = 2;
		row = ingress4(&r, plan_of(&r, texts[i], &limits), "m/x1");
		assert_int_equal(row->nshared, 2);
		first = row->shared[0].pool->id < row->shared[1].pool->id
				? row->shared[0].pool->id
				: row->shared[1].pool->id;
		limits.sets = FIXED + 2;
		row = ingress4(&r, plan_build(&r.cx, r.dc, &limits), "m/x1");
		assert_int_equal(row->nshared, 1);
		assert_int_equal(row->shared[0].pool->id, first);
		run_free(&r);
	}
}

static void of_two_families_the_first_is_taken(void **state)
{
#define BOTH(name, n)                                                                    \
	POD_SPEC("m", name, "app: dual", "",                                             \
		 "podIPs: [{ip: 10.0.7." n "}, {ip: 'fd00::7:" n "'}]")
	static const struct {
		size_t sets, shared4, shared6;
	} rooms[] = { { FIXED + 1, 0, 0 }, { FIXED + 2, 1, 0 }, { FIXED + 4, 1, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		struct lower_limits limits = tight;
		const struct plan *plan;
		struct run r;
		uint32_t row;

		limits.share = 2;
		limits.sets = rooms[i].sets;
		plan = plan_of(
			&r,
			POD_SPEC("m", "x1", "app: x", "",
				 "podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]")
				POD_SPEC("m", "yy1", "app: yy", "",
					 "podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]")
					BOTH("d1", "1") BOTH("d2", "2") ON(
						"x",
						FROM_PORTS(APP("dual"), "{port: 80}"))
						ON("yy",
						   FROM_PORTS(APP("dual"), "{port: 81}")),
			&limits);
		row = row_of(&r, INGRESS, "m/x1")->id;
		assert_int_equal(plan->rows[INGRESS][FAMILY_IPV4][row].nshared,
				 rooms[i].shared4);
		assert_int_equal(plan->rows[INGRESS][FAMILY_IPV6][row].nshared,
				 rooms[i].shared6);
		run_free(&r);
	}
}

/* web has more addresses, but db is allowed to more pods. */
static void what_saves_most_counts_the_pods_of_rows(void **state)
{
	struct lower_limits limits = tight;
	const struct plan *plan;
	struct run r;

	(void)state;
	limits.share = 2;
	limits.sets = FIXED + 2;
	plan = plan_of(
		&r,
		PODS POD("m", "s1", "app: s", "10.0.0.31") POD("m", "t1", "app: t",
							       "10.0.0.41")
			POD("m", "t2", "app: t", "10.0.0.42") POD("m", "t3", "app: t",
								  "10.0.0.43")
				ON("x", FROM_PORTS(APP("web"), "{port: 80}")) ON(
					"s", FROM_PORTS(APP("web"), "{port: 81}"))
					ON("yy", FROM_PORTS(APP("db"), "{port: 80}")) ON(
						"t", FROM_PORTS(APP("db"), "{port: 81}")),
		&limits);
	assert_int_equal(ingress4(&r, plan, "m/x1")->nshared, 0);
	assert_int_equal(ingress4(&r, plan, "m/s1")->nshared, 0);
	assert_int_equal(ingress4(&r, plan, "m/yy1")->nshared, 1);
	assert_int_equal(ingress4(&r, plan, "m/t1")->nshared, 1);
	run_free(&r);
}

/* web would save most, but one row alone allows it: the set is db's. */
static void a_peer_of_one_row_takes_no_set(void **state)
{
	struct lower_limits limits = tight;
	const struct plan *plan;
	struct run r;

	(void)state;
	limits.share = 2;
	limits.sets = FIXED + 2;
	plan = plan_of(&r,
		       PODS POD("m", "s1", "app: s", "10.0.0.31")
			       ON("yy", FROM_PORTS(APP("web"), "{port: 80}"))
				       ON("x", FROM_PORTS(APP("db"), "{port: 80}")) ON(
					       "s", FROM_PORTS(APP("db"), "{port: 81}")),
		       &limits);
	assert_int_equal(ingress4(&r, plan, "m/yy1")->nshared, 0);
	assert_int_equal(ingress4(&r, plan, "m/x1")->nshared, 1);
	assert_int_equal(ingress4(&r, plan, "m/s1")->nshared, 1);
	assert_int_equal(ingress4(&r, plan, "m/x1")->shared[0].pool->rows, 2);
	assert_int_equal(ingress4(&r, plan, "m/x1")->shared[0].pool->saves, 4);
	assert_int_equal(ingress4(&r, plan, "m/x1")->shared[0].pool->addresses, 2);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(peers_of_several_rows_are_shared),
		TEST(port_sets_rule_out_shared_peers),
		TEST(shared_peers_leave_room),
		TEST(rows_do_not_see_what_others_share),
		TEST(equal_ones_are_taken_in_order_of_peers),
		TEST(of_two_families_the_first_is_taken),
		TEST(what_saves_most_counts_the_pods_of_rows),
		TEST(a_peer_of_one_row_takes_no_set),
	};

	return cmocka_run_group_tests_name("plan_shared", tests, NULL, NULL);
}
