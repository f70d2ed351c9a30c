/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: operations in the order of their kinds; out: nft syntax, and for every line
 * what it stands for.
 *
 * The idea: commands for what goes, then one table block for what comes, which nft
 * runs in the order that we need anyway: counters, chains and sets, elements, rules.
 * Operations on one set or chain stand together within their kind; those on new ones
 * stand first, in the order in which these are added.
 */
#include <netpolc/nft/delta.h>

#include <netpolc/nft/printing.h>

/* Operations of one kind that are not printed yet. */
struct pending {
	const struct delta_operation *at, *end;
};

struct printing {
	struct printer to;
	const char *table;
	int priority;
	struct pending kinds[DELTA_KINDS];
};

/* Whether the next one of the kind is on the item of that name. */
static bool is_next(const struct pending *next, const char *name)
{
	return next->at < next->end && next->at->name == name;
}

/* ---- what goes ---- */

static const char *set_word(const struct delta_operation *op)
{
	return op->map ? "map" : "set";
}

static void print_elements(struct printing *p, struct pending *next, const struct set *s)
{
	while (is_next(next, s->name)) {
		const struct delta_operation *op = next->at++;

		printer_element(&p->to, s, op->element, !is_next(next, s->name));
	}
}

static void print_deleted_elements(struct printing *p)
{
	struct pending *next = &p->kinds[DELTA_DELETE_ELEMENT];

	while (next->at < next->end) {
		const struct set *s = next->at->set;

		buf_printf(p->to.out, "delete element inet %s %s {", p->table, s->name);
		printer_end(&p->to, &s->origin);
		print_elements(p, next, s);
		printer_line(&p->to, "}", &s->origin);
	}
}

static const struct origin *origin_of(const struct delta_operation *op)
{
	if (op->chain)
		return &op->chain->origin;
	return op->set ? &op->set->origin : NULL;
}

/* word: what is acted on; NULL for a set or map. */
static void print_commands(struct printing *p, enum delta_kind kind, const char *verb,
			   const char *word)
{
	struct pending *next = &p->kinds[kind];

	for (; next->at < next->end; next->at++) {
		buf_printf(p->to.out, "%s %s inet %s %s", verb,
			   word ? word : set_word(next->at), p->table, next->at->name);
		printer_end(&p->to, origin_of(next->at));
	}
}

/* ---- what comes ---- */

static void print_set(struct printing *p, const struct set *s)
{
	struct pending *next = &p->kinds[DELTA_ADD_ELEMENT];

	printer_set(&p->to, s);
	if (is_next(next, s->name)) {
		printer_line(&p->to, "\t\telements = {", &s->origin);
		print_elements(p, next, s);
		printer_line(&p->to, "\t\t}", &s->origin);
	}
	printer_line(&p->to, "\t}", &s->origin);
}

static void print_chain(struct printing *p, const struct chain *c, bool hook)
{
	struct pending *next = &p->kinds[DELTA_ADD_RULE];

	buf_printf(p->to.out, "\tchain %s {", c->name);
	printer_end(&p->to, &c->origin);
	if (hook)
		printer_hook(&p->to, c->name, p->priority);
	while (is_next(next, c->name))
		printer_rule(&p->to, c, next->at++->rule);
	printer_line(&p->to, "\t}", &c->origin);
}

static void print_block(struct printing *p)
{
	struct pending *counters = &p->kinds[DELTA_ADD_COUNTER];
	struct pending *sets = &p->kinds[DELTA_ADD_SET];
	struct pending *elements = &p->kinds[DELTA_ADD_ELEMENT];
	struct pending *chains = &p->kinds[DELTA_ADD_CHAIN];
	struct pending *rules = &p->kinds[DELTA_ADD_RULE];

	buf_printf(p->to.out, "table inet %s {", p->table);
	printer_end(&p->to, NULL);
	for (; counters->at < counters->end; counters->at++)
		printer_counter(&p->to, counters->at->name);
	for (; sets->at < sets->end; sets->at++)
		print_set(p, sets->at->set);
	while (elements->at < elements->end)
		print_set(p, elements->at->set);
	for (; chains->at < chains->end; chains->at++)
		print_chain(p, chains->at->chain, chains->at->chain->base);
	while (rules->at < rules->end)
		print_chain(p, rules->at->chain, false);
	printer_line(&p->to, "}", NULL);
}

static void sort_out(struct printing *p, const struct delta_operations *ops)
{
	const struct delta_operation *at = ops->at, *end = ops->at + ops->len;

	for (enum delta_kind kind = 0; kind < DELTA_KINDS; kind++) {
		p->kinds[kind].at = at;
		while (at < end && at->kind == kind)
			at++;
		p->kinds[kind].end = at;
	}
}

void delta_print(struct buf *out, struct arena *a, const struct ruleset *rs,
		 const struct delta_operations *ops, struct text_lines *lines)
{
	struct printing p = { .to = { out, a, lines },
			      .table = rs->table,
			      .priority = rs->priority };

	if (!ops->len)
		return;
	sort_out(&p, ops);
	print_deleted_elements(&p);
	print_commands(&p, DELTA_FLUSH_SET, "flush", NULL);
	print_commands(&p, DELTA_FLUSH_CHAIN, "flush", "chain");
	print_commands(&p, DELTA_DELETE_SET, "delete", NULL);
	print_commands(&p, DELTA_DELETE_CHAIN, "delete", "chain");
	print_commands(&p, DELTA_DELETE_COUNTER, "delete", "counter");
	if (ops->at[ops->len - 1].kind >= DELTA_ADD_COUNTER)
		print_block(&p);
}

void delta_print_all(struct buf *out, struct arena *a, const struct ruleset *rs,
		     const struct delta *d)
{
	if (!d || d->replace) {
		text_print(out, rs, NULL);
		return;
	}
	delta_print(out, a, rs, &d->first, NULL);
	delta_print(out, a, rs, &d->then, NULL);
}
