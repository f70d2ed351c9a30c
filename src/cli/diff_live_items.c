/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations on a table come in, what they mean for pods, classes and sets goes out.
 */
#include <netpolc/cli/diff_live.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/paint.h>
#include <netpolc/base/visible.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>

#include <stdlib.h>
#include <string.h>

/* Of one section so many lines are shown, and of one set so many elements. */
#define LINES	 50
#define EXAMPLES 3

struct elements {
	const struct delta_operation **at;
	size_t len, cap;
};

/* What becomes of a chain that is wanted. */
enum mark { UNTOUCHED, REFILLED, ADDED };

struct printer {
	struct buf *out;
	struct arena *arena;
	const struct live_items *items;
	bool color;
	struct elements elements;
	enum mark *marks; /* by chain id */
	size_t lines;	  /* of the section at hand */
};

/* ---- lines ---- */

/* Begins a line with its sign; false when there have been enough. */
static bool begin_line(struct printer *p, const char *section, char sign)
{
	if (!p->lines++) {
		paint(p->out, p->color, PAINT_BOLD);
		buf_puts(p->out, section);
		paint(p->out, p->color, PAINT_NONE);
		buf_putc(p->out, '\n');
	}
	if (p->lines > LINES)
		return false;
	paint(p->out, p->color,
	      sign == '+'   ? PAINT_GREEN
	      : sign == '-' ? PAINT_RED
			    : PAINT_YELLOW);
	buf_printf(p->out, "  %c ", sign);
	return true;
}

static void end_line(struct printer *p)
{
	paint(p->out, p->color, PAINT_NONE);
	buf_putc(p->out, '\n');
}

static void end_section(struct printer *p)
{
	if (p->lines > LINES)
		buf_printf(p->out, "    and %zu more\n", p->lines - LINES);
	if (p->lines)
		buf_putc(p->out, '\n');
	p->lines = 0;
}

/* ---- elements ---- */

static void put_address(const struct printer *p, struct address a)
{
	const struct pod_address *held = classes_find_address(p->items->dc->classes, a);
	const struct cluster *cl = p->items->dc->cluster;

	if (held) {
		const struct pod *pod = &cl->pods[held->pod];

		visible_text(p->out, cl->namespaces[pod->namespace].name);
		buf_putc(p->out, '/');
		visible_text(p->out, pod->name);
		buf_puts(p->out, " (");
	}
	address_print(p->out, a);
	if (held)
		buf_putc(p->out, ')');
}

/* "shop/web (10.0.0.1)", "10.0.0.0/8", "80-90" */
static void put_range(const struct printer *p, enum key_type type, struct range r)
{
	enum family f = type == KEY_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6;

	if (type == KEY_PORT) {
		buf_putu(p->out, (uint64_t)r.lo);
		if (r.lo != r.hi)
			buf_printf(p->out, "-%u", (unsigned)r.hi);
	} else if (r.lo == r.hi) {
		put_address(p, (struct address){ f, r.lo });
	} else {
		range_print(p->out, f, r);
	}
}

static void put_element(const struct printer *p, const struct set *s,
			const struct element *e)
{
	if (s->nkeys > 1) {
		put_range(p, s->key[0], (struct range){ e->first, e->first });
		buf_puts(p->out, " with ");
	}
	put_range(p, s->key[s->nkeys - 1], (struct range){ e->lo, e->hi });
}

