/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table - a loaded table without a kernel
 *
 * Runs the operations of a delta one by one and refuses what the kernel would: to
 * refer to what is not there, to delete what is referred to or not empty, to add
 * what is there.  What it has become can be compared again.
 */
#ifndef NETPOLC_TEST_TABLE_H
#define NETPOLC_TEST_TABLE_H

#include "helpers.h"

#include <netpolc/nft/delta.h>
#include <netpolc/nft/loaded_form.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

struct table_chain {
	const char *name;
	bool base;
	int priority;
	const struct rule **at;
	size_t len, cap;
	uint64_t youngest; /* handle of the rule that was added last */
};

struct table_set {
	const char *name;
	const struct set *shape;
	struct element *at;
	size_t len, cap;
};

struct table {
	struct arena *arena;
	struct {
		struct table_chain *at;
		size_t len, cap;
	} chains;
	struct {
		struct table_set *at;
		size_t len, cap;
	} sets;
	struct loaded_counters counters;
	uint64_t handles; /* given away */
};

/* The place of the item of that name in an array of items that begin with theirs;
 * len when there is none. */
static inline size_t table_find(const void *items, size_t len, size_t size,
				const char *name)
{
	size_t i = 0;

	while (i < len &&
	       strcmp(*(const char *const *)((const char *)items + i * size), name))
		i++;
	return i;
}

#define TABLE_HAS(list, name)                                                            \
	(table_find((list)->at, (list)->len, sizeof(*(list)->at), (name)) < (list)->len)

static inline size_t table_place(const void *items, size_t len, size_t size,
				 const char *name)
{
	size_t i = table_find(items, len, size, name);

	if (i == len)
		fail_msg("%s is not there", name);
	return i;
}

/* The item, which must be there. */
#define TABLE_GET(list, name)                                                            \
	(&(list)->at[table_place((list)->at, (list)->len, sizeof(*(list)->at), (name))])

/* Takes out what is at p. */
#define TABLE_REMOVE(list, p)                                                            \
	do {                                                                             \
		(list)->len--;                                                           \
		*(p) = (list)->at[(list)->len];                                          \
	} while (0)

/* ---- references ---- */

static inline bool table_element_leads(const struct table_set *s, const char *chain)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i].verdict.chain &&
		    !strcmp(s->at[i].verdict.chain->name, chain))
			return true;
	return false;
}

static inline bool table_expr_names(const struct expr *e, const char *name)
{
	return (e->set && !strcmp(e->set->name, name)) ||
	       (e->counter && !strcmp(e->counter->name, name)) ||
	       (e->verdict.chain && !strcmp(e->verdict.chain->name, name));
}

static inline bool table_rule_names(const struct table *t, const char *name)
{
	for (size_t c = 0; c < t->chains.len; c++)
		for (size_t r = 0; r < t->chains.at[c].len; r++)
			for (size_t e = 0; e < t->chains.at[c].at[r]->len; e++)
				if (table_expr_names(&t->chains.at[c].at[r]->at[e], name))
					return true;
	return false;
}

static inline bool table_leads(const struct table *t, const char *chain)
{
	for (size_t i = 0; i < t->sets.len; i++)
		if (table_element_leads(&t->sets.at[i], chain))
			return true;
	return false;
}

static inline void table_check_rule(struct table *t, const struct rule *r)
{
	for (size_t i = 0; i < r->len; i++) {
		const struct expr *e = &r->at[i];

		if (e->set)
			(void)TABLE_GET(&t->sets, e->set->name);
		if (e->counter)
			(void)TABLE_GET(&t->counters, e->counter->name);
		if (e->verdict.chain)
			(void)TABLE_GET(&t->chains, e->verdict.chain->name);
	}
}

/* ---- operations ---- */

static inline void table_delete_element(struct table *t, const struct delta_operation *op)
{
	struct table_set *s = TABLE_GET(&t->sets, op->name);
	const struct element *e = op->element;

	for (size_t i = 0; i < s->len; i++) {
		if (s->at[i].first != e->first || s->at[i].lo != e->lo ||
		    s->at[i].hi != e->hi)
			continue;
		TABLE_REMOVE(s, &s->at[i]);
		return;
	}
	fail_msg("no such element in %s", op->name);
}

