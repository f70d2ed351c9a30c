/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event - an input in, events out, whichever format it has
 *
 * What yaml and json have in common: the choice between them, the limit on
 * nesting, skipping, and how their errors are reported.
 */
#include <netpolc/manifest/reader.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/scalar.h>

#include <stdarg.h>
#include <string.h>

bool reader_can_quote(const struct reader *r)
{
	return !r->utf16;
}

void reader_quote(struct reader *r, struct diag *d)
{
	size_t len;
	const char *line = source_line(r->src, d->origin.at.line, &len);

	if (line && reader_can_quote(r))
		diag_set_quote(r->cx->diags, d, line, len);
}

/* Nobody named what was found in a directory. */
static void hint_at_exclude(struct reader *r, struct diag *d)
{
	if (!r->cx->sources.listed.at[source_file(r->src)])
		return;
	diag_see(r->cx->diags, d, NULL,
		 d->quote && strstr(d->quote, "{{")
			 ? "a template has to be rendered first, or passed over with "
			   "--exclude"
			 : "--exclude passes over what is no manifest");
}

struct diag *reader_error(struct reader *r, enum diag_id id, struct place at,
			  const char *format, ...)
{
	struct origin origin = { .at = at };
	struct diag *d;
	va_list ap;

	r->failed = true;
	origin.at.file = source_file(r->src);
	va_start(ap, format);
	d = diag_vadd(r->cx->diags, id, &origin, format, ap);
	va_end(ap);
	reader_quote(r, d);
	hint_at_exclude(r, d);
	return d;
}

static bool too_deep(struct reader *r)
{
	struct place at = { 0, r->event.line, r->event.column, r->event.width };

	if (r->depth <= READER_LEVELS)
		return false;
	reader_error(r, DIAG_TOO_DEEP, at, "nested deeper than %d levels", READER_LEVELS);
	return true;
}

const struct event *reader_next(struct reader *r)
{
	bool good = !r->ended && r->type->next(r);

	if (good && (r->event.type == EVENT_SEQUENCE || r->event.type == EVENT_MAPPING)) {
		r->depth++;
		good = !too_deep(r);
	} else if (good && r->event.type == EVENT_CLOSE) {
		r->depth--;
	}
	if (!good)
		r->event = (struct event){ .type = EVENT_END };
	r->ended = r->event.type == EVENT_END;
	return &r->event;
}

void reader_skip(struct reader *r)
{
	unsigned outside = r->depth - 1;

	if (r->event.type != EVENT_SEQUENCE && r->event.type != EVENT_MAPPING)
		return;
	while (r->depth > outside && reader_next(r)->type != EVENT_END)
		continue;
}

bool reader_failed(const struct reader *r)
{
	return r->failed;
}

static bool is_json(const struct ctx *cx, struct source *src)
{
	const char *name = cx->sources.at[source_file(src)];
	size_t name_len = strlen(name), len;
	const char *bytes;

	if (name_len >= 5 && strcmp(name + name_len - 5, ".json") == 0)
		return true;
	bytes = source_peek(src, &len);
	return json_looks_like(bytes, len);
}

struct reader *reader_open(struct ctx *cx, struct source *src)
{
	struct arena *a = arena_new();
	struct reader *r = is_json(cx, src) ? json_reader(a) : yaml_reader(a, src);

	r->arena = a;
	r->cx = cx;
	r->src = src;
	return r;
}

void reader_close(struct reader *r)
{
	r->type->close(r);
	arena_free(r->arena);
}

bool event_is_null(const struct event *e)
{
	return e->type == EVENT_SCALAR &&
	       scalar_type(e->form, e->text, e->len) == TYPE_NULL;
}
