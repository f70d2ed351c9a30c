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
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>

#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nf_tables.h>

enum turn { FRESH, CHANGE, TURNS };

struct building {
	struct delta delta; /* first: callers see nothing else */
	struct arena *arena;
	const struct loaded_table *table;
	const struct loaded_chain *state; /* NULL: the table has none */
	bool *fresh;			  /* by id of chain: it is not loaded yet */
	bool ahead;			  /* what is fresh has to go first */
	bool vague;			  /* what makes the difference is not known yet */
	struct delta_operations kinds[TURNS][DELTA_KINDS];
};

static struct building *building_of(struct delta *d)
{
	return (struct building *)d;
}

__attribute__((format(printf, 2, 3))) static void differs(struct building *b,
							  const char *format, ...)
{
	va_list ap;

	if (b->delta.why && !b->vague)
		return;
	b->vague = false;
	va_start(ap, format);
	b->delta.why = arena_vprintf(b->arena, format, ap);
	va_end(ap);
}

/* Whether nft would take the name for what it is. */
static bool is_plain(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")];
}

static void operation(struct building *b, enum turn turn, struct delta_operation op)
{
	if (!is_plain(op.name))
		b->delta.replace = true;
	*ARENA_PUSH(b->arena, &b->kinds[turn][op.kind]) = op;
}

/* ---- two sides by name ---- */

/* Pointers to items that begin with their names. */
struct side {
	const void **at;
	size_t len;
};

static const char *name_of(const void *item)
{
	const char *const *name = item;

	return *name;
}

static int compare_names(const void *x, const void *y)
{
	const void *const *a = x, *const *b = y;

	return strcmp(name_of(*a), name_of(*b));
}

static struct side side_new(struct building *b, size_t len)
{
	return (struct side){ ARENA_ARRAY(b->arena, len, const void *), len };
}

static void side_sort(struct side *s)
{
	if (s->len)
		qsort(s->at, s->len, sizeof(*s->at), compare_names);
}

/* want or have is NULL where only the other side has the name. */
typedef void pair_fn(struct building *b, const void *want, const void *have);

static void walk(struct building *b, struct side want, struct side have, pair_fn *pair)
{
	size_t w = 0, h = 0;

	side_sort(&want);
	side_sort(&have);
	while (w < want.len || h < have.len) {
		int order = w == want.len ? 1 : -1;

		if (w < want.len && h < have.len)
			order = compare_names(&want.at[w], &have.at[h]);
		pair(b, order <= 0 ? want.at[w] : NULL, order >= 0 ? have.at[h] : NULL);
		w += order <= 0;
		h += order >= 0;
	}
}

/* ---- chains ---- */

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
		operation(b, turn,
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
		differs(b, "chain %s has %zu rules instead of %zu", want->name,
			have->rules, want->len);
	else if (!comments_equal(want->name, comment, have->comment))
		differs(b,
			have == b->state
				? "chain %s says that another ruleset was applied"
				: "chain %s has other rules than it should",
			want->name);
	else if (loaded_form_altered(have, b->state))
		differs(b, "chain %s has a rule of another program", want->name);
	else
		return true;
	return false;
}

static void add_chain(struct building *b, const struct chain *want)
{
	differs(b, "chain %s is missing", want->name);
	b->fresh[want->id] = true;
	operation(b, FRESH,
		  (struct delta_operation){
			  .kind = DELTA_ADD_CHAIN, .name = want->name, .chain = want });
	add_rules(b, FRESH, want);
}

static void flush_chain(struct building *b, const struct chain *want,
			const struct loaded_chain *have)
{
	if (have->rules)
		operation(b, CHANGE,
			  (struct delta_operation){ .kind = DELTA_FLUSH_CHAIN,
						    .name = have->name,
						    .chain = want });
}

