/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest - words come in, how far they are apart and which is nearest go out
 */
#include <netpolc/base/nearest.h>

#include <stdint.h>
#include <string.h>

#define SLIPS 3 /* of the fingers, fewer than these */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One row at a time. */
size_t edit_distance(const char *a, const char *b)
{
	size_t row[NEAREST_MAX + 1], len = strlen(b);

	if (len > NEAREST_MAX || strlen(a) > NEAREST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t above = row[j];
			size_t change = corner + (a[i - 1] != b[j - 1]);

			row[j] = least(change, least(above, row[j - 1]) + 1);
			corner = above;
		}
	}
	return row[len];
}

struct nearest nearest_to(const char *word, size_t letters)
{
	return (struct nearest){ .to = word, .edits = least(letters, SLIPS) };
}

void nearest_offer(struct nearest *n, const char *word)
{
	size_t edits = edit_distance(n->to, word);

	if (edits >= n->edits)
		return;
	n->edits = edits;
	n->best = word;
}
