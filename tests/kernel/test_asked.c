/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set that is asked for its elements holds them or not, as a set that is read does:
 * whatever another program does to it is seen.
 */
#include "byhand.h"
#include "namespace.h"

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/readback.h>
#include <netpolc/nft/survey.h>

#define HOSTS 100   /* of one verdict, more than are asked for one by one */
#define MANY  30000 /* more than are read */
#define BASE  ((u128)10 << 24)

static char dir[] = "/tmp/netpolc-asked.XXXXXX";

static struct set *add_set(struct ruleset *rs, const char *name, enum key_type key,
			   unsigned nkeys, bool map)
{
	struct set *s = ruleset_add_set(rs, name, NULL);

	s->nkeys = nkeys;
	s->key[0] = s->key[1] = key;
	s->map = map;
	return s;
}

static void put(struct ruleset *rs, struct set *s, u128 n, struct verdict v)
{
	set_add(rs, s,
		(struct element){ .lo = n,
				  .hi = n,
				  .first = s->nkeys > 1 ? n + 1 : 0,
				  .verdict = s->map ? v : (struct verdict){ 0 } });
}

static void look_up(struct ruleset *rs, struct chain *base, const struct set *s,
		    enum field first, enum field second)
{
	struct rule *r =
		rule_lookup(rs, chain_add_rule(rs, base, NULL), s, first, second);

	if (!s->map)
		rule_verdict(rs, r, (struct verdict){ .kind = VERDICT_ACCEPT });
}

/* Hosts 10.0.0.0 and on lead to one chain, the five behind to another, and two more are
 * decided at once; the other sets have as many elements of one verdict. */
