/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache_body: what is put is got, bytes that are not whole are refused, and what makes
 * one ruleset of another is the same from the cache.
 */
#include "samples.h"
#include "table.h"

#include <netpolc/nft/cache_body.h>
#include <netpolc/nft/delta_between.h>

struct body {
	uint8_t *at;
	size_t front, len; /* where the sets that dispatch end, and all */
};

/* As a file of rs has it. */
static struct body body_of(struct arena *a, const struct ruleset *rs)
{
	struct cached_elements *elements =
		ARENA_ARRAY(a, rs->nsets, struct cached_elements);
	struct cache_writer all = { 0 }, w = { 0 };
	struct body out;

	cache_body_table(&all, rs, NULL);
	cache_body_sets(&all, rs, true, elements);
	cache_body_sets(&all, rs, false, elements);
	out.at = w.at = arena_alloc(a, all.len + CACHE_SLACK);
	cache_body_table(&w, rs, NULL);
	cache_body_sets(&w, rs, true, elements);
	out.front = w.len;
	cache_body_sets(&w, rs, false, elements);
	out.len = w.len;
	assert_int_equal(w.len, all.len);
	return out;
}

static struct cache *cached(struct arena *a, const struct ruleset *rs)
{
	struct cache *c = ARENA_NEW(a, struct cache);
	struct body body = body_of(a, rs);

	assert_true(cache_body_get(a, body.at, body.len, true, c));
	return c;
}

static void what_is_put_is_got(void **state)
{
	for (size_t i = 0; i < nsamples; i++) {
		const struct ruleset *rs = samples[i].build(*state);
		const struct cache *c = cached(*state, rs);
		struct delta *d = delta_new(*state, rs, c->loaded);

		for (size_t s = 0; s < c->loaded->sets.len; s++) {
			const struct set *want = delta_set(d, &c->loaded->sets.at[s]);
			struct loaded_elements have;

			assert_non_null(want);
			cache_elements(c, s, *state, &have);
			delta_elements(d, want, &have, NULL);
		}
		delta_finish(d);
		if (d->why)
			fail_msg("%s: %s", samples[i].name, d->why);
	}
}

static void use_all(struct arena *a, const struct cache *c,
		    const struct cache_draft *draft)
{
	for (size_t s = 0; s < c->loaded->sets.len; s++) {
		struct loaded_elements got;

		cache_elements(c, s, a, &got);
	}
	cache_match(a, c, draft);
	delta_new(a, draft->rs, c->loaded);
}

/* A copy of the first len bytes, whose end is that of its memory; free() ends it. */
static uint8_t *cut(const struct body *body, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, body->at, len);
	return copy;
}

/* Shorter, longer, or a byte wrong: whatever is made of it, nothing is read beyond
 * its end, and what is cut off is not taken. */
static void bytes_that_are_not_whole_are_refused(void **state)
{
	const struct ruleset *rs = samples[0].build(*state);
	const struct cache_draft *draft = cache_draft(*state, rs);
	const struct body body = body_of(*state, rs);
	uint8_t *copy;

	for (size_t len = 0; len < body.len; len++) {
		struct cache c = { 0 };

		copy = cut(&body, len);
		assert_false(cache_body_get(*state, copy, len, true, &c));
		c = (struct cache){ 0 };
		if (cache_body_get(*state, copy, len, false, &c) != (len == body.front))
			fail_msg("%zu of %zu bytes", len, body.front);
		free(copy);
	}
	for (size_t i = 0; i < 2 * body.len; i++) {
		struct cache c = { 0 };

		copy = cut(&body, body.len);
		copy[i / 2] = i % 2 ? 0 : (uint8_t)~copy[i / 2];
		if (cache_body_get(*state, copy, body.len, true, &c))
			use_all(*state, &c, draft);
		free(copy);
	}
	assert_false(cache_body_get(*state, body.at, body.len + 1, true,
				    &(struct cache){ 0 }));
}

