/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lower with --unknown-pods deny: which addresses are taken for pods, and when. */
#include "lowered.h"

#define NODE_OF(name, cidrs)                                                             \
	"---\napiVersion: v1\nkind: Node\nmetadata: {name: " name "}\n"                  \
	"spec: {podCIDRs: [" cidrs "]}\n"
#define NODES                                                                            \
	NODE_OF("n1", "10.0.0.0/24, 'fd00::/120'")                                       \
	NODE_OF("n2", "10.0.2.0/24") NODE_OF("n3", "10.0.9.0/24")

static struct settings denying(const char *node)
{
	struct settings set = settings_default();

	set.deny_unknown = true;
	set.node = node;
	return set;
}

static void add_cidr(struct settings *set, const char *cidr)
{
	assert_true(prefix_parse(&set->pod_cidrs[set->npod_cidrs++], cidr, NULL));
}

static const char *const ends[] = { "10.0.0.1",	 "10.0.0.99", "10.0.2.1", "10.0.2.99",
				    "10.0.9.99", "9.9.9.9",   "fd00::21", "fd00::99" };

/* Which of the ends nobody reaches, a letter each: x denied, . open. */
static const char *unreachable(struct arena *a, const struct ruleset *rs)
{
	char *out = arena_printf(a, "........");

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		bool six = strchr(ends[i], ':');
		const char *stranger = six ? "2001:db8::9" : "8.8.8.8";

		if (syn(rs, stranger, ends[i], 80) != SIM_ACCEPT)
			out[i] = 'x';
		assert_int_equal(syn(rs, ends[i], stranger, 80) != SIM_ACCEPT,
				 out[i] == 'x');
	}
	return out;
}

static void unknown_addresses_are_those_of_here(void **state)
{
	struct settings n1 = denying("n1"), all = denying(NULL), given = denying("n1");
	struct settings four = denying("n1"), off = settings_default();
	const struct {
		const char *what;
		const struct settings *set;
		const char *want;
	} cases[] = {
		{ "of one node", &n1, ".x.....x" },
		{ "of all nodes", &all, ".x.xx..x" },
		{ "as they are given", &given, "....x..." },
		{ "of one family", &four, ".x......" },
		{ "none", &off, "........" },
	};

	add_cidr(&given, "10.0.9.0/25");
	four.families[FAMILY_IPV6] = false;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct run r;
		const struct ruleset *rs = lower_text(&r, cases[i].set, NULL, PODS NODES);
		const char *got = unreachable(*state, rs);

		if (strcmp(got, cases[i].want))
			fail_msg("%s: %s, not %s", cases[i].what, got, cases[i].want);
		run_free(&r);
	}
}

static struct sim_result send_odd(const struct ruleset *rs, const char *from,
				  const char *to, bool misrouted, bool from_here,
				  bool to_here)
{
	struct packet p = {
		.saddr = address_of(from).number,
		.daddr = address_of(to).number,
		.protocol = IPPROTO_TCP,
		.tcp_flags = TCP_SYN,
		.state = CT_NEW,
		.misrouted = misrouted,
		.from_here = from_here,
		.to_here = to_here,
	};

	return sim_run(rs, &p);
}

static void neither_outside_nor_the_machine_is_a_pod(void **state)
{
	struct settings set = denying("n1");
	struct run r;
	const struct ruleset *rs = lower_text(&r, &set, NULL, PODS NODES);

	(void)state;
	assert_int_equal(send_odd(rs, "10.0.0.99", "9.9.9.9", 0, 0, 0).verdict, SIM_DROP);
	assert_int_equal(send_odd(rs, "10.0.0.99", "9.9.9.9", true, 0, 0).verdict,
			 SIM_ACCEPT);
	assert_int_equal(send_odd(rs, "10.0.0.99", "9.9.9.9", 0, true, 0).verdict,
			 SIM_ACCEPT);
	assert_int_equal(send_odd(rs, "9.9.9.9", "10.0.0.99", true, 0, 0).verdict,
			 SIM_DROP);
	assert_int_equal(send_odd(rs, "9.9.9.9", "10.0.0.99", 0, 0, true).verdict,
			 SIM_ACCEPT);
	run_free(&r);
}

/* The destination is asked too when the source may send by its policies. */
static void an_isolated_pod_does_not_reach_the_unknown(void **state)
{
	struct settings set = denying("n1");
	struct run r;
	const struct ruleset *rs =
		lower_text(&r, &set, NULL,
			   PODS NODES ON("x", "policyTypes: [Egress], egress: [{ports: "
					      "[{port: 80}]}]"));
	struct sim_result got;

	(void)state;
	got = send_odd(rs, "10.0.0.1", "10.0.0.99", 0, 0, 0);
	assert_int_equal(got.verdict, SIM_DROP);
	got = send_packet(rs, "10.0.0.1", "10.0.0.99", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_int_equal(got.verdict, SIM_DROP);
	assert_string_equal(got.counters[0]->name, "i-unknown");
	assert_null(sim_check_bounds(rs, &got));
	run_free(&r);
}

/* With many ranges the rules do not become more. */
static void ranges_are_one_rule(void **state)
{
	struct settings one = denying("n1"), all = denying(NULL);
	struct run r[2];
	const struct ruleset *few = lower_text(&r[0], &one, NULL, PODS NODES);
	const struct ruleset *many = lower_text(&r[1], &all, NULL, PODS NODES);

	(void)state;
	assert_null(ruleset_set(few, "podcidrs4"));
	assert_non_null(ruleset_set(many, "podcidrs4"));
	assert_int_equal(ruleset_chain(few, "forward")->len,
			 ruleset_chain(many, "forward")->len);
	/* x1, x2, v1 and dual; then o, too */
	assert_int_equal(ruleset_set(few, "known4")->len, 4);
	assert_int_equal(ruleset_set(many, "known4")->len, 5);
	run_free(&r[0]);
	run_free(&r[1]);
}

static void an_audit_counts_the_unknown(void **state)
{
	struct lower_options opt = lower_defaults();
	struct settings set = denying("n1");
	const struct ruleset *rs;
	struct sim_result got;
	struct run r;

	(void)state;
	opt.audit = true;
	rs = lower_text(&r, &set, &opt, PODS NODES);
	got = send_odd(rs, "10.0.0.99", "10.0.0.98", 0, 0, 0);
	assert_int_equal(got.verdict, SIM_ACCEPT);
	assert_int_equal(got.ncounters, 2);
	run_free(&r);
}

static void neighbours_are_still_found(void **state)
{
	struct settings set = denying("n1");
	struct run r;
	const struct ruleset *rs = lower_text(&r, &set, NULL, PODS NODES);
	struct packet p = {
		.family = FAMILY_IPV6,
		.saddr = address_of("fd00::99").number,
		.daddr = address_of("fd00::21").number,
		.protocol = IPPROTO_ICMPV6,
		.icmp_type = 135,
		.state = CT_NEW,
	};

	(void)state;
	assert_int_equal(sim_run(rs, &p).verdict, SIM_ACCEPT);
	p.icmp_type = 128;
	assert_int_equal(sim_run(rs, &p).verdict, SIM_DROP);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_addresses_are_those_of_here),
		TEST(neither_outside_nor_the_machine_is_a_pod),
		TEST(an_isolated_pod_does_not_reach_the_unknown),
		TEST(ranges_are_one_rule),
		TEST(an_audit_counts_the_unknown),
		TEST(neighbours_are_still_found),
	};

	return cmocka_run_group_tests_name("lower_unknown", tests, NULL, NULL);
}
