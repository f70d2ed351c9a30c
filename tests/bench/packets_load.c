/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a ruleset comes in and is loaded piece by piece.
 *
 * The idea: in a user namespace a transaction has to fit into a small socket
 * buffer.  So whatever is named is declared first, empty; then come the rules, then
 * the elements, as many at a time as fit.  The text is that of text_print(): a line
 * for each rule and element, a tab for each level.
 */
#include "packets.h"

#include <nftables/libnftables.h>
#include <stdio.h>
#include <string.h>

#define PIECE 16384 /* bytes of text in a transaction, about */

enum pass { PASS_NAMES, PASS_RULES, PASS_ELEMENTS, PASSES };

struct loader {
	struct nft_ctx *nft;
	enum pass pass;
	struct buf head, piece; /* "table inet NAME {", and what goes in there */
	const char *block;	/* where the set or chain begins, */
	const char *items;	/* and its elements or rules */
	bool chain, elements;	/* that the line is in */
};

static bool starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static bool flush(struct loader *l)
{
	BUF_AUTO text = { 0 };

	if (!l->piece.len)
		return true;
	buf_add(&text, l->head.at, l->head.len);
	buf_add(&text, l->piece.at, l->piece.len);
	buf_puts(&text, "}\n");
	l->piece.len = 0;
	if (nft_run_cmd_from_buffer(l->nft, text.at) == 0)
		return true;
	fputs(nft_ctx_get_error_buffer(l->nft), stderr);
	return false;
}

/* Rules of a chain and elements of a set may go into several transactions. */
static bool take_item(struct loader *l, const char *line, size_t len)
{
	if (l->pass != (l->chain ? PASS_RULES : PASS_ELEMENTS))
		return true;
	if (l->piece.len >= PIECE && line != l->items) {
		buf_puts(&l->piece, l->chain ? "\t}\n" : "\t\t}\n\t}\n");
		if (!flush(l))
			return false;
		buf_add(&l->piece, l->block, (size_t)(l->items - l->block));
	}
	buf_add(&l->piece, line, len);
	return true;
}

/* Lines of a set or chain that are neither its first, its last nor an item. */
static void take_property(struct loader *l, const char *line, size_t len)
{
	bool elements = starts(line, "\t\telements");

	if (l->elements || elements) {
		if (l->pass == PASS_ELEMENTS)
			buf_add(&l->piece, line, len);
		l->elements = elements;
		l->items = line + len;
	} else if (l->pass == PASS_NAMES || (l->pass == PASS_ELEMENTS && !l->chain)) {
		buf_add(&l->piece, line, len);
	}
}

static bool take_border(struct loader *l, const char *line, size_t len)
{
	if (line[1] == '#')
		return true;
	if (line[1] != '}') {
		l->block = line;
		l->items = line + len;
		l->chain = starts(line, "\tchain ");
	}
	if (l->pass == PASS_NAMES || l->chain == (l->pass == PASS_RULES))
		buf_add(&l->piece, line, len);
	return line[1] != '}' || l->piece.len < PIECE || flush(l);
}

static bool take_line(struct loader *l, const char *line, size_t len)
{
	bool item =
		l->chain ? !starts(line, "\t\ttype ") : l->elements && line[2] == '\t';

	if (line[1] != '\t')
		return take_border(l, line, len);
	if (item)
		return take_item(l, line, len);
	take_property(l, line, len);
	return true;
}

static bool run_pass(struct loader *l, const char *text)
{
	size_t len;

	for (const char *line = text; *line; line += len) {
		len = strcspn(line, "\n");
		len += line[len] == '\n';
		if (line[0] == '\t' && !take_line(l, line, len))
			return false;
	}
	return flush(l);
}

static bool run_passes(struct loader *l, const char *text)
{
	const char *table = strstr(text, "table inet ");

	if (!table)
		return false;
	buf_add(&l->head, table, strcspn(table, "{\n"));
	buf_puts(&l->head, "{\n");
	for (l->pass = 0; l->pass < PASSES; l->pass++)
		if (!run_pass(l, text))
			return false;
	return true;
}

const char *wire_load(const char *text)
{
	struct loader l = { .nft = nft_ctx_new(NFT_CTX_DEFAULT) };
	const char *why = "libnftables cannot be set up";

	if (!l.nft)
		return why;
	if (!nft_ctx_buffer_error(l.nft))
		why = run_passes(&l, text) ? NULL : "a ruleset was refused";
	nft_ctx_free(l.nft);
	buf_free(&l.head);
	buf_free(&l.piece);
	return why;
}
