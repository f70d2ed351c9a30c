/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An arena comes in, a finished ruleset goes out.  "policies" has the shape of a
 * real one: 10.0.0.1 (fd00::1) is isolated both ways, may send TCP 80-90 to
 * 10.0.0.2 and anything to 10.0.0.3 and 192.168.0.0/16, and may be reached from
 * 10.0.0.2 only.  The others hold what such a table has at the edges.
 */
#include "samples.h"

#include <netinet/in.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE4 0, UINT32_MAX
#define MAX6   (~(u128)0)

static const struct verdict accept_it = { .kind = VERDICT_ACCEPT };
static const struct verdict drop_it = { .kind = VERDICT_DROP };

static struct verdict go(const struct chain *c)
{
	return (struct verdict){ VERDICT_GOTO, c };
}

static struct verdict jump(const struct chain *c)
{
	return (struct verdict){ VERDICT_JUMP, c };
}

u128 sample_address(const char *text)
{
	struct address a;

	if (!address_parse(&a, text, NULL)) {
		fprintf(stderr, "'%s' is no address\n", text);
		exit(3);
	}
	return a.number;
}

static struct set *add_set(struct ruleset *rs, const char *name, enum key_type key,
			   bool intervals, bool map)
{
	struct set *s = ruleset_add_set(rs, name, NULL);

	s->key[0] = key;
	s->nkeys = 1;
	s->intervals = intervals;
	s->map = map;
	return s;
}

static struct set *add_pair_map(struct ruleset *rs, const char *name, enum key_type first,
				enum key_type second, bool intervals)
{
	struct set *s = add_set(rs, name, first, intervals, true);

	s->key[1] = second;
	s->nkeys = 2;
	return s;
}

static void add_range(struct ruleset *rs, struct set *s, u128 lo, u128 hi,
		      struct verdict v)
{
	set_add(rs, s, (struct element){ .lo = lo, .hi = hi, .verdict = v });
}

static void add_host(struct ruleset *rs, struct set *s, const char *text,
		     struct verdict v)
{
	add_range(rs, s, sample_address(text), sample_address(text), v);
}

static void add_pair(struct ruleset *rs, struct set *s, const char *first, u128 lo,
		     u128 hi, struct verdict v)
{
	set_add(rs, s, (struct element){ lo, hi, sample_address(first), v });
}

static struct rule *add_rule(struct ruleset *rs, struct chain *c)
{
	return chain_add_rule(rs, c, NULL);
}

static void add_lookup(struct ruleset *rs, struct chain *c, const struct set *s,
		       enum field first, enum field second)
{
	rule_lookup(rs, add_rule(rs, c), s, first, second);
}

static struct chain *add_base(struct ruleset *rs)
{
	struct chain *c = ruleset_add_chain(rs, "forward", NULL);

	c->base = true;
	c->about = "every packet between two interfaces";
	return c;
}

static void add_denied(struct ruleset *rs, struct chain *denied, bool answer)
{
	denied->about = "what nothing allows";
	if (answer) {
		rule_reject(rs, rule_l4proto(rs, add_rule(rs, denied), IPPROTO_TCP),
			    true);
		rule_reject(rs, add_rule(rs, denied), false);
	} else {
		rule_verdict(rs, add_rule(rs, denied), drop_it);
	}
}

/* ---- the shape of a real one ---- */

struct shape {
	struct chain *forward, *midstream, *ingress, *egress_pod, *ingress_pod, *ports,
		*denied;
	struct set *egress4, *egress6, *ingress4, *ingress6;
};

static void add_forward_rules(struct ruleset *rs, const struct shape *s)
{
	struct chain *c = s->forward;
	struct rule *r;

	rule_verdict(rs, rule_ct_state(rs, add_rule(rs, c), CT_ESTABLISHED | CT_RELATED),
		     accept_it);
	rule_verdict(rs, rule_nd(rs, add_rule(rs, c)), accept_it);
	r = rule_l4proto(rs, rule_ct_state(rs, add_rule(rs, c), CT_NEW), IPPROTO_TCP);
	rule_verdict(rs, rule_not_syn(rs, r), jump(s->midstream));
	add_lookup(rs, c, s->egress4, FIELD_IP_SADDR, FIELD_IP_SADDR);
	add_lookup(rs, c, s->egress6, FIELD_IP6_SADDR, FIELD_IP6_SADDR);
	rule_verdict(rs, add_rule(rs, c), go(s->ingress));
}

