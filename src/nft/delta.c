/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset and a loaded table, both sorted; out: the operations that make one
 * of the other.
 *
 * The idea: names of both sides stand in one order, so one walk meets each name
 * once, on one side or on both; elements the same way by value.
 */
#include <netpolc/nft/delta.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/delta_building.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>

#include <string.h>

#include <linux/netfilter/nf_tables.h>

static struct building *building_of(struct delta *d)
{
	return (struct building *)d;
}

/* ---- counters and other objects ---- */

static void pair_counter(struct building *b, const void *want, const void *have)
{
	struct delta_operation op = { .kind = DELTA_ADD_COUNTER };

	if (want && have)
		return;
	building_differs(
		b, have ? "counter %s should not be there" : "counter %s is missing",
		building_name(have ? have : want));
	op.name = building_name(have ? have : want);
	if (have)
		op.kind = DELTA_DELETE_COUNTER;
	building_add(b, have ? CHANGE : FRESH, op);
}

static void compare_objects(struct building *b)
{
	const struct loaded_counters *loaded = &b->table->counters;
	struct side want = building_side(b, b->delta.rs->ncounters);
	struct side have = building_side(b, loaded->len);

	for (size_t i = 0; i < want.len; i++)
		want.at[i] = b->delta.rs->counters[i];
	for (size_t i = 0; i < have.len; i++)
		have.at[i] = &loaded->at[i];
	building_walk(b, want, have, pair_counter);
	if (!b->table->others.len)
		return;
	building_differs(b, "object %s is not ours", b->table->others.at[0]);
	b->delta.replace = true;
}

/* ---- sets ---- */

static void add_element(struct building *b, enum turn turn, const struct set *s,
			const struct element *e)
{
	if (turn == CHANGE && e->verdict.kind == VERDICT_GOTO &&
	    b->fresh[e->verdict.chain->id])
		b->ahead = true;
	building_add(b, turn,
		     (struct delta_operation){ .kind = DELTA_ADD_ELEMENT,
					       .name = s->name,
					       .map = s->map,
					       .set = s,
					       .element = e });
}

static void add_elements(struct building *b, enum turn turn, const struct set *s)
{
	for (size_t i = 0; i < s->len; i++)
		add_element(b, turn, s, &s->at[i]);
}

static void pair_set(struct building *b, const void *w, const void *h)
{
	const struct loaded_set *have = h;
	const struct set *want = w;

	if (!have) {
		building_differs(b, "set %s is missing", want->name);
		building_add(b, FRESH,
			     (struct delta_operation){ .kind = DELTA_ADD_SET,
						       .name = want->name,
						       .map = want->map,
						       .set = want });
		add_elements(b, FRESH, want);
	} else if (!want) {
		building_differs(b, "set %s should not be there", have->name);
		building_add(
			b, CHANGE,
			(struct delta_operation){ .kind = DELTA_DELETE_SET,
						  .name = have->name,
						  .map = have->flags & NFT_SET_MAP });
	} else if (!loaded_form_same(have, want)) {
		building_differs(b, "set %s is of another type", want->name);
		b->delta.replace = true;
	}
}

static void compare_sets(struct building *b)
{
	const struct loaded_sets *loaded = &b->table->sets;
	struct side want = building_side(b, b->delta.rs->nsets);
	struct side have = building_side(b, loaded->len);

	for (size_t i = 0; i < want.len; i++)
		want.at[i] = b->delta.rs->sets[i];
	for (size_t i = 0; i < have.len; i++)
		have.at[i] = &loaded->at[i];
	building_walk(b, want, have, pair_set);
}

/* ---- elements ---- */

static bool same_verdict(const struct verdict *want, const struct loaded_element *have)
{
	if (have->code != loaded_form_code(want->kind))
		return false;
	if (!want->chain || !have->chain)
		return !want->chain && !have->chain;
	return strcmp(have->chain, want->chain->name) == 0;
}

static bool same_element(const struct element *want, const struct loaded_element *have)
{
	return want->lo == have->lo && want->hi == have->hi &&
	       want->first == have->first && same_verdict(&want->verdict, have);
}

