/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deltas against the running kernel: sets and maps of every kind change at random,
 * element by element, and are each time what they should be.
 */
#include "../oracle/random.h"
#include "byhand.h"
#include "namespace.h"

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/readback.h>

#define CHANGES 150
#define PLACES	24 /* that elements stand on: many touch, and all change often */

static const struct kind {
	const char *name;
	enum key_type key[2];
	unsigned nkeys;
	bool intervals, map, pipapo;
	enum field fields[2];
} kinds[] = {
	{ "hosts4", { KEY_IPV4 }, 1, false, true, false, { FIELD_IP_SADDR } },
	{ "hosts6", { KEY_IPV6 }, 1, false, false, false, { FIELD_IP6_SADDR } },
	{ "nets4", { KEY_IPV4 }, 1, true, true, false, { FIELD_IP_SADDR } },
	{ "nets6", { KEY_IPV6 }, 1, true, true, false, { FIELD_IP6_SADDR } },
	{ "plain4", { KEY_IPV4 }, 1, true, false, false, { FIELD_IP_SADDR } },
	{ "ports", { KEY_PORT }, 1, true, false, false, { FIELD_TCP_DPORT } },
	{ "many4", { KEY_IPV4 }, 1, true, true, true, { FIELD_IP_SADDR } },
	{ "many6", { KEY_IPV6 }, 1, true, false, true, { FIELD_IP6_SADDR } },
	{ "pairs",
	  { KEY_IPV4, KEY_IPV4 },
	  2,
	  false,
	  true,
	  false,
	  { FIELD_IP_SADDR, FIELD_IP_DADDR } },
	{ "ranges",
	  { KEY_IPV4, KEY_IPV4 },
	  2,
	  true,
	  true,
	  false,
	  { FIELD_IP_SADDR, FIELD_IP_DADDR } },
};

static struct ctx cx;
static struct random numbers = { 1 };

static bool sometimes(void)
{
	return random_below(&numbers, 2);
}

/* The place's beginning; the last places are at the end of the space. */
static u128 place(enum key_type key, unsigned i)
{
	return i < PLACES / 2 ? (u128)i * 4 : key_max(key) - (u128)(PLACES - i) * 4 + 1;
}

static void fill(struct ruleset *rs, struct set *s, const struct chain *targets[2])
{
	enum key_type key = s->key[s->nkeys - 1];

	for (unsigned i = 0; i < PLACES; i++) {
		struct element e = { .lo = place(key, i),
				     .first = s->nkeys > 1 ? i % 3 : 0 };

		if (sometimes())
			continue;
		e.hi = e.lo + (s->intervals ? random_below(&numbers, 4) : 0);
		if (s->map)
			e.verdict = (struct verdict){ sometimes() ? VERDICT_GOTO
								  : VERDICT_JUMP,
						      targets[sometimes()] };
		set_add(rs, s, e);
	}
}

static void add_kind(struct ruleset *rs, struct chain *base, const struct kind *k,
		     const struct chain *targets[2])
{
	struct set *s = ruleset_add_set(rs, k->name, NULL);
	struct rule *r;

	s->key[0] = k->key[0];
	s->key[1] = k->key[1];
	s->nkeys = k->nkeys;
	s->intervals = k->intervals;
	s->map = k->map;
	s->pipapo = k->pipapo;
	fill(rs, s, targets);
	r = rule_lookup(rs, chain_add_rule(rs, base, NULL), s, k->fields[0],
			k->fields[1]);
	if (!k->map)
		rule_verdict(rs, r, (struct verdict){ .kind = VERDICT_ACCEPT });
}

static const struct ruleset *any_ruleset(void)
{
	struct ruleset *rs = ruleset_new(cx.arena, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	const struct chain *targets[2];

	base->base = true;
	for (int i = 0; i < 2; i++) {
		struct chain *c = ruleset_add_chain(rs, i ? "i-two" : "i-one", NULL);

		rule_verdict(rs, chain_add_rule(rs, c, NULL),
			     (struct verdict){ .kind = VERDICT_DROP });
		targets[i] = c;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		add_kind(rs, base, &kinds[i], targets);
	ruleset_finish(rs);
	return rs;
}

static void sets_of_every_kind_change_element_by_element(void **state)
{
	const struct apply_options options = { 0 };

	(void)state;
	assert_true(kernel_replace(&cx, &kernel_libnftables, any_ruleset(), false));
	for (int i = 0; i < CHANGES; i++) {
		const struct ruleset *rs = any_ruleset();
		struct apply_result r =
			apply_ruleset(&cx, &kernel_libnftables, rs, &options);
		BUF_AUTO why = { 0 };

		if (r.outcome != APPLY_CHANGED)
			fail_msg("change %d: %s", i, r.fallback ? r.fallback : "none");
		if (!readback_equal(&cx, rs, &why))
			fail_msg("change %d: %s", i, why.at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_of_every_kind_change_element_by_element),
	};
	struct settings set = settings_default();
	int failed;

	enter_namespace();
	ctx_init(&cx, &set);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ctx_free(&cx);
	return failed;
}
