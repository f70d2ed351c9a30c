/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim: packets take the way through the samples that nf_tables would take, and
 * questions about pods become the right packets.
 */
#include "helpers.h"

#include <netinet/in.h>
#include <samples.h>
#include <sim.h>
#include <stdio.h>
#include <string.h>

#define TCP IPPROTO_TCP
#define UDP IPPROTO_UDP
#define NEW CT_NEW, TCP_SYN

static const struct walk_case {
	const char *what, *sample, *from, *to;
	unsigned protocol;
	uint16_t port;
	unsigned state;
	uint8_t flags;
	enum sim_verdict verdict;
	unsigned egress, ingress, jumps; /* look-ups per direction, deepest jump */
	const char *counters;		 /* names, each followed by a space */
} walk_cases[] = {
	{ "nobody isolated: the base chain's policy", "policies", "10.9.9.9", "10.0.0.2",
	  TCP, 80, NEW, SIM_ACCEPT, 1, 1, 0, "" },
	{ "established traffic is not looked at", "policies", "10.0.0.1", "10.9.9.9", TCP,
	  80, CT_ESTABLISHED, TCP_ACK, SIM_ACCEPT, 0, 0, 0, "" },
	{ "related traffic is not looked at", "policies", "10.0.0.1", "10.9.9.9",
	  IPPROTO_ICMP, 0, CT_RELATED, 0, SIM_ACCEPT, 0, 0, 0, "" },
	{ "a peer for everything", "policies", "10.0.0.1", "10.0.0.3", TCP, 1, NEW,
	  SIM_ACCEPT, 2, 1, 0, "" },
	{ "a jump to a port chain that allows", "policies", "10.0.0.1", "10.0.0.2", TCP,
	  80, NEW, SIM_ACCEPT, 2, 1, 1, "" },
	{ "the last port of the range", "policies", "10.0.0.1", "10.0.0.2", TCP, 90, NEW,
	  SIM_ACCEPT, 2, 1, 1, "" },
	{ "the port chain falls back, and its class denies", "policies", "10.0.0.1",
	  "10.0.0.2", TCP, 91, NEW, SIM_DROP, 3, 0, 1, "e-a " },
	{ "the port chain falls back to a rule that allows", "policies", "10.0.0.1",
	  "10.0.0.2", UDP, 53, NEW, SIM_ACCEPT, 3, 1, 1, "" },
	{ "another protocol on an allowed port", "policies", "10.0.0.1", "10.0.0.2", UDP,
	  80, NEW, SIM_DROP, 3, 0, 1, "e-a " },
	{ "the first address of a block", "policies", "10.0.0.1", "192.168.0.0", TCP, 9,
	  NEW, SIM_ACCEPT, 3, 1, 0, "" },
	{ "the last address of a block", "policies", "10.0.0.1", "192.168.255.255", TCP,
	  9, NEW, SIM_ACCEPT, 3, 1, 0, "" },
	{ "before the block", "policies", "10.0.0.1", "192.167.255.255", TCP, 9, NEW,
	  SIM_DROP, 3, 0, 0, "e-a " },
	{ "behind the block", "policies", "10.0.0.1", "192.169.0.0", TCP, 9, NEW,
	  SIM_DROP, 3, 0, 0, "e-a " },
	{ "IPv6 goes its own way", "policies", "fd00::1", "fd00::2", TCP, 80, NEW,
	  SIM_DROP, 1, 0, 0, "e-a " },
	{ "a port that any peer may use", "policies", "fd00::1", "fd00::2", UDP, 53, NEW,
	  SIM_ACCEPT, 1, 1, 0, "" },
	{ "ingress from an allowed peer", "policies", "10.0.0.2", "10.0.0.1", TCP, 80,
	  NEW, SIM_ACCEPT, 1, 2, 0, "" },
	{ "ingress from any other", "policies", "10.0.0.3", "10.0.0.1", TCP, 80, NEW,
	  SIM_DROP, 1, 2, 0, "i-a " },
	{ "a stray segment is dropped and not counted as a denial", "policies",
	  "10.0.0.1", "10.0.0.9", TCP, 80, CT_INVALID, TCP_ACK, SIM_DROP, 3, 0, 0,
	  "stray " },
	{ "midstream, isolated at its source", "policies", "10.0.0.1", "10.0.0.3", TCP,
	  80, CT_NEW, TCP_ACK, SIM_DROP, 1, 0, 1, "" },
	{ "midstream, isolated at its destination", "policies", "10.0.0.2", "10.0.0.1",
	  TCP, 80, CT_NEW, TCP_ACK, SIM_DROP, 2, 0, 1, "" },
	{ "midstream between others falls back", "policies", "10.0.0.2", "10.0.0.3", TCP,
	  80, CT_NEW, TCP_SYN | TCP_ACK, SIM_ACCEPT, 3, 1, 1, "" },
	{ "a SYN with other flags than the four is a SYN", "policies", "10.0.0.1",
	  "10.0.0.3", TCP, 80, CT_NEW, TCP_SYN | 0xc0, SIM_ACCEPT, 2, 1, 0, "" },
	{ "a pair in a hash", "pairs", "10.0.0.1", "10.0.0.1", TCP, 80, NEW, SIM_ACCEPT,
	  1, 0, 0, "" },
	{ "the first key is exact, the second an interval", "pairs", "10.0.0.9",
	  "10.0.0.5", TCP, 80, NEW, SIM_DROP, 2, 0, 0, "x " },
	{ "before the interval of a pair", "pairs", "10.0.0.9", "10.0.0.0", TCP, 80, NEW,
	  SIM_ACCEPT, 3, 0, 0, "" },
	{ "behind the interval of a pair", "pairs", "10.0.0.9", "10.0.0.10", TCP, 80, NEW,
	  SIM_ACCEPT, 3, 0, 0, "" },
	{ "a first key between two others", "pairs", "10.0.0.5", "10.0.0.5", TCP, 80, NEW,
	  SIM_ACCEPT, 3, 0, 0, "" },
	{ "a whole family as second key", "pairs", "10.0.0.1", "255.255.255.255", TCP, 80,
	  NEW, SIM_DROP, 2, 0, 0, "" },
	{ "a jump from a pair returns", "pairs", "10.0.0.2", "10.0.0.9", TCP, 80, NEW,
	  SIM_DROP, 3, 0, 1, "x " },
	{ "no port, no look-up by port", "pairs", "10.0.0.2", "10.0.0.9", UDP, 80, NEW,
	  SIM_ACCEPT, 2, 0, 0, "" },
	{ "IPv6 pairs", "pairs", "2001:db8::12", "::2", TCP, 80, NEW, SIM_DROP, 1, 0, 0,
	  "" },
	{ "IPv6 pairs of a whole family", "pairs", "ffff::", "::1", TCP, 80, NEW,
	  SIM_ACCEPT, 1, 0, 0, "" },
	{ "the lowest IPv4 address", "edges", "0.0.0.0", "1.1.1.1", TCP, 80, NEW,
	  SIM_ACCEPT, 1, 0, 1, "" },
	{ "the highest IPv4 address, answered by a reset", "edges", "255.255.255.255",
	  "1.1.1.1", TCP, 80, NEW, SIM_REJECT, 1, 0, 1, "" },
	{ "the highest IPv6 address, answered by ICMP", "edges",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::9", UDP, 80, NEW, SIM_REJECT, 1,
	  0, 1, "" },
	{ "between the ends", "edges", "::1", "::9", UDP, 80, NEW, SIM_DROP, 1, 0, 1,
	  "" },
	{ "in a set, and no exception", "negations", "10.0.0.1", "10.0.0.9", TCP, 80, NEW,
	  SIM_ACCEPT, 2, 0, 0, "" },
	{ "an exception by a set", "negations", "10.0.0.1", "10.0.0.8", TCP, 80, NEW,
	  SIM_DROP, 2, 0, 0, "" },
	{ "an exception of another", "negations", "10.0.0.2", "10.0.0.8", TCP, 80, NEW,
	  SIM_ACCEPT, 2, 0, 0, "" },
	{ "an exception by a range", "negations", "10.0.0.4", "10.0.0.7", TCP, 80, NEW,
	  SIM_DROP, 1, 0, 0, "" },
	{ "an exception by a port", "negations", "10.0.0.1", "10.0.0.7", TCP, 23, NEW,
	  SIM_DROP, 1, 0, 0, "" },
	{ "without the field, nothing is no exception", "negations", "10.0.0.1",
	  "10.0.0.7", UDP, 80, NEW, SIM_DROP, 1, 0, 0, "" },
	{ "not in the set", "negations", "10.0.0.5", "10.0.0.7", TCP, 80, NEW, SIM_DROP,
	  1, 0, 0, "" },
	{ "the end of a range that pipapo keeps", "pipapo", "9.9.9.9", "10.0.255.255",
	  TCP, 80, NEW, SIM_ACCEPT, 1, 0, 0, "" },
	{ "behind it", "pipapo", "9.9.9.9", "10.1.0.0", TCP, 80, NEW, SIM_DROP, 1, 0, 0,
	  "" },
	{ "an address that pipapo keeps", "pipapo", "9.9.9.9", "10.1.0.7", TCP, 80, NEW,
	  SIM_ACCEPT, 1, 0, 0, "" },
	{ "between two", "pipapo", "9.9.9.9", "10.1.0.8", TCP, 80, NEW, SIM_DROP, 1, 0, 0,
	  "" },
	{ "IPv6 that pipapo keeps", "pipapo", "::", "ffff::", TCP, 80, NEW, SIM_ACCEPT, 1,
	  0, 0, "" },
	{ "a prefix, its last address", "levels", "9.9.9.9", "10.0.0.255", TCP, 80, NEW,
	  SIM_ACCEPT, 2, 0, 0, "" },
	{ "behind the prefix", "levels", "9.9.9.9", "10.0.1.0", TCP, 80, NEW, SIM_DROP, 2,
	  0, 0, "" },
	{ "a longer one in front", "levels", "9.9.9.9", "10.0.2.7", TCP, 80, NEW,
	  SIM_DROP, 1, 0, 0, "" },
	{ "beside it", "levels", "9.9.9.9", "10.0.2.8", TCP, 80, NEW, SIM_ACCEPT, 2, 0, 0,
	  "" },
	{ "an IPv6 prefix", "levels", "::1", "fd00:ffff::1", TCP, 80, NEW, SIM_ACCEPT, 1,
	  0, 0, "" },
	{ "behind that", "levels", "::1", "fd01::", TCP, 80, NEW, SIM_DROP, 1, 0, 0, "" },
	{ "an empty table accepts", "empty", "10.0.0.1", "10.0.0.2", TCP, 80, NEW,
	  SIM_ACCEPT, 1, 0, 0, "" },
};

