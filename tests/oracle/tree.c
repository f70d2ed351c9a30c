/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of maps, lists and scalars comes in, text goes out.  What is written
 * plain is what nobody could take for anything but a string.
 */
#include "tree.h"
#include <ctype.h>
#include <netpolc/base/arena.h>
#include <string.h>
#include <strings.h>

struct printer {
	struct buf *out;
	enum notation notation;
	struct random *variation;
};

/* Without variation everything is written the plainest way. */
static bool varies(const struct printer *p, unsigned percent)
{
	return p->variation && random_chance(p->variation, percent);
}

struct tree *tree_add(struct arena *a, struct tree *parent, enum tree_kind kind,
		      const char *key, const char *text)
{
	struct tree *t = ARENA_NEW(a, struct tree);

	*t = (struct tree){ .kind = kind, .key = key, .text = text };
	if (parent->last)
		parent->last->next = t;
	else
		parent->first = t;
	parent->last = t;
	return t;
}

/* Letters first, and no word that YAML 1.1 takes for a boolean or null. */
static bool is_plain(const char *text)
{
	static const char *const words[] = { "y",   "n",    "yes",   "no",  "on",
					     "off", "true", "false", "null" };

	if (!isalpha((unsigned char)text[0]) && text[0] != '1')
		return false;
	/* Starting with a digit, only a CIDR or dotted address is surely no number. */
	if (text[0] == '1' && (strspn(text, "0123456789./") != strlen(text) ||
			       strchr(text, '.') == strrchr(text, '.')))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcasecmp(text, words[i]))
			return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-_./", *text))
			return false;
	return true;
}

static void print_quoted(struct buf *out, const char *text, char quote)
{
	buf_putc(out, quote);
	for (; *text; text++) {
		if (quote == '\'' && *text == '\'')
			buf_putc(out, '\'');
		if (quote == '"' && (*text == '"' || *text == '\\'))
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
	buf_putc(out, quote);
}

static void print_string(const struct printer *p, const char *text)
{
	if (p->notation == NOTATION_JSON)
		print_quoted(p->out, text, '"');
	else if (is_plain(text) && !varies(p, 15))
		buf_puts(p->out, text);
	else
		print_quoted(p->out, text, varies(p, 50) ? '"' : '\'');
}

static void print_flow(const struct printer *p, const struct tree *t)
{
	const char *close = t->kind == TREE_MAP ? "}" : "]";

	if (t->kind == TREE_STRING) {
		print_string(p, t->text);
		return;
	}
	if (t->kind == TREE_BARE) {
		buf_puts(p->out, t->text);
		return;
	}
	buf_puts(p->out, t->kind == TREE_MAP ? "{" : "[");
	for (const struct tree *c = t->first; c; c = c->next) {
		if (c->key) {
			print_string(p, c->key);
			buf_puts(p->out, ": ");
		}
		print_flow(p, c);
		if (c->next)
			buf_puts(p->out, ", ");
	}
	buf_puts(p->out, close);
}

static bool fits_inline(const struct printer *p, const struct tree *t)
{
	if (t->kind == TREE_STRING || t->kind == TREE_BARE || !t->first)
		return true;
	return varies(p, 10);
}

/* The children, one a line or more; begun: the first line has its indent already. */
static void print_block(const struct printer *p, const struct tree *t, size_t indent,
			bool begun)
{
	for (const struct tree *c = t->first; c; c = c->next) {
		buf_printf(p->out, "%*s", begun ? 0 : (int)indent, "");
		begun = false;
		if (c->key) {
			print_string(p, c->key);
			buf_putc(p->out, ':');
		} else {
			buf_putc(p->out, '-');
		}
		if (fits_inline(p, c)) {
			buf_putc(p->out, ' ');
			print_flow(p, c);
			buf_putc(p->out, '\n');
			continue;
		}
		/* "- key: value" begins on the line of its dash. */
		begun = !c->key && c->kind == TREE_MAP;
		buf_puts(p->out, begun ? " " : "\n");
		print_block(p, c, indent + 2, begun);
		begun = false;
	}
}

void tree_print(struct buf *out, const struct tree *root, enum notation notation,
		struct random *variation)
{
	struct printer p = { out, notation, variation };

	if (notation == NOTATION_BLOCK) {
		print_block(&p, root, 0, false);
		return;
	}
	print_flow(&p, root);
	buf_putc(out, '\n');
}