/* Denies a connection whose entry is gone when either end is isolated. */
static void add_midstream_rules(struct ruleset *rs, const struct shape *s)
{
	struct set *both4 = add_set(rs, "isolated4", KEY_IPV4, false, true);

	add_host(rs, both4, "10.0.0.1", go(s->denied));
	add_lookup(rs, s->midstream, both4, FIELD_IP_SADDR, FIELD_IP_SADDR);
	add_lookup(rs, s->midstream, both4, FIELD_IP_DADDR, FIELD_IP_DADDR);
}

static void add_egress_rules(struct ruleset *rs, const struct shape *s)
{
	struct set *hosts = add_set(rs, "e-a-hosts4", KEY_IPV4, false, true);
	struct set *nets = add_set(rs, "e-a-nets4", KEY_IPV4, true, true);
	struct chain *c = s->egress_pod;
	const struct counter *count = ruleset_add_counter(rs, "e-a");

	hosts->about = "pods that 10.0.0.1 may send to";
	add_host(rs, hosts, "10.0.0.3", go(s->ingress));
	add_host(rs, hosts, "10.0.0.2", jump(s->ports));
	add_range(rs, nets, sample_address("192.168.0.0"),
		  sample_address("192.168.255.255"), go(s->ingress));
	add_lookup(rs, c, hosts, FIELD_IP_DADDR, FIELD_IP_DADDR);
	add_lookup(rs, c, nets, FIELD_IP_DADDR, FIELD_IP_DADDR);
	rule_verdict(rs, rule_range(rs, add_rule(rs, c), FIELD_UDP_DPORT, 53, 53),
		     go(s->ingress));
	rule_verdict(rs,
		     rule_counter(rs, rule_ct_state(rs, add_rule(rs, c), CT_INVALID),
				  ruleset_add_counter(rs, "stray")),
		     drop_it);
	rule_verdict(rs, rule_counter(rs, add_rule(rs, c), count), go(s->denied));
	rule_verdict(rs, rule_range(rs, add_rule(rs, s->ports), FIELD_TCP_DPORT, 80, 90),
		     go(s->ingress));
}

static void add_ingress_rules(struct ruleset *rs, const struct shape *s)
{
	struct set *hosts = add_set(rs, "i-a-hosts4", KEY_IPV4, false, false);
	struct chain *c = s->ingress_pod;

	add_host(rs, hosts, "10.0.0.2", (struct verdict){ .kind = VERDICT_NONE });
	add_lookup(rs, s->ingress, s->ingress4, FIELD_IP_DADDR, FIELD_IP_DADDR);
	add_lookup(rs, s->ingress, s->ingress6, FIELD_IP6_DADDR, FIELD_IP6_DADDR);
	rule_verdict(rs, add_rule(rs, s->ingress), accept_it);
	rule_verdict(
		rs,
		rule_lookup(rs, add_rule(rs, c), hosts, FIELD_IP_SADDR, FIELD_IP_SADDR),
		accept_it);
	rule_verdict(rs,
		     rule_counter(rs, add_rule(rs, c), ruleset_add_counter(rs, "i-a")),
		     go(s->denied));
}

static struct ruleset *build_policies(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "netpolc", -1);
	struct shape s = {
		.forward = add_base(rs),
		.midstream = ruleset_add_chain(rs, "midstream", NULL),
		.egress_pod = ruleset_add_chain(rs, "e-a", NULL),
		.ports = ruleset_add_chain(rs, "p-web", NULL),
		.ingress = ruleset_add_chain(rs, "ingress", NULL),
		.ingress_pod = ruleset_add_chain(rs, "i-a", NULL),
		.denied = ruleset_add_chain(rs, "denied", NULL),
		.egress4 = add_set(rs, "egress4", KEY_IPV4, false, true),
		.egress6 = add_set(rs, "egress6", KEY_IPV6, false, true),
		.ingress4 = add_set(rs, "ingress4", KEY_IPV4, false, true),
		.ingress6 = add_set(rs, "ingress6", KEY_IPV6, false, true),
	};

	s.egress_pod->policies = "shop/web, shop/db";
	s.egress_pod->about = "what 10.0.0.1 may send";
	add_host(rs, s.egress4, "10.0.0.1", go(s.egress_pod));
	add_host(rs, s.egress6, "fd00::1", go(s.egress_pod));
	add_host(rs, s.ingress4, "10.0.0.1", go(s.ingress_pod));
	add_host(rs, s.ingress6, "fd00::1", go(s.ingress_pod));
	add_forward_rules(rs, &s);
	add_midstream_rules(rs, &s);
	add_egress_rules(rs, &s);
	add_ingress_rules(rs, &s);
	add_denied(rs, s.denied, false);
	ruleset_finish(rs);
	return rs;
}