static int compare_elements(const void *a, const void *b)
{
	const struct delta_operation *x = *(const struct delta_operation *const *)a;
	const struct delta_operation *y = *(const struct delta_operation *const *)b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	if (x->element->first != y->element->first)
		return x->element->first < y->element->first ? -1 : 1;
	if (x->element->lo != y->element->lo)
		return x->element->lo < y->element->lo ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

static void take(struct printer *p, const struct delta_operation *op)
{
	if (op->element)
		*ARENA_PUSH(p->arena, &p->elements) = op;
	if (op->kind == DELTA_ADD_CHAIN)
		p->marks[op->chain->id] = ADDED;
	else if (op->chain && p->marks[op->chain->id] == UNTOUCHED)
		p->marks[op->chain->id] = REFILLED;
}

static void take_all(struct printer *p)
{
	const struct delta *d = p->items->delta;

	p->marks = ARENA_ARRAY(p->arena, p->items->rs->nchains, enum mark);
	for (size_t i = 0; i < d->first.len; i++)
		take(p, &d->first.at[i]);
	for (size_t i = 0; i < d->then.len; i++)
		take(p, &d->then.at[i]);
	if (p->elements.len)
		qsort(p->elements.at, p->elements.len, sizeof(*p->elements.at),
		      compare_elements);
}

/* ---- sections ---- */

/* A map that goes as a whole goes with all of its elements. */
static void print_released(struct printer *p)
{
	const struct delta_operations *ops = &p->items->delta->then;
	enum direction d;
	enum family f;

	for (size_t i = 0; i < ops->len; i++) {
		if (ops->at[i].kind != DELTA_DELETE_SET ||
		    !loaded_form_dispatches(ops->at[i].name, &f, &d) ||
		    !begin_line(p, "isolation", '-'))
			continue;
		buf_printf(p->out, "every pod for %s in %s", direction_name(d),
			   family_name(f));
		end_line(p);
	}
}

/* The pods that are isolated, no longer isolated, or isolated by others. */
static void print_isolation(struct printer *p)
{
	for (size_t i = 0; i < p->elements.len; i++) {
		const struct delta_operation *op = p->elements.at[i];
		bool added = op->kind == DELTA_ADD_ELEMENT, moved = false;
		enum direction d;
		enum family f;

		if (!loaded_form_dispatches(op->name, &f, &d))
			continue;
		if (!added && i + 1 < p->elements.len) {
			const struct delta_operation *next = p->elements.at[i + 1];

			moved = next->set == op->set &&
				next->element->lo == op->element->lo;
		}
		if (moved)
			op = p->elements.at[++i];
		if (!begin_line(p, "isolation", moved ? '~' : added ? '+' : '-'))
			continue;
		put_element(p, op->set, op->element);
		buf_printf(p->out, " for %s", direction_name(d));
		if (added || moved) {
			buf_puts(p->out, ", by ");
			visible_text(p->out, op->element->verdict.chain->policies);
		}
		end_line(p);
	}
	print_released(p);
	end_section(p);
}

/* Chains that come, go, or get other rules; the one that says whose table it is changes
 * with everything. */
static void print_chains(struct printer *p)
{
	const struct ruleset *rs = p->items->rs;
	const struct delta_operations *ops = &p->items->delta->then;

	for (size_t i = 0; i < rs->nchains; i++) {
		const struct chain *c = rs->chains[i];

		if (p->marks[i] == UNTOUCHED || !strcmp(c->name, RULESET_STATE))
			continue;
		if (!begin_line(p, "rules", p->marks[i] == ADDED ? '+' : '~'))
			continue;
		buf_printf(p->out, "chain %s", c->name);
		if (c->about)
			buf_printf(p->out, ": %s", c->about);
		end_line(p);
	}
	for (size_t i = 0; i < ops->len; i++) {
		if (ops->at[i].kind != DELTA_DELETE_CHAIN || !begin_line(p, "rules", '-'))
			continue;
		buf_puts(p->out, "chain ");
		visible_text(p->out, ops->at[i].name);
		end_line(p);
	}
	end_section(p);
}

/* The elements of one set that come (go), in one line. */
static void print_set(struct printer *p, size_t first, size_t end, enum delta_kind kind)
{
	const struct set *s = p->elements.at[first]->set;
	size_t n = 0, shown = 0;

	for (size_t i = first; i < end; i++)
		n += p->elements.at[i]->kind == kind;
	if (!n || !begin_line(p, "sets", kind == DELTA_ADD_ELEMENT ? '+' : '-'))
		return;
	buf_printf(p->out, "%zu in %s", n, s->name);
	if (s->about)
		buf_printf(p->out, " (%s)", s->about);
	buf_putc(p->out, ':');
	for (size_t i = first; i < end && shown < EXAMPLES; i++) {
		if (p->elements.at[i]->kind != kind)
			continue;
		buf_puts(p->out, shown++ ? ", " : " ");
		put_element(p, s, p->elements.at[i]->element);
	}
	if (n > shown)
		buf_puts(p->out, ", …");
	end_line(p);
}

static void print_sets(struct printer *p)
{
	const struct delta_operations *ops = &p->items->delta->then;
	enum direction d;
	enum family f;

	for (size_t i = 0, end; i < p->elements.len; i = end) {
		const struct set *s = p->elements.at[i]->set;

		for (end = i; end < p->elements.len && p->elements.at[end]->set == s;)
			end++;
		if (loaded_form_dispatches(s->name, &f, &d))
			continue;
		print_set(p, i, end, DELTA_ADD_ELEMENT);
		print_set(p, i, end, DELTA_DELETE_ELEMENT);
	}
	for (size_t i = 0; i < ops->len; i++) {
		if (ops->at[i].kind != DELTA_DELETE_SET ||
		    loaded_form_dispatches(ops->at[i].name, &f, &d) ||
		    !begin_line(p, "sets", '-'))
			continue;
		buf_printf(p->out, "%s ", ops->at[i].map ? "map" : "set");
		visible_text(p->out, ops->at[i].name);
		end_line(p);
	}
	end_section(p);
}

void live_items(struct buf *out, const struct live_items *items, bool color)
{
	struct printer p = {
		.out = out, .arena = arena_new(), .items = items, .color = color
	};

	take_all(&p);
	print_isolation(&p);
	print_chains(&p);
	print_sets(&p);
	arena_free(p.arena);
}