/* One counter, no chain, no set; its name is the only thing that is wrong, if it is. */
static bool counter_is_taken(struct arena *a, const char *name)
{
	const uint64_t one = 1, none = 0;
	const uint16_t len = (uint16_t)strlen(name);
	struct cache c = { 0 };
	BUF_AUTO body = { 0 };

	buf_add(&body, &one, sizeof(one));
	buf_add(&body, &len, sizeof(len));
	buf_add(&body, name, len + 1u);
	for (int i = 0; i < 3; i++)
		buf_add(&body, &none, sizeof(none));
	return cache_body_get(a, (const uint8_t *)body.at, body.len, true, &c);
}

static void a_counter_has_a_name(void **state)
{
	assert_true(counter_is_taken(*state, "c"));
	assert_false(counter_is_taken(*state, ""));
}

/* Chains, and the sets that dispatch, which are as in the whole. */
static void what_stands_first_can_be_had_alone(void **state)
{
	const struct ruleset *rs = samples[0].build(*state);
	const struct cache *all = cached(*state, rs);
	const struct body body = body_of(*state, rs);
	struct cache front = { 0 };
	size_t n = 0;

	assert_true(cache_body_get(*state, body.at, body.front, false, &front));
	assert_int_equal(front.loaded->chains.len, rs->nchains);
	for (size_t i = 0; i < all->loaded->sets.len; i++) {
		const char *name = all->loaded->sets.at[i].name;
		struct cached_element got, want;
		enum direction d;
		enum family f;

		if (!loaded_form_dispatches(name, &f, &d))
			continue;
		assert_string_equal(front.loaded->sets.at[n].name, name);
		assert_int_equal(front.elements[n].len, all->elements[i].len);
		for (size_t e = 0; e < all->elements[i].len; e++) {
			assert_true(cache_element(&front, n, e, &got));
			assert_true(cache_element(all, i, e, &want));
			assert_true(got.lo == want.lo && got.chain == want.chain);
		}
		n++;
	}
	assert_int_equal(front.loaded->sets.len, n);
	assert_true(n > 0);
}

/* ---- compared with a ruleset ---- */

static struct delta *delta_cached(struct arena *a, const struct ruleset *rs,
				  const struct cache *c,
				  const struct cache_match *matches)
{
	struct delta *d = delta_new(a, rs, c->loaded);

	for (size_t i = 0; i < c->loaded->sets.len; i++) {
		const struct set *want = delta_set(d, &c->loaded->sets.at[i]);

		if (want && !matches[i].equal)
			delta_elements(d, want, &matches[i].rest, matches[i].known);
	}
	delta_finish(d);
	return d;
}

static const char *text_of(struct arena *a, const struct ruleset *rs,
			   const struct delta *d)
{
	BUF_AUTO text = { 0 };

	delta_print_all(&text, a, rs, d);
	return arena_printf(a, "%s: %s", d->why ? d->why : "", text.len ? text.at : "");
}

/* Returns what c, of before, makes of the sets of after. */
static const struct cache_match *match(struct arena *a, const struct ruleset *before,
				       const struct ruleset *after, const char *what)
{
	const struct cache *c = cached(a, before);
	const struct cache_match *matches = cache_match(a, c, cache_draft(a, after));
	const char *want = text_of(a, after, delta_between(a, before, after));
	const char *got = text_of(a, after, delta_cached(a, after, c, matches));

	if (strcmp(got, want) != 0)
		fail_msg("%s:\n%s\ninstead of\n%s", what, got, want);
	return matches;
}

static void one_is_made_of_another_as_without_it(void **state)
{
	for (size_t i = 0; i < nsamples; i++)
		for (size_t j = 0; j < nsamples; j++)
			match(*state, samples[i].build(*state), samples[j].build(*state),
			      arena_printf(*state, "%s to %s", samples[i].name,
					   samples[j].name));
}

