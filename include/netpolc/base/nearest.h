/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest - the word that may have been meant
 */
#ifndef NETPOLC_NEAREST_H
#define NETPOLC_NEAREST_H

#include <stddef.h>

struct arena;

/* Longer words are not compared. */
#define NEAREST_MAX 128

/* How many characters to add, drop or change, or pairs of neighbours to exchange.
 * SIZE_MAX where a word is longer than NEAREST_MAX bytes. */
size_t edit_distance(const char *a, const char *b);

/* Of the words offered the one with the fewest edits, the first of these.  best is NULL
 * where none has at most two; with four letters in question at most one, with two none.
 */
struct nearest {
	const char *to, *best;
	size_t edits;
};

struct nearest nearest_to(const char *word, size_t letters);
void nearest_offer(struct nearest *n, const char *word);

/* "; did you mean 'web'?", in the arena; "" for NULL. */
const char *nearest_hint(struct arena *a, const char *word)
	__attribute__((returns_nonnull));

#endif