static const struct ruleset *build(struct arena *a, size_t hosts)
{
	struct ruleset *rs = ruleset_new(a, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct chain *one = ruleset_add_chain(rs, "i-one", NULL);
	struct chain *two = ruleset_add_chain(rs, "i-two", NULL);
	struct set *map = add_set(rs, "hosts", KEY_IPV4, 1, true);
	struct set *plain = add_set(rs, "plain", KEY_IPV6, 1, false);
	struct set *pairs = add_set(rs, "pairs", KEY_IPV4, 2, true);
	struct set *ports = add_set(rs, "ports", KEY_PORT, 1, false);

	base->base = true;
	for (size_t i = 0; i < hosts; i++)
		put(rs, map, BASE + i, (struct verdict){ VERDICT_GOTO, one });
	for (size_t i = 0; i < 5; i++)
		put(rs, map, BASE + hosts + i, (struct verdict){ VERDICT_GOTO, two });
	put(rs, map, BASE + hosts + 5, (struct verdict){ .kind = VERDICT_ACCEPT });
	put(rs, map, BASE + hosts + 6, (struct verdict){ .kind = VERDICT_DROP });
	for (size_t i = 0; i < HOSTS; i++) {
		put(rs, plain, (u128)0xfd << 120 | i, (struct verdict){ 0 });
		put(rs, pairs, BASE + i, (struct verdict){ VERDICT_JUMP, two });
		put(rs, ports, 1000 + i, (struct verdict){ 0 });
	}
	look_up(rs, base, map, FIELD_IP_DADDR, 0);
	look_up(rs, base, plain, FIELD_IP6_SADDR, 0);
	look_up(rs, base, pairs, FIELD_IP_SADDR, FIELD_IP_DADDR);
	look_up(rs, base, ports, FIELD_TCP_DPORT, 0);
	rule_verdict(rs, chain_add_rule(rs, one, NULL),
		     (struct verdict){ .kind = VERDICT_DROP });
	rule_verdict(rs, chain_add_rule(rs, two, NULL),
		     (struct verdict){ .kind = VERDICT_ACCEPT });
	ruleset_finish(rs);
	return rs;
}

/* ---- what the kernel says ---- */

static const struct loaded_set *find(const struct loaded_table *t, const char *name)
{
	for (size_t i = 0; i < t->sets.len; i++)
		if (!strcmp(t->sets.at[i].name, name))
			return &t->sets.at[i];
	fail_msg("no set %s", name);
	return NULL;
}

static bool holds(struct table_reader *l, const struct loaded_table *t,
		  const struct set *want)
{
	struct arena *a = arena_new();
	struct loaded_elements these = loaded_form_elements(a, want);
	bool held;

	assert_int_equal(loaded_holds(l, "netpolc", find(t, want->name), &these, &held),
			 0);
	arena_free(a);
	return held;
}

/* Before Linux 6.16 nothing is known, and all is read. */
static bool is_counted(void)
{
	struct arena *a = arena_new();
	struct loaded_table t = { 0 };
	struct table_reader *l;
	bool counted;

	by_hand("table inet netpolc { set any { type ipv4_addr; }; }");
	assert_int_equal(loaded_open(&l, a), 0);
	assert_int_equal(loaded_read(l, "netpolc", &t), 0);
	counted = find(&t, "any")->count != LOADED_UNCOUNTED;
	loaded_close(l);
	arena_free(a);
	by_hand("delete table inet netpolc");
	return counted;
}

/* ---- small sets ---- */

#define SET(set)     "element inet netpolc " #set " "
#define ADD(set)     "add " SET(set)
#define DELETE(set)  "delete " SET(set)
#define REPLACE(set) ";" ADD(set)

static const struct {
	const char *what, *commands, *set; /* that is another afterwards */
} edits[] = {
	{ "nothing", "table inet other {}; delete table inet other", "" },
	{ "an element more", ADD(hosts) "{ 10.9.9.9 : goto i-one }", "hosts" },
	{ "an element less", DELETE(hosts) "{ 10.0.0.50 }", "hosts" },
	{ "another one instead",
	  DELETE(hosts) "{ 10.0.0.50 }" REPLACE(hosts) "{ 10.9.9.9 : goto i-one }",
	  "hosts" },
	{ "the first leads elsewhere",
	  DELETE(hosts) "{ 10.0.0.0 }" REPLACE(hosts) "{ 10.0.0.0 : goto i-two }",
	  "hosts" },
	{ "one of many leads elsewhere",
	  DELETE(hosts) "{ 10.0.0.50 }" REPLACE(hosts) "{ 10.0.0.50 : goto i-two }",
	  "hosts" },
	{ "the last of many jumps",
	  DELETE(hosts) "{ 10.0.0.99 }" REPLACE(hosts) "{ 10.0.0.99 : jump i-one }",
	  "hosts" },
	{ "one of few leads elsewhere",
	  DELETE(hosts) "{ 10.0.0.102 }" REPLACE(hosts) "{ 10.0.0.102 : goto i-one }",
	  "hosts" },
	{ "what was denied is accepted",
	  DELETE(hosts) "{ 10.0.0.106 }" REPLACE(hosts) "{ 10.0.0.106 : accept }",
	  "hosts" },
	{ "two are exchanged",
	  DELETE(hosts) "{ 10.0.0.3, 10.0.0.103 }" REPLACE(
		  hosts) "{ 10.0.0.3 : goto i-two, 10.0.0.103 : goto i-one }",
	  "hosts" },
	{ "one has a comment, so all has to be read",
	  DELETE(hosts) "{ 10.0.0.50 }" REPLACE(
		  hosts) "{ 10.0.0.50 comment \"ours\" : goto i-one }",
	  "hosts" },
	{ "all else is accepted", ADD(hosts) "{ * : accept }", "hosts" },
	{ "an address more", ADD(plain) "{ fd00::9:9 }", "plain" },
	{ "another address instead",
	  DELETE(plain) "{ fd00::50 }" REPLACE(plain) "{ fd00::9:9 }", "plain" },
	{ "any address", ADD(plain) "{ * }", "plain" },
	{ "another pair instead",
	  DELETE(pairs) "{ 10.0.0.51 . 10.0.0.50 }" REPLACE(
		  pairs) "{ 10.0.0.50 . 10.0.0.51 : jump i-two }",
	  "pairs" },
	{ "a pair that goes",
	  DELETE(pairs) "{ 10.0.0.51 . 10.0.0.50 }" REPLACE(
		  pairs) "{ 10.0.0.51 . 10.0.0.50 : goto i-two }",
	  "pairs" },
	{ "another port instead", DELETE(ports) "{ 1050 }" REPLACE(ports) "{ 9 }",
	  "ports" },
	{ "no port", "flush set inet netpolc ports", "ports" },
};

static void what_others_do_is_seen(void **state)
{
	const struct ruleset *rs = build(*state, HOSTS);
	struct settings set = settings_default();
	struct ctx cx;

	ctx_init(&cx, &set);
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		struct loaded_table t = { 0 };
		struct table_reader *l;

		assert_true(kernel_replace(&cx, &kernel_libnftables, rs, false));
		by_hand(edits[i].commands);
		assert_int_equal(loaded_open(&l, *state), 0);
		assert_int_equal(loaded_read(l, "netpolc", &t), 0);
		for (size_t s = 0; s < rs->nsets; s++)
			if (holds(l, &t, rs->sets[s]) !=
			    (strcmp(rs->sets[s]->name, edits[i].set) != 0))
				fail_msg("%s: of %s it is not said", edits[i].what,
					 rs->sets[s]->name);
		loaded_close(l);
	}
	ctx_free(&cx);
}