/* Elements "[FIRST:]LO[-HI][=VERDICT]", numbers of one digit; a verdict is goto one of
 * the chains a to c, jump to it as A to C, or accept, +, or drop, !.  known: of the ones
 * afterwards; rest: of those before. */
static const struct {
	const char *what, *before, *after;
	size_t known, rest;
} cases[] = {
	{ "nothing at all", "", "", 0, 0 },
	{ "the same", "1 3 5", "1 3 5", 3, 0 },
	{ "the first one", "", "1", 0, 0 },
	{ "the last one", "1", "", 0, 1 },
	{ "one more at the beginning", "3 5", "1 3 5", 2, 0 },
	{ "one more between", "1 5", "1 3 5", 2, 0 },
	{ "one more at the end", "1 3", "1 3 5", 2, 0 },
	{ "one less at the beginning", "1 3 5", "3 5", 2, 1 },
	{ "one less between", "1 3 5", "1 5", 2, 1 },
	{ "one less at the end", "1 3 5", "1 3", 2, 1 },
	{ "another one in between", "1 3 5", "1 4 5", 2, 1 },
	{ "one that moves to the end", "1 3 5", "3 5 9", 2, 1 },
	{ "nothing in common", "1 3 5", "2 4 6", 0, 3 },
	{ "a map that is the same", "1=a 2=B 3=+ 4=!", "1=a 2=B 3=+ 4=!", 4, 0 },
	{ "one leads to another chain", "1=a 2=b 3=c", "1=a 2=a 3=c", 2, 1 },
	{ "one jumps", "1=a 2=b 3=c", "1=a 2=B 3=c", 2, 1 },
	{ "one accepts", "1=a 2=! 3=c", "1=a 2=+ 3=c", 2, 1 },
	{ "one leads nowhere", "1=a 2=b 3=c", "1=a 2=! 3=c", 2, 1 },
	{ "one leads somewhere", "1=a 2=! 3=c", "1=a 2=b 3=c", 2, 1 },
	{ "one more in a map", "1=a 3=c", "1=a 2=b 3=c", 2, 0 },
	{ "ranges that are the same", "1-2 4 6-9", "1-2 4 6-9", 3, 0 },
	{ "a range that is longer", "1-2 4 6-8", "1-2 4 6-9", 2, 1 },
	{ "a range that begins later", "1-3 5 7-9", "2-3 5 7-9", 2, 1 },
	{ "a range of another verdict", "1-3=a 5=b", "1-3=b 5=b", 1, 1 },
	{ "pairs that are the same", "1:2 1:3 2:1", "1:2 1:3 2:1", 3, 0 },
	{ "another first part", "1:2 3:3", "1:2 2:3", 1, 1 },
	{ "a pair between", "1:2 1:9 2:1", "1:2 1:3 1:9 2:1", 3, 0 },
	{ "a pair less", "1:9 2:1", "2:1", 1, 1 },
	{ "a pair whose range is longer", "1:2-3=a 2:4-5=b", "1:2-3=a 2:4-6=b", 1, 1 },
};

static struct verdict verdict_of(struct chain *const chains[3], char c)
{
	if (c == '+' || c == '!')
		return (struct verdict){ c == '+' ? VERDICT_ACCEPT : VERDICT_DROP, NULL };
	return c < 'a' ? (struct verdict){ VERDICT_JUMP, chains[c - 'A'] }
		       : (struct verdict){ VERDICT_GOTO, chains[c - 'a'] };
}

static void add_elements(struct ruleset *rs, struct set *s, const char *text, u128 base,
			 struct chain *const chains[3])
{
	for (; *text; text += *text == ' ') {
		struct element e = { 0 };

		if (text[1] == ':') {
			e.first = base + (u128)(*text - '0');
			text += 2;
		}
		e.lo = e.hi = base + (u128)(*text++ - '0');
		if (*text == '-') {
			e.hi = base + (u128)(text[1] - '0');
			text += 2;
		}
		if (*text == '=') {
			e.verdict = verdict_of(chains, text[1]);
			text += 2;
		}
		set_add(rs, s, e);
	}
}