static struct packet packet(const char *from, const char *to)
{
	struct packet p = {
		.family = strchr(from, ':') ? FAMILY_IPV6 : FAMILY_IPV4,
		.saddr = sample_address(from),
		.daddr = sample_address(to),
	};

	return p;
}

static void counter_names(char names[100], const struct sim_result *r)
{
	names[0] = '\0';
	for (size_t i = 0; i < r->ncounters; i++) {
		strcat(names, r->counters[i]->name);
		strcat(names, " ");
	}
}

static void a_packet_takes_its_way(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(walk_cases); i++) {
		const struct walk_case *c = &walk_cases[i];
		struct ruleset *rs = sample_build(*state, c->sample);
		struct packet p = packet(c->from, c->to);
		struct sim_result r;
		char names[100];

		p.protocol = c->protocol;
		p.dport = c->port;
		p.state = c->state;
		p.tcp_flags = c->flags;
		r = sim_run(rs, &p);
		counter_names(names, &r);
		if (r.verdict != c->verdict || r.jumps != c->jumps ||
		    strcmp(names, c->counters))
			fail_msg("%s: verdict %d, %u jumps, counters %s", c->what,
				 (int)r.verdict, r.jumps, names);
		if (r.lookups[EGRESS] != c->egress || r.lookups[INGRESS] != c->ingress)
			fail_msg("%s: %u and %u look-ups", c->what, r.lookups[EGRESS],
				 r.lookups[INGRESS]);
	}
}