/* ---- edges ---- */

static void add_edges4(struct ruleset *rs, struct chain *c, const struct chain *to)
{
	struct set *ends = add_set(rs, "ends4", KEY_IPV4, true, true);
	struct set *whole = add_set(rs, "whole4", KEY_IPV4, true, true);
	struct set *blocks = add_set(rs, "blocks4", KEY_IPV4, true, false);

	add_range(rs, ends, UINT32_MAX, UINT32_MAX, go(to));
	add_range(rs, ends, 1, UINT32_MAX - 1, drop_it);
	add_range(rs, ends, 0, 0, accept_it);
	add_range(rs, whole, WHOLE4, jump(to));
	add_range(rs, blocks, 0, 0x7fffffff, (struct verdict){ .kind = VERDICT_NONE });
	add_range(rs, blocks, 0xe0000001, 0xe0000009,
		  (struct verdict){ .kind = VERDICT_NONE });
	add_lookup(rs, c, ends, FIELD_IP_SADDR, FIELD_IP_SADDR);
	add_lookup(rs, c, whole, FIELD_IP_SADDR, FIELD_IP_SADDR);
	rule_verdict(
		rs,
		rule_lookup(rs, add_rule(rs, c), blocks, FIELD_IP_DADDR, FIELD_IP_DADDR),
		accept_it);
}

static void add_edges6(struct ruleset *rs, struct chain *c, const struct chain *to)
{
	struct set *ends = add_set(rs, "ends6", KEY_IPV6, true, true);
	struct set *whole = add_set(rs, "whole6", KEY_IPV6, true, true);
	struct set *mapped = add_set(rs, "mapped6", KEY_IPV6, true, true);

	add_range(rs, ends, 0, 0, accept_it);
	add_range(rs, ends, 1, MAX6 - 1, drop_it);
	add_range(rs, ends, MAX6, MAX6, go(to));
	add_range(rs, whole, 0, MAX6, jump(to));
	add_range(rs, mapped, (u128)0xffff << 32, ((u128)0xffff << 32) + UINT32_MAX,
		  accept_it);
	add_range(rs, mapped, 0x01020304, 0x01020304, drop_it);
	add_range(rs, mapped, sample_address("2001:db8::1"),
		  sample_address("2001:db8::ffff"), go(to));
	add_lookup(rs, c, ends, FIELD_IP6_SADDR, FIELD_IP6_SADDR);
	add_lookup(rs, c, whole, FIELD_IP6_DADDR, FIELD_IP6_DADDR);
	add_lookup(rs, c, mapped, FIELD_IP6_DADDR, FIELD_IP6_DADDR);
}

