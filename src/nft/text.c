/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished ruleset comes in, nft syntax goes out, with a note for every line of
 * which manifest it stands for.
 *
 * Nothing is written that nft would have to look up by name: protocols are
 * numbers, addresses and ports too.  One element a line, so that an error's line
 * number leads to one set and no line is long.
 */
#include <netpolc/nft/text.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/printing.h>

#include <string.h>

#include <limits.h>
#include <linux/netfilter_ipv4.h>

/* ---- pieces ---- */

static void put_range(struct buf *out, enum key_type type, u128 lo, u128 hi)
{
	int length = key_prefix(type, lo, hi);

	key_print(out, type, lo);
	if (length >= 0) {
		buf_putc(out, '/');
		buf_putu(out, (uint64_t)length);
	} else if (lo != hi) {
		buf_putc(out, '-');
		key_print(out, type, hi);
	}
}

void text_element(struct buf *out, const struct set *set, const struct element *e)
{
	bool leads = set_range_leads(set);

	if (set->nkeys > 1 && !leads) {
		key_print(out, set->key[0], e->first);
		buf_add(out, " . ", 3);
	}
	put_range(out, set->key[set->nkeys - 1], e->lo, e->hi);
	if (leads) {
		buf_add(out, " . ", 3);
		key_print(out, set->key[0], e->first);
	}
	if (set->pipapo) {
		buf_add(out, " . ", 3);
		buf_puts(out, key_family(set->key[0]));
	}
	if (e->verdict.kind == VERDICT_NONE)
		return;
	buf_add(out, " : ", 3);
	verdict_print(out, e->verdict);
}

/* ---- rules ---- */

static void put_states(struct buf *out, unsigned states)
{
	char before = ' ';

	buf_puts(out, "ct state");
	for (size_t i = 0; i < CT_STATES; i++) {
		if (!(states & (1U << i)))
			continue;
		buf_putc(out, before);
		buf_puts(out, ct_state_names[i]);
		before = ',';
	}
}

static void put_nd(struct buf *out)
{
	buf_puts(out, "icmpv6 type { ");
	for (size_t i = 0; i < ND_TYPES; i++) {
		buf_puts(out, i ? ", " : "");
		buf_putu(out, nd_types[i]);
	}
	buf_puts(out, " }");
}

static void put_field(struct buf *out, enum field f)
{
	buf_puts(out, field_info(f)->protocol);
	buf_putc(out, ' ');
	buf_puts(out, field_info(f)->name);
}

static void put_lookup(struct buf *out, const struct expr *e)
{
	bool leads = set_range_leads(e->set);

	put_field(out, e->fields[leads]);
	if (e->length) {
		buf_puts(out, " & ");
		key_print(out, e->set->key[0], key_mask(e->set->key[0], e->length));
	}
	if (e->set->nkeys > 1) {
		buf_puts(out, " . ");
		put_field(out, e->fields[!leads]);
	}
	if (e->set->pipapo)
		buf_puts(out, " . meta nfproto");
	buf_puts(out, e->set->map ? " vmap @" : e->negate ? " != @" : " @");
	buf_puts(out, e->set->name);
}

static void put_expr(struct buf *out, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_CT_STATE:
		put_states(out, e->states);
		break;
	case EXPR_L4PROTO:
		buf_puts(out, e->negate ? "meta l4proto != " : "meta l4proto ");
		buf_putu(out, e->number);
		break;
	case EXPR_NOT_SYN:
		buf_puts(out, "tcp flags & (fin | syn | rst | ack) != syn");
		break;
	case EXPR_ND:
		put_nd(out);
		break;
	case EXPR_RANGE:
		put_field(out, e->fields[0]);
		buf_puts(out, e->negate ? " != " : " ");
		put_range(out, field_info(e->fields[0])->type, e->lo, e->hi);
		break;
	case EXPR_LOOKUP:
		put_lookup(out, e);
		break;
	case EXPR_COUNTER:
		buf_printf(out, "counter name \"%s\"", e->counter->name);
		break;
	case EXPR_REJECT_TCP:
		buf_puts(out, "reject with tcp reset");
		break;
	case EXPR_REJECT:
		buf_puts(out, "reject with icmpx admin-prohibited");
		break;
	case EXPR_VERDICT:
		verdict_print(out, e->verdict);
		break;
	case EXPR_ROUTED_BACK:
		buf_printf(out, "fib saddr . iif oif %s",
			   e->negate ? "missing" : "exists");
		break;
	case EXPR_IIFNAME:
		buf_printf(out, "iifname \"%s\"", e->name);
		break;
	case EXPR_MADE_HERE:
		buf_puts(out, "iif 0");
		break;
	case EXPR_LOCAL:
		buf_printf(out, "fib %s type %slocal", field_info(e->fields[0])->name,
			   e->negate ? "!= " : "");
		break;
	case EXPR_LIMIT:
		buf_printf(out, "limit rate %u/second burst %u packets", e->number,
			   LIMIT_BURST);
		break;
	case EXPR_LOG:
		buf_printf(out, "log prefix \"%s\"", e->prefix);
		if (e->group != LOG_SYSLOG)
			buf_printf(out, " group %d", e->group);
		break;
	}
}

