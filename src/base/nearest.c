/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest - words come in, how far they are apart and which is nearest go out
 */
#include <netpolc/base/nearest.h>

#include <netpolc/base/arena.h>

#include <stdint.h>
#include <string.h>

#define SLIPS 3 /* of the fingers, fewer than these */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Row by row; the last two rows are kept, which is as far as a transposition looks. */
size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_MAX + 1], len = strlen(b);
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	if (len > NEAREST_MAX || strlen(a) > NEAREST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = least(change, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[len];
}

struct nearest nearest_to(const char *word, size_t letters)
{
	return (struct nearest){ .to = word, .edits = least((letters + 1) / 2, SLIPS) };
}

void nearest_offer(struct nearest *n, const char *word)
{
	size_t edits = edit_distance(n->to, word);

	if (edits >= n->edits)
		return;
	n->edits = edits;
	n->best = word;
}

const char *nearest_hint(struct arena *a, const char *word)
{
	return word ? arena_printf(a, "; did you mean '%s'?", word) : "";
}
