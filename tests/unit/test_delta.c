/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delta: as many operations as the change has, in an order that the kernel takes,
 * and afterwards nothing is left to do.
 */
#include "lowered.h"
#include "table.h"

#include <netpolc/nft/delta_between.h>

/* "1 delete-element, 2 add-rule" of both transactions, " | " between them. */
static const char *operations_text(struct arena *a, const struct delta *d)
{
	static const char *const words[DELTA_KINDS] = {
		[DELTA_DELETE_ELEMENT] = "-element", [DELTA_FLUSH_SET] = "0set",
		[DELTA_FLUSH_CHAIN] = "0chain",	     [DELTA_DELETE_SET] = "-set",
		[DELTA_DELETE_CHAIN] = "-chain",     [DELTA_DELETE_COUNTER] = "-counter",
		[DELTA_ADD_COUNTER] = "+counter",    [DELTA_ADD_SET] = "+set",
		[DELTA_ADD_ELEMENT] = "+element",    [DELTA_ADD_CHAIN] = "+chain",
		[DELTA_ADD_RULE] = "+rule",
	};
	const struct delta_operations *const lists[] = { &d->first, &d->then };
	const char *out = "";

	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		size_t n[DELTA_KINDS] = { 0 };

		for (size_t i = 0; i < lists[l]->len; i++)
			n[lists[l]->at[i].kind]++;
		for (size_t kind = 0; kind < DELTA_KINDS; kind++)
			if (n[kind])
				out = arena_printf(a, "%s%s%zu%s", out, *out ? " " : "",
						   n[kind], words[kind]);
		if (!l && lists[l]->len)
			out = arena_printf(a, "%s |", out);
	}
	return out;
}

#define CLIENTS "ingress: [{from: [" APP("web") "], ports: [{port: 80}, {port: 443}]}]"

/* Whatever changes, the state chain's one rule does: "10chain 1+rule". */
static const struct {
	const char *what, *before, *after, *want;
} cases[] = {
	{ "nothing", PODS ON("x", CLIENTS), PODS ON("x", CLIENTS), "" },
	{ "a pod that concerns nobody", PODS ON("x", CLIENTS),
	  PODS ON("x", CLIENTS) POD("m", "new", "app: none", "10.0.3.1"), "" },
	{ "an isolated pod more", PODS ON("x", CLIENTS),
	  PODS ON("x", CLIENTS) POD("m", "new", "app: x", "10.0.3.1"),
	  "10chain 3+element 1+rule" },
	{ "an isolated pod less",
	  PODS ON("x", CLIENTS) POD("m", "new", "app: x", "10.0.3.1"),
	  PODS ON("x", CLIENTS), "3-element 10chain 1+rule" },
	{ "a peer more", PODS ON("x", CLIENTS), PODS ON("x", CLIENTS) WEB(4),
	  "10chain 1+element 1+rule" },
	{ "a peer less", PODS ON("x", CLIENTS) WEB(4), PODS ON("x", CLIENTS),
	  "1-element 10chain 1+rule" },
	{ "a peer with another address",
	  PODS ON("x", CLIENTS) POD("m", "new", "app: web", "10.0.3.1"),
	  PODS ON("x", CLIENTS) POD("m", "new", "app: web", "10.0.3.2"),
	  "1-element 10chain 1+element 1+rule" },
	{ "a pod relabelled from one class to another",
	  PODS ON("x", CLIENTS) ON("v", "") POD("m", "new", "app: x", "10.0.3.1"),
	  PODS ON("x", CLIENTS) ON("v", "") POD("m", "new", "app: v", "10.0.3.1"),
	  "1-element 10chain 1+element 1+rule" },
	{ "a policy more, on pods that are open", PODS ON("x", CLIENTS),
	  PODS ON("x", CLIENTS) ON("v", ""),
	  "1+counter 1+chain 3+rule | 10chain 3+element 1+rule" },
	{ "a policy less", PODS ON("x", CLIENTS) ON("v", ""), PODS ON("x", CLIENTS),
	  "3-element 20chain 1-chain 1-counter 1+rule" },
	{ "the first policy", PODS, PODS ON("v", ""),
	  "20chain 2+counter 3+chain 3+set 3+element 11+rule" },
	{ "the last policy", PODS ON("v", ""), PODS,
	  "50chain 3-set 3-chain 2-counter 2+rule" },
	{ "a policy more, on pods that are isolated", PODS ON("x", CLIENTS),
	  PODS ON("x", CLIENTS)
		  POLICY("m", "more", "podSelector: {matchLabels: {app: x}}"),
	  "1+counter 1+chain 5+rule | 2-element 20chain 1-chain 1-counter 2+element "
	  "1+rule" },
	{ "ports changed", PODS ON("x", CLIENTS),
	  PODS ON("x", "ingress: [{from: [" APP("web") "], ports: [{port: 80}]}]"),
	  "20chain 1-set 1+set 3+element 5+rule" },
	{ "a class renamed", PODS ON("x", CLIENTS),
	  PODS POLICY("m", "other", "podSelector: {matchLabels: {app: x}}, " CLIENTS),
	  "1+counter 1+chain 5+rule | 2-element 20chain 1-chain 1-counter 2+element "
	  "1+rule" },
	{ "a block more",
	  PODS ON("x", "ingress: [{from: [" BLOCK("cidr: 192.0.2.0/24") "]}]"),
	  PODS ON("x", "ingress: [{from: [" BLOCK("cidr: 192.0.2.0/24") ", " BLOCK(
			       "cidr: 198.51.100.0/24") "]}]"),
	  "20chain 6+rule" },
	{ "egress too", PODS ON("x", "policyTypes: [Ingress]"),
	  PODS ON("x", "policyTypes: [Ingress, Egress]"),
	  "20chain 1+counter 2+chain 1+set 2+element 10+rule" },
};