static void neighbour_discovery_is_icmpv6_of_its_types(void **state)
{
	static const struct {
		uint8_t type;
		enum sim_verdict verdict;
	} types[] = { { 128, SIM_DROP },   { 129, SIM_DROP }, { 130, SIM_ACCEPT },
		      { 136, SIM_ACCEPT }, { 137, SIM_DROP }, { 142, SIM_DROP },
		      { 143, SIM_ACCEPT }, { 144, SIM_DROP } };
	struct ruleset *rs = sample_build(*state, "policies");
	struct packet p = packet("fd00::1", "fd00::2");
	struct sim_result r;

	p.protocol = IPPROTO_ICMPV6;
	p.state = CT_NEW;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		p.icmp_type = types[i].type;
		r = sim_run(rs, &p);
		assert_int_equal(r.verdict, types[i].verdict);
		assert_int_equal(r.lookups[EGRESS],
				 types[i].verdict == SIM_ACCEPT ? 1 : 2);
	}
	p = packet("10.0.0.1", "10.0.0.9");
	p.protocol = IPPROTO_ICMPV6;
	p.icmp_type = 135;
	assert_int_equal(sim_run(rs, &p).verdict, SIM_DROP);
}

/* The base chain jumps to a, a goes to b, b ends: on goes what jumped. */
static void a_goto_returns_to_who_jumped(void **state)
{
	struct ruleset *rs = ruleset_new(*state, "t", 0);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct chain *a = ruleset_add_chain(rs, "a", NULL);
	struct chain *b = ruleset_add_chain(rs, "b", NULL);
	struct packet p = packet("10.0.0.1", "10.0.0.2");

	base->base = true;
	rule_verdict(rs, chain_add_rule(rs, base, NULL),
		     (struct verdict){ VERDICT_JUMP, a });
	rule_verdict(rs, chain_add_rule(rs, a, NULL),
		     (struct verdict){ VERDICT_GOTO, b });
	rule_verdict(rs, chain_add_rule(rs, a, NULL),
		     (struct verdict){ VERDICT_ACCEPT, NULL });
	assert_int_equal(sim_run(rs, &p).verdict, SIM_ACCEPT);
	rule_verdict(rs, chain_add_rule(rs, base, NULL),
		     (struct verdict){ VERDICT_DROP, NULL });
	assert_int_equal(sim_run(rs, &p).verdict, SIM_DROP);
	assert_int_equal(sim_run(rs, &p).jumps, 1);
	rule_verdict(rs, chain_add_rule(rs, b, NULL),
		     (struct verdict){ VERDICT_ACCEPT, NULL });
	assert_int_equal(sim_run(rs, &p).verdict, SIM_ACCEPT);
}

