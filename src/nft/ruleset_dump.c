/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished ruleset comes in, its structs as text go out, one item a line: what
 * golden tests and bug reports hold.  Not nft syntax; it says what the structs
 * say and changes only with them.
 */
#include <netpolc/nft/ruleset.h>

static void dump_range(struct buf *out, enum key_type type, u128 lo, u128 hi)
{
	key_print(out, type, lo);
	if (lo == hi)
		return;
	buf_putc(out, '-');
	key_print(out, type, hi);
}

static void dump_states(struct buf *out, unsigned states)
{
	buf_puts(out, "ct-state");
	for (size_t i = 0; i < CT_STATES; i++)
		if (states & (1U << i))
			buf_printf(out, " %s", ct_state_names[i]);
}

static void dump_field(struct buf *out, enum field f)
{
	buf_printf(out, " %s-%s", field_info(f)->protocol, field_info(f)->name);
}

static void dump_lookup(struct buf *out, const struct expr *e)
{
	buf_puts(out, e->set->map ? "map" : e->negate ? "not in" : "in");
	for (unsigned i = 0; i < e->set->nkeys; i++)
		dump_field(out, e->fields[i]);
	if (e->length)
		buf_printf(out, "/%u", e->length);
	buf_printf(out, " %s", e->set->name);
}

static void dump_expr(struct buf *out, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_CT_STATE:
		dump_states(out, e->states);
		break;
	case EXPR_L4PROTO:
		buf_printf(out, "l4proto %s%u", e->negate ? "not " : "", e->number);
		break;
	case EXPR_NOT_SYN:
		buf_puts(out, "not-syn");
		break;
	case EXPR_ND:
		buf_puts(out, "neighbour-discovery");
		break;
	case EXPR_RANGE:
		buf_puts(out, e->negate ? "not range" : "range");
		dump_field(out, e->fields[0]);
		buf_putc(out, ' ');
		dump_range(out, field_info(e->fields[0])->type, e->lo, e->hi);
		break;
	case EXPR_LOOKUP:
		dump_lookup(out, e);
		break;
	case EXPR_COUNTER:
		buf_printf(out, "counter %s", e->counter->name);
		break;
	case EXPR_REJECT_TCP:
		buf_puts(out, "reject tcp-reset");
		break;
	case EXPR_REJECT:
		buf_puts(out, "reject");
		break;
	case EXPR_VERDICT:
		verdict_print(out, e->verdict);
		break;
	case EXPR_ROUTED_BACK:
		buf_puts(out, e->negate ? "not routed-back" : "routed-back");
		break;
	case EXPR_IIFNAME:
		buf_printf(out, "iifname '%s'", e->name);
		break;
	case EXPR_MADE_HERE:
		buf_puts(out, "made-here");
		break;
	case EXPR_LOCAL:
		buf_puts(out, e->negate ? "not local" : "local");
		dump_field(out, e->fields[0]);
		break;
	case EXPR_LIMIT:
		buf_printf(out, "limit %u", e->number);
		break;
	case EXPR_LOG:
		buf_printf(out, "log %d '%s'", e->group, e->prefix);
		break;
	}
}

static void dump_set(struct buf *out, const struct set *s)
{
	enum key_type last = s->key[s->nkeys - 1];

	buf_printf(out, "%s %s %s", s->map ? "map" : "set", s->name, key_name(s->key[0]));
	if (s->nkeys > 1)
		buf_printf(out, " %s", key_name(last));
	buf_puts(out, s->pipapo ? " pipapo" : s->intervals ? " intervals" : "");
	buf_putc(out, '\n');
	for (size_t i = 0; i < s->len; i++) {
		const struct element *e = &s->at[i];

		buf_putc(out, '\t');
		if (s->nkeys > 1) {
			key_print(out, s->key[0], e->first);
			buf_putc(out, ' ');
		}
		dump_range(out, last, e->lo, e->hi);
		if (s->map) {
			buf_putc(out, ' ');
			verdict_print(out, e->verdict);
		}
		buf_putc(out, '\n');
	}
}

static void dump_chain(struct buf *out, const struct chain *c)
{
	buf_printf(out, "chain %s%s\n", c->name, c->base ? " base" : "");
	for (size_t i = 0; i < c->len; i++) {
		const struct rule *r = &c->at[i];

		for (size_t j = 0; j < r->len; j++) {
			buf_puts(out, j ? "; " : "\t");
			dump_expr(out, &r->at[j]);
		}
		buf_printf(out, " # %s\n", r->comment);
	}
}

void ruleset_dump(struct buf *out, const struct ruleset *rs)
{
	buf_printf(out, "table %s priority %d\n", rs->table, rs->priority);
	for (size_t i = 0; i < rs->ncounters; i++)
		buf_printf(out, "counter %s\n", rs->counters[i]->name);
	for (size_t i = 0; i < rs->nsets; i++)
		dump_set(out, rs->sets[i]);
	for (size_t i = 0; i < rs->nchains; i++)
		dump_chain(out, rs->chains[i]);
}