static void a_change_is_as_many_operations_as_it_has(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct run before, after;
		const struct ruleset *old =
			lower_text(&before, NULL, NULL, cases[i].before);
		const struct ruleset *new =
			lower_text(&after, NULL, NULL, cases[i].after);
		struct table t = table_of(*state, old);
		struct delta *d = table_delta(&t, new);
		const char *got = operations_text(*state, d);

		assert_false(d->replace);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].what, got);
		table_run(&t, d, &d->first);
		table_run(&t, d, &d->then);
		d = table_delta(&t, new);
		if (delta_len(d) || d->why)
			fail_msg("%s: then still %s", cases[i].what, d->why);
		run_free(&before);
		run_free(&after);
	}
}

/* Two sets, a map and a chain, as one and as another. */
static struct ruleset *built(struct arena *a, bool second)
{
	static struct object policy = { "NetworkPolicy", "m", "x", { 0 } };
	const struct origin origin = { { 0, second ? 20 : 10, 1, 1 }, &policy, "spec" };
	struct ruleset *rs = ruleset_new(a, "t", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct chain *own = ruleset_add_chain(rs, second ? "i-two" : "i-one", &origin);
	struct set *map = ruleset_add_set(rs, "m-all", &origin);
	struct set *plain = ruleset_add_set(rs, second ? "s-two" : "s-one", &origin);
	const struct counter *c = ruleset_add_counter(rs, second ? "i-two" : "i-one");

	base->base = true;
	map->nkeys = plain->nkeys = 1;
	map->map = plain->intervals = true;
	plain->key[0] = KEY_PORT;
	set_add(rs, plain, (struct element){ .lo = 80, .hi = 90 });
	set_add(rs, map,
		(struct element){
			.lo = 1, .hi = 1, .verdict = { .kind = VERDICT_ACCEPT } });
	for (unsigned i = 2; i < 4; i++)
		set_add(rs, map,
			(struct element){
				.lo = i, .hi = i, .verdict = { VERDICT_GOTO, own } });
	rule_lookup(rs, chain_add_rule(rs, base, NULL), map, FIELD_IP_SADDR, 0);
	rule_verdict(rs,
		     rule_lookup(rs, chain_add_rule(rs, own, &origin), plain,
				 FIELD_TCP_DPORT, 0),
		     (struct verdict){ .kind = VERDICT_ACCEPT });
	rule_counter(rs, chain_add_rule(rs, own, &origin), c);
	rule_verdict(rs, chain_add_rule(rs, own, &origin),
		     (struct verdict){ .kind = VERDICT_DROP });
	ruleset_finish(rs);
	return rs;
}

/* out: both transactions, "--" between; what a hash or digest is depends on layout. */
static void print_delta(struct arena *a, struct buf *out, struct text_lines *lines)
{
	const struct ruleset *new = built(a, true);
	struct table t = table_of(a, built(a, false));
	const struct delta *d = table_delta(&t, new);

	delta_print(out, a, new, &d->first, lines);
	buf_puts(out, "--\n");
	*ARENA_PUSH(a, lines) = NULL;
	delta_print(out, a, new, &d->then, lines);
}

static void what_is_new_goes_first_and_what_goes_goes_in_order(void **state)
{
	static const char want[] = "table inet t {\n"
				   "\tcounter i-two {\n\t}\n"
				   "\tset s-two {\n"
				   "\t\ttype inet_service\n"
				   "\t\tflags interval\n"
				   "\t\telements = {\n"
				   "\t\t\t80-90\n"
				   "\t\t}\n\t}\n"
				   "\tchain i-two {\n"
				   "\t\ttcp dport @s-two accept comment \"\"\n"
				   "\t\tcounter name \"i-two\" comment \"\"\n"
				   "\t\tdrop comment \"\"\n"
				   "\t}\n}\n--\n"
				   "delete element inet t m-all {\n"
				   "\t\t\t0.0.0.2,\n\t\t\t0.0.0.3\n}\n"
				   "flush chain inet t i-one\n"
				   "flush chain inet t state\n"
				   "delete set inet t s-one\n"
				   "delete chain inet t i-one\n"
				   "delete counter inet t i-one\n"
				   "table inet t {\n"
				   "\tmap m-all {\n"
				   "\t\ttype ipv4_addr : verdict\n"
				   "\t\telements = {\n"
				   "\t\t\t0.0.0.2 : goto i-two,\n"
				   "\t\t\t0.0.0.3 : goto i-two\n"
				   "\t\t}\n\t}\n"
				   "\tchain state {\n\t\taccept comment \"\"\n\t}\n}\n";
	struct text_lines lines = { 0 };
	BUF_AUTO out = { 0 }, got = { 0 };

	print_delta(*state, &out, &lines);
	for (const char *at = out.at; *at; at++) {
		buf_putc(&got, *at);
		if (at[0] == '"' && at[-1] == ' ' && !memcmp(at - 8, "comment", 7))
			at += strcspn(at + 1, "\"");
	}
	buf_putc(&got, 0);
	assert_string_equal(got.at, want);
}

/* The manifest line that the text's line with what in it stands for. */
static void every_line_knows_its_origin(void **state)
{
	static const struct {
		const char *what;
		size_t line;
	} origins[] = {
		{ "80-90", 20 },
		{ "@s-two accept", 20 },
		{ "chain i-two {", 20 },
		{ "0.0.0.2,", 20 },
		{ "0.0.0.3 : goto", 20 },
		{ "flush chain inet t i-one", 0 },
		{ "counter i-two {", 0 },
		{ "chain state {", 0 },
		{ "delete set inet t s-", 0 },
	};
	struct text_lines lines = { 0 };
	BUF_AUTO out = { 0 };

	print_delta(*state, &out, &lines);
	for (size_t i = 0; i < ARRAY_SIZE(origins); i++) {
		const char *found = strstr(out.at, origins[i].what);
		const struct origin *origin;
		size_t line = 0;

		assert_non_null(found);
		for (const char *at = out.at; at < found; at++)
			line += *at == '\n';
		origin = lines.at[line];
		if ((origin ? origin->at.line : 0) != origins[i].line)
			fail_msg("%s", origins[i].what);
	}
}

/* ---- what cannot be changed in place ---- */

static void spoil_hook(struct loaded_table *t)
{
	for (size_t i = 0; i < t->chains.len; i++)
		t->chains.at[i]->priority++;
}

static void spoil_type(struct loaded_table *t)
{
	t->sets.at[0].key_type++;
}

static void spoil_flags(struct loaded_table *t)
{
	t->sets.at[0].flags |= NFT_SET_TIMEOUT;
}

static void spoil_dormant(struct loaded_table *t)
{
	t->dormant = true;
}

static void spoil_layout(struct loaded_table *t)
{
	for (size_t i = 0; i < t->chains.len; i++)
		if (!strcmp(t->chains.at[i]->name, "state"))
			t->chains.at[i]->comment = "netpolc 12 layout 0 version 1";
}

static void spoil_state(struct loaded_table *t)
{
	for (size_t i = 0; i < t->chains.len; i++)
		if (!strcmp(t->chains.at[i]->name, "state"))
			t->chains.at[i]->comment = NULL;
}

static void spoil_objects(struct loaded_table *t)
{
	static const char *quota[] = { "quota" };

	t->others = (struct loaded_names){ quota, 1, 1 };
}

static void spoil_name(struct loaded_table *t)
{
	static struct loaded_counter odd = { .name = "a; flush ruleset" };

	t->counters = (struct loaded_counters){ &odd, 1, 1 };
}

static void what_no_operation_mends_needs_a_new_table(void **state)
{
	static const struct {
		const char *what;
		void (*spoil)(struct loaded_table *t);
	} spoilt[] = {
		{ "hooked otherwise", spoil_hook },
		{ "a set of another type", spoil_type },
		{ "a set with timeouts", spoil_flags },
		{ "asleep", spoil_dormant },
		{ "an older layout", spoil_layout },
		{ "no state", spoil_state },
		{ "objects of other kinds", spoil_objects },
		{ "a name that nft cannot read", spoil_name },
	};
	const struct ruleset *rs = built(*state, false);

	for (size_t i = 0; i < ARRAY_SIZE(spoilt); i++) {
		struct table t = table_of(*state, rs);
		struct loaded_table *loaded = table_loaded(&t);
		struct delta *d;

		assert_false(delta_new(*state, rs, loaded)->replace);
		spoilt[i].spoil(loaded);
		d = delta_new(*state, rs, loaded);
		if (!d->replace || !d->why)
			fail_msg("%s", spoilt[i].what);
	}
}

/* Whatever the number of its rules and the comment of the first: what is younger than
 * all that we wrote is not ours.  A transaction of ours that writes rules ends with that
 * of the state chain. */
static void a_rule_that_came_later_is_another_program_s(void **state)
{
	const struct ruleset *rs = built(*state, false);

	for (size_t i = 0; i < rs->nchains; i++) {
		struct table t = table_of(*state, rs);
		bool is_state = !strcmp(rs->chains[i]->name, "state");
		const struct delta_operation *last;
		struct delta *d;

		t.chains.at[i].youngest = ++t.handles;
		d = table_delta(&t, rs);
		assert_int_equal(!d->why, is_state);
		if (is_state)
			continue;
		assert_non_null(strstr(d->why, rs->chains[i]->name));
		assert_int_equal(delta_len(d), 2 + rs->chains[i]->len + 1);
		last = &d->then.at[d->then.len - 1];
		assert_string_equal(last->name, "state");
		table_run(&t, d, &d->then);
		assert_null(table_delta(&t, rs)->why);
	}
}

/* In the place of one of ours, so neither the number nor the handles tell. */
static void a_rule_without_the_hash_of_its_chain_is_another_program_s(void **state)
{
	static const char *const comments[] = { NULL, "mine", "0123456789abcdef" };
	const struct ruleset *rs = built(*state, false);
	const struct chain *own = ruleset_chain(rs, "i-one");

	for (size_t i = 0; i < ARRAY_SIZE(comments); i++) {
		for (size_t at = 1; at < own->len; at++) {
			struct table t = table_of(*state, rs);
			struct rule theirs = own->at[at];
			struct delta *d;

			theirs.comment = comments[i];
			TABLE_GET(&t.chains, "i-one")->at[at] = &theirs;
			d = table_delta(&t, rs);
			assert_non_null(d->why);
			assert_string_equal(d->why,
					    "chain i-one has a rule of another program");
			assert_string_equal(operations_text(*state, d), "20chain 4+rule");
			table_run(&t, d, &d->then);
			assert_null(table_delta(&t, rs)->why);
		}
	}
}

static void a_rule_that_is_known_to_be_altered_is_another_program_s(void **state)
{
	const struct ruleset *rs = built(*state, false);
	const struct table t = table_of(*state, rs);

	for (size_t i = 0; i < rs->nchains; i++) {
		struct loaded_table *loaded = table_loaded(&t);
		struct delta *d;

		loaded->chains.at[i]->altered = true;
		d = delta_new(*state, rs, loaded);
		assert_non_null(d->why);
		assert_non_null(strstr(d->why, rs->chains[i]->name));
		assert_false(d->replace);
	}
}

/* As if the one were loaded. */
static void between_rulesets_it_is_the_same(void **state)
{
	const struct ruleset *rs[] = { built(*state, false), built(*state, true) };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 2; j++) {
			struct table t = table_of(*state, rs[i]);
			const struct delta *d = delta_between(*state, rs[i], rs[j]);

			assert_string_equal(
				operations_text(*state, d),
				operations_text(*state, table_delta(&t, rs[j])));
			assert_int_equal(!d->why, i == j);
			assert_false(d->replace);
		}
}

