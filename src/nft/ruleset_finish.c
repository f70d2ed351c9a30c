/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A built ruleset comes in, its canonical form goes out: sorted, merged, named by
 * content.  Equal tables are equal in every byte from here on.
 *
 * What chains and the whole stand for is fixed by two digests.  A chain's covers
 * its rules and the names of what they refer to, but not the elements of maps:
 * those are compared one by one.  The ruleset's covers all that can be read back.
 */
#include <netpolc/base/arena.h>
#include <netpolc/nft/ruleset_state.h>
#include <netpolc/nft/table_digest.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_SEPARATOR ", "

/* ---- canonical order ---- */

static int compare_numbers(u128 x, u128 y)
{
	return (x > y) - (x < y);
}

static int compare_elements(const void *x, const void *y)
{
	const struct element *a = x, *b = y;
	int order = compare_numbers(a->first, b->first);

	if (!order)
		order = compare_numbers(a->lo, b->lo);
	return order ? order : compare_numbers(a->hi, b->hi);
}

static void sort_elements(struct set *s)
{
	for (size_t i = 1; i < s->len; i++) {
		if (compare_elements(&s->at[i - 1], &s->at[i]) > 0) {
			qsort(s->at, s->len, sizeof(*s->at), compare_elements);
			return;
		}
	}
}

/* True when b, which sorts behind a, can be given up for a longer a. */
static bool joins(const struct set *s, const struct element *a, const struct element *b)
{
	if (a->first != b->first || a->verdict.kind != b->verdict.kind ||
	    a->verdict.chain != b->verdict.chain)
		return false;
	return b->lo <= a->hi || (s->intervals && b->lo - 1 == a->hi);
}

static void merge_elements(struct set *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->len; i++) {
		struct element *last = kept ? &s->at[kept - 1] : NULL;

		if (!last || !joins(s, last, &s->at[i]))
			s->at[kept++] = s->at[i];
		else if (s->at[i].hi > last->hi)
			last->hi = s->at[i].hi;
	}
	s->len = kept;
}

/* Orders pointers to items that begin with their names. */
static int compare_names(const void *x, const void *y)
{
	const char *const *const *a = x, *const *const *b = y;

	return strcmp(**a, **b);
}

static void sort_items(struct ruleset *rs)
{
	if (rs->ncounters)
		qsort(rs->counters, rs->ncounters, sizeof(*rs->counters), compare_names);
	if (rs->nsets)
		qsort(rs->sets, rs->nsets, sizeof(*rs->sets), compare_names);
	for (size_t i = 0; i < rs->nsets; i++) {
		rs->sets[i]->id = i;
		sort_elements(rs->sets[i]);
		merge_elements(rs->sets[i]);
	}
}

/* ---- text from manifests ---- */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr(" ./,:_+-", c));
}

/* What a line behind a '#' may hold: it is for readers, nft skips it. */
static bool is_printable(char c)
{
	return c >= ' ' && c <= '~' && c != '\\';
}

/* A copy with '_' for what is not allowed. */
static const char *clean(struct ruleset *rs, const char *text, bool (*allowed)(char c))
{
	char *copy = arena_strndup(rs->arena, text, strlen(text));

	for (char *c = copy; *c; c++)
		if (!allowed(*c))
			*c = '_';
	return copy;
}

/* Of a list that may end with "+N more" itself. */
static size_t count_items(const char *list)
{
	const char *next;
	size_t n = 1;

	while ((next = strstr(list, LIST_SEPARATOR))) {
		list = next + strlen(LIST_SEPARATOR);
		n++;
	}
	return *list == '+' ? n - 1 + strtoul(list + 1, NULL, 10) : n;
}

/* The list as it is, or its longest beginning for which "a, b, +N more" has at
 * most room bytes; of an item that is too long alone, what fits. */
static const char *cut_list(struct ruleset *rs, const char *list, size_t room)
{
	size_t len = 0, shown = 0, all = count_items(list);
	const char *end = list;
	char more[40] = "";

	if (strlen(list) <= room)
		return list;
	if (all > 1)
		room -= (size_t)snprintf(more, sizeof(more), ", +%zu more", all - 1);
	while ((end = strstr(end, LIST_SEPARATOR)) && (size_t)(end - list) <= room) {
		len = (size_t)(end - list);
		shown++;
		end += strlen(LIST_SEPARATOR);
	}
	if (!shown)
		return arena_printf(rs->arena, "%.*s...%s", (int)room - 3, list, more);
	return arena_printf(rs->arena, "%.*s, +%zu more", (int)len, list, all - shown);
}

/* The text as it may stand in a comment of room bytes. */
static const char *fit(struct ruleset *rs, const char *text, bool (*allowed)(char c),
		       size_t room)
{
	return text ? cut_list(rs, clean(rs, text, allowed), room) : NULL;
}

static void clean_texts(struct ruleset *rs)
{
	for (size_t i = 0; i < rs->nsets; i++)
		rs->sets[i]->about =
			fit(rs, rs->sets[i]->about, is_printable, RULESET_ABOUT);
	for (size_t i = 0; i < rs->nchains; i++)
		rs->chains[i]->about =
			fit(rs, rs->chains[i]->about, is_printable, RULESET_ABOUT);
}