void text_rule(struct buf *out, const struct rule *r)
{
	for (size_t i = 0; i < r->len; i++) {
		if (i)
			buf_putc(out, ' ');
		put_expr(out, &r->at[i]);
	}
	buf_printf(out, " comment \"%s\"", r->comment);
}

/* ---- lines ---- */

static bool is_known(const struct origin *origin)
{
	return origin && (origin->object || origin->at.line);
}

void printer_end(struct printer *p, const struct origin *origin)
{
	buf_putc(p->out, '\n');
	if (p->lines)
		*ARENA_PUSH(p->arena, p->lines) = is_known(origin) ? origin : NULL;
}

void printer_line(struct printer *p, const char *text, const struct origin *origin)
{
	buf_puts(p->out, text);
	printer_end(p, origin);
}

void printer_counter(struct printer *p, const char *name)
{
	buf_printf(p->out, "\tcounter %s {", name);
	printer_end(p, NULL);
	printer_line(p, "\t}", NULL);
}

void printer_set(struct printer *p, const struct set *s)
{
	buf_printf(p->out, "\t%s %s {", s->map ? "map" : "set", s->name);
	printer_end(p, &s->origin);
	buf_printf(p->out, "\t\ttype %s", key_name(s->key[set_range_leads(s)]));
	if (s->nkeys > 1)
		buf_printf(p->out, " . %s", key_name(s->key[!set_range_leads(s)]));
	if (s->pipapo)
		buf_puts(p->out, " . nf_proto");
	printer_line(p, s->map ? " : verdict" : "", &s->origin);
	if (s->intervals)
		printer_line(p, "\t\tflags interval", &s->origin);
}

void printer_element(struct printer *p, const struct set *s, const struct element *e,
		     bool last)
{
	buf_add(p->out, "\t\t\t", 3);
	text_element(p->out, s, e);
	if (!last)
		buf_putc(p->out, ',');
	printer_end(p, &s->origin);
}

void printer_hook(struct printer *p, const char *chain, int priority)
{
	const char *hook = chain_hook(chain);
	bool late = !strcmp(hook, HOOK_POSTROUTING);

	buf_printf(p->out, "\t\ttype filter hook %s priority %s", hook,
		   late ? "srcnat" : "filter");
	priority -= late ? NF_IP_PRI_NAT_SRC : NF_IP_PRI_FILTER;
	if (priority)
		buf_printf(p->out, " %c %u", priority < 0 ? '-' : '+',
			   priority < 0 ? -(unsigned)priority : (unsigned)priority);
	printer_line(p, "; policy accept;", NULL);
}

void printer_rule(struct printer *p, const struct chain *c, const struct rule *r)
{
	buf_add(p->out, "\t\t", 2);
	text_rule(p->out, r);
	printer_end(p, is_known(&r->origin) ? &r->origin : &c->origin);
}

/* ---- the table ---- */

static void print_about(struct printer *p, const char *about)
{
	printer_end(p, NULL);
	if (!about)
		return;
	buf_printf(p->out, "\t# %s", about);
	printer_end(p, NULL);
}

static void print_set(struct printer *p, const struct set *s)
{
	print_about(p, s->about);
	printer_set(p, s);
	if (s->len)
		printer_line(p, "\t\telements = {", &s->origin);
	for (size_t i = 0; i < s->len; i++)
		printer_element(p, s, &s->at[i], i + 1 == s->len);
	if (s->len)
		printer_line(p, "\t\t}", &s->origin);
	printer_line(p, "\t}", &s->origin);
}

static void print_chain(struct printer *p, const struct ruleset *rs,
			const struct chain *c)
{
	print_about(p, c->about);
	buf_printf(p->out, "\tchain %s {", c->name);
	printer_end(p, &c->origin);
	if (c->base)
		printer_hook(p, c->name, rs->priority);
	for (size_t i = 0; i < c->len; i++)
		printer_rule(p, c, &c->at[i]);
	printer_line(p, "\t}", &c->origin);
}

/* Adding the table first makes deleting it safe. */
static void print_head(struct printer *p, const struct ruleset *rs)
{
	buf_printf(p->out, "# netpolc %s, digest %s", rs->version, rs->digest.at);
	printer_end(p, NULL);
	buf_printf(p->out, "table inet %s", rs->table);
	printer_end(p, NULL);
	buf_printf(p->out, "delete table inet %s", rs->table);
	printer_end(p, NULL);
	buf_printf(p->out, "table inet %s {", rs->table);
	printer_end(p, NULL);
}

void text_print(struct buf *out, const struct ruleset *rs, struct text_lines *lines)
{
	struct printer p = { out, rs->arena, lines };

	print_head(&p, rs);
	for (size_t i = 0; i < rs->ncounters; i++)
		printer_counter(&p, rs->counters[i]->name);
	for (size_t i = 0; i < rs->nsets; i++)
		print_set(&p, rs->sets[i]);
	for (size_t i = 0; i < rs->nchains; i++)
		print_chain(&p, rs, rs->chains[i]);
	printer_line(&p, "}", NULL);
}