static void add_ranges(struct ruleset *rs, struct chain *c)
{
	static const struct {
		enum field field;
		u128 lo, hi;
	} ranges[] = {
		{ FIELD_IP_SADDR, WHOLE4 },
		{ FIELD_IP_DADDR, 0, 0x7fffffff },
		{ FIELD_IP_DADDR, 0, 0 },
		{ FIELD_IP_DADDR, 0x0a000001, 0x0a000009 },
		{ FIELD_IP_DADDR, 0x0a000000, 0x0affffff },
		{ FIELD_IP6_SADDR, 0, MAX6 },
		{ FIELD_IP6_DADDR, 1, MAX6 },
		{ FIELD_IP6_DADDR, 1, 1 },
		{ FIELD_TCP_DPORT, 0, 65535 },
		{ FIELD_TCP_DPORT, 80, 80 },
		{ FIELD_UDP_DPORT, 80, 90 },
		{ FIELD_SCTP_DPORT, 65535, 65535 },
		{ FIELD_SCTP_DPORT, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		rule_verdict(rs,
			     rule_range(rs, add_rule(rs, c), ranges[i].field,
					ranges[i].lo, ranges[i].hi),
			     accept_it);
}

static void add_port_set(struct ruleset *rs, struct chain *c)
{
	struct set *ports = add_set(rs, "p-ports", KEY_PORT, true, false);

	add_range(rs, ports, 65535, 65535, (struct verdict){ .kind = VERDICT_NONE });
	add_range(rs, ports, 80, 90, (struct verdict){ .kind = VERDICT_NONE });
	add_range(rs, ports, 0, 0, (struct verdict){ .kind = VERDICT_NONE });
	rule_verdict(
		rs,
		rule_lookup(rs, add_rule(rs, c), ports, FIELD_TCP_DPORT, FIELD_TCP_DPORT),
		accept_it);
	rule_verdict(rs,
		     rule_lookup(rs, add_rule(rs, c), ports, FIELD_SCTP_DPORT,
				 FIELD_SCTP_DPORT),
		     accept_it);
	rule_verdict(rs, rule_negate(rule_l4proto(rs, add_rule(rs, c), IPPROTO_TCP)),
		     drop_it);
	rule_verdict(rs, rule_l4proto(rs, add_rule(rs, c), IPPROTO_GRE), drop_it);
	rule_verdict(rs, rule_ct_state(rs, add_rule(rs, c), CT_INVALID | CT_NEW),
		     drop_it);
}

static struct ruleset *build_edges(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "edges", 10);
	struct chain *forward = add_base(rs);
	struct chain *four = ruleset_add_chain(rs, "e-four", NULL);
	struct chain *six = ruleset_add_chain(rs, "e-six", NULL);
	struct chain *ranges = ruleset_add_chain(rs, "p-ranges", NULL);
	struct chain *denied = ruleset_add_chain(rs, "denied", NULL);

	rule_verdict(rs, add_rule(rs, forward), jump(four));
	rule_verdict(rs, add_rule(rs, forward), jump(six));
	rule_verdict(rs, add_rule(rs, forward), go(ranges));
	add_edges4(rs, four, denied);
	add_edges6(rs, six, denied);
	add_ranges(rs, ranges);
	add_port_set(rs, ranges);
	add_denied(rs, denied, true);
	ruleset_finish(rs);
	return rs;
}

/* ---- two keys ---- */

static struct ruleset *build_pairs(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "pairs", 0);
	struct chain *forward = add_base(rs);
	struct chain *to = ruleset_add_chain(rs, "e-x", NULL);
	struct set *self = add_pair_map(rs, "self4", KEY_IPV4, KEY_IPV4, false);
	struct set *nets = add_pair_map(rs, "nets4", KEY_IPV4, KEY_IPV4, true);
	struct set *nets6 = add_pair_map(rs, "nets6", KEY_IPV6, KEY_IPV6, true);
	struct set *ports = add_pair_map(rs, "ports4", KEY_IPV4, KEY_PORT, true);
	u128 host = sample_address("10.0.0.1"), six = sample_address("2001:db8::");

	add_pair(rs, self, "10.0.0.2", host + 1, host + 1, accept_it);
	add_pair(rs, self, "10.0.0.1", host, host, accept_it);
	add_pair(rs, nets, "10.0.0.9", host, host + 8, go(to));
	add_pair(rs, nets, "10.0.0.1", WHOLE4, drop_it);
	add_pair(rs, nets, "10.0.0.2", 0, 0, accept_it);
	add_pair(rs, nets, "10.0.0.2", UINT32_MAX, UINT32_MAX, drop_it);
	add_pair(rs, nets6, "::1", 0, MAX6, accept_it);
	add_pair(rs, nets6, "::2", six + 1, six + 9, jump(to));
	add_pair(rs, nets6, "::2", six + 16, six + 31, drop_it);
	add_pair(rs, ports, "10.0.0.1", 0, 65535, accept_it);
	add_pair(rs, ports, "10.0.0.2", 80, 80, jump(to));
	add_pair(rs, ports, "10.0.0.2", 443, 445, go(to));
	add_lookup(rs, forward, self, FIELD_IP_SADDR, FIELD_IP_DADDR);
	add_lookup(rs, forward, nets, FIELD_IP_SADDR, FIELD_IP_DADDR);
	add_lookup(rs, forward, nets6, FIELD_IP6_DADDR, FIELD_IP6_SADDR);
	add_lookup(rs, forward, ports, FIELD_IP_SADDR, FIELD_TCP_DPORT);
	rule_verdict(rs, rule_counter(rs, add_rule(rs, to), ruleset_add_counter(rs, "x")),
		     drop_it);
	ruleset_finish(rs);
	return rs;
}