/* A ruleset whose set has these elements, and the shape that both texts need.  shifted:
 * the chains have other numbers. */
static struct ruleset *build(struct arena *a, const char *text, const char *other,
			     enum family f, bool shifted)
{
	static const enum field fields[FAMILIES][2] = {
		[FAMILY_IPV4] = { FIELD_IP_SADDR, FIELD_IP_DADDR },
		[FAMILY_IPV6] = { FIELD_IP6_SADDR, FIELD_IP6_DADDR },
	};
	static const char *const names[] = { "a", "b", "c" };
	struct ruleset *rs = ruleset_new(a, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	const char *const both = arena_printf(a, "%s %s", text, other);
	struct set *s = ruleset_add_set(rs, "set", NULL);
	struct chain *chains[3];

	base->base = true;
	if (shifted)
		ruleset_add_chain(rs, "new", NULL);
	for (int i = 0; i < 3; i++) {
		const int c = shifted ? 2 - i : i;

		chains[c] = ruleset_add_chain(rs, names[c], NULL);
	}
	s->nkeys = strchr(both, ':') ? 2 : 1;
	s->key[0] = s->key[1] = f == FAMILY_IPV4 ? KEY_IPV4 : KEY_IPV6;
	s->intervals = strchr(both, '-');
	s->map = strchr(both, '=');
	add_elements(rs, s, text,
		     f == FAMILY_IPV4 ? (u128)10 << 24 : (u128)0x20010db8 << 96, chains);
	rule_lookup(rs, chain_add_rule(rs, base, NULL), s, fields[f][0], fields[f][1]);
	ruleset_finish(rs);
	return rs;
}

static size_t count(const bool *flags, size_t n)
{
	size_t set = 0;

	for (size_t i = 0; i < n; i++)
		set += flags[i];
	return set;
}

static void try_case(struct arena *a, size_t i, enum family f, bool shifted)
{
	const struct ruleset *before =
		build(a, cases[i].before, cases[i].after, f, false);
	const struct ruleset *after =
		build(a, cases[i].after, cases[i].before, f, shifted);
	const struct cache_match *m = match(a, before, after, cases[i].what);
	size_t len = after->sets[0]->len;

	if (m->equal != (cases[i].known == len && !cases[i].rest))
		fail_msg("%s: equal is %d", cases[i].what, m->equal);
	if (!m->equal && (count(m->known, len) != cases[i].known ||
			  m->rest.len != cases[i].rest || m->rest.odd))
		fail_msg("%s: %zu known, the rest %zu", cases[i].what,
			 count(m->known, len), m->rest.len);
}

/* Whatever number a chain has. */
static void only_what_differs_is_looked_at(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (enum family f = 0; f < FAMILIES; f++) {
			try_case(*state, i, f, false);
			try_case(*state, i, f, true);
		}
}

/* A chain that only the cache has, where the ruleset has one of its number. */
static void a_chain_of_the_same_number_is_not_the_same(void **state)
{
	struct ruleset *before = build(*state, "1=a", "", FAMILY_IPV4, false);
	struct ruleset *after = build(*state, "1=a", "", FAMILY_IPV4, false);
	struct cache *c = cached(*state, before);

	assert_true(cache_match(*state, c, cache_draft(*state, after))->equal);
	c->loaded->chains.at[after->sets[0]->at[0].verdict.chain->id]->name = "gone";
	assert_false(cache_match(*state, c, cache_draft(*state, after))->equal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_put_is_got),
		TEST(bytes_that_are_not_whole_are_refused),
		TEST(a_counter_has_a_name),
		TEST(what_stands_first_can_be_had_alone),
		TEST(one_is_made_of_another_as_without_it),
		TEST(only_what_differs_is_looked_at),
		TEST(a_chain_of_the_same_number_is_not_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
