/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset: items are found by name, order of building leaves no trace, hashes
 * follow what they stand for, and nothing hostile survives in a comment.
 */
#include "helpers.h"

#include <netpolc/nft/ruleset.h>
#include <samples.h>
#include <stdio.h>
#include <string.h>

#define MAX6 (~(u128)0)

static const struct verdict accept_it = { .kind = VERDICT_ACCEPT };
static const struct verdict drop_it = { .kind = VERDICT_DROP };

/* A small table whose parts tests change one at a time. */
struct parts {
	struct ruleset *rs;
	struct chain *forward, *other;
	struct set *map;
	struct counter *counter;
};

static struct set *add_map(struct ruleset *rs, const char *name)
{
	struct set *s = ruleset_add_set(rs, name, NULL);

	s->key[0] = KEY_IPV4;
	s->nkeys = 1;
	s->map = true;
	return s;
}

static struct parts build(struct arena *a, const char *table, int priority)
{
	struct ruleset *rs = ruleset_new(a, table, priority);
	struct parts p = {
		.rs = rs,
		.forward = ruleset_add_chain(rs, "forward", NULL),
		.other = ruleset_add_chain(rs, "e-other", NULL),
		.map = add_map(rs, "egress4"),
		.counter = ruleset_add_counter(rs, "e-other"),
	};

	p.forward->base = true;
	rule_lookup(rs, chain_add_rule(rs, p.forward, NULL), p.map, FIELD_IP_SADDR,
		    FIELD_IP_SADDR);
	rule_verdict(rs, rule_counter(rs, chain_add_rule(rs, p.other, NULL), p.counter),
		     drop_it);
	set_add(rs, p.map,
		(struct element){
			.lo = 5, .hi = 5, .verdict = { VERDICT_GOTO, p.other } });
	return p;
}

static void a_name_is_unique_in_its_kind(void **state)
{
	struct parts p = build(*state, "t", 0);

	assert_null(ruleset_add_chain(p.rs, "e-other", NULL));
	assert_null(ruleset_add_set(p.rs, "egress4", NULL));
	assert_null(ruleset_add_counter(p.rs, "e-other"));
	assert_non_null(ruleset_add_set(p.rs, "e-other", NULL));
	assert_int_equal(p.rs->nchains, 2);
	assert_ptr_equal(ruleset_chain(p.rs, "e-other"), p.other);
	assert_ptr_equal(ruleset_set(p.rs, "egress4"), p.map);
	assert_ptr_equal(ruleset_counter(p.rs, "e-other"), p.counter);
	assert_null(ruleset_chain(p.rs, "egress4"));
}

/* ---- elements ---- */

