/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel and readback against the running kernel: what is written is what is read
 * back, every change by another hand is seen, and a refusal changes nothing.
 */
#include "byhand.h"
#include "namespace.h"

#include <netpolc/base/intern.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/readback.h>

#define BULK 100000

static u128 ipv4(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (u128)(a << 24 | b << 16 | c << 8 | d);
}

static u128 ipv6(uint64_t high, uint64_t low)
{
	return (u128)high << 64 | low;
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

static void put(struct ruleset *rs, struct set *s, u128 lo, u128 hi, struct verdict v)
{
	set_add(rs, s, (struct element){ .lo = lo, .hi = hi, .verdict = v });
}

/* Sets of every kind, at the ends of their spaces too. */
static void add_sets(struct ruleset *rs, struct chain *base, const struct chain *target)
{
	const struct verdict jump = { VERDICT_JUMP, target }, none = { 0 };
	const struct verdict accept = { .kind = VERDICT_ACCEPT },
			     drop = { .kind = VERDICT_DROP };
	struct set *hosts4 = add_set(rs, "m-hosts4", KEY_IPV4, false, true);
	struct set *nets4 = add_set(rs, "m-nets4", KEY_IPV4, true, true);
	struct set *hosts6 = add_set(rs, "s-hosts6", KEY_IPV6, false, false);
	struct set *nets6 = add_set(rs, "s-nets6", KEY_IPV6, true, false);
	struct set *ports = add_set(rs, "s-ports", KEY_PORT, true, false);
	struct set *pairs = add_set(rs, "s-pairs", KEY_IPV6, false, false);
	struct set *grid = add_set(rs, "m-grid", KEY_IPV4, true, true);
	struct set *empty = add_set(rs, "s-empty", KEY_IPV4, true, false);

	pairs->nkeys = grid->nkeys = 2;
	pairs->key[1] = KEY_IPV6;
	grid->key[1] = KEY_PORT;
	put(rs, hosts4, ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 1), jump);
	put(rs, hosts4, ipv4(10, 0, 0, 2), ipv4(10, 0, 0, 2), accept);
	put(rs, hosts4, ipv4(10, 0, 0, 3), ipv4(10, 0, 0, 3), drop);
	put(rs, nets4, 0, ipv4(9, 255, 255, 255), jump);
	put(rs, nets4, ipv4(10, 0, 0, 0), ipv4(10, 0, 0, 5), accept);
	put(rs, nets4, ipv4(10, 0, 0, 7), ipv4(10, 0, 0, 7), jump);
	put(rs, nets4, ipv4(224, 0, 0, 0), ipv4(255, 255, 255, 255), drop);
	put(rs, hosts6, ipv6(0xfd00000000000000, 1), ipv6(0xfd00000000000000, 1), none);
	put(rs, nets6, 0, ipv6(0, 9), none);
	put(rs, nets6, ipv6(0xfd00000000000000, 0), ~(u128)0, none);
	put(rs, ports, 0, 0, none);
	put(rs, ports, 80, 90, none);
	put(rs, ports, 65535, 65535, none);
	set_add(rs, pairs,
		(struct element){
			.first = ipv6(1, 2), .lo = ipv6(3, 4), .hi = ipv6(3, 4) });
	set_add(rs, grid,
		(struct element){ .first = ipv4(10, 0, 0, 1),
				  .lo = 80,
				  .hi = 90,
				  .verdict = jump });
	rule_lookup(rs, chain_add_rule(rs, base, NULL), hosts4, FIELD_IP_DADDR, 0);
	rule_lookup(rs, chain_add_rule(rs, base, NULL), nets4, FIELD_IP_DADDR, 0);
	rule_lookup(rs, chain_add_rule(rs, base, NULL), grid, FIELD_IP_DADDR,
		    FIELD_TCP_DPORT);
	rule_verdict(rs,
		     rule_lookup(rs, chain_add_rule(rs, base, NULL), pairs,
				 FIELD_IP6_SADDR, FIELD_IP6_DADDR),
		     accept);
	const struct {
		const struct set *set;
		enum field field;
	} plain[] = { { hosts6, FIELD_IP6_SADDR },
		      { nets6, FIELD_IP6_DADDR },
		      { ports, FIELD_TCP_DPORT },
		      { empty, FIELD_IP_SADDR } };

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		rule_verdict(rs,
			     rule_lookup(rs, chain_add_rule(rs, base, NULL), plain[i].set,
					 plain[i].field, 0),
			     accept);
}