static void remove_chain(struct building *b, const struct loaded_chain *have)
{
	differs(b, "chain %s should not be there", have->name);
	flush_chain(b, NULL, have);
	operation(b, CHANGE,
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
		differs(b, "chain %s is hooked otherwise", want->name);
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

static void compare_chains(struct building *b)
{
	const struct loaded_chains *loaded = &b->table->chains;
	struct side want = side_new(b, b->delta.rs->nchains);
	struct side have = side_new(b, loaded->len);

	b->fresh = ARENA_ARRAY(b->arena, want.len + 1, bool);
	for (size_t i = 0; i < want.len; i++)
		want.at[i] = b->delta.rs->chains[i];
	for (size_t i = 0; i < have.len; i++)
		have.at[i] = loaded->at[i];
	walk(b, want, have, pair_chain);
	compare_state(b);
}

/* ---- counters and other objects ---- */

static void pair_counter(struct building *b, const void *want, const void *have)
{
	struct delta_operation op = { .kind = DELTA_ADD_COUNTER };

	if (want && have)
		return;
	differs(b, have ? "counter %s should not be there" : "counter %s is missing",
		name_of(have ? have : want));
	op.name = name_of(have ? have : want);
	if (have)
		op.kind = DELTA_DELETE_COUNTER;
	operation(b, have ? CHANGE : FRESH, op);
}

static void compare_objects(struct building *b)
{
	const struct loaded_counters *loaded = &b->table->counters;
	struct side want = side_new(b, b->delta.rs->ncounters);
	struct side have = side_new(b, loaded->len);

	for (size_t i = 0; i < want.len; i++)
		want.at[i] = b->delta.rs->counters[i];
	for (size_t i = 0; i < have.len; i++)
		have.at[i] = &loaded->at[i];
	walk(b, want, have, pair_counter);
	if (!b->table->others.len)
		return;
	differs(b, "object %s is not ours", b->table->others.at[0]);
	b->delta.replace = true;
}

/* ---- sets ---- */

static void add_element(struct building *b, enum turn turn, const struct set *s,
			const struct element *e)
{
	if (turn == CHANGE && e->verdict.kind == VERDICT_GOTO &&
	    b->fresh[e->verdict.chain->id])
		b->ahead = true;
	operation(b, turn,
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
		differs(b, "set %s is missing", want->name);
		operation(b, FRESH,
			  (struct delta_operation){ .kind = DELTA_ADD_SET,
						    .name = want->name,
						    .map = want->map,
						    .set = want });
		add_elements(b, FRESH, want);
	} else if (!want) {
		differs(b, "set %s should not be there", have->name);
		operation(b, CHANGE,
			  (struct delta_operation){ .kind = DELTA_DELETE_SET,
						    .name = have->name,
						    .map = have->flags & NFT_SET_MAP });
	} else if (!loaded_form_same(have, want)) {
		differs(b, "set %s is of another type", want->name);
		b->delta.replace = true;
	}
}

static void compare_sets(struct building *b)
{
	const struct loaded_sets *loaded = &b->table->sets;
	struct side want = side_new(b, b->delta.rs->nsets);
	struct side have = side_new(b, loaded->len);

	for (size_t i = 0; i < want.len; i++)
		want.at[i] = b->delta.rs->sets[i];
	for (size_t i = 0; i < have.len; i++)
		have.at[i] = &loaded->at[i];
	walk(b, want, have, pair_set);
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
	operation(b, CHANGE,
		  (struct delta_operation){ .kind = DELTA_DELETE_ELEMENT,
					    .name = s->name,
					    .map = s->map,
					    .set = s,
					    .element = e });
}

static void walk_elements(struct building *b, const struct set *want,
			  const struct loaded_elements *have)
{
	size_t w = 0, h = 0;

	while (w < want->len || h < have->len) {
		int order = w == want->len ? 1 : -1;

		if (w < want->len && h < have->len)
			order = compare_places(&want->at[w], &have->at[h]);
		if (order || !same_element(&want->at[w], &have->at[h])) {
			differs(b, "set %s has other elements", want->name);
			if (order >= 0)
				delete_element(b, want, &have->at[h]);
			if (order <= 0)
				add_element(b, CHANGE, want, &want->at[w]);
		}
		w += order <= 0;
		h += order >= 0;
	}
}

void delta_elements(struct delta *d, const struct set *want,
		    const struct loaded_elements *have)
{
	struct building *b = building_of(d);

	if (have->odd) {
		differs(b, "set %s has an element that is not ours", want->name);
		operation(b, CHANGE,
			  (struct delta_operation){ .kind = DELTA_FLUSH_SET,
						    .name = want->name,
						    .map = want->map,
						    .set = want });
		add_elements(b, CHANGE, want);
		return;
	}
	if (have->len != want->len)
		differs(b, "set %s has %zu elements instead of %zu", want->name,
			have->len, want->len);
	walk_elements(b, want, have);
}

/* ---- the whole ---- */

static const struct loaded_chain *find_state(const struct loaded_table *t)
{
	for (size_t i = 0; i < t->chains.len; i++)
		if (strcmp(t->chains.at[i]->name, RULESET_STATE) == 0)
			return t->chains.at[i];
	return NULL;
}

/* A table of another layout may hold anything under any name. */
static void compare_layouts(struct building *b)
{
	const struct ruleset_state state =
		ruleset_state_parse(b->state ? b->state->comment : NULL);

	if (state.layout == RULESET_LAYOUT)
		return;
	differs(b, state.ours ? "it has another layout" : "it says no more whose it is");
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
	b->state = find_state(table);
	if (table->dormant) {
		differs(b, "the table is dormant");
		b->delta.replace = true;
	}
	compare_layouts(b);
	compare_chains(b);
	compare_objects(b);
	compare_sets(b);
	return &b->delta;
}
