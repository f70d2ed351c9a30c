/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lower: the shape of the ruleset, and what packets meet in it.
 */
#include "lowered.h"

static const char *chains_text(struct arena *a, const struct ruleset *rs)
{
	const char *out = "";

	for (size_t i = 0; i < rs->nchains; i++) {
		const char *name = rs->chains[i]->name;
		bool tagged = name[1] == '-';

		out = arena_printf(a, "%s%s%.*s", out, i ? " " : "",
				   tagged ? (int)(strrchr(name, '-') - name)
					  : (int)strlen(name),
				   name);
	}
	return out;
}

static const struct {
	const char *what, *policies, *want;
} chain_cases[] = {
	{ "no policy", "", "forward denied state" },
	{ "a class that allows everything to everybody", ON("x", "ingress: [{}]"),
	  "forward denied state" },
	{ "one class each, in packet order",
	  ON("x", "policyTypes: [Ingress, Egress], ingress: [{from: [" APP(
			  "web") "], ports: [{port: 1}, {port: 3}, {port: 5}]}]"),
	  "forward midstream orphan e-m ingress i-m p-i-tcp1 denied state" },
	{ "a port chain for egress stands before ingress",
	  ON("x", "policyTypes: [Egress], egress: [{to: [" APP(
			  "web") "], ports: [{port: 1}, {port: 3}, {port: 5}]}]"),
	  "forward midstream orphan e-m p-e-tcp1 ingress denied state" },
	{ "classes in canonical order, port chains once",
	  ON("v", "ingress: [{from: [" APP("web") "], ports: [{port: 1}, {port: 3}, "
						  "{port: 5}]}]")
		  ON("x", "ingress: [{from: [" APP("web") ", " APP(
				  "o") "], ports: [{port: 1}, {port: 3}, {port: 5}]}]"),
	  "forward midstream orphan i-m p-i-tcp1 i-m denied state" },
};

static void chains_stand_in_packet_order(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(chain_cases); i++) {
		struct run r;
		const char *got = chains_text(
			*state, lower_text(&r, NULL, NULL,
					   arena_printf(*state, "%s%s", PODS,
							chain_cases[i].policies)));

		if (strcmp(got, chain_cases[i].want) != 0)
			fail_msg("%s: %s", chain_cases[i].what, got);
		run_free(&r);
	}
}

static bool has_set(const struct ruleset *rs, const char *name)
{
	return ruleset_set(rs, name) != NULL;
}

static void sets_are_there_when_needed(void **state)
{
	static const struct {
		const char *what, *policies;
		bool egress4, egress6, ingress4, ingress6, self4, self6;
	} sets[] = {
		{ "no policy", "", false, false, false, false, false, false },
		{ "everything to everybody", ON("x", "ingress: [{}]"), false, false,
		  false, false, false, false },
		{ "ingress, IPv4", ON("x", "ingress: []"), false, false, true, false,
		  true, false },
		{ "egress, both families", ON("dual", "policyTypes: [Egress]"), true,
		  true, false, false, true, true },
		{ "one direction open",
		  ON("dual", "policyTypes: [Ingress, Egress], egress: [{}]"), false,
		  false, true, true, true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct run r;
		const struct ruleset *rs =
			lower_text(&r, NULL, NULL,
				   arena_printf(*state, "%s%s", PODS, sets[i].policies));

		if (has_set(rs, "egress4") != sets[i].egress4 ||
		    has_set(rs, "egress6") != sets[i].egress6 ||
		    has_set(rs, "ingress4") != sets[i].ingress4 ||
		    has_set(rs, "ingress6") != sets[i].ingress6 ||
		    has_set(rs, "self4") != sets[i].self4 ||
		    has_set(rs, "isolated4") != sets[i].self4 ||
		    has_set(rs, "self6") != sets[i].self6 ||
		    has_set(rs, "isolated6") != sets[i].self6)
			fail_msg("%s", sets[i].what);
		for (size_t k = 0; k < rs->nsets; k++)
			assert_true(rs->sets[k]->len > 0);
		run_free(&r);
	}
}

/* The only rules of forward are then those that packets of no pod meet. */
static void nothing_isolated_is_nothing_asked(void **state)
{
	struct run r;
	const struct ruleset *rs = lower_text(&r, NULL, NULL, PODS);

	(void)state;
	assert_int_equal(rs->nsets, 0);
	assert_int_equal(ruleset_elements(rs), 0);
	assert_null(ruleset_chain(rs, "midstream"));
	assert_null(ruleset_chain(rs, "ingress"));
	assert_null(ruleset_chain(rs, "discovery"));
	/* established */
	assert_int_equal(ruleset_chain(rs, "forward")->len, 1);
	assert_int_equal(syn(rs, "10.0.0.1", "10.0.0.2", 80), SIM_ACCEPT);
	run_free(&r);
}

static void classes_name_their_policies(void **state)
{
	struct run r;
	const struct ruleset *rs = lower_text(
		&r, NULL, NULL,
		PODS ON("x", "ingress: []") POLICY("m", "all", "podSelector: {}"));
	const struct chain *c;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < rs->nchains; i++) {
		c = rs->chains[i];
		if (strncmp(c->name, "i-m-", 4) != 0)
			continue;
		found++;
		assert_true(strcmp(c->policies, "m/all, m/on-x") == 0 ||
			    strcmp(c->policies, "m/all") == 0);
		assert_non_null(ruleset_counter(rs, c->name));
		assert_string_equal(c->origin.object->name, "all");
	}
	assert_int_equal(found, 2);
	assert_non_null(ruleset_counter(rs, "stray"));
	assert_non_null(ruleset_counter(rs, "midstream"));
	run_free(&r);
}

