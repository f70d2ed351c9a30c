/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, lines for a terminal go out, and how far they reach.
 */
#include <netpolc/cli/columns.h>

#include <netpolc/base/visible.h>

#include <string.h>

#define INDENT 8 /* of what continues a line */

size_t columns_put(struct buf *out, const char *text)
{
	size_t len = strlen(text), width = 0, i = 0;

	while (i < len)
		width += visible_char(out, text + i, len - i, &i);
	return width;
}

size_t columns_of(const char *text)
{
	BUF_AUTO shown = { 0 };

	return columns_put(&shown, text);
}

void columns_pad(struct buf *out, size_t from, size_t to)
{
	for (; from < to; from++)
		buf_putc(out, ' ');
}

void columns_end(struct buf *out)
{
	while (out->len && out->at[out->len - 1] == ' ')
		out->len--;
	buf_putc(out, '\n');
}

size_t columns_break(struct buf *out, size_t width, size_t gap, const char *list,
		     size_t column)
{
	while (*list) {
		const char *comma = strstr(list, ", ");
		size_t len = comma ? (size_t)(comma + 2 - list) : strlen(list), filled;
		BUF_AUTO item = { 0 }, shown = { 0 };

		buf_add(&item, list, len);
		filled = columns_put(&shown, item.at);
		/* The space behind a comma may stand outside. */
		if (width && column > INDENT &&
		    column + gap + filled > width + (comma ? 1 : 0)) {
			columns_end(out);
			column = 0;
			gap = INDENT;
		}
		columns_pad(out, 0, gap);
		buf_add(out, shown.at, shown.len);
		column += gap + filled;
		gap = 0;
		list += len;
	}
	return column;
}
