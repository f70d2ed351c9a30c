/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table's name comes in; what the kernel has under it goes out, counted, and held
 * against the digest that it was loaded with.
 */
#include <netpolc/nft/survey.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/guess.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/readback.h>
#include <netpolc/nft/table_digest.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct look {
	struct arena *arena;
	struct table_reader *reader;
	struct guess guess;
	const char *name;
	struct loaded_table table;
	const struct loaded_chain *state;
	const char *last; /* chain that was asked for */
	size_t last_number;
	struct table_digest digest;
	bool odd; /* there is something that no ruleset of ours has */
	struct survey *out;
};

/* ---- order ---- */

/* Of structs, and of pointers to structs, that begin with their names. */
static int compare_names(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

static int compare_denials(const void *x, const void *y)
{
	const struct survey_class *a = x, *b = y;

	if (a->denied->packets != b->denied->packets)
		return a->denied->packets < b->denied->packets ? 1 : -1;
	return compare_names(a, b);
}

/* Takes the state chain out, which no digest covers. */
static void sort_table(struct look *l)
{
	struct loaded_table *t = &l->table;
	size_t kept = 0;

	for (size_t i = 0; i < t->chains.len; i++) {
		if (!strcmp(t->chains.at[i]->name, RULESET_STATE))
			l->state = t->chains.at[i];
		else
			t->chains.at[kept++] = t->chains.at[i];
	}
	t->chains.len = kept;
	loaded_form_sort_chains(&t->chains);
	if (t->counters.len)
		qsort(t->counters.at, t->counters.len, sizeof(*t->counters.at),
		      compare_names);
	if (t->sets.len)
		qsort(t->sets.at, t->sets.len, sizeof(*t->sets.at), compare_names);
}

static const struct loaded_chain *find_chain(const struct look *l, const char *name)
{
	size_t place = loaded_form_chain(&l->table.chains, name);

	return place < l->table.chains.len ? l->table.chains.at[place] : NULL;
}

/* ---- what it says of itself ---- */

/* Other programs may have put anything there. */
static const char *plain(struct arena *a, const char *text)
{
	char *copy = arena_strndup(a, text, strlen(text));

	for (char *c = copy; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '_';
	return copy;
}

static void read_state(struct look *l)
{
	struct survey *s = l->out;

	s->state = ruleset_state_parse(l->state ? l->state->comment : NULL);
	s->owner = readback_owner_of(s->state);
	if (s->owner == LOADED_FOREIGN && l->state &&
	    guess_remains(&l->guess, l->reader, &l->table))
		s->owner = LOADED_OURS;
	l->odd = !s->state.whole;
}

static const char *policies_of(struct arena *a, const struct loaded_chain *c)
{
	return c ? plain(a, loaded_form_policies(c)) : "";
}

static void count_class(struct look *l, const struct loaded_counter *denied)
{
	enum direction d = denied->name[0] == 'e' ? EGRESS : INGRESS;

	*ARENA_PUSH(l->arena, &l->out->classes) =
		(struct survey_class){ plain(l->arena, denied->name), d,
				       policies_of(l->arena, find_chain(l, denied->name)),
				       denied };
	l->out->nclasses[d]++;
}

/* Those that count no class are named otherwise. */
static void count_denied(struct look *l)
{
	struct survey_classes *classes = &l->out->classes;

	for (size_t i = 0; i < l->table.counters.len; i++) {
		const struct loaded_counter *c = &l->table.counters.at[i];

		if (!strcmp(c->name, "stray"))
			l->out->stray = *c;
		else if (!strcmp(c->name, "midstream"))
			l->out->midstream = *c;
		else if (!strcmp(c->name, "spoofed"))
			l->out->spoofed = *c;
		else if (!strncmp(c->name, "e-", 2) || !strncmp(c->name, "i-", 2))
			count_class(l, c);
	}
	if (classes->len)
		qsort(classes->at, classes->len, sizeof(*classes->at), compare_denials);
}

/* Chains are there only where there is something to do in them. */
static void read_mode(struct look *l)
{
	const struct ruleset_state *s = &l->out->state;
	bool known = !s->ours || s->layout == RULESET_LAYOUT;

	l->out->audit = known && !find_chain(l, "denied");
	l->out->late = find_chain(l, HOOK_POSTROUTING);
	l->out->anti_spoof = known && find_chain(l, "spoofed");
}

/* ---- its digest ---- */

static void digest_element(struct look *l, const struct set *s,
			   const struct loaded_element *e)
{
	struct element element = { .lo = e->lo, .hi = e->hi, .first = e->first };

	if (s->map)
		element.verdict.kind = loaded_form_verdict(e->code);
	/* Element after element leads to the same chain. */
	if (e->chain && e->chain != l->last) {
		l->last = e->chain;
		l->last_number = loaded_form_chain(&l->table.chains, e->chain);
		l->odd |= l->last_number == l->table.chains.len;
	}
	table_digest_element(&l->digest, s, &element, e->chain ? l->last_number : 0);
}

static void count_elements(struct look *l, const char *set,
			   const struct loaded_elements *elements)
{
	enum family f = loaded_form_isolated(set);

	l->out->nelements += elements->len;
	if (f >= FAMILIES)
		return;
	l->out->isolated[f] = elements->len;
	for (size_t i = 0; i < elements->len; i++)
		*ARENA_PUSH(l->arena, &l->out->pods) =
			(struct address){ f, elements->at[i].lo };
}

static void digest_set(struct look *l, const struct loaded_set *loaded,
		       const struct loaded_elements *elements)
{
	struct set shape;

	if (!loaded_form_shape(loaded, &shape) || elements->odd) {
		l->odd = true;
		return;
	}
	table_digest_set(&l->digest, &shape);
	for (size_t i = 0; i < elements->len; i++)
		digest_element(l, &shape, &elements->at[i]);
}

static int digest_sets(struct look *l)
{
	struct arena *scratch = arena_new();
	int err = 0;

	l->out->nsets = l->table.sets.len;
	for (size_t i = 0; i < l->table.sets.len && !err; i++) {
		const struct loaded_set *set = &l->table.sets.at[i];
		struct loaded_elements elements;

		err = guess_elements(&l->guess, l->reader, set, NULL, scratch, &elements);
		if (!err) {
			count_elements(l, set->name, &elements);
			digest_set(l, set, &elements);
		}
		arena_reset(scratch);
		l->last = NULL; /* it was in there */
	}
	arena_free(scratch);
	return err;
}

static void digest_chain(struct look *l, const struct loaded_chain *c)
{
	if ((c->base && !loaded_form_hooked(c)) || loaded_form_altered(c, l->state))
		l->odd = true;
	table_digest_chain(&l->digest, c->name, c->base, c->rules, c->comment);
}

static int priority_of(const struct loaded_table *t)
{
	for (size_t i = 0; i < t->chains.len; i++)
		if (t->chains.at[i]->base)
			return t->chains.at[i]->priority;
	return 0;
}

static int find_drift(struct look *l)
{
	struct survey *s = l->out;
	struct digest_hex found;
	int err;

	guess_rules(&l->guess, l->reader);
	table_digest_begin(&l->digest, l->name, priority_of(&l->table));
	for (size_t i = 0; i < l->table.counters.len; i++)
		table_digest_counter(&l->digest, l->table.counters.at[i].name);
	for (size_t i = 0; i < l->table.chains.len; i++)
		digest_chain(l, l->table.chains.at[i]);
	err = digest_sets(l);
	found = table_digest_end(&l->digest);
	if (l->table.dormant || l->table.others.len || l->state->base ||
	    l->state->rules != 1 || strcmp(found.at, s->state.digest))
		l->odd = true;
	s->drift = l->odd ? DRIFT_FOUND : DRIFT_NONE;
	if (!s->state.ours)
		s->drift = DRIFT_NAMELESS;
	if (s->state.layout && s->state.layout != RULESET_LAYOUT)
		s->drift = DRIFT_UNKNOWN;
	return err;
}

/* ---- the whole ---- */

static int look(struct table_reader *reader, void *to)
{
	struct look *l = to;
	int err;

	*l = (struct look){ .arena = l->arena,
			    .reader = reader,
			    .guess = { l->arena, .dir = l->guess.dir, .table = l->name },
			    .name = l->name,
			    .out = l->out };
	*l->out = (struct survey){ .owner = LOADED_ABSENT };
	err = loaded_read(reader, l->name, &l->table);
	if (err)
		return err;
	sort_table(l);
	read_state(l);
	if (l->out->owner != LOADED_OURS)
		return 0;
	count_denied(l);
	read_mode(l);
	return find_drift(l);
}

bool survey_read(struct ctx *cx, const char *table, const char *dir, struct survey *out)
{
	struct look l = {
		.arena = cx->arena, .guess.dir = dir, .name = table, .out = out
	};
	uint32_t generation;
	int err = loaded_look(cx->arena, look, &l, &generation);

	if (err && err != -ENOENT)
		readback_report(cx, err);
	return !err || err == -ENOENT;
}
