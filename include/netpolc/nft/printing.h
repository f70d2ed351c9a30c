/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printing - what the printers of nft syntax share
 *
 * text.c prints a whole table, delta_text.c a change to one; both note for every
 * line what it stands for.
 */
#ifndef NETPOLC_PRINTING_H
#define NETPOLC_PRINTING_H

#include <netpolc/nft/text.h>

struct printer {
	struct buf *out;
	struct arena *arena;	  /* of the notes */
	struct text_lines *lines; /* or NULL */
};

/* Ends a line that stands for origin, which may be NULL or empty. */
void printer_end(struct printer *p, const struct origin *origin);
void printer_line(struct printer *p, const char *text, const struct origin *origin);

void printer_counter(struct printer *p, const char *name);

/* The set's opening line and its type; "elements = {", elements, "}" and the closing
 * line "\t}" are up to the caller. */
void printer_set(struct printer *p, const struct set *s);
void printer_element(struct printer *p, const struct set *s, const struct element *e,
		     bool last);

/* What hooks a base chain of that name. */
void printer_hook(struct printer *p, const char *chain, int priority);
void printer_rule(struct printer *p, const struct chain *c, const struct rule *r);

#endif
