/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The testbed with rulesets made by hand, whose verdicts are plain to see.
 */
#include "../unit/helpers.h"
#include "namespace.h"

#include <netinet/in.h>
#include <netpolc/base/diag.h>
#include <netpolc/lab/testbed.h>
#include <netpolc/manifest/ctx.h>
#include <time.h>

#define MANY 70000 /* more than there are source ports */

static const unsigned protocols[] = { IPPROTO_TCP,  IPPROTO_UDP, IPPROTO_SCTP,
				      IPPROTO_ICMP, IPPROTO_GRE, 253 };

static const struct verdict accept_it = { .kind = VERDICT_ACCEPT };
static const struct verdict drop_it = { .kind = VERDICT_DROP };

static struct ctx cx;
static struct testbed *tb;

static struct address host(enum family family, unsigned n)
{
	u128 net = family == FAMILY_IPV4 ? (u128)10 << 24 : (u128)0xfd << 120;

	return (struct address){ family, net + n };
}

static struct packet_probe probe(enum family family, unsigned from, unsigned to,
				 unsigned protocol, uint16_t port)
{
	return (struct packet_probe){ .from = host(family, from),
				      .to = host(family, to),
				      .protocol = protocol,
				      .port = port };
}

static struct ruleset *new_ruleset(struct chain **base)
{
	struct ruleset *rs = ruleset_new(cx.arena, "netpolc", -1);

	*base = ruleset_add_chain(rs, "forward", NULL);
	(*base)->base = true;
	return rs;
}

static void load(struct ruleset *rs)
{
	ruleset_finish(rs);
	assert_true(testbed_load(tb, rs));
}

static void send_probes(const struct packet_probe *probes, size_t n, bool *arrived)
{
	size_t len;

	if (!testbed_send(tb, probes, n, arrived))
		fail_msg("%s", diag_sorted(cx.diags, &len)[0]->message);
}

static bool passes(struct packet_probe p)
{
	bool arrived;

	send_probes(&p, 1, &arrived);
	return arrived;
}

static void every_protocol_opens_a_valid_connection(void **state)
{
	struct chain *base;
	struct ruleset *rs = new_ruleset(&base);

	(void)state;
	rule_verdict(rs, rule_ct_state(rs, chain_add_rule(rs, base, NULL), CT_NEW),
		     accept_it);
	rule_verdict(rs, chain_add_rule(rs, base, NULL), drop_it);
	load(rs);
	for (int family = 0; family < FAMILIES; family++)
		for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
			if (!passes(probe(family, 1, 2, protocols[i], 80)))
				fail_msg("protocol %u, family %d", protocols[i], family);
}

static void a_protocol_is_told_from_another(void **state)
{
	static const struct {
		unsigned protocol;
		enum field field;
	} ports[] = { { IPPROTO_TCP, FIELD_TCP_DPORT },
		      { IPPROTO_UDP, FIELD_UDP_DPORT },
		      { IPPROTO_SCTP, FIELD_SCTP_DPORT } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct chain *base;
		struct ruleset *rs = new_ruleset(&base);

		rule_verdict(rs,
			     rule_range(rs, chain_add_rule(rs, base, NULL),
					ports[i].field, 80, 90),
			     drop_it);
		load(rs);
		for (int family = 0; family < FAMILIES; family++) {
			for (size_t j = 0; j < ARRAY_SIZE(ports); j++)
				assert_int_equal(passes(probe(family, 1, 2,
							      ports[j].protocol, 90)),
						 i != j);
			assert_true(passes(probe(family, 1, 2, ports[i].protocol, 79)));
			assert_true(passes(probe(family, 1, 2, ports[i].protocol, 91)));
		}
	}
}

/* Odd hosts are dropped, of both families. */
static struct ruleset *odd_hosts(unsigned hosts)
{
	static const enum field fields[FAMILIES] = { FIELD_IP_DADDR, FIELD_IP6_DADDR };
	struct chain *base;
	struct ruleset *rs = new_ruleset(&base);

	for (int family = 0; family < FAMILIES; family++) {
		struct set *s = ruleset_add_set(rs, family ? "m-odd6" : "m-odd4", NULL);

		s->key[0] = family ? KEY_IPV6 : KEY_IPV4;
		s->nkeys = 1;
		s->map = true;
		for (unsigned i = 1; i < hosts; i += 2)
			set_add(rs, s,
				(struct element){ .lo = host(family, i).number,
						  .hi = host(family, i).number,
						  .verdict = drop_it });
		rule_lookup(rs, chain_add_rule(rs, base, NULL), s, fields[family], 0);
	}
	return rs;
}

