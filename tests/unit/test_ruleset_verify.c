/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_verify: a sound table passes, and each broken invariant, one at a time,
 * ends the program.
 */
#include "helpers.h"

#include <netpolc/nft/ruleset.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void change_nothing(struct parts *p)
{
	(void)p;
}

static void break_name(struct parts *p)
{
	ruleset_add_chain(p->rs, "e;x", NULL);
}

static void break_first_letter(struct parts *p)
{
	ruleset_add_counter(p->rs, "1x");
}

static void break_name_length(struct parts *p)
{
	ruleset_add_chain(p->rs, "e-abcdefghijklmnopqrstuvwxyz0123", NULL);
}

static void break_state(struct parts *p)
{
	ruleset_add_chain(p->rs, "state", NULL);
}

static void break_chain_reference(struct parts *p)
{
	static const struct chain stranger = { .name = "e-stranger", .id = 1 };

	p->map->at[0].verdict.chain = &stranger;
}

static void break_missing_chain(struct parts *p)
{
	p->map->at[0].verdict.chain = NULL;
}

static void break_base_reference(struct parts *p)
{
	struct chain *c = ruleset_add_chain(p->rs, "e-new", NULL);

	rule_verdict(p->rs, chain_add_rule(p->rs, c, NULL),
		     (struct verdict){ VERDICT_GOTO, p->forward });
}

static void break_protocol(struct parts *p)
{
	rule_l4proto(p->rs, chain_add_rule(p->rs, p->other, NULL), 256);
}

static void break_verdict(struct parts *p)
{
	p->other->at[0].at[1].verdict.kind = VERDICT_NONE;
}

static void break_keys(struct parts *p)
{
	ruleset_add_set(p->rs, "keyless", NULL);
}

static void break_set_reference(struct parts *p)
{
	static const struct set stranger = { .name = "stranger",
					     .nkeys = 1,
					     .map = true };

	p->forward->at[0].at[0].set = &stranger;
}

static void add_pipapo(struct parts *p, enum key_type key, bool intervals)
{
	struct set *s = ruleset_add_set(p->rs, "ranges", NULL);

	s->nkeys = 1;
	s->key[0] = key;
	s->intervals = intervals;
	s->pipapo = true;
}

static void keep_pipapo(struct parts *p)
{
	add_pipapo(p, KEY_IPV6, true);
}

static void break_pipapo_hash(struct parts *p)
{
	add_pipapo(p, KEY_IPV6, false);
}

static void break_pipapo_port(struct parts *p)
{
	add_pipapo(p, KEY_PORT, true);
}

static void keep_cut(struct parts *p)
{
	rule_cut(&p->forward->at[0], 31);
}

static void break_cut_of_nothing(struct parts *p)
{
	rule_cut(&p->forward->at[0], 32);
}

static void break_cut_range(struct parts *p)
{
	p->map->intervals = true;
	rule_cut(&p->forward->at[0], 24);
}

static void break_map_negation(struct parts *p)
{
	rule_negate(&p->forward->at[0]);
}

static void break_counter_reference(struct parts *p)
{
	static const struct counter stranger = { .name = "e-other" };

	p->other->at[0].at[0].counter = &stranger;
}

static void break_by_loop(struct parts *p)
{
	p->other->at[0].at[1].verdict = (struct verdict){ VERDICT_GOTO, p->other };
}

static void break_by_overlap(struct parts *p)
{
	p->map->intervals = true;
	set_add(p->rs, p->map, (struct element){ .lo = 1, .hi = 9, .verdict = drop_it });
}

static void break_by_second_verdict(struct parts *p)
{
	set_add(p->rs, p->map, (struct element){ .lo = 5, .hi = 5, .verdict = drop_it });
}

static void break_by_interval(struct parts *p)
{
	p->map->at[0].hi = 6;
}

static void break_type(struct parts *p)
{
	p->map->at[0].lo = p->map->at[0].hi = (u128)UINT32_MAX + 1;
}

static void break_first(struct parts *p)
{
	p->map->at[0].first = 1;
}

static void break_plain_set(struct parts *p)
{
	p->map->map = false;
}

static void break_field(struct parts *p)
{
	p->forward->at[0].at[0].fields[0] = FIELD_IP6_SADDR;
}

static void break_empty_rule(struct parts *p)
{
	chain_add_rule(p->rs, p->other, NULL);
}

static void break_behind_end(struct parts *p)
{
	rule_verdict(p->rs, &p->other->at[0], drop_it);
}

static void break_tcp(struct parts *p)
{
	rule_reject(p->rs, chain_add_rule(p->rs, p->other, NULL), true);
}

static void break_range(struct parts *p)
{
	rule_range(p->rs, chain_add_rule(p->rs, p->other, NULL), FIELD_TCP_DPORT, 1,
		   65536);
}

static void break_empty_range(struct parts *p)
{
	rule_range(p->rs, chain_add_rule(p->rs, p->other, NULL), FIELD_TCP_DPORT, 2, 1);
}

static void break_states(struct parts *p)
{
	rule_ct_state(p->rs, chain_add_rule(p->rs, p->other, NULL), 0);
}

static void add_jumps(struct parts *p, unsigned n)
{
	struct chain *from = p->other;
	char name[16];

	from->at[0].len = 1;
	for (unsigned i = 0; i < n; i++) {
		struct chain *to;

		snprintf(name, sizeof(name), "p-%u", i);
		to = ruleset_add_chain(p->rs, name, NULL);
		rule_verdict(p->rs, chain_add_rule(p->rs, from, NULL),
			     (struct verdict){ VERDICT_JUMP, to });
		from = to;
	}
}