/* ---- what is not ---- */

/* 10.0.0.1 to 10.0.0.4 may send: the first to any but 10.0.0.8, the second to any but
 * 10.0.0.9, nobody to port 23, and 10.0.0.4 nothing at all. */
static struct ruleset *build_negations(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "negations", 0);
	struct chain *forward = add_base(rs);
	struct set *members = add_set(rs, "members4", KEY_IPV4, false, false);
	struct set *except = add_pair_map(rs, "except4", KEY_IPV4, KEY_IPV4, false);
	u128 first = sample_address("10.0.0.1");
	struct rule *r;

	for (u128 i = 0; i < 4; i++)
		add_range(rs, members, first + i, first + i, (struct verdict){ 0 });
	except->map = false;
	add_pair(rs, except, "10.0.0.8", first, first, (struct verdict){ 0 });
	add_pair(rs, except, "10.0.0.9", first + 1, first + 1, (struct verdict){ 0 });
	r = rule_lookup(rs, add_rule(rs, forward), members, FIELD_IP_SADDR,
			FIELD_IP_SADDR);
	rule_negate(rule_range(rs, r, FIELD_IP_SADDR, first + 3, first + 3));
	rule_negate(rule_range(rs, r, FIELD_TCP_DPORT, 23, 23));
	rule_negate(rule_lookup(rs, r, except, FIELD_IP_DADDR, FIELD_IP_SADDR));
	rule_verdict(rs, r, accept_it);
	rule_verdict(rs, add_rule(rs, forward), drop_it);
	ruleset_finish(rs);
	return rs;
}

/* ---- ranges kept by pipapo ---- */

/* 10.0.0.0/8 but 10.1.0.0/16 may be sent to, 10.1.0.7 too; of IPv6 all but ::1. */
static struct ruleset *build_pipapo(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "pipapo", 0);
	struct chain *forward = add_base(rs);
	struct set *nets = add_set(rs, "i-pnets4", KEY_IPV4, true, true);
	struct set *ranges = add_set(rs, "i-pranges6", KEY_IPV6, true, false);
	u128 ten = sample_address("10.0.0.0");

	nets->pipapo = ranges->pipapo = true;
	add_range(rs, nets, ten, ten + 0xffff, accept_it);
	add_range(rs, nets, ten + 0x10000, ten + 0x10006, drop_it);
	add_range(rs, nets, ten + 0x10007, ten + 0x10007, accept_it);
	add_range(rs, nets, ten + 0x20000, ten + 0xffffff, accept_it);
	add_range(rs, ranges, 0, 0, (struct verdict){ 0 });
	add_range(rs, ranges, 2, MAX6, (struct verdict){ 0 });
	add_lookup(rs, forward, nets, FIELD_IP_DADDR, FIELD_IP_DADDR);
	rule_verdict(rs,
		     rule_lookup(rs, add_rule(rs, forward), ranges, FIELD_IP6_DADDR,
				 FIELD_IP6_DADDR),
		     accept_it);
	rule_verdict(rs, add_rule(rs, forward), drop_it);
	ruleset_finish(rs);
	return rs;
}

/* ---- prefixes of few lengths ---- */

