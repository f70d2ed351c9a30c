/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset digests: two rules, chains or sets that differ in one thing alone have
 * different hashes.
 */
#include "helpers.h"

#include <netpolc/nft/ruleset.h>
#include <string.h>

#define MAX6 (~(u128)0)

/* What the variants refer to. */
struct world {
	struct ruleset *rs;
	struct chain *subject, *x, *y;
	struct rule *rule;	    /* the subject's first */
	struct set *pairs, *others; /* of two IPv4 keys */
};

static struct set *add_pairs(struct ruleset *rs, const char *name)
{
	struct set *s = ruleset_add_set(rs, name, NULL);

	s->key[0] = s->key[1] = KEY_IPV4;
	s->nkeys = 2;
	return s;
}

static struct world build(struct arena *a)
{
	struct world w = { .rs = ruleset_new(a, "t", 0) };

	w.subject = ruleset_add_chain(w.rs, "e-subject", NULL);
	w.x = ruleset_add_chain(w.rs, "e-x", NULL);
	w.y = ruleset_add_chain(w.rs, "e-y", NULL);
	w.pairs = add_pairs(w.rs, "pairs");
	w.others = add_pairs(w.rs, "others");
	w.rule = chain_add_rule(w.rs, w.subject, NULL);
	return w;
}

/* ---- rules; b: the second of the two variants ---- */

static void vary_kind(struct world *w, bool b)
{
	if (b)
		rule_nd(w->rs, w->rule);
	else
		rule_reject(w->rs, w->rule, false);
}

static void vary_states(struct world *w, bool b)
{
	rule_ct_state(w->rs, w->rule, b ? CT_NEW : CT_INVALID);
}

static void vary_protocol(struct world *w, bool b)
{
	rule_l4proto(w->rs, w->rule, b ? 6 : 17);
}

static void vary_negation(struct world *w, bool b)
{
	rule_l4proto(w->rs, w->rule, 6);
	if (b)
		rule_negate(w->rule);
}

static void vary_field(struct world *w, bool b)
{
	rule_range(w->rs, w->rule, b ? FIELD_TCP_DPORT : FIELD_UDP_DPORT, 1, 9);
}

static void vary_lower_end(struct world *w, bool b)
{
	rule_range(w->rs, w->rule, FIELD_TCP_DPORT, b, 9);
}

static void vary_upper_end(struct world *w, bool b)
{
	rule_range(w->rs, w->rule, FIELD_IP6_SADDR, 0, b ? MAX6 : MAX6 >> 1);
}

static void vary_set(struct world *w, bool b)
{
	rule_lookup(w->rs, w->rule, b ? w->pairs : w->others, FIELD_IP_SADDR,
		    FIELD_IP_SADDR);
}

static void vary_second_field(struct world *w, bool b)
{
	rule_lookup(w->rs, w->rule, w->pairs, FIELD_IP_SADDR,
		    b ? FIELD_IP_DADDR : FIELD_IP_SADDR);
}

static void vary_chain(struct world *w, bool b)
{
	rule_verdict(w->rs, w->rule, (struct verdict){ VERDICT_GOTO, b ? w->x : w->y });
}

static void vary_jump(struct world *w, bool b)
{
	rule_verdict(w->rs, w->rule,
		     (struct verdict){ b ? VERDICT_JUMP : VERDICT_GOTO, w->x });
}

static void vary_border(struct world *w, bool b)
{
	struct rule *second;

	rule_ct_state(w->rs, w->rule, CT_NEW);
	if (!b)
		rule_ct_state(w->rs, w->rule, CT_NEW);
	second = chain_add_rule(w->rs, w->subject, NULL);
	rule_ct_state(w->rs, second, CT_NEW);
	if (b)
		rule_ct_state(w->rs, second, CT_NEW);
}

static void vary_base(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->subject->base = b;
}

static void vary_policies(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->subject->policies = b ? "a" : NULL;
}

/* ---- sets and names ---- */

static void add_element(struct world *w, u128 lo, u128 hi, u128 first, struct verdict v)
{
	w->pairs->intervals = true;
	w->pairs->map = v.kind != VERDICT_NONE;
	rule_nd(w->rs, w->rule);
	set_add(w->rs, w->pairs, (struct element){ lo, hi, first, v });
}

static void vary_element(struct world *w, bool b)
{
	add_element(w, b, 9, 0, (struct verdict){ VERDICT_NONE, NULL });
}

static void vary_element_end(struct world *w, bool b)
{
	add_element(w, 0, b ? 8 : 9, 0, (struct verdict){ VERDICT_NONE, NULL });
}

static void vary_element_first(struct world *w, bool b)
{
	add_element(w, 0, 9, b, (struct verdict){ VERDICT_NONE, NULL });
}