/* A pod without an address and a workload stand for packets of nobody. */
static void classes_count_the_pods_that_send_packets(void **state)
{
	static const char text[] =
		PODS POD_SPEC("m", "waits", "app: x", "", "phase: Pending")
			POD_SPEC("m", "six", "app: x", "", "podIP: 'fd00::1'")
				DEPLOYMENT("m", "more", "app: x") ON("x", "");
	static const struct {
		bool families[FAMILIES];
		const char *want;
	} cases[] = {
		{ { true, true }, "ingress of 3 pods: m/on-x" },
		{ { true, false }, "ingress of 2 pods: m/on-x" },
		{ { false, true }, "ingress of 1 pod: m/on-x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings set = settings_default();
		const struct ruleset *rs;
		size_t found = 0;
		struct run r;

		memcpy(set.families, cases[i].families, sizeof(set.families));
		rs = lower_text(&r, &set, NULL, text);
		for (size_t k = 0; k < rs->nchains; k++) {
			if (strncmp(rs->chains[k]->name, "i-m-", 4) != 0)
				continue;
			found++;
			assert_string_equal(rs->chains[k]->about, cases[i].want);
		}
		assert_int_equal(found, 1);
		run_free(&r);
	}
}

static void options_go_into_the_table(void **state)
{
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	struct run r;

	(void)state;
	assert_string_equal(opt.table, "netpolc");
	assert_int_equal(opt.priority, -1);
	assert_false(opt.reject);
	assert_int_equal(opt.limits.sets, 512);
	assert_int_equal(opt.limits.elements, 4000000);
	opt.table = "mine";
	opt.priority = 7;
	rs = lower_text(&r, NULL, &opt, PODS);
	assert_string_equal(rs->table, "mine");
	assert_int_equal(rs->priority, 7);
	assert_true(rs->chains[0]->base);
	run_free(&r);
}

/* ---- packets ---- */

static void connections_go_on_and_strays_are_dropped(void **state)
{
	struct run r;
	const struct ruleset *rs = lower_text(
		&r, NULL, NULL, PODS ON("x", "policyTypes: [Ingress, Egress]"));
	struct sim_result got;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		unsigned s = i ? CT_RELATED : CT_ESTABLISHED;

		assert_int_equal(send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_TCP, 80,
					     s, TCP_ACK)
					 .verdict,
				 SIM_ACCEPT);
		assert_int_equal(
			send_packet(rs, "10.0.0.1", "9.9.9.9", IPPROTO_UDP, 80, s, 0)
				.verdict,
			SIM_ACCEPT);
	}
	/* Denied, and counted as the class's. */
	got = send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_int_equal(got.verdict, SIM_DROP);
	assert_int_equal(got.ncounters, 1);
	assert_memory_equal(got.counters[0]->name, "i-m-", 4);
	got = send_packet(rs, "10.0.0.1", "9.9.9.9", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_memory_equal(got.counters[0]->name, "e-m-", 4);
	/* Of a connection whose entry is gone, or out of its window. */
	for (unsigned i = 0; i < 2; i++) {
		got = send_packet(rs, i ? "10.0.0.1" : "9.9.9.9",
				  i ? "9.9.9.9" : "10.0.0.1", IPPROTO_TCP, 80, CT_NEW,
				  TCP_ACK);
		assert_int_equal(got.verdict, SIM_DROP);
		assert_string_equal(got.counters[0]->name, "midstream");
		got = send_packet(rs, i ? "10.0.0.1" : "9.9.9.9",
				  i ? "9.9.9.9" : "10.0.0.1", IPPROTO_TCP, 80, CT_INVALID,
				  TCP_ACK);
		assert_int_equal(got.verdict, SIM_DROP);
		assert_int_equal(got.ncounters, 1);
		assert_string_equal(got.counters[0]->name, "stray");
	}
	/* Where no end is isolated, such a segment is nobody's business. */
	assert_int_equal(
		send_packet(rs, "9.9.9.9", "10.0.0.11", IPPROTO_TCP, 80, CT_NEW, TCP_ACK)
			.verdict,
		SIM_ACCEPT);
	run_free(&r);
}

