/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * excerpt - lines of an input that is being read in, a copy for quoting out
 */
#include <netpolc/manifest/decode.h>

#include <string.h>

#define EXCERPT_LIMIT ((size_t)256 << 10)
#define EXCERPT_LINE  4096

struct excerpt excerpt_take(struct decoder *d, uint32_t first, uint32_t last)
{
	struct excerpt lines = { .first = first, .nlines = (size_t)last - first + 1 };
	size_t total = 0, len;
	uint32_t *starts;
	char *to;

	if (d->excerpt.first == first && d->excerpt.nlines == lines.nlines)
		return d->excerpt;
	for (uint32_t i = first; i <= last; i++) {
		if (!d->src || !source_line(d->src, i, &len) || len > EXCERPT_LINE)
			return (struct excerpt){ 0 };
		total += len + 1;
		if (total > EXCERPT_LIMIT)
			return (struct excerpt){ 0 };
	}
	lines.text = to = arena_alloc(d->cx->arena, total + 1);
	lines.starts = starts = ARENA_ARRAY(d->cx->arena, lines.nlines, uint32_t);
	for (uint32_t i = first; i <= last; i++) {
		const char *line = source_line(d->src, i, &len);

		starts[i - first] = (uint32_t)lines.len;
		memcpy(to + lines.len, line, len);
		to[lines.len + len] = '\n';
		lines.len += len + 1;
	}
	d->excerpt = lines;
	return lines;
}
