/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces - a ruleset comes in, transactions of a few kilobytes are run
 */
#include <netpolc/nft/pieces.h>

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/printing.h>

/* Of text: what the kernel is sent for it is at most eight times as much, and 208 KiB
 * are what a socket has unless somebody changed that. */
#define PIECE_BYTES ((size_t)24 << 10)

struct pieces {
	struct ctx *cx;
	const struct kernel_ops *ops;
	struct printer printer; /* of text */
	struct buf text;
	bool failed;
};

static void flush(struct pieces *p)
{
	if (p->text.len && !p->failed)
		p->failed = !kernel_load(p->cx, p->ops, &p->text, false);
	p->text.len = 0;
}

/* Between two commands. */
static void rest(struct pieces *p)
{
	if (p->text.len >= PIECE_BYTES)
		flush(p);
}

static void name_all(struct pieces *p, const struct ruleset *rs)
{
	buf_printf(&p->text, "table inet %s\ndelete table inet %s\ntable inet %s\n",
		   rs->table, rs->table, rs->table);
	for (size_t i = 0; i < rs->ncounters; i++) {
		buf_printf(&p->text, "add counter inet %s %s\n", rs->table,
			   rs->counters[i]->name);
		rest(p);
	}
	for (size_t i = 0; i < rs->nsets; i++) {
		buf_printf(&p->text, "table inet %s {\n", rs->table);
		printer_set(&p->printer, rs->sets[i]);
		buf_puts(&p->text, "\t}\n}\n");
		rest(p);
	}
	for (size_t i = 0; i < rs->nchains; i++) {
		buf_printf(&p->text, "table inet %s {\n\tchain %s {\n", rs->table,
			   rs->chains[i]->name);
		if (rs->chains[i]->base)
			printer_hook(&p->printer, rs->chains[i]->name, rs->priority);
		buf_puts(&p->text, "\t}\n}\n");
		rest(p);
	}
}

static void add_elements(struct pieces *p, const struct ruleset *rs, const struct set *s)
{
	bool open = false;

	for (size_t i = 0; i < s->len; i++) {
		if (!open)
			buf_printf(&p->text, "add element inet %s %s {\n", rs->table,
				   s->name);
		open = i + 1 < s->len && p->text.len < PIECE_BYTES;
		printer_element(&p->printer, s, &s->at[i], !open);
		if (!open)
			buf_puts(&p->text, "}\n");
		if (!open)
			rest(p);
	}
}

static void add_rules(struct pieces *p, const struct ruleset *rs, const struct chain *c)
{
	for (size_t i = 0; i < c->len; i++) {
		buf_printf(&p->text, "add rule inet %s %s ", rs->table, c->name);
		text_rule(&p->text, &c->at[i]);
		buf_putc(&p->text, '\n');
		rest(p);
	}
}

bool pieces_load(struct ctx *cx, const struct kernel_ops *ops, const struct ruleset *rs)
{
	struct pieces p = { .cx = cx, .ops = ops };

	p.printer = (struct printer){ .out = &p.text, .arena = cx->arena };
	name_all(&p, rs);
	for (size_t i = 0; i < rs->nsets; i++)
		add_elements(&p, rs, rs->sets[i]);
	for (size_t i = 0; i < rs->nchains; i++)
		add_rules(&p, rs, rs->chains[i]);
	flush(&p);
	buf_free(&p.text);
	return !p.failed;
}