/* ---- bounds ---- */

static void bounds_are_those_of_the_shape(void **state)
{
	struct ruleset *rs = sample_build(*state, "policies");
	struct sim_result r = { .lookups = { 8, 8 }, .jumps = 5 };

	assert_null(sim_check_bounds(rs, &r));
	r.lookups[EGRESS] = 9;
	assert_non_null(sim_check_bounds(rs, &r));
	r = (struct sim_result){ .lookups = { [INGRESS] = 9 } };
	assert_non_null(sim_check_bounds(rs, &r));
	r = (struct sim_result){ .jumps = 6 };
	assert_non_null(sim_check_bounds(rs, &r));
}

static void a_set_too_many_is_noticed(void **state)
{
	struct ruleset *rs = ruleset_new(*state, "t", 0);
	struct sim_result r = { 0 };
	char name[16];

	for (int i = 0; i < 513; i++) {
		assert_null(sim_check_bounds(rs, &r));
		snprintf(name, sizeof(name), "s%d", i);
		assert_non_null(ruleset_add_set(rs, name, NULL));
	}
	assert_non_null(sim_check_bounds(rs, &r));
}

/* ---- questions about pods ---- */

static const struct address four1[] = { { FAMILY_IPV4, 0x0a000001 } };
static const struct address four2[] = { { FAMILY_IPV4, 0x0a000002 } };
static const struct address four3[] = { { FAMILY_IPV4, 0x0a000003 } };
static const struct address dual1[] = { { FAMILY_IPV4, 0x0a000001 },
					{ FAMILY_IPV6, ((u128)0xfd00 << 112) + 1 } };
static const struct address dual3[] = { { FAMILY_IPV4, 0x0a000003 },
					{ FAMILY_IPV6, ((u128)0xfd00 << 112) + 3 } };
static const struct address six3[] = { { FAMILY_IPV6, ((u128)0xfd00 << 112) + 3 } };
static const struct address other_address[] = { { FAMILY_IPV4, 0xac100002 } };
static const struct address node_address[] = { { FAMILY_IPV4, 0xac100001 } };

#define POD(array)                                                                       \
	{                                                                                \
		.addresses = (array), .naddresses = ARRAY_SIZE(array), .node = "n1"      \
	}

enum { ONE, TWO, THREE, DUAL1, DUAL3, SIX3, NOWHERE, FINISHED, NPODS };
static const struct pod pods[NPODS] = {
	[ONE] = POD(four1),
	[TWO] = POD(four2),
	[THREE] = POD(four3),
	[DUAL1] = POD(dual1),
	[DUAL3] = POD(dual3),
	[SIX3] = POD(six3),
	[NOWHERE] = { .naddresses = 0 },
	[FINISHED] = { .addresses = four3, .naddresses = 1, .finished = true },
};

/* Ends: a pod by name, a pod by address, an address; families that are decided. */
#define BY(i)                                                                            \
	{                                                                                \
		.pod = &pods[i]                                                          \
	}
#define VIA(i, n)                                                                        \
	{                                                                                \
		.pod = &pods[i], .by_address = true, .address = { FAMILY_IPV4, n }       \
	}
#define AT(n)                                                                            \
	{                                                                                \
		.by_address = true, .address = { FAMILY_IPV4, n }                        \
	}
#define BOTH                                                                             \
	{                                                                                \
		true, true                                                               \
	}