/* Ranges that pipapo keeps. */
static void add_pipapo(struct ruleset *rs, struct chain *base, const struct chain *target)
{
	const struct verdict jump = { VERDICT_JUMP, target }, none = { 0 };
	const struct verdict accept = { .kind = VERDICT_ACCEPT };
	struct set *nets4 = add_set(rs, "m-pnets4", KEY_IPV4, true, true);
	struct set *nets6 = add_set(rs, "s-pnets6", KEY_IPV6, true, false);

	nets4->pipapo = nets6->pipapo = true;
	put(rs, nets4, 0, ipv4(9, 255, 255, 255), jump);
	put(rs, nets4, ipv4(10, 0, 0, 7), ipv4(10, 0, 0, 7), accept);
	put(rs, nets4, ipv4(224, 0, 0, 0), ipv4(255, 255, 255, 255), accept);
	put(rs, nets6, 0, ipv6(0, 9), none);
	put(rs, nets6, ipv6(0xfd00000000000000, 0), ~(u128)0, none);
	rule_lookup(rs, chain_add_rule(rs, base, NULL), nets4, FIELD_IP_DADDR, 0);
	rule_verdict(rs,
		     rule_lookup(rs, chain_add_rule(rs, base, NULL), nets6,
				 FIELD_IP6_DADDR, 0),
		     accept);
}

static struct ruleset *sample(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct chain *target = ruleset_add_chain(rs, "i-target", NULL);
	const struct counter *counter = ruleset_add_counter(rs, "i-target");

	base->base = true;
	rule_verdict(rs,
		     rule_ct_state(rs, chain_add_rule(rs, base, NULL),
				   CT_ESTABLISHED | CT_RELATED),
		     (struct verdict){ .kind = VERDICT_ACCEPT });
	rule_verdict(rs, rule_nd(rs, chain_add_rule(rs, base, NULL)),
		     (struct verdict){ .kind = VERDICT_ACCEPT });
	add_sets(rs, base, target);
	add_pipapo(rs, base, target);
	rule_verdict(rs, rule_counter(rs, chain_add_rule(rs, target, NULL), counter),
		     (struct verdict){ .kind = VERDICT_DROP });
	ruleset_finish(rs);
	return rs;
}

/* A context, and the sample loaded. */
static struct ctx loaded_sample(struct ruleset **rs)
{
	struct settings set = settings_default();
	struct ctx cx;

	ctx_init(&cx, &set);
	*rs = sample(cx.arena);
	assert_true(kernel_replace(&cx, &kernel_libnftables, *rs, false));
	return cx;
}

static void what_was_written_is_read_back_equal(void **state)
{
	struct ruleset *rs;
	struct ctx cx = loaded_sample(&rs);
	BUF_AUTO why = { 0 };

	(void)state;
	if (!readback_equal(&cx, rs, &why))
		fail_msg("differs: %s", why.at);
	assert_int_equal(readback_owner(&cx, "netpolc", NULL), LOADED_OURS);
	assert_true(kernel_replace(&cx, &kernel_libnftables, rs, false));
	assert_true(readback_equal(&cx, rs, NULL));
	assert_false(diag_failed(cx.diags));
	ctx_free(&cx);
}