/* Another version of netpolc wrote it. */
static void the_version_alone_is_no_difference(void **state)
{
	const struct ruleset *rs = built(*state, false);
	struct table t = table_of(*state, rs);
	struct loaded_table *loaded = table_loaded(&t);

	for (size_t i = 0; i < loaded->chains.len; i++)
		if (!strcmp(loaded->chains.at[i]->name, "state"))
			loaded->chains.at[i]->comment = arena_printf(
				*state, "%sb", loaded->chains.at[i]->comment);
	assert_null(delta_new(*state, rs, loaded)->why);
}

/* The state chain differs whatever else does, so it is the reason only where nothing
 * else is. */
static void the_reason_is_what_differs_itself(void **state)
{
	struct run one, other;
	const struct ruleset *before =
		lower_text(&one, NULL, NULL, PODS ON("x", CLIENTS));
	const struct ruleset *after =
		lower_text(&other, NULL, NULL, PODS ON("x", CLIENTS) WEB(4));
	struct table t = table_of(*state, before);
	struct loaded_table *loaded = table_loaded(&t);

	assert_non_null(strstr(table_delta(&t, after)->why, " elements instead of "));
	for (size_t i = 0; i < loaded->chains.len; i++)
		if (!strcmp(loaded->chains.at[i]->name, "state"))
			loaded->chains.at[i]->comment =
				ruleset_chain(after, "state")->at[0].comment;
	assert_string_equal(delta_new(*state, before, loaded)->why,
			    "chain state says that another ruleset was applied");
	run_free(&one);
	run_free(&other);
}

static void a_set_with_odd_elements_is_filled_anew(void **state)
{
	const struct ruleset *rs = built(*state, false);
	struct table t = table_of(*state, rs);
	struct delta *d = delta_new(*state, rs, table_loaded(&t));
	const struct loaded_elements odd = { .odd = true };

	delta_elements(d, ruleset_set(rs, "m-all"), &odd, NULL);
	delta_finish(d);
	assert_non_null(d->why);
	assert_string_equal(operations_text(*state, d), "10set 3+element");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_as_many_operations_as_it_has),
		TEST(what_is_new_goes_first_and_what_goes_goes_in_order),
		TEST(every_line_knows_its_origin),
		TEST(a_rule_that_came_later_is_another_program_s),
		TEST(a_rule_without_the_hash_of_its_chain_is_another_program_s),
		TEST(a_rule_that_is_known_to_be_altered_is_another_program_s),
		TEST(between_rulesets_it_is_the_same),
		TEST(what_no_operation_mends_needs_a_new_table),
		TEST(the_version_alone_is_no_difference),
		TEST(the_reason_is_what_differs_itself),
		TEST(a_set_with_odd_elements_is_filled_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