/* 10.0.0.0/24 and 10.0.2.0/24 but 10.0.2.7 may be sent to, and fd00::/16. */
static struct ruleset *build_levels(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "levels", 0);
	struct chain *forward = add_base(rs);
	struct set *hosts = add_set(rs, "nets32-4", KEY_IPV4, false, true);
	struct set *nets = add_set(rs, "nets24-4", KEY_IPV4, false, true);
	struct set *ranges = add_set(rs, "ranges16-6", KEY_IPV6, false, false);

	add_host(rs, hosts, "10.0.2.7", drop_it);
	add_host(rs, nets, "10.0.0.0", accept_it);
	add_host(rs, nets, "10.0.2.0", accept_it);
	add_host(rs, ranges, "fd00::", (struct verdict){ 0 });
	add_lookup(rs, forward, hosts, FIELD_IP_DADDR, FIELD_IP_DADDR);
	rule_cut(rule_lookup(rs, add_rule(rs, forward), nets, FIELD_IP_DADDR,
			     FIELD_IP_DADDR),
		 24);
	rule_verdict(rs,
		     rule_cut(rule_lookup(rs, add_rule(rs, forward), ranges,
					  FIELD_IP6_DADDR, FIELD_IP6_DADDR),
			      16),
		     accept_it);
	rule_verdict(rs, add_rule(rs, forward), drop_it);
	ruleset_finish(rs);
	return rs;
}

/* ---- logs ---- */

/* What goes to 10.0.0.1 is logged to two places and passes. */
static struct ruleset *build_logs(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "logs", 0);
	struct chain *forward = add_base(rs);
	u128 to = sample_address("10.0.0.1");
	struct rule *r = add_rule(rs, forward);

	rule_limit(rs, rule_range(rs, r, FIELD_IP_DADDR, to, to), 10);
	rule_log(rs, r, "logs forward ingress: ", LOG_SYSLOG);
	rule_log(rs, rule_limit(rs, add_rule(rs, forward), 1), "logs forward: ", 0);
	rule_log(rs, add_rule(rs, forward), "logs: ", UINT16_MAX);
	ruleset_finish(rs);
	return rs;
}

/* ---- another hook ---- */

/* What the machine sends itself passes. */
static struct ruleset *build_late(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "late", 95);
	struct chain *postrouting = ruleset_add_chain(rs, HOOK_POSTROUTING, NULL);

	postrouting->base = true;
	rule_verdict(rs, rule_made_here(rs, add_rule(rs, postrouting)), accept_it);
	rule_verdict(rs, add_rule(rs, postrouting), drop_it);
	ruleset_finish(rs);
	return rs;
}

/* ---- routes ---- */

/* What is not routed back, or from or to the machine itself, is dropped. */
static struct ruleset *build_routes(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "routes", 0);
	struct chain *forward = add_base(rs);

	rule_verdict(rs, rule_negate(rule_routed_back(rs, add_rule(rs, forward))),
		     drop_it);
	rule_verdict(rs, rule_local(rs, add_rule(rs, forward), FIELD_IP_SADDR), drop_it);
	rule_verdict(rs,
		     rule_negate(rule_local(rs, add_rule(rs, forward), FIELD_IP6_DADDR)),
		     accept_it);
	rule_verdict(
		rs, rule_iifname(rs, rule_routed_back(rs, add_rule(rs, forward)), "eth0"),
		drop_it);
	rule_verdict(rs, rule_iifname(rs, add_rule(rs, forward), "veth*"), drop_it);
	ruleset_finish(rs);
	return rs;
}

/* ---- nothing ---- */

static struct ruleset *build_empty(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "empty", 0);
	struct chain *forward = add_base(rs);

	add_set(rs, "egress4", KEY_IPV4, false, true);
	add_set(rs, "nets6", KEY_IPV6, true, true);
	add_pair_map(rs, "pairs4", KEY_IPV4, KEY_IPV4, true);
	add_lookup(rs, forward, ruleset_set(rs, "egress4"), FIELD_IP_SADDR,
		   FIELD_IP_SADDR);
	ruleset_add_chain(rs, "e-nothing", NULL);
	ruleset_finish(rs);
	return rs;
}

const struct sample samples[] = {
	{ "policies", build_policies }, { "edges", build_edges },
	{ "pairs", build_pairs },	{ "negations", build_negations },
	{ "pipapo", build_pipapo },	{ "levels", build_levels },
	{ "logs", build_logs },		{ "routes", build_routes },
	{ "late", build_late },		{ "empty", build_empty },
};
const size_t nsamples = ARRAY_SIZE(samples);

struct ruleset *sample_build(struct arena *a, const char *name)
{
	for (size_t i = 0; i < nsamples; i++)
		if (strcmp(samples[i].name, name) == 0)
			return samples[i].build(a);
	fprintf(stderr, "no sample is called '%s'\n", name);
	exit(2);
}