static const struct {
	const char *what;
	bool intervals;
	struct element given[4], want[4];
	size_t ngiven, nwant;
} merge_cases[] = {
	{ "elements are sorted",
	  false,
	  { { .lo = 9, .hi = 9 }, { .lo = 1, .hi = 1 } },
	  { { .lo = 1, .hi = 1 }, { .lo = 9, .hi = 9 } },
	  2,
	  2 },
	{ "the first key part comes first",
	  false,
	  { { .lo = 1, .hi = 1, .first = 2 }, { .lo = 9, .hi = 9, .first = 1 } },
	  { { .lo = 9, .hi = 9, .first = 1 }, { .lo = 1, .hi = 1, .first = 2 } },
	  2,
	  2 },
	{ "touching intervals are one",
	  true,
	  { { .lo = 4, .hi = 9 }, { .lo = 1, .hi = 3 } },
	  { { .lo = 1, .hi = 9 } },
	  2,
	  1 },
	{ "three touching intervals are one",
	  true,
	  { { .lo = 1, .hi = 1 }, { .lo = 2, .hi = 2 }, { .lo = 3, .hi = 3 } },
	  { { .lo = 1, .hi = 3 } },
	  3,
	  1 },
	{ "touching hosts of a hash stay apart",
	  false,
	  { { .lo = 1, .hi = 1 }, { .lo = 2, .hi = 2 } },
	  { { .lo = 1, .hi = 1 }, { .lo = 2, .hi = 2 } },
	  2,
	  2 },
	{ "a repeat is dropped",
	  false,
	  { { .lo = 1, .hi = 1 }, { .lo = 1, .hi = 1 } },
	  { { .lo = 1, .hi = 1 } },
	  2,
	  1 },
	{ "an interval inside another is dropped",
	  true,
	  { { .lo = 1, .hi = 9 }, { .lo = 3, .hi = 4 } },
	  { { .lo = 1, .hi = 9 } },
	  2,
	  1 },
	{ "other verdicts stay apart",
	  true,
	  { { .lo = 1, .hi = 3, .verdict = { .kind = VERDICT_DROP } },
	    { .lo = 4, .hi = 9 } },
	  { { .lo = 1, .hi = 3, .verdict = { .kind = VERDICT_DROP } },
	    { .lo = 4, .hi = 9 } },
	  2,
	  2 },
	{ "other first key parts stay apart",
	  true,
	  { { .lo = 1, .hi = 3, .first = 1 }, { .lo = 4, .hi = 9, .first = 2 } },
	  { { .lo = 1, .hi = 3, .first = 1 }, { .lo = 4, .hi = 9, .first = 2 } },
	  2,
	  2 },
	{ "a gap of one stays",
	  true,
	  { { .lo = 1, .hi = 3 }, { .lo = 5, .hi = 9 } },
	  { { .lo = 1, .hi = 3 }, { .lo = 5, .hi = 9 } },
	  2,
	  2 },
	{ "nothing wraps at the highest address",
	  true,
	  { { .lo = MAX6, .hi = MAX6 }, { .lo = 0, .hi = 0 } },
	  { { .lo = 0, .hi = 0 }, { .lo = MAX6, .hi = MAX6 } },
	  2,
	  2 },
};

static bool elements_equal(const struct element *x, const struct element *y)
{
	enum verdict_kind want = y->verdict.kind ? y->verdict.kind : VERDICT_ACCEPT;

	return x->lo == y->lo && x->hi == y->hi && x->first == y->first &&
	       x->verdict.kind == want;
}

static void elements_come_sorted_and_merged(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(merge_cases); i++) {
		struct ruleset *rs = ruleset_new(*state, "t", 0);
		struct set *s = add_map(rs, "m");

		s->key[0] = s->key[1] = KEY_IPV6;
		s->nkeys = 2;
		s->intervals = merge_cases[i].intervals;
		for (size_t j = 0; j < merge_cases[i].ngiven; j++) {
			struct element e = merge_cases[i].given[j];

			if (!e.verdict.kind)
				e.verdict = accept_it;
			set_add(rs, s, e);
		}
		ruleset_finish(rs);
		if (s->len != merge_cases[i].nwant)
			fail_msg("%s: %zu elements", merge_cases[i].what, s->len);
		for (size_t j = 0; j < s->len; j++)
			if (!elements_equal(&s->at[j], &merge_cases[i].want[j]))
				fail_msg("%s", merge_cases[i].what);
	}
}

static void sets_and_counters_are_sorted_by_name(void **state)
{
	struct ruleset *rs = sample_build(*state, "policies");

	for (size_t i = 0; i < rs->nsets; i++) {
		assert_int_equal(rs->sets[i]->id, i);
		if (i)
			assert_true(strcmp(rs->sets[i - 1]->name, rs->sets[i]->name) < 0);
	}
	for (size_t i = 1; i < rs->ncounters; i++)
		assert_true(strcmp(rs->counters[i - 1]->name, rs->counters[i]->name) < 0);
	assert_string_equal(rs->chains[0]->name, "forward");
	assert_string_equal(rs->chains[2]->name, "ingress");
}

/* ---- comments ---- */

#define A20  "aaaaaaaaaaaaaaaaaaaa"
#define A100 A20 A20 A20 A20 A20

