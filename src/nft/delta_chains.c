/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: chains of a ruleset and of a loaded table; out: the operations that make one of
 * the other.
 */
#include <netpolc/nft/delta_building.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>

#include <string.h>

/* A table that another version of netpolc wrote is the same table. */
static bool comments_equal(const char *chain, const char *a, const char *b)
{
	struct ruleset_state x, y;

	if (!a || !b)
		return a == b;
	if (strcmp(chain, RULESET_STATE) != 0)
		return strcmp(a, b) == 0;
	x = ruleset_state_parse(a);
	y = ruleset_state_parse(b);
	return ruleset_state_equal(&x, &y);
}

static bool same_hook(const struct ruleset *rs, const struct chain *want,
		      const struct loaded_chain *have)
{
	if (want->base != have->base)
		return false;
	return !have->base ||
	       (have->priority == rs->priority && loaded_form_hooked(have));
}

static void add_rules(struct building *b, enum turn turn, const struct chain *want)
{
	for (size_t i = 0; i < want->len; i++)
		building_add(b, turn,
			     (struct delta_operation){ .kind = DELTA_ADD_RULE,
						       .name = want->name,
						       .chain = want,
						       .rule = &want->at[i] });
}

static bool same_rules(struct building *b, const struct chain *want,
		       const struct loaded_chain *have)
{
	const char *comment = want->len ? want->at[0].comment : NULL;

	if (want->len != have->rules)
		building_differs(b, "chain %s has %zu rules instead of %zu", want->name,
				 have->rules, want->len);
	else if (!comments_equal(want->name, comment, have->comment))
		building_differs(
			b,
			have == b->state
				? "chain %s says that another ruleset was applied"
				: "chain %s has other rules than it should",
			want->name);
	else if (loaded_form_altered(have, b->state))
		building_differs(b, "chain %s has a rule of another program", want->name);
	else
		return true;
	return false;
}

static void add_chain(struct building *b, const struct chain *want)
{
	building_differs(b, "chain %s is missing", want->name);
	b->fresh[want->id] = true;
	building_add(b, FRESH,
		     (struct delta_operation){ .kind = DELTA_ADD_CHAIN,
					       .name = want->name,
					       .chain = want });
	add_rules(b, FRESH, want);
}

static void flush_chain(struct building *b, const struct chain *want,
			const struct loaded_chain *have)
{
	if (have->rules)
		building_add(b, CHANGE,
			     (struct delta_operation){ .kind = DELTA_FLUSH_CHAIN,
						       .name = have->name,
						       .chain = want });
}

static void remove_chain(struct building *b, const struct loaded_chain *have)
{
	building_differs(b, "chain %s should not be there", have->name);
	flush_chain(b, NULL, have);
	building_add(b, CHANGE,
		     (struct delta_operation){ .kind = DELTA_DELETE_CHAIN,
					       .name = have->name });
}

static void fill_anew(struct building *b, const struct chain *want,
		      const struct loaded_chain *have)
{
	flush_chain(b, want, have);
	add_rules(b, CHANGE, want);
}

static void pair_chain(struct building *b, const void *w, const void *h)
{
	const struct loaded_chain *have = h;
	const struct chain *want = w;

	if (!have) {
		add_chain(b, want);
		return;
	}
	if (!want) {
		remove_chain(b, have);
		return;
	}
	if (!same_hook(b->delta.rs, want, have)) {
		building_differs(b, "chain %s is hooked otherwise", want->name);
		b->delta.replace = true;
		return;
	}
	if (have != b->state && !same_rules(b, want, have))
		fill_anew(b, want, have);
}

/* Behind all others: whenever a rule is written, so is this one, last.  It differs
 * whatever else does. */
static void compare_state(struct building *b)
{
	const struct chain *want = ruleset_chain(b->delta.rs, RULESET_STATE);
	const char *known = b->delta.why;
	bool wrote = b->kinds[FRESH][DELTA_ADD_RULE].len ||
		     b->kinds[CHANGE][DELTA_ADD_RULE].len;

	if (b->state && (!same_rules(b, want, b->state) || wrote))
		fill_anew(b, want, b->state);
	b->vague = !known;
}

void delta_chains(struct building *b)
{
	const struct loaded_chains *loaded = &b->table->chains;
	struct side want = building_side(b, b->delta.rs->nchains);
	struct side have = building_side(b, loaded->len);

	b->fresh = ARENA_ARRAY(b->arena, want.len + 1, bool);
	for (size_t i = 0; i < want.len; i++)
		want.at[i] = b->delta.rs->chains[i];
	for (size_t i = 0; i < have.len; i++)
		have.at[i] = loaded->at[i];
	building_walk(b, want, have, pair_chain);
	compare_state(b);
}
