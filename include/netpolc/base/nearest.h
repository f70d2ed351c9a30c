/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest - the word that may have been meant
 */
#ifndef NETPOLC_NEAREST_H
#define NETPOLC_NEAREST_H

#include <stddef.h>

/* Longer words are not compared. */
#define NEAREST_MAX 128

/* Levenshtein's distance: characters to add, drop or change.  SIZE_MAX where a word is
 * longer than NEAREST_MAX bytes. */
size_t edit_distance(const char *a, const char *b);

/* Of the words offered the one with the fewest edits, the first of these; best is NULL
 * where none has fewer than three, and fewer than there are letters in question. */
struct nearest {
	const char *to, *best;
	size_t edits;
};

struct nearest nearest_to(const char *word, size_t letters);
void nearest_offer(struct nearest *n, const char *word);

#endif