static const struct {
	const char *what, *policies, *want; /* want: behind the hash */
} comment_cases[] = {
	{ "without policies the hash stands alone", NULL, "" },
	{ "policies stand behind the hash", "shop/web, shop/db", " shop/web, shop/db" },
	{ "every allowed character stays", "a-Z.0/9:_+x", " a-Z.0/9:_+x" },
	{ "quotes, braces, semicolons and line ends are replaced", "a\"b;c{d}e\nf\\g#h$",
	  " a_b_c_d_e_f_g_h_" },
	{ "bytes above ASCII are replaced", "\xc3\xa9", " __" },
	{ "103 bytes fit", A100 "bcd", " " A100 "bcd" },
	{ "104 bytes alone are cut", A100 "bcde", " " A100 "..." },
	{ "a long list is cut between items",
	  A20 ", " A20 ", " A20 ", " A20 ", " A20 ", x",
	  " " A20 ", " A20 ", " A20 ", " A20 ", +2 more" },
	{ "a list that was cut before", "a, b, +5 more", " a, b, +5 more" },
	{ "and is cut again", A20 ", " A20 ", " A20 ", " A20 ", " A20 ", +30 more",
	  " " A20 ", " A20 ", " A20 ", " A20 ", +31 more" },
	{ "a first item that is too long is cut", A100 A20 ", b, c",
	  " " A20 A20 A20 A20 "aaaaaaaaaaa..., +2 more" },
};

static void comments_fit_and_hold_nothing_hostile(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(comment_cases); i++) {
		struct parts p = build(*state, "t", 0);
		const char *got;

		p.other->policies = comment_cases[i].policies;
		ruleset_finish(p.rs);
		got = p.other->at[0].comment;
		assert_int_equal(strspn(got, "0123456789abcdef"), RULESET_HASH);
		if (strlen(got) > RULESET_COMMENT ||
		    strcmp(got + RULESET_HASH, comment_cases[i].want))
			fail_msg("%s: '%s'", comment_cases[i].what, got);
	}
}

static void every_rule_carries_the_hash_of_its_chain(void **state)
{
	for (size_t i = 0; i < nsamples; i++) {
		const struct ruleset *rs = samples[i].build(*state);

		for (size_t j = 0; j + 1 < rs->nchains; j++) {
			const struct chain *c = rs->chains[j];

			for (size_t r = 1; r < c->len; r++) {
				assert_int_equal(strlen(c->at[r].comment), RULESET_HASH);
				assert_memory_equal(c->at[0].comment, c->at[r].comment,
						    RULESET_HASH);
			}
		}
	}
}

static void lines_for_readers_hold_no_line_end(void **state)
{
	struct parts p = build(*state, "t", 0);

	p.map->about = "pods (of \"shop\")\nflush ruleset\\";
	p.other->about = "~ a\033[31m\xc3\xa9\x7f";
	ruleset_finish(p.rs);
	assert_string_equal(p.map->about, "pods (of \"shop\")_flush ruleset_");
	assert_string_equal(p.other->about, "~ a_[31m___");
}

static void a_line_for_readers_ends_somewhere(void **state)
{
	struct parts p = build(*state, "t", 0);

	p.map->about = "of: " A100 ", " A100 ", " A100 ", " A100 ", b";
	ruleset_finish(p.rs);
	assert_string_equal(p.map->about, "of: " A100 ", " A100 ", " A100 ", +2 more");
}

static void the_state_chain_says_whose_table_it_is(void **state)
{
	struct parts p = build(*state, "t", 0);
	const struct chain *last;
	char want[200];

	p.rs->version = "1.2\"3";
	ruleset_finish(p.rs);
	last = p.rs->chains[p.rs->nchains - 1];
	snprintf(want, sizeof(want), "netpolc %s layout %d version 1.2_3",
		 p.rs->digest.at, RULESET_LAYOUT);
	assert_string_equal(last->name, "state");
	assert_false(last->base);
	assert_int_equal(last->len, 1);
	assert_string_equal(last->at[0].comment, want);
}