/* ---- digests ---- */

static void digest_wide(struct digest *d, u128 n)
{
	digest_number(d, (uint64_t)(n >> 64));
	digest_number(d, (uint64_t)n);
}

static void digest_verdict(struct digest *d, struct verdict v)
{
	digest_number(d, v.kind);
	digest_str(d, v.chain ? v.chain->name : "");
}

static void digest_expr(struct digest *d, const struct expr *e)
{
	digest_number(d, e->kind);
	digest_number(d, e->states);
	digest_number(d, e->number);
	digest_number(d, e->negate + 2ul * e->length);
	digest_number(d, e->fields[0]);
	digest_number(d, e->set && e->set->nkeys > 1 ? e->fields[1] : 0);
	digest_wide(d, e->lo);
	digest_wide(d, e->hi);
	digest_str(d, e->set ? e->set->name : "");
	digest_str(d, e->counter ? e->counter->name : "");
	digest_verdict(d, e->verdict);
	if (e->kind == EXPR_IIFNAME)
		digest_str(d, e->name);
	if (e->kind == EXPR_LOG) {
		digest_str(d, e->prefix);
		digest_number(d, (uint64_t)e->group);
	}
}

/* The policies count: a loaded chain that says that it stands for others is not the one
 * wanted. */
static struct digest_hex digest_chain(const struct ruleset *rs, const struct chain *c)
{
	struct digest d;

	digest_init(&d);
	digest_number(&d, c->base);
	digest_number(&d, c->base ? (uint64_t)rs->priority : 0);
	digest_str(&d, c->policies ? c->policies : "");
	for (size_t i = 0; i < c->len; i++) {
		digest_number(&d, c->at[i].len);
		for (size_t j = 0; j < c->at[i].len; j++)
			digest_expr(&d, &c->at[i].at[j]);
	}
	return digest_end(&d);
}

/* ---- chains' hashes, and the state chain ---- */

/* All rules carry the hash, as nothing else tells afterwards which of them are ours. */
static void mark_rules(struct ruleset *rs, struct chain *c)
{
	const struct digest_hex digest = digest_chain(rs, c);
	const char *hash = arena_strndup(rs->arena, digest.at, RULESET_HASH);
	const char *policies =
		fit(rs, c->policies, is_plain, RULESET_COMMENT - RULESET_HASH - 1);

	for (size_t i = 0; i < c->len; i++)
		c->at[i].comment = hash;
	if (c->len && policies)
		c->at[0].comment = arena_printf(rs->arena, "%s %s", hash, policies);
}

/* The chains by name; numbers[id] is the place of each. */
static const struct chain **chains_by_name(const struct ruleset *rs, size_t *numbers)
{
	const struct chain **sorted =
		ARENA_ARRAY(rs->arena, rs->nchains, const struct chain *);

	for (size_t i = 0; i < rs->nchains; i++)
		sorted[i] = rs->chains[i];
	if (rs->nchains)
		qsort(sorted, rs->nchains, sizeof(const struct chain *), compare_names);
	for (size_t i = 0; i < rs->nchains; i++)
		numbers[sorted[i]->id] = i;
	return sorted;
}

static void digest_set(struct table_digest *t, const struct set *s, const size_t *numbers)
{
	table_digest_set(t, s);
	for (size_t i = 0; i < s->len; i++) {
		const struct chain *c = s->at[i].verdict.chain;

		table_digest_element(t, s, &s->at[i], c ? numbers[c->id] : 0);
	}
}

static void digest_ruleset(struct ruleset *rs)
{
	size_t *numbers = ARENA_ARRAY(rs->arena, rs->nchains, size_t);
	const struct chain **chains = chains_by_name(rs, numbers);
	struct table_digest t;

	table_digest_begin(&t, rs->table, rs->priority);
	for (size_t i = 0; i < rs->ncounters; i++)
		table_digest_counter(&t, rs->counters[i]->name);
	for (size_t i = 0; i < rs->nchains; i++) {
		mark_rules(rs, rs->chains[chains[i]->id]);
		table_digest_chain(&t, chains[i]->name, chains[i]->base, chains[i]->len,
				   chains[i]->len ? chains[i]->at[0].comment : NULL);
	}
	for (size_t i = 0; i < rs->nsets; i++)
		digest_set(&t, rs->sets[i], numbers);
	rs->digest = table_digest_end(&t);
}

/* Nothing refers to it and it hooks nowhere: its rule never runs. */
static void add_state(struct ruleset *rs)
{
	struct chain *c = ruleset_add_chain(rs, RULESET_STATE, NULL);
	struct rule *r;

	if (!c) {
		fputs("netpolc: bug: a chain named state was built\n", stderr);
		abort();
	}
	c->about = "whose table this is";
	r = rule_verdict(rs, chain_add_rule(rs, c, NULL),
			 (struct verdict){ .kind = VERDICT_ACCEPT });
	r->comment = clean(rs, ruleset_state_print(rs), is_plain);
}

void ruleset_finish(struct ruleset *rs)
{
	sort_items(rs);
	clean_texts(rs);
	digest_ruleset(rs);
	add_state(rs);
	ruleset_verify(rs);
}
