/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a loaded set; out: its elements, which are not read if they are known.  In: chains;
 * out: whether their rules are as they were known.
 */
#include <netpolc/nft/guess.h>

#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>

#include <string.h>

/* From so many elements on it takes longer to read all than to ask for each. */
#define MANY 25000

static const struct cache *open_cache(struct guess *g)
{
	if (!g->opened)
		g->cache = cache_open(g->arena, g->dir, g->table, CACHE_GUESS);
	g->opened = true;
	return g->cache;
}

void guess_rules(struct guess *g, const struct table_reader *l)
{
	const struct cache *c = open_cache(g);

	for (size_t i = 0; c && i < c->loaded->chains.len; i++) {
		const struct loaded_chain *known = c->loaded->chains.at[i];
		struct loaded_chain *have = loaded_find(l, known->name);

		if (have && known->bodies && loaded_form_same_rules(have, known))
			have->altered |= have->bodies != known->bodies;
	}
}

static bool has_rules(const struct loaded_chain *c)
{
	return c && c->rules > 0 && strcmp(c->name, RULESET_STATE) != 0;
}

static bool is_known(const struct loaded_chain *have, const struct loaded_chain *known)
{
	return loaded_form_same_rules(known, have) &&
	       (!known->bodies || known->bodies == have->bodies);
}

/* Whether all rules bear the marks that ours do; where there is none, nobody knows. */
static bool are_marked(const struct loaded_table *table)
{
	size_t marked = 0, all = 0;

	for (size_t i = 0; i < table->chains.len; i++) {
		const struct loaded_chain *c = table->chains.at[i];

		all += has_rules(c);
		marked += has_rules(c) && loaded_form_marks(c) && !c->altered;
	}
	return all && marked == all;
}

/* Names are unique on either side, so it is enough to count. */
static bool is_known_table(struct guess *g, const struct table_reader *l,
			   const struct loaded_table *table)
{
	const struct cache *c = open_cache(g);
	size_t known = 0, all = 0;

	for (size_t i = 0; i < table->chains.len; i++)
		all += has_rules(table->chains.at[i]);
	for (size_t i = 0; c && i < c->loaded->chains.len; i++) {
		const struct loaded_chain *was = c->loaded->chains.at[i];
		const struct loaded_chain *have = loaded_find(l, was->name);

		known += has_rules(have) && is_known(have, was);
	}
	return c && known == all;
}

bool guess_remains(struct guess *g, const struct table_reader *l,
		   const struct loaded_table *table)
{
	return are_marked(table) || is_known_table(g, l, table);
}

/* Nothing where no guess has as many elements as the set. */
static struct loaded_elements make_guess(struct guess *g, const struct loaded_set *set,
					 const struct set *want, struct arena *a)
{
	const struct cache *c = open_cache(g);
	struct loaded_elements out = { 0 };

	for (size_t i = 0; c && i < c->loaded->sets.len; i++) {
		const struct loaded_set *held = &c->loaded->sets.at[i];

		if (strcmp(held->name, set->name) || c->elements[i].len != set->count ||
		    !loaded_form_alike(held, set))
			continue;
		cache_elements(c, i, a, &out);
		return out;
	}
	if (want && want->len == set->count && loaded_form_same(set, want))
		out = loaded_form_elements(a, want);
	return out;
}

int guess_elements(struct guess *g, struct table_reader *l, const struct loaded_set *set,
		   const struct set *want, struct arena *a, struct loaded_elements *out)
{
	bool held = false;
	int err = 0;

	if (set->count != LOADED_UNCOUNTED && set->count >= MANY) {
		*out = make_guess(g, set, want, a);
		err = loaded_holds(l, g->table, set, out, &held);
	}
	if (err || held)
		return err;
	*out = (struct loaded_elements){ 0 };
	return loaded_elements(l, g->table, set, a, out);
}