/* By where they begin. */
static int compare_places(const struct element *want, const struct loaded_element *have)
{
	if (want->first != have->first)
		return want->first < have->first ? -1 : 1;
	return (want->lo > have->lo) - (want->lo < have->lo);
}

static void delete_element(struct building *b, const struct set *s,
			   const struct loaded_element *have)
{
	struct element *e = ARENA_NEW(b->arena, struct element);

	*e = (struct element){ .lo = have->lo, .hi = have->hi, .first = have->first };
	building_add(b, CHANGE,
		     (struct delta_operation){ .kind = DELTA_DELETE_ELEMENT,
					       .name = s->name,
					       .map = s->map,
					       .set = s,
					       .element = e });
}

static void walk_elements(struct building *b, const struct set *want,
			  const struct loaded_elements *have, const bool *known)
{
	size_t w = 0, h = 0;

	while (w < want->len || h < have->len) {
		int order = w == want->len ? 1 : -1;

		if (w < want->len && known && known[w]) {
			w++;
			continue;
		}
		if (w < want->len && h < have->len)
			order = compare_places(&want->at[w], &have->at[h]);
		if (order || !same_element(&want->at[w], &have->at[h])) {
			building_differs(b, "set %s has other elements", want->name);
			if (order >= 0)
				delete_element(b, want, &have->at[h]);
			if (order <= 0)
				add_element(b, CHANGE, want, &want->at[w]);
		}
		w += order <= 0;
		h += order >= 0;
	}
}

/* All that are loaded. */
static size_t count_loaded(const struct set *want, const struct loaded_elements *have,
			   const bool *known)
{
	size_t n = have->len;

	for (size_t i = 0; known && i < want->len; i++)
		n += known[i];
	return n;
}

void delta_elements(struct delta *d, const struct set *want,
		    const struct loaded_elements *have, const bool *known)
{
	const size_t loaded = count_loaded(want, have, known);
	struct building *b = building_of(d);

	if (have->odd) {
		building_differs(b, "set %s has an element that is not ours", want->name);
		building_add(b, CHANGE,
			     (struct delta_operation){ .kind = DELTA_FLUSH_SET,
						       .name = want->name,
						       .map = want->map,
						       .set = want });
		add_elements(b, CHANGE, want);
		return;
	}
	if (loaded != want->len)
		building_differs(b, "set %s has %zu elements instead of %zu", want->name,
				 loaded, want->len);
	walk_elements(b, want, have, known);
}

/* ---- the whole ---- */

/* A table of another layout may hold anything under any name. */
static void compare_layouts(struct building *b)
{
	const struct ruleset_state state =
		ruleset_state_parse(b->state ? b->state->comment : NULL);

	if (state.layout == RULESET_LAYOUT)
		return;
	building_differs(b, state.ours ? "it has another layout"
				       : "it says no more whose it is");
	b->delta.replace = true;
}

size_t delta_len(const struct delta *d)
{
	return d->first.len + d->then.len;
}

const struct set *delta_set(const struct delta *d, const struct loaded_set *loaded)
{
	return d->replace ? NULL : ruleset_set(d->rs, loaded->name);
}

static void append(struct building *b, struct delta_operations *to,
		   const struct delta_operations *more)
{
	for (size_t i = 0; i < more->len; i++)
		*ARENA_PUSH(b->arena, to) = more->at[i];
}

void delta_finish(struct delta *d)
{
	struct building *b = building_of(d);

	for (size_t kind = 0; kind < DELTA_KINDS; kind++) {
		append(b, b->ahead ? &d->first : &d->then, &b->kinds[FRESH][kind]);
		append(b, &d->then, &b->kinds[CHANGE][kind]);
	}
}

struct delta *delta_new(struct arena *a, const struct ruleset *rs,
			const struct loaded_table *table)
{
	struct building *b = ARENA_NEW(a, struct building);

	b->delta.rs = rs;
	b->arena = a;
	b->table = table;
	b->state = loaded_form_state(table);
	if (table->dormant) {
		building_differs(b, "the table is dormant");
		b->delta.replace = true;
	}
	compare_layouts(b);
	delta_chains(b);
	compare_objects(b);
	compare_sets(b);
	return &b->delta;
}