static void many_verdicts_are_right_each(void **state)
{
	struct packet_probe *probes = calloc(MANY, sizeof(*probes));
	bool *arrived = calloc(MANY, sizeof(*arrived));
	struct timespec start, end;

	(void)state;
	load(odd_hosts(1000));
	for (unsigned i = 0; i < MANY; i++)
		probes[i] = probe(i / 7 % FAMILIES, 1000 + i % 11, i % 1000,
				  protocols[i % 3], (uint16_t)(i * 7919u));
	clock_gettime(CLOCK_MONOTONIC, &start);
	send_probes(probes, MANY, arrived);
	clock_gettime(CLOCK_MONOTONIC, &end);
	print_message("%d packets in %.2f s\n", MANY,
		      (double)(end.tv_sec - start.tv_sec) +
			      (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	for (unsigned i = 0; i < MANY; i++)
		if (arrived[i] != (i % 1000 % 2 == 0))
			fail_msg("packet %u", i);
	free(probes);
	free(arrived);
}

/* 1 may open connections to 2, and nobody else to anybody. */
static struct ruleset *one_way(void)
{
	static const enum field from[FAMILIES] = { FIELD_IP_SADDR, FIELD_IP6_SADDR };
	static const enum field to[FAMILIES] = { FIELD_IP_DADDR, FIELD_IP6_DADDR };
	struct chain *base;
	struct ruleset *rs = new_ruleset(&base);

	rule_verdict(rs,
		     rule_ct_state(rs, chain_add_rule(rs, base, NULL),
				   CT_ESTABLISHED | CT_RELATED),
		     accept_it);
	for (int family = 0; family < FAMILIES; family++) {
		u128 one = host(family, 1).number, two = host(family, 2).number;
		struct rule *r = chain_add_rule(rs, base, NULL);

		rule_range(rs, r, from[family], one, one);
		rule_range(rs, r, to[family], two, two);
		rule_verdict(rs, r, accept_it);
	}
	rule_verdict(rs, chain_add_rule(rs, base, NULL), drop_it);
	return rs;
}

static void replies_of_allowed_connections_pass(void **state)
{
	(void)state;
	for (int family = 0; family < FAMILIES; family++) {
		for (size_t i = 0; i < 3; i++) {
			struct packet_probe there = probe(family, 1, 2, protocols[i], 80);
			struct packet_probe back = probe(family, 2, 1, protocols[i], 100);

			there.source_port = 100;
			back.source_port = 80;
			back.tcp_flags = PACKET_SYN | PACKET_ACK;
			load(one_way());
			assert_false(passes(back));
			assert_true(passes(there));
			/* A second INIT the other way is not how SCTP answers. */
			if (protocols[i] != IPPROTO_SCTP)
				assert_true(passes(back));
			back.port = 101;
			assert_false(passes(back));
			load(one_way());
			back.port = 100;
			assert_false(passes(back));
		}
	}
}

static void no_probe_is_taken_for_the_answer_to_another(void **state)
{
	enum { PAIRS = 2000 };
	static struct packet_probe probes[2 * PAIRS];
	static bool arrived[2 * PAIRS];

	(void)state;
	load(one_way());
	for (unsigned i = 0; i < PAIRS; i++) {
		uint16_t port = (uint16_t)(1020 + i);

		probes[2 * i] = probe(FAMILY_IPV4, 1, 2, IPPROTO_UDP, port);
		probes[2 * i + 1] = probe(FAMILY_IPV4, 2, 1, IPPROTO_UDP, port);
	}
	send_probes(probes, ARRAY_SIZE(probes), arrived);
	for (unsigned i = 0; i < ARRAY_SIZE(probes); i++)
		assert_int_equal(arrived[i], i % 2 == 0);
}

static void rejected_packets_do_not_arrive(void **state)
{
	struct chain *base;
	struct ruleset *rs = new_ruleset(&base);

	(void)state;
	rule_reject(rs, rule_l4proto(rs, chain_add_rule(rs, base, NULL), IPPROTO_TCP),
		    true);
	rule_reject(rs, chain_add_rule(rs, base, NULL), false);
	load(rs);
	for (int family = 0; family < FAMILIES; family++)
		for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
			assert_false(passes(probe(family, 1, 2, protocols[i], 80)));
}

/* Each is the last or first address of something that routers treat apart. */
static void every_address_that_it_carries_arrives(void **state)
{
	static const char *const addresses[] = {
		"1.0.0.0",
		"126.255.255.255",
		"128.0.0.0",
		"169.254.1.1",
		"192.0.2.1",
		"223.255.255.255",
		"240.0.0.0",
		"255.255.255.254",
		"10.0.0.0",
		"10.255.255.255",
		"0.255.255.255",
		"127.0.0.1",
		"224.0.0.0",
		"239.255.255.255",
		"255.255.255.255",
		"0.0.0.0",
		"::",
		"::1",
		"::2",
		"::ffff:ffff",
		"1::",
		"fd00::",
		"fe7f::1",
		"fe80::",
		"fe80::1",
		"febf::1",
		"fec0::",
		"fec0::1",
		"feff::1",
		"ff00::",
		"ff02::1",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"2001:db8::",
		"64:ff9b::1",
		"2002:a00:1::1",
	};
	struct chain *base;

	(void)state;
	load(new_ruleset(&base));
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct packet_probe p = { .protocol = IPPROTO_UDP, .port = 53 };
		struct packet_probe back = p;

		assert_true(address_parse(&p.to, addresses[i], NULL));
		p.from = back.to = host(p.to.family, 1);
		back.from = p.to;
		if ((passes(p) && passes(back)) != testbed_carries(p.to))
			fail_msg("%s", addresses[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_protocol_opens_a_valid_connection),
		cmocka_unit_test(a_protocol_is_told_from_another),
		cmocka_unit_test(many_verdicts_are_right_each),
		cmocka_unit_test(replies_of_allowed_connections_pass),
		cmocka_unit_test(no_probe_is_taken_for_the_answer_to_another),
		cmocka_unit_test(rejected_packets_do_not_arrive),
		cmocka_unit_test(every_address_that_it_carries_arrives),
	};
	struct settings set = settings_default();
	const char *why_not;
	int failed;

	ctx_init(&cx, &set);
	tb = testbed_open(&cx, &why_not);
	if (!tb)
		skip_test(why_not);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	testbed_close(tb);
	ctx_free(&cx);
	return failed;
}
