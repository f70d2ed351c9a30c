/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes come out as documents of one well-formed value, or as an error. */
#include "../input.h"
#include "fuzz.h"

static void read_value(struct reader *r, const struct event *e, unsigned depth)
{
	enum event_type type = e->type;
	size_t children = 0;

	HOLDS(depth <= 128);
	HOLDS(type == EVENT_END || (e->line > 0 && e->column > 0));
	if (type == EVENT_SCALAR)
		HOLDS(e->text[e->len] == '\0');
	if (type != EVENT_SEQUENCE && type != EVENT_MAPPING)
		return;
	while ((e = reader_next(r))->type != EVENT_CLOSE && e->type != EVENT_END) {
		HOLDS(e->type != EVENT_DOCUMENT);
		read_value(r, e, depth + 1);
		children++;
	}
	HOLDS(reader_failed(r) || type == EVENT_SEQUENCE || children % 2 == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	const struct event *e;

	input_open(&in, "-", data, size);
	while ((e = reader_next(in.r))->type == EVENT_DOCUMENT)
		read_value(in.r, reader_next(in.r), 0);
	HOLDS(e->type == EVENT_END);
	HOLDS(reader_failed(in.r) == diag_failed(in.cx.diags));
	input_close(&in);
	return 0;
}