/* ---- large ones ---- */

static struct apply_result apply(struct ctx *cx, const struct ruleset *rs)
{
	const struct apply_options options = { .cache = dir };

	return apply_ruleset(cx, &kernel_libnftables, rs, &options);
}

/* As the kernel lists them all. */
static size_t count_hosts(struct arena *a)
{
	struct loaded_table t = { 0 };
	struct loaded_elements all = { 0 };
	struct table_reader *l;

	assert_int_equal(loaded_open(&l, a), 0);
	assert_int_equal(loaded_read(l, "netpolc", &t), 0);
	assert_int_equal(loaded_elements(l, "netpolc", find(&t, "hosts"), a, &all), 0);
	assert_false(all.odd);
	loaded_close(l);
	return all.len;
}

/* What status says of it. */
static enum drift drift(struct ctx *cx)
{
	struct survey found;

	assert_true(survey_read(cx, "netpolc", dir, &found));
	assert_int_equal(found.owner, LOADED_OURS);
	return found.drift;
}

/* What others changed is found in a large set, whether it is known from the cache what
 * that held or only what it is to hold; and only what differs is sent. */
static void large_sets_are_healed(void **state)
{
	const struct ruleset *before = build(*state, MANY);
	const struct ruleset *after = build(*state, MANY + 1);
	struct settings set = settings_default();
	struct apply_result r;
	struct ctx cx;

	ctx_init(&cx, &set);
	by_hand("table inet netpolc {}; delete table inet netpolc");
	assert_int_equal(apply(&cx, before).outcome, APPLY_REPLACED);
	by_hand(edits[0].commands);
	assert_int_equal(apply(&cx, before).outcome, APPLY_UNCHANGED);
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(drift(&cx), DRIFT_NONE);
		by_hand(edits[i].commands);
		assert_int_equal(drift(&cx), DRIFT_FOUND);
		r = apply(&cx, before);
		assert_int_equal(r.outcome, APPLY_CHANGED);
		assert_int_equal(r.operations, i == 3 ? 2 : 1);
		assert_int_equal(count_hosts(*state), MANY + 7);
	}
	by_hand(edits[0].commands);
	assert_int_equal(apply(&cx, after).outcome, APPLY_CHANGED);
	assert_int_equal(count_hosts(*state), MANY + 8);
	assert_true(readback_equal(&cx, after, NULL));
	assert_false(readback_equal(&cx, before, NULL));
	ctx_free(&cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_others_do_is_seen),
		TEST(large_sets_are_healed),
	};
	char file[sizeof(dir) + sizeof("/netpolc.cache")];
	int failed;

	enter_namespace();
	if (!is_counted())
		skip_test("the kernel does not count the elements of sets");
	if (!mkdtemp(dir))
		return EXIT_FAILURE;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(file, sizeof(file), "%s/netpolc.cache", dir);
	unlink(file);
	rmdir(dir);
	return failed;
}
