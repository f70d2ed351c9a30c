/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text - a ruleset as nft syntax
 *
 * Loads with nft -f as it stands and replaces the table atomically (an empty
 * table is added first, so that deleting it cannot fail).  Meant to be read:
 * chains in packet order, a line about each.  A printer; it decides nothing.
 */
#ifndef NETPOLC_NFT_TEXT_H
#define NETPOLC_NFT_TEXT_H

#include <netpolc/nft/ruleset.h>

/* Which item a line of the text stands for; line l (1-based) is at[l - 1], NULL
 * where no manifest is behind it. */
struct text_lines {
	const struct origin **at;
	size_t len, cap;
};

/* lines may be NULL. */
void text_print(struct buf *out, const struct ruleset *rs, struct text_lines *lines);

/* An element or a rule alone, without indentation, separator or line end. */
void text_element(struct buf *out, const struct set *set, const struct element *e);
void text_rule(struct buf *out, const struct rule *r);

#endif