static const struct {
	const char *what, *commands;
	enum apply_outcome outcome; /* of healing it */
} changes[] = {
	{ "a host added", "add element inet netpolc m-hosts4 { 10.0.0.9 : drop }",
	  APPLY_CHANGED },
	{ "a host removed", "delete element inet netpolc m-hosts4 { 10.0.0.3 }",
	  APPLY_CHANGED },
	{ "a host's verdict",
	  "delete element inet netpolc m-hosts4 { 10.0.0.3 }\n"
	  "add element inet netpolc m-hosts4 { 10.0.0.3 : accept }",
	  APPLY_CHANGED },
	{ "a host's chain",
	  "add chain inet netpolc mine\n"
	  "delete element inet netpolc m-hosts4 { 10.0.0.1 }\n"
	  "add element inet netpolc m-hosts4 { 10.0.0.1 : jump mine }",
	  APPLY_CHANGED },
	{ "jump made goto",
	  "delete element inet netpolc m-hosts4 { 10.0.0.1 }\n"
	  "add element inet netpolc m-hosts4 { 10.0.0.1 : goto i-target }",
	  APPLY_CHANGED },
	{ "a host replaced",
	  "delete element inet netpolc s-hosts6 { fd00::1 }\n"
	  "add element inet netpolc s-hosts6 { fd00::2 }",
	  APPLY_CHANGED },
	{ "an interval added", "add element inet netpolc m-nets4 { 10.0.0.9 : drop }",
	  APPLY_CHANGED },
	{ "an interval in an empty set",
	  "add element inet netpolc s-empty { 10.0.0.0/8 }", APPLY_CHANGED },
	{ "the whole space in an empty set",
	  "add element inet netpolc s-empty { 0.0.0.0-255.255.255.255 }", APPLY_CHANGED },
	{ "an interval cut short",
	  "delete element inet netpolc s-ports { 80-90 }\n"
	  "add element inet netpolc s-ports { 80-89 }",
	  APPLY_CHANGED },
	{ "the last port removed", "delete element inet netpolc s-ports { 65535 }",
	  APPLY_CHANGED },
	{ "the first port removed", "delete element inet netpolc s-ports { 0 }",
	  APPLY_CHANGED },
	{ "an open interval closed",
	  "delete element inet netpolc s-nets6 { fd00::-ffff:ffff:"
	  "ffff:ffff:ffff:ffff:ffff:ffff }\n"
	  "add element inet netpolc s-nets6 { fd00::-ffff:ffff:"
	  "ffff:ffff:ffff:ffff:ffff:fffe }",
	  APPLY_CHANGED },
	{ "a pair's first part",
	  "delete element inet netpolc s-pairs { ::1:0:0:0:2 . "
	  "0:0:0:3::4 }\n"
	  "add element inet netpolc s-pairs { ::5 . 0:0:0:3::4 }",
	  APPLY_CHANGED },
	{ "a catch-all", "add element inet netpolc s-hosts6 { * }", APPLY_CHANGED },
	{ "a rule added", "add rule inet netpolc i-target accept", APPLY_CHANGED },
	{ "a rule put first", "insert rule inet netpolc i-target accept", APPLY_CHANGED },
	{ "a chain flushed", "flush chain inet netpolc i-target", APPLY_CHANGED },
	{ "a chain added", "add chain inet netpolc i-mine", APPLY_CHANGED },
	{ "a hooked chain added",
	  "add chain inet netpolc mine { type filter hook forward "
	  "priority -5; }",
	  APPLY_CHANGED },
	{ "a set added", "add set inet netpolc mine { type ipv4_addr; }", APPLY_CHANGED },
	{ "a counter added", "add counter inet netpolc mine", APPLY_CHANGED },
	{ "a quota added", "add quota inet netpolc mine { over 5 mbytes }",
	  APPLY_REPLACED },
	{ "the policy", "add chain inet netpolc forward { policy drop; }",
	  APPLY_REPLACED },
	{ "the table asleep", "add table inet netpolc { flags dormant; }",
	  APPLY_REPLACED },
	{ "the table gone", "delete table inet netpolc", APPLY_REPLACED },
};

static void every_change_by_hand_is_seen_and_healed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct ruleset *rs;
		struct ctx cx = loaded_sample(&rs);
		const struct apply_options options = { 0 };
		struct apply_result result;
		BUF_AUTO why = { 0 };

		by_hand(changes[i].commands);
		if (readback_equal(&cx, rs, &why) || !why.len)
			fail_msg("not seen: %s", changes[i].what);
		assert_false(diag_failed(cx.diags));
		result = apply_ruleset(&cx, &kernel_libnftables, rs, &options);
		if (result.outcome != changes[i].outcome)
			fail_msg("%s: %s", changes[i].what,
				 result.fallback ? result.fallback : "not replaced");
		if (!readback_equal(&cx, rs, &why))
			fail_msg("not restored: %s: %s", changes[i].what, why.at);
		ctx_free(&cx);
	}
}

static void changes_elsewhere_are_no_difference(void **state)
{
	struct ruleset *rs;
	struct ctx cx = loaded_sample(&rs);
	BUF_AUTO why = { 0 };

	(void)state;
	by_hand("table inet other { set s-ports { type inet_service; elements = { 1 }; "
		"}\n"
		"counter c {}\nchain forward { accept; }\n}\n"
		"table ip netpolc { chain forward { drop; }\n}");
	if (!readback_equal(&cx, rs, &why))
		fail_msg("differs: %s", why.at);
	by_hand("delete table inet other; delete table ip netpolc");
	ctx_free(&cx);
}