static void break_depth(struct parts *p)
{
	add_jumps(p, 6);
}

static void keep_depth(struct parts *p)
{
	add_jumps(p, 5);
}

static const struct {
	const char *what;
	void (*change)(struct parts *p);
	bool fine;
} break_cases[] = {
	{ "a table as it should be", change_nothing, true },
	{ "a name with a semicolon", break_name, false },
	{ "a name that begins with a digit", break_first_letter, false },
	{ "a chain name of 32 bytes", break_name_length, false },
	{ "a chain named state", break_state, false },
	{ "an element that leads to a foreign chain", break_chain_reference, false },
	{ "a goto without its chain", break_missing_chain, false },
	{ "a goto to the base chain", break_base_reference, false },
	{ "a protocol beyond 255", break_protocol, false },
	{ "a rule that ends in no verdict", break_verdict, false },
	{ "a set without a key", break_keys, false },
	{ "a look-up in a foreign set", break_set_reference, false },
	{ "ranges kept by pipapo", keep_pipapo, true },
	{ "hosts kept by pipapo", break_pipapo_hash, false },
	{ "ports kept by pipapo", break_pipapo_port, false },
	{ "a look-up of a prefix", keep_cut, true },
	{ "a prefix that is all of it", break_cut_of_nothing, false },
	{ "a prefix among ranges", break_cut_range, false },
	{ "a map that is asked for what it lacks", break_map_negation, false },
	{ "a foreign counter", break_counter_reference, false },
	{ "a chain that leads to itself", break_by_loop, false },
	{ "elements that overlap", break_by_overlap, false },
	{ "one element with two verdicts", break_by_second_verdict, false },
	{ "an interval in a set without intervals", break_by_interval, false },
	{ "an element beyond its type", break_type, false },
	{ "a first key part in a set with one", break_first, false },
	{ "a verdict in a plain set", break_plain_set, false },
	{ "a look-up by a field of another type", break_field, false },
	{ "a rule without an expression", break_empty_rule, false },
	{ "an expression behind a verdict", break_behind_end, false },
	{ "a reset for what may not be TCP", break_tcp, false },
	{ "a port beyond 65535", break_range, false },
	{ "an empty range", break_empty_range, false },
	{ "a match of no ct state", break_states, false },
	{ "five jumps", keep_depth, true },
	{ "six jumps", break_depth, false },
};

/* The exit status of a process that does check to the ruleset. */
static int try(void (*check)(struct ruleset *rs), struct ruleset *rs)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		check(rs);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static bool aborted(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void a_broken_invariant_ends_the_program(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(break_cases); i++) {
		struct parts p = build(*state, "t", 0);
		int status;

		break_cases[i].change(&p);
		status = try(ruleset_finish, p.rs);
		if (break_cases[i].fine ? status != 0 : !aborted(status))
			fail_msg("%s: status %d", break_cases[i].what, status);
	}
}

static void verify(struct ruleset *rs)
{
	ruleset_verify(rs);
}

#define A20 "aaaaaaaaaaaaaaaaaaaa"

static void a_bad_comment_ends_the_program(void **state)
{
	static const char *const comments[] = { "a\"b", "a\\b",
						A20 A20 A20 A20 A20 A20 "a", NULL };
	struct parts p = build(*state, "t", 0);

	ruleset_finish(p.rs);
	for (size_t i = 0; i < ARRAY_SIZE(comments); i++) {
		p.other->at[0].comment = comments[i];
		assert_true(aborted(try(verify, p.rs)));
	}
	p.other->at[0].comment = comments[2] + 1; /* 120 bytes */
	assert_int_equal(try(verify, p.rs), 0);
}

static void a_bad_log_ends_the_program(void **state)
{
	static const char *const prefixes[] = { "a\"b", A20 A20 A20 A20 A20 A20 "a" };
	struct parts p = build(*state, "t", 0);
	struct expr *log;

	log = rule_log(p.rs, chain_add_rule(p.rs, p.other, NULL), "good: ", 5)->at;
	ruleset_finish(p.rs);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		log->prefix = prefixes[i];
		assert_true(aborted(try(verify, p.rs)));
	}
	log->prefix = prefixes[1] + 1; /* 120 bytes */
	assert_int_equal(try(verify, p.rs), 0);
	log->group = UINT16_MAX + 1;
	assert_true(aborted(try(verify, p.rs)));
	log->group = LOG_SYSLOG - 1;
	assert_true(aborted(try(verify, p.rs)));
}

static void a_bad_interface_ends_the_program(void **state)
{
	static const char *const names[] = { "",     "*",   "a*b",
					     "a\"b", "a b", "sixteen-or-more-" };
	struct parts p = build(*state, "t", 0);
	struct expr *e;

	e = rule_iifname(p.rs, chain_add_rule(p.rs, p.other, NULL), "eth0.1*")->at;
	ruleset_finish(p.rs);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		e->name = names[i];
		assert_true(aborted(try(verify, p.rs)));
	}
	e->name = "fifteen-of-them";
	assert_int_equal(try(verify, p.rs), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_broken_invariant_ends_the_program),
		TEST(a_bad_comment_ends_the_program),
		TEST(a_bad_log_ends_the_program),
		TEST(a_bad_interface_ends_the_program),
	};

	return cmocka_run_group_tests_name("ruleset_verify", tests, NULL, NULL);
}