#define ONLY4                                                                            \
	{                                                                                \
		[FAMILY_IPV4] = true                                                     \
	}
#define ONLY6                                                                            \
	{                                                                                \
		[FAMILY_IPV6] = true                                                     \
	}

static const struct {
	const char *what;
	struct sim_end from, to;
	unsigned protocol;
	uint16_t port;
	bool families[FAMILIES];
	enum sim_answer want;
} probe_cases[] = {
	{ "a pod that is allowed", BY(ONE), BY(TWO), PROTO_TCP, 80, BOTH, SIM_ALLOW },
	{ "a port that is not", BY(ONE), BY(TWO), PROTO_TCP, 79, BOTH, SIM_DENY },
	{ "UDP is asked as UDP", BY(ONE), BY(TWO), PROTO_UDP, 53, BOTH, SIM_ALLOW },
	{ "SCTP is asked as SCTP", BY(ONE), BY(TWO), PROTO_SCTP, 53, BOTH, SIM_DENY },
	{ "other protocols have no port", BY(ONE), BY(TWO), SIM_OTHER, 80, BOTH,
	  SIM_DENY },
	{ "other protocols to a peer for everything", BY(ONE), BY(THREE), SIM_OTHER, 0,
	  BOTH, SIM_ALLOW },
	{ "one family of two denies", BY(DUAL1), BY(DUAL3), PROTO_TCP, 80, BOTH,
	  SIM_DENY },
	{ "both families allow", BY(DUAL1), BY(DUAL3), PROTO_UDP, 53, BOTH, SIM_ALLOW },
	{ "a family that is not decided does not count", BY(DUAL1), BY(DUAL3), PROTO_TCP,
	  80, ONLY4, SIM_ALLOW },
	{ "only common families count", BY(DUAL1), BY(THREE), PROTO_TCP, 80, BOTH,
	  SIM_ALLOW },
	{ "an address fixes the family", VIA(DUAL1, 0x0a000001), BY(DUAL3), PROTO_TCP, 80,
	  BOTH, SIM_ALLOW },
	{ "no common family is a denial", BY(ONE), BY(SIX3), PROTO_UDP, 53, BOTH,
	  SIM_DENY },
	{ "an address that no pod has", BY(ONE), AT(0xc0a80001), PROTO_TCP, 1, BOTH,
	  SIM_ALLOW },
	{ "from outside", AT(0xc0a80001), BY(ONE), PROTO_TCP, 1, BOTH, SIM_DENY },
	{ "a pod without an address is never met", BY(NOWHERE), BY(ONE), PROTO_TCP, 80,
	  BOTH, SIM_SILENT },
	{ "a finished pod is never met", BY(ONE), BY(FINISHED), PROTO_TCP, 80, BOTH,
	  SIM_SILENT },
	{ "a family that is not decided is not asked", BY(ONE), BY(TWO), PROTO_TCP, 80,
	  ONLY6, SIM_SILENT },
	{ "a pod to its own node", BY(ONE), AT(0xac100001), PROTO_TCP, 80, BOTH,
	  SIM_SILENT },
	{ "a node to its own pod", AT(0xac100001), BY(ONE), PROTO_TCP, 80, BOTH,
	  SIM_SILENT },
	{ "a pod to another node", BY(ONE), AT(0xac100002), PROTO_TCP, 80, BOTH,
	  SIM_DENY },
};

static void a_question_about_pods_becomes_packets(void **state)
{
	struct ruleset *rs = sample_build(*state, "policies");
	struct node_object nodes[] = {
		{ .name = "n0", .addresses = other_address, .naddresses = 1 },
		{ .name = "n1", .addresses = node_address, .naddresses = 1 },
	};
	struct cluster cl = { .nodes = nodes, .nnodes = ARRAY_SIZE(nodes) };

	for (size_t i = 0; i < ARRAY_SIZE(probe_cases); i++) {
		const char *broken = NULL;
		enum sim_answer got =
			sim_probe(rs, &cl, &probe_cases[i].from, &probe_cases[i].to,
				  probe_cases[i].protocol, probe_cases[i].port,
				  probe_cases[i].families, &broken);

		if (got != probe_cases[i].want || broken)
			fail_msg("%s: %d, %s", probe_cases[i].what, (int)got,
				 broken ? broken : "in bounds");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_packet_takes_its_way),
		TEST(neighbour_discovery_is_icmpv6_of_its_types),
		TEST(a_goto_returns_to_who_jumped),
		TEST(bounds_are_those_of_the_shape),
		TEST(a_set_too_many_is_noticed),
		TEST(a_question_about_pods_becomes_packets),
	};

	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