/* An end that only egress isolates denies mid-stream segments to it as well. */
static void midstream_asks_both_ends(void **state)
{
	struct sim_result got;
	struct run r;
	const struct ruleset *rs =
		lower_text(&r, NULL, NULL, PODS ON("dual", "policyTypes: [Egress]"));

	(void)state;
	assert_int_equal(
		send_packet(rs, "9.9.9.9", "10.0.0.21", IPPROTO_TCP, 80, CT_NEW, TCP_ACK)
			.verdict,
		SIM_DROP);
	assert_int_equal(
		send_packet(rs, "fd00::9", "fd00::21", IPPROTO_TCP, 80, CT_NEW, TCP_ACK)
			.verdict,
		SIM_DROP);
	got = send_packet(rs, "9.9.9.9", "10.0.0.21", IPPROTO_TCP, 80, CT_INVALID,
			  TCP_ACK);
	assert_int_equal(got.verdict, SIM_DROP);
	assert_string_equal(got.counters[0]->name, "stray");
	assert_int_equal(syn(rs, "fd00::9", "fd00::21", 80), SIM_ACCEPT);
	assert_int_equal(
		send_packet(rs, "9.9.9.9", "10.0.0.21", IPPROTO_UDP, 80, CT_NEW, 0)
			.verdict,
		SIM_ACCEPT);
	run_free(&r);
}

static void discovery_is_never_denied(void **state)
{
	struct run r;
	const struct ruleset *rs = lower_text(
		&r, NULL, NULL, PODS ON("dual", "policyTypes: [Ingress, Egress]"));
	struct packet p = { .family = FAMILY_IPV6,
			    .saddr = address_of("fd00::9").number,
			    .daddr = address_of("fd00::21").number,
			    .protocol = IPPROTO_ICMPV6,
			    .state = CT_NEW };

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		bool discovery = (type >= 130 && type <= 136) || type == 143;

		p.icmp_type = (uint8_t)type;
		assert_int_equal(sim_run(rs, &p).verdict,
				 discovery ? SIM_ACCEPT : SIM_DROP);
	}
	run_free(&r);
}

static void a_pod_may_talk_to_itself(void **state)
{
	struct run r;
	const struct ruleset *rs =
		lower_text(&r, NULL, NULL,
			   PODS ON("x", "policyTypes: [Ingress, Egress]")
				   ON("dual", "policyTypes: [Ingress, Egress]"));

	(void)state;
	assert_int_equal(syn(rs, "10.0.0.1", "10.0.0.1", 80), SIM_ACCEPT);
	assert_int_equal(syn(rs, "fd00::21", "fd00::21", 80), SIM_ACCEPT);
	assert_int_equal(syn(rs, "10.0.0.1", "10.0.0.2", 80), SIM_DROP);
	run_free(&r);
}

static void other_protocols_pass_if_told_to(void **state)
{
	static const unsigned known[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	struct settings set = settings_default();
	const struct ruleset *rs;
	struct run r;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		set.allow_other_protocols = i;
		rs = lower_text(&r, &set, NULL, PODS ON("x", "ingress: []"));
		for (size_t k = 0; k < ARRAY_SIZE(known); k++)
			assert_int_equal(send_packet(rs, "9.9.9.9", "10.0.0.1", known[k],
						     80, CT_NEW, TCP_SYN)
						 .verdict,
					 SIM_DROP);
		assert_int_equal(
			send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_GRE, 0, CT_NEW, 0)
				.verdict,
			i ? SIM_ACCEPT : SIM_DROP);
		assert_int_equal(
			send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_ICMP, 0, CT_NEW, 0)
				.verdict,
			i ? SIM_ACCEPT : SIM_DROP);
		run_free(&r);
	}
}

static void a_family_alone_is_decided(void **state)
{
	for (int f = 0; f < FAMILIES; f++) {
		struct settings set = settings_default();
		const struct ruleset *rs;
		struct run r;

		(void)state;
		set.families[f] = false;
		rs = lower_text(&r, &set, NULL,
				PODS ON("dual", "policyTypes: [Ingress, Egress]"));
		assert_int_equal(syn(rs, "9.9.9.9", "10.0.0.21", 80),
				 f == FAMILY_IPV4 ? SIM_ACCEPT : SIM_DROP);
		assert_int_equal(syn(rs, "fd00::9", "fd00::21", 80),
				 f == FAMILY_IPV4 ? SIM_DROP : SIM_ACCEPT);
		for (size_t i = 0; i < rs->nsets; i++)
			assert_int_equal(rs->sets[i]->key[0],
					 f == FAMILY_IPV4 ? KEY_IPV6 : KEY_IPV4);
		run_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chains_stand_in_packet_order),
		TEST(sets_are_there_when_needed),
		TEST(nothing_isolated_is_nothing_asked),
		TEST(classes_name_their_policies),
		TEST(classes_count_the_pods_that_send_packets),
		TEST(options_go_into_the_table),
		TEST(connections_go_on_and_strays_are_dropped),
		TEST(midstream_asks_both_ends),
		TEST(discovery_is_never_denied),
		TEST(a_pod_may_talk_to_itself),
		TEST(other_protocols_pass_if_told_to),
		TEST(a_family_alone_is_decided),
	};

	return cmocka_run_group_tests_name("lower", tests, NULL, NULL);
}