static void a_table_is_ours_by_its_state_chain_alone(void **state)
{
	struct settings set = settings_default();
	struct ctx cx;

	(void)state;
	ctx_init(&cx, &set);
	assert_true(kernel_delete(&cx, &kernel_libnftables, "netpolc"));
	assert_int_equal(readback_owner(&cx, "netpolc", NULL), LOADED_ABSENT);
	assert_true(kernel_delete(&cx, &kernel_libnftables, "netpolc"));
	by_hand("table inet netpolc { chain forward { accept; }\n}");
	assert_int_equal(readback_owner(&cx, "netpolc", NULL), LOADED_FOREIGN);
	by_hand("table inet netpolc { chain state { accept comment \"mine\"; }\n}");
	assert_int_equal(readback_owner(&cx, "netpolc", NULL), LOADED_FOREIGN);
	by_hand("insert rule inet netpolc state accept comment \"netpolc 0\"");
	assert_int_equal(readback_owner(&cx, "netpolc", NULL), LOADED_OURS);
	by_hand("delete table inet netpolc");
	ctx_free(&cx);
}

static void a_check_changes_nothing(void **state)
{
	struct ruleset *rs;
	struct ctx cx = loaded_sample(&rs);
	uint32_t before;

	(void)state;
	by_hand("add chain inet netpolc mine");
	before = generation();
	assert_true(kernel_replace(&cx, &kernel_libnftables, rs, true));
	assert_int_equal(generation(), before);
	assert_false(readback_equal(&cx, rs, NULL));
	ctx_free(&cx);
}

static void a_refused_element_is_shown_where_it_comes_from(void **state)
{
	struct object policy = { "NetworkPolicy", "default", "web", { 0 } };
	struct origin origin = { { 0, 14, 3, 1 }, &policy, "spec.ingress[0]" };
	struct ruleset *rs;
	struct ctx cx = loaded_sample(&rs);
	struct ruleset *twice = sample(cx.arena);
	struct set *hosts = NULL;
	const struct diag *const *all;
	size_t n;

	(void)state;
	for (size_t i = 0; i < twice->nsets; i++)
		if (strcmp(twice->sets[i]->name, "m-hosts4") == 0)
			hosts = twice->sets[i];
	/* The kernel cannot hold one key with two verdicts. */
	hosts->at[1].lo = hosts->at[1].hi = hosts->at[0].lo;
	hosts->origin = origin;
	assert_false(kernel_replace(&cx, &kernel_libnftables, twice, false));
	assert_int_equal(diag_exit_status(cx.diags), 3);
	all = diag_sorted(cx.diags, &n);
	assert_int_equal(n, 1);
	assert_int_equal(all[0]->origin.at.line, 14);
	assert_non_null(strstr(all[0]->message, "the kernel refused"));
	assert_non_null(strstr(all[0]->message, "File exists"));
	assert_true(readback_equal(&cx, rs, NULL));
	ctx_free(&cx);
}

static void large_tables_are_read_back(void **state)
{
	struct settings set = settings_default();
	struct ctx cx;
	struct ruleset *rs;
	struct set *hosts;
	BUF_AUTO why = { 0 };

	(void)state;
	ctx_init(&cx, &set);
	rs = ruleset_new(cx.arena, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct chain *target = ruleset_add_chain(rs, "i-target", NULL);
	const struct verdict jump = { VERDICT_JUMP, target };

	base->base = true;
	hosts = add_set(rs, "m-hosts4", KEY_IPV4, false, true);
	for (unsigned i = 0; i < BULK; i++)
		put(rs, hosts, ipv4(10, 0, 0, 0) + i, ipv4(10, 0, 0, 0) + i, jump);
	rule_lookup(rs, chain_add_rule(rs, base, NULL), hosts, FIELD_IP_DADDR, 0);
	rule_verdict(rs, chain_add_rule(rs, target, NULL),
		     (struct verdict){ .kind = VERDICT_DROP });
	ruleset_finish(rs);
	assert_true(kernel_replace(&cx, &kernel_libnftables, rs, false));
	if (!readback_equal(&cx, rs, &why))
		fail_msg("differs: %s", why.at);
	ctx_free(&cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_back_equal),
		cmocka_unit_test(every_change_by_hand_is_seen_and_healed),
		cmocka_unit_test(changes_elsewhere_are_no_difference),
		cmocka_unit_test(a_table_is_ours_by_its_state_chain_alone),
		cmocka_unit_test(a_check_changes_nothing),
		cmocka_unit_test(a_refused_element_is_shown_where_it_comes_from),
		cmocka_unit_test(large_tables_are_read_back),
	};

	enter_namespace();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