static void an_empty_chain_stays_empty(void **state)
{
	struct ruleset *rs = sample_build(*state, "empty");

	assert_int_equal(ruleset_chain(rs, "e-nothing")->len, 0);
}

/* ---- hashes and digests ---- */

static void change_nothing(struct parts *p)
{
	(void)p;
}

static void change_element(struct parts *p)
{
	p->map->at[0].lo = p->map->at[0].hi = 6;
}

static void change_element_verdict(struct parts *p)
{
	p->map->at[0].verdict = drop_it;
}

static void change_verdict(struct parts *p)
{
	p->other->at[0].at[1].verdict = accept_it;
}

static void change_policies(struct parts *p)
{
	p->other->policies = "shop/web";
}

static void change_counter(struct parts *p)
{
	p->other->at[0].at[0].counter = ruleset_add_counter(p->rs, "e-new");
}

static void change_rules(struct parts *p)
{
	rule_verdict(p->rs, chain_add_rule(p->rs, p->other, NULL), drop_it);
}

static void change_split(struct parts *p)
{
	p->other->at[0].len = 1;
	change_rules(p);
}

static void change_chains(struct parts *p)
{
	ruleset_add_chain(p->rs, "e-new", NULL);
}

static void change_sets(struct parts *p)
{
	add_map(p->rs, "new");
}

static void change_intervals(struct parts *p)
{
	p->map->intervals = true;
}

static void change_version(struct parts *p)
{
	p->rs->version = "9";
}

static void change_about(struct parts *p)
{
	p->map->about = "new";
}

static const struct {
	const char *what;
	void (*change)(struct parts *p);
	bool hash, digest; /* whether those of e-other and of the table change */
} change_cases[] = {
	{ "nothing changes nothing", change_nothing, false, false },
	{ "an element", change_element, false, true },
	{ "an element's verdict", change_element_verdict, false, true },
	{ "a rule's verdict", change_verdict, true, true },
	{ "the policies that a comment names", change_policies, true, true },
	{ "the counter of a rule", change_counter, true, true },
	{ "one rule more", change_rules, true, true },
	{ "one rule split in two", change_split, true, true },
	{ "one chain more", change_chains, false, true },
	{ "one set more", change_sets, false, true },
	{ "a set with intervals", change_intervals, false, true },
	{ "the version is not part of it", change_version, false, false },
	{ "what readers are told is not part of it", change_about, false, false },
};

static void hashes_change_with_what_they_stand_for(void **state)
{
	struct parts first = build(*state, "t", 0);

	ruleset_finish(first.rs);
	for (size_t i = 0; i < ARRAY_SIZE(change_cases); i++) {
		struct parts p = build(*state, "t", 0);

		change_cases[i].change(&p);
		ruleset_finish(p.rs);
		if (change_cases[i].hash != !!strncmp(first.other->at[0].comment,
						      p.other->at[0].comment,
						      RULESET_HASH))
			fail_msg("hash: %s", change_cases[i].what);
		if (change_cases[i].digest !=
		    !!strcmp(first.rs->digest.at, p.rs->digest.at))
			fail_msg("digest: %s", change_cases[i].what);
	}
}

static void table_and_priority_are_part_of_the_digest(void **state)
{
	struct parts x = build(*state, "t", 0), y = build(*state, "u", 0),
		     z = build(*state, "t", 1);

	ruleset_finish(x.rs);
	ruleset_finish(y.rs);
	ruleset_finish(z.rs);
	assert_string_not_equal(x.rs->digest.at, y.rs->digest.at);
	assert_string_not_equal(x.rs->digest.at, z.rs->digest.at);
	assert_string_not_equal(x.forward->at[0].comment, z.forward->at[0].comment);
}