static inline void table_add_element(struct table *t, const struct delta_operation *op)
{
	struct table_set *s = TABLE_GET(&t->sets, op->name);
	const struct element *e = op->element;

	if (e->verdict.chain)
		(void)TABLE_GET(&t->chains, e->verdict.chain->name);
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i].first == e->first && s->at[i].lo <= e->hi &&
		    e->lo <= s->at[i].hi)
			fail_msg("an element of %s overlaps", op->name);
	*ARENA_PUSH(t->arena, s) = *e;
}

static inline void table_delete_set(struct table *t, const struct delta_operation *op)
{
	struct table_set *s = TABLE_GET(&t->sets, op->name);

	if (table_rule_names(t, op->name))
		fail_msg("set %s is in use", op->name);
	TABLE_REMOVE(&t->sets, s);
}

static inline void table_delete_chain(struct table *t, const struct delta_operation *op)
{
	struct table_chain *c = TABLE_GET(&t->chains, op->name);

	if (c->len || table_rule_names(t, op->name) || table_leads(t, op->name))
		fail_msg("chain %s is in use", op->name);
	TABLE_REMOVE(&t->chains, c);
}

static inline void table_add_rule(struct table *t, struct table_chain *c,
				  const struct rule *r)
{
	*ARENA_PUSH(t->arena, c) = r;
	c->youngest = ++t->handles;
}

static inline void table_flush_chain(struct table_chain *c)
{
	c->len = 0;
	c->youngest = 0;
}

static inline void table_delete_counter(struct table *t, const struct delta_operation *op)
{
	struct loaded_counter *c = TABLE_GET(&t->counters, op->name);

	if (table_rule_names(t, op->name))
		fail_msg("counter %s is in use", op->name);
	TABLE_REMOVE(&t->counters, c);
}

/* What is added is not there. */
static inline void table_check_new(const struct table *t,
				   const struct delta_operation *op)
{
	bool there = false;

	if (op->kind == DELTA_ADD_COUNTER)
		there = TABLE_HAS(&t->counters, op->name);
	if (op->kind == DELTA_ADD_SET)
		there = TABLE_HAS(&t->sets, op->name);
	if (op->kind == DELTA_ADD_CHAIN)
		there = TABLE_HAS(&t->chains, op->name);
	if (there)
		fail_msg("%s is there already", op->name);
}

static inline void table_run_one(struct table *t, int priority,
				 const struct delta_operation *op)
{
	table_check_new(t, op);
	switch (op->kind) {
	case DELTA_DELETE_ELEMENT:
		table_delete_element(t, op);
		break;
	case DELTA_FLUSH_SET:
		TABLE_GET(&t->sets, op->name)->len = 0;
		break;
	case DELTA_FLUSH_CHAIN:
		table_flush_chain(TABLE_GET(&t->chains, op->name));
		break;
	case DELTA_DELETE_SET:
		table_delete_set(t, op);
		break;
	case DELTA_DELETE_CHAIN:
		table_delete_chain(t, op);
		break;
	case DELTA_DELETE_COUNTER:
		table_delete_counter(t, op);
		break;
	case DELTA_ADD_COUNTER:
		ARENA_PUSH(t->arena, &t->counters)->name = op->name;
		break;
	case DELTA_ADD_SET:
		*ARENA_PUSH(t->arena, &t->sets) =
			(struct table_set){ .name = op->name, .shape = op->set };
		break;
	case DELTA_ADD_ELEMENT:
		table_add_element(t, op);
		break;
	case DELTA_ADD_CHAIN:
		*ARENA_PUSH(t->arena, &t->chains) = (struct table_chain){
			.name = op->name, .base = op->chain->base, .priority = priority
		};
		break;
	case DELTA_ADD_RULE:
		table_check_rule(t, op->rule);
		table_add_rule(t, TABLE_GET(&t->chains, op->name), op->rule);
		break;
	}
}

static inline void table_run(struct table *t, const struct delta *d,
			     const struct delta_operations *list)
{
	for (size_t i = 0; i < list->len; i++)
		table_run_one(t, d->rs->priority, &list->at[i]);
}

