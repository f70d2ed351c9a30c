/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events - what a reader makes of a text, as one line
 *
 *     D { a 'b' [ #1 ?true !null ] }        a document, its values; CLOSE is )
 *
 * A plain scalar stands as it is, a string in '', JSON numbers behind #, booleans
 * behind ?, null behind !; a merge key ends with ^.  NULs show as \0.  With places
 * each is followed by @line:column+width.  An error ends the line: its name, place
 * and message.
 */
#ifndef NETPOLC_TEST_EVENTS_H
#define NETPOLC_TEST_EVENTS_H

#include "../input.h"
#include "helpers.h"
#include <netpolc/base/buf.h>
#include <string.h>

static inline void put_text(struct buf *out, const struct event *e)
{
	for (size_t i = 0; i < e->len; i++)
		if (e->text[i])
			buf_putc(out, e->text[i]);
		else
			buf_puts(out, "\\0");
}

static inline void put_event(struct buf *out, const struct event *e, bool places)
{
	static const char *const marks[] = { "", "D", "", "[", "{", ")" };
	static const char *const before[] = { "'", "", "<", "#", "?", "!" };

	buf_puts(out, out->len > 0 ? " " : "");
	buf_puts(out, marks[e->type]);
	if (e->type == EVENT_SCALAR) {
		buf_puts(out, before[e->form]);
		put_text(out, e);
		buf_puts(out, e->form == SCALAR_STRING ? "'" : e->merge ? "^" : "");
	}
	if (places)
		buf_printf(out, "@%u:%u+%u", e->line, e->column, e->width);
}

static inline void put_diags(struct buf *out, const struct input *in)
{
	size_t n;
	const struct diag *const *diags = diag_sorted(in->cx.diags, &n);

	assert_int_equal(n > 0, reader_failed(in->r));
	for (size_t i = 0; i < n; i++)
		buf_printf(out, " %s %u:%u: %s", diag_name(diags[i]->id),
			   diags[i]->origin.at.line, diags[i]->origin.at.column,
			   diags[i]->message);
}

/* The line for bytes; "x.json" as name makes them JSON. */
static inline const char *events(struct arena *a, const char *name, const void *bytes,
				 size_t len, bool places)
{
	struct input in;
	BUF_AUTO out = { 0 };
	const struct event *e;

	input_open(&in, name, bytes, len);
	buf_puts(&out, "");
	while ((e = reader_next(in.r))->type != EVENT_END)
		put_event(&out, e, places);
	assert_int_equal(reader_next(in.r)->type, EVENT_END);
	put_diags(&out, &in);
	input_close(&in);
	return arena_strndup(a, out.at, out.len);
}

#endif