static void the_order_of_sets_and_elements_leaves_no_trace(void **state)
{
	struct ruleset *rs[2];
	BUF_AUTO first = { 0 };
	BUF_AUTO second = { 0 };

	for (int i = 0; i < 2; i++) {
		rs[i] = ruleset_new(*state, "t", 0);
		for (int j = 0; j < 3; j++) {
			static const char *const names[] = { "a", "b", "c" };
			struct set *s = add_map(rs[i], names[i ? 2 - j : j]);

			for (unsigned k = 0; k < 9; k++)
				set_add(rs[i], s,
					(struct element){ .lo = i ? 8 - k : k,
							  .hi = i ? 8 - k : k,
							  .verdict = drop_it });
		}
		ruleset_finish(rs[i]);
		ruleset_dump(i ? &second : &first, rs[i]);
	}
	assert_string_equal(rs[0]->digest.at, rs[1]->digest.at);
	assert_string_equal(first.at, second.at);
	assert_int_equal(ruleset_elements(rs[0]), 27);
}

static void anonymous_sets_are_counted(void **state)
{
	struct parts p = build(*state, "t", 0);
	struct chain *c = ruleset_add_chain(p.rs, "discovery", NULL);
	size_t before = ruleset_count_sets(p.rs);

	rule_verdict(p.rs, rule_nd(p.rs, chain_add_rule(p.rs, c, NULL)), accept_it);
	assert_int_equal(ruleset_count_sets(p.rs), before + 1);
	assert_int_equal(ruleset_count_sets(sample_build(*state, "policies")), 9);
}

static void a_dump_says_what_the_structs_say(void **state)
{
	BUF_AUTO got = { 0 };
	struct parts p = build(*state, "t", -1);
	char want[600];

	rule_verdict(
		p.rs,
		rule_not_syn(
			p.rs,
			rule_l4proto(p.rs,
				     rule_ct_state(p.rs,
						   chain_add_rule(p.rs, p.forward, NULL),
						   CT_NEW | CT_INVALID),
				     6)),
		(struct verdict){ VERDICT_JUMP, p.other });
	rule_verdict(p.rs, rule_nd(p.rs, chain_add_rule(p.rs, p.forward, NULL)),
		     accept_it);
	rule_verdict(p.rs,
		     rule_range(p.rs, chain_add_rule(p.rs, p.forward, NULL),
				FIELD_TCP_DPORT, 80, 90),
		     accept_it);
	ruleset_finish(p.rs);
	ruleset_dump(&got, p.rs);
	snprintf(want, sizeof(want),
		 "table t priority -1\n"
		 "counter e-other\n"
		 "map egress4 ipv4_addr\n"
		 "\t0.0.0.5 goto e-other\n"
		 "chain forward base\n"
		 "\tmap ip-saddr egress4 # %s\n"
		 "\tct-state invalid new; l4proto 6; not-syn; jump e-other # %s\n"
		 "\tneighbour-discovery; accept # %s\n"
		 "\trange tcp-dport 80-90; accept # %s\n"
		 "chain e-other\n"
		 "\tcounter e-other; drop # %s\n"
		 "chain state\n"
		 "\taccept # %s\n",
		 p.forward->at[0].comment, p.forward->at[1].comment,
		 p.forward->at[2].comment, p.forward->at[3].comment,
		 p.other->at[0].comment, p.rs->chains[2]->at[0].comment);
	assert_string_equal(got.at, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_unique_in_its_kind),
		TEST(elements_come_sorted_and_merged),
		TEST(sets_and_counters_are_sorted_by_name),
		TEST(comments_fit_and_hold_nothing_hostile),
		TEST(every_rule_carries_the_hash_of_its_chain),
		TEST(lines_for_readers_hold_no_line_end),
		TEST(a_line_for_readers_ends_somewhere),
		TEST(the_state_chain_says_whose_table_it_is),
		TEST(an_empty_chain_stays_empty),
		TEST(hashes_change_with_what_they_stand_for),
		TEST(table_and_priority_are_part_of_the_digest),
		TEST(the_order_of_sets_and_elements_leaves_no_trace),
		TEST(anonymous_sets_are_counted),
		TEST(a_dump_says_what_the_structs_say),
	};

	return cmocka_run_group_tests_name("ruleset", tests, NULL, NULL);
}