static void vary_element_verdict(struct world *w, bool b)
{
	add_element(w, 0, 9, 0,
		    (struct verdict){ b ? VERDICT_GOTO : VERDICT_JUMP, w->x });
}

static void vary_element_chain(struct world *w, bool b)
{
	add_element(w, 0, 9, 0, (struct verdict){ VERDICT_GOTO, b ? w->x : w->y });
}

static void vary_intervals(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->pairs->intervals = b;
}

static void vary_cut(struct world *w, bool b)
{
	struct set *s = ruleset_add_set(w->rs, "prefixes", NULL);

	s->nkeys = 1;
	rule_cut(rule_lookup(w->rs, w->rule, s, FIELD_IP_SADDR, FIELD_IP_SADDR),
		 b ? 24 : 16);
}

static void vary_pipapo(struct world *w, bool b)
{
	struct set *s = ruleset_add_set(w->rs, "ranges", NULL);

	rule_nd(w->rs, w->rule);
	s->nkeys = 1;
	s->intervals = true;
	s->pipapo = b;
}

static void vary_map(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->pairs->map = b;
}

static void vary_keys(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->pairs->nkeys = b ? 1 : 2;
}

static void vary_first_key(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->pairs->key[0] = b ? KEY_IPV6 : KEY_IPV4;
}

static void vary_second_key(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	w->pairs->key[1] = b ? KEY_IPV6 : KEY_IPV4;
}

static void vary_limit(struct world *w, bool b)
{
	rule_limit(w->rs, w->rule, b ? 1 : 2);
}

static void vary_prefix(struct world *w, bool b)
{
	rule_log(w->rs, w->rule, b ? "a" : "b", 0);
}

static void vary_link(struct world *w, bool b)
{
	rule_iifname(w->rs, w->rule, b ? "a" : "a*");
}

static void vary_group(struct world *w, bool b)
{
	rule_log(w->rs, w->rule, "a", b ? LOG_SYSLOG : 0);
}

static void vary_set_name(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	add_pairs(w->rs, b ? "a" : "b");
}

static void vary_counter_name(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	ruleset_add_counter(w->rs, b ? "a" : "b");
}

static void vary_chain_name(struct world *w, bool b)
{
	rule_nd(w->rs, w->rule);
	ruleset_add_chain(w->rs, b ? "a" : "b", NULL);
}

static const struct {
	const char *what;
	void (*vary)(struct world *w, bool b);
	bool hash; /* the chain's changes too, not only the table's */
} cases[] = {
	{ "the kind of an expression", vary_kind, true },
	{ "ct states", vary_states, true },
	{ "a protocol", vary_protocol, true },
	{ "negation", vary_negation, true },
	{ "a field", vary_field, true },
	{ "the lower end of a range", vary_lower_end, true },
	{ "the upper end of a range, in its upper half", vary_upper_end, true },
	{ "the set of a look-up", vary_set, true },
	{ "the second field of a look-up", vary_second_field, true },
	{ "the chain of a goto", vary_chain, true },
	{ "jump or goto", vary_jump, true },
	{ "a limit", vary_limit, true },
	{ "a log's prefix", vary_prefix, true },
	{ "an interface", vary_link, true },
	{ "a log's group", vary_group, true },
	{ "the border between two rules", vary_border, true },
	{ "whether a chain hooks", vary_base, true },
	{ "the policies of a chain", vary_policies, true },
	{ "an element", vary_element, false },
	{ "an element's upper end", vary_element_end, false },
	{ "an element's first key part", vary_element_first, false },
	{ "an element's verdict", vary_element_verdict, false },
	{ "an element's chain", vary_element_chain, false },
	{ "how much of a field is looked up", vary_cut, true },
	{ "whether a set has intervals", vary_intervals, false },
	{ "what keeps its intervals", vary_pipapo, false },
	{ "whether a set is a map", vary_map, false },
	{ "the number of keys", vary_keys, false },
	{ "the first key", vary_first_key, false },
	{ "the second key", vary_second_key, false },
	{ "the name of a set", vary_set_name, false },
	{ "the name of a counter", vary_counter_name, false },
	{ "the name of a chain", vary_chain_name, false },
};

static void one_difference_is_another_digest(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w[2];
		bool hash;

		for (int b = 0; b < 2; b++) {
			w[b] = build(*state);
			cases[i].vary(&w[b], b);
			ruleset_finish(w[b].rs);
		}
		hash = strncmp(w[0].subject->at[0].comment, w[1].subject->at[0].comment,
			       RULESET_HASH) != 0;
		if (hash != cases[i].hash)
			fail_msg("%s: the chain's hash", cases[i].what);
		if (strcmp(w[0].rs->digest.at, w[1].rs->digest.at) == 0)
			fail_msg("%s: the table's digest", cases[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_difference_is_another_digest),
	};

	return cmocka_run_group_tests_name("ruleset_digest", tests, NULL, NULL);
}