/* ---- as it is read back ---- */

static inline int table_code(struct verdict v)
{
	static const int codes[] = {
		[VERDICT_NONE] = 0,	   [VERDICT_ACCEPT] = NF_ACCEPT,
		[VERDICT_DROP] = NF_DROP,  [VERDICT_GOTO] = NFT_GOTO,
		[VERDICT_JUMP] = NFT_JUMP,
	};

	return codes[v.kind];
}

static inline int table_compare(const void *x, const void *y)
{
	const struct loaded_element *a = x, *b = y;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->lo > b->lo) - (a->lo < b->lo);
}

static inline struct loaded_elements table_elements(struct arena *a,
						    const struct table_set *s)
{
	struct loaded_elements out = { 0 };

	for (size_t i = 0; i < s->len; i++) {
		const struct element *e = &s->at[i];

		*ARENA_PUSH(a, &out) = (struct loaded_element){
			.lo = e->lo,
			.hi = e->hi,
			.first = e->first,
			.code = table_code(e->verdict),
			.chain = e->verdict.chain ? e->verdict.chain->name : NULL,
		};
	}
	if (out.len)
		qsort(out.at, out.len, sizeof(*out.at), table_compare);
	return out;
}

static inline struct loaded_table *table_loaded(const struct table *t)
{
	struct loaded_table *out = ARENA_NEW(t->arena, struct loaded_table);

	for (size_t i = 0; i < t->chains.len; i++) {
		const struct table_chain *c = &t->chains.at[i];
		struct loaded_chain *l = ARENA_NEW(t->arena, struct loaded_chain);

		*l = (struct loaded_chain){ .name = c->name,
					    .base = c->base,
					    .hook = NF_INET_FORWARD,
					    .priority = c->priority,
					    .type = "filter",
					    .accept = true,
					    .rules = c->len,
					    .youngest = c->youngest,
					    .comment =
						    c->len ? c->at[0]->comment : NULL };
		for (size_t r = 1; r < c->len; r++)
			l->altered |= !loaded_form_marked(l, c->at[r]->comment);
		*ARENA_PUSH(t->arena, &out->chains) = l;
	}
	for (size_t i = 0; i < t->sets.len; i++)
		*ARENA_PUSH(t->arena, &out->sets) = loaded_form_set(t->sets.at[i].shape);
	out->counters = t->counters;
	return out;
}

/* ---- the whole ---- */

/* What has to change for t to be rs. */
static inline struct delta *table_delta(const struct table *t, const struct ruleset *rs)
{
	const struct loaded_table *loaded = table_loaded(t);
	struct delta *d = delta_new(t->arena, rs, loaded);

	for (size_t i = 0; i < loaded->sets.len; i++) {
		const struct set *want = delta_set(d, &loaded->sets.at[i]);
		struct loaded_elements have;

		if (!want)
			continue;
		have = table_elements(t->arena, &t->sets.at[i]);
		delta_elements(d, want, &have, NULL);
	}
	delta_finish(d);
	return d;
}

/* rs, just loaded. */
static inline struct table table_of(struct arena *a, const struct ruleset *rs)
{
	struct table t = { .arena = a };

	for (size_t i = 0; i < rs->ncounters; i++)
		ARENA_PUSH(a, &t.counters)->name = rs->counters[i]->name;
	for (size_t i = 0; i < rs->nsets; i++) {
		struct table_set *s = ARENA_PUSH(a, &t.sets);

		*s = (struct table_set){ .name = rs->sets[i]->name,
					 .shape = rs->sets[i] };
		for (size_t e = 0; e < rs->sets[i]->len; e++)
			*ARENA_PUSH(a, s) = rs->sets[i]->at[e];
	}
	for (size_t i = 0; i < rs->nchains; i++) {
		struct table_chain *c = ARENA_PUSH(a, &t.chains);

		*c = (struct table_chain){ .name = rs->chains[i]->name,
					   .base = rs->chains[i]->base,
					   .priority = rs->priority };
		for (size_t r = 0; r < rs->chains[i]->len; r++)
			table_add_rule(&t, c, &rs->chains[i]->at[r]);
	}
	return t;
}

#endif
