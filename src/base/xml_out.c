/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, XML 1.0 goes out.
 */
#include <netpolc/base/xml_out.h>

#include <netpolc/base/visible.h>

#include <string.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\n': /* in an attribute a plain one would be read as a blank */
		return "&#10;";
	default:
		return NULL;
	}
}

void xml_text(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		const char *escape = entity(text[i]);

		if (escape) {
			buf_puts(out, escape);
			i++;
		} else {
			visible_char(out, text + i, len - i, &i);
		}
	}
}

void xml_attribute(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, " %s=\"", name);
	xml_text(out, text);
	buf_putc(out, '"');
}
