/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * yaml - YAML bytes in, events out; the only user of libyaml
 *
 * libyaml's events are handed on as they come, aliases excepted.  It reads
 * through read_bytes(), which is also where it is stopped: it has no limits of
 * its own, but it has to come back for every 16 KiB.
 */
#include <netpolc/manifest/reader.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/anchors.h>
#include <netpolc/manifest/breaks.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>
#include <yaml.h>

/* libyaml compares every %TAG with all others of its document. */
#define DIRECTIVES_MAX 1000

enum stop { STOP_NOT, STOP_UNREADABLE, STOP_LARGE, STOP_BREAKS, STOP_DIRECTIVES };

struct yaml {
	struct reader reader; /* first: what the vtable's functions are given */
	yaml_parser_t parser;
	yaml_event_t event;
	struct anchors *anchors;
	struct breaks breaks;
	size_t since; /* bytes read since the last event */
	enum stop stop;
	bool replaying;
};

static enum stop reason_to_stop(struct yaml *y, const unsigned char *bytes, size_t len)
{
	const yaml_parser_t *p = &y->parser;

	if (len == 0 && source_failed(y->reader.src))
		return STOP_UNREADABLE;
	if (y->since > READER_TEXT_MAX)
		return STOP_LARGE;
	if (p->tag_directives.top - p->tag_directives.start > DIRECTIVES_MAX)
		return STOP_DIRECTIVES;
	if (!y->reader.utf16 && !breaks_scan(&y->breaks, bytes, len))
		return STOP_BREAKS;
	return STOP_NOT;
}

static int read_bytes(void *data, unsigned char *bytes, size_t size, size_t *got)
{
	struct yaml *y = data;

	*got = source_read(y->reader.src, bytes, size);
	y->since += *got;
	y->stop = reason_to_stop(y, bytes, *got);
	return y->stop == STOP_NOT;
}

static struct place place_of(const struct yaml *y, const yaml_mark_t *mark)
{
	return breaks_place(&y->breaks, mark->index, mark->line, mark->column);
}

/* ---- what is wrong ------------------------------------------------------ */

/* Where the reader stopped: what is decoded but not yet scanned lies between. */
static struct place reader_place(const struct yaml *y)
{
	struct place at = place_of(y, &y->parser.mark);
	const unsigned char *text = y->parser.buffer.pointer;

	for (; text < y->parser.buffer.last; text++) {
		if (*text == '\n') {
			at.line++;
			at.column = 1;
		} else if ((*text & 0xc0) != 0x80) {
			at.column++;
		}
	}
	at.width = 1;
	return at;
}

static void bad_bytes(struct yaml *y)
{
	const yaml_parser_t *p = &y->parser;
	struct place at = reader_place(y);
	const char *encoding = y->reader.utf16 ? "UTF-16" : "UTF-8";

	if (strstr(p->problem, "control"))
		reader_error(&y->reader, DIAG_YAML_SYNTAX, at,
			     "control character U+%04X at byte offset %zu",
			     p->problem_value, p->problem_offset);
	else if (p->problem_value >= 0)
		reader_error(&y->reader, DIAG_YAML_SYNTAX, at,
			     "not %s: %s 0x%02x at byte offset %zu", encoding, p->problem,
			     p->problem_value, p->problem_offset);
	else
		reader_error(&y->reader, DIAG_YAML_SYNTAX, at,
			     "not %s: %s at byte offset %zu", encoding, p->problem,
			     p->problem_offset);
}

/* What a scanner's complaint about a character leaves out. */
static const char *hint(const yaml_parser_t *p)
{
	if (strcmp(p->problem, "found character that cannot start any token") != 0)
		return "";
	switch (*p->buffer.pointer) {
	case '\t':
		return " (a tab; indent with spaces)";
	case '@':
	case '`':
		return " ('@' or '`'; quote the text)";
	case '%':
		return " ('%'; quote the text)";
	default:
		return "";
	}
}

static void bad_syntax(struct yaml *y)
{
	const yaml_parser_t *p = &y->parser;
	struct origin context = { .at = place_of(y, &p->context_mark) };
	struct place at = place_of(y, &p->problem_mark);
	struct diag *d;

	d = reader_error(&y->reader, DIAG_YAML_SYNTAX, at, "%s%s%s%s", p->problem,
			 hint(p), p->context ? " " : "", p->context ? p->context : "");
	if (!p->context || context.at.line == at.line)
		return;
	context.at.file = source_file(y->reader.src);
	diag_see(y->reader.cx->diags, d, &context, "%s that begins here", p->context);
	reader_quote(&y->reader, d->related);
}

static void stopped(struct yaml *y)
{
	struct reader *r = &y->reader;
	struct place at = place_of(y, &y->parser.mark);

	switch (y->stop) {
	case STOP_NOT:
	case STOP_UNREADABLE: /* which source_read() has reported */
		r->failed = true;
		break;
	case STOP_LARGE:
		reader_error(r, DIAG_TOO_LARGE, at,
			     "a scalar or comment of more than %zu MiB",
			     READER_TEXT_MAX >> 20);
		break;
	case STOP_BREAKS:
		reader_error(r, DIAG_YAML_SYNTAX, at,
			     "more than %d lines end without a line feed (in a carriage "
			     "return, U+0085, U+2028 or U+2029)",
			     BREAKS_MAX);
		break;
	case STOP_DIRECTIVES:
		reader_error(r, DIAG_YAML_SYNTAX, at, "more than %d %%TAG directives",
			     DIRECTIVES_MAX);
		break;
	}
}

static bool broken(struct yaml *y)
{
	if (y->stop != STOP_NOT)
		stopped(y);
	else if (y->parser.error == YAML_READER_ERROR)
		bad_bytes(y);
	else if (y->parser.error == YAML_MEMORY_ERROR)
		arena_exhausted();
	else
		bad_syntax(y);
	return false;
}

/* ---- events ------------------------------------------------------------- */

static bool spent(struct yaml *y)
{
	struct place at = place_of(y, &y->event.start_mark);

	reader_error(&y->reader, DIAG_ALIAS_BUDGET, at,
		     "anchors and aliases come to more than any manifest needs");
	return false;
}

static bool tag_is(const char *tag, const char *name)
{
	static const char prefix[] = "tag:yaml.org,2002:";

	return strncmp(tag, prefix, sizeof(prefix) - 1) == 0 &&
	       strcmp(tag + sizeof(prefix) - 1, name) == 0;
}

/* A tag that goyaml.v2 does not know makes a string. */
static enum scalar_form scalar_form(const yaml_event_t *from)
{
	const char *tag = (const char *)from->data.scalar.tag;

	if (!tag)
		return from->data.scalar.plain_implicit ? SCALAR_PLAIN : SCALAR_STRING;
	if (tag_is(tag, "int") || tag_is(tag, "bool") || tag_is(tag, "float") ||
	    tag_is(tag, "null") || tag_is(tag, "merge"))
		return SCALAR_PLAIN;
	return tag_is(tag, "binary") ? SCALAR_BINARY : SCALAR_STRING;
}

static void take_scalar(struct event *e, const yaml_event_t *from)
{
	const char *tag = (const char *)from->data.scalar.tag;

	e->text = (const char *)from->data.scalar.value;
	e->len = from->data.scalar.length;
	e->form = scalar_form(from);
	e->merge = e->len == 2 && e->text[0] == '<' && e->text[1] == '<' &&
		   (tag ? tag_is(tag, "merge") : e->form == SCALAR_PLAIN);
}

static void take_place(struct yaml *y, struct event *e)
{
	const yaml_mark_t *start = &y->event.start_mark, *end = &y->event.end_mark;
	struct place at = place_of(y, start);

	e->line = at.line;
	e->column = at.column;
	e->width = start->line == end->line ? (uint32_t)(end->column - start->column) : 0;
}

static bool take(struct yaml *y, enum event_type type, const yaml_char_t *anchor)
{
	struct event *e = &y->reader.event;

	*e = (struct event){ .type = type };
	take_place(y, e);
	if (type == EVENT_SCALAR)
		take_scalar(e, &y->event);
	return anchors_record(y->anchors, e, (const char *)anchor) || spent(y);
}

static bool begin_alias(struct yaml *y)
{
	const char *name = (const char *)y->event.data.alias.anchor;
	struct place at = place_of(y, &y->event.start_mark);

	at.width = (uint32_t)(y->event.end_mark.index - y->event.start_mark.index);
	switch (anchors_alias(y->anchors, name)) {
	case ALIAS_FOUND:
		y->replaying = true;
		return true;
	case ALIAS_UNKNOWN:
		reader_error(
			&y->reader, DIAG_YAML_SYNTAX, at,
			"alias '*%s' without an anchor '&%s' before it in its document",
			name, name);
		return false;
	case ALIAS_INSIDE:
		reader_error(&y->reader, DIAG_YAML_SYNTAX, at,
			     "alias '*%s' inside the value that it stands for", name);
		return false;
	}
	return false;
}

static bool replay(struct yaml *y)
{
	bool over;
	const struct event *e = anchors_replay(y->anchors, &over);

	if (over)
		return spent(y);
	y->replaying = e != NULL;
	if (e)
		y->reader.event = *e;
	return true;
}

static bool parse(struct yaml *y)
{
	yaml_event_delete(&y->event);
	if (!yaml_parser_parse(&y->parser, &y->event))
		return broken(y);
	y->since = 0;
	return true;
}

static bool yaml_next(struct reader *r)
{
	struct yaml *y = (struct yaml *)r;

	for (;;) {
		if (y->replaying && !replay(y))
			return false;
		if (y->replaying)
			return true;
		if (!parse(y))
			return false;

		switch (y->event.type) {
		case YAML_SCALAR_EVENT:
			return take(y, EVENT_SCALAR, y->event.data.scalar.anchor);
		case YAML_SEQUENCE_START_EVENT:
			return take(y, EVENT_SEQUENCE,
				    y->event.data.sequence_start.anchor);
		case YAML_MAPPING_START_EVENT:
			return take(y, EVENT_MAPPING, y->event.data.mapping_start.anchor);
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			return take(y, EVENT_CLOSE, NULL);
		case YAML_DOCUMENT_START_EVENT:
			return take(y, EVENT_DOCUMENT, NULL);
		case YAML_STREAM_END_EVENT:
			return take(y, EVENT_END, NULL);
		case YAML_ALIAS_EVENT:
			if (!begin_alias(y))
				return false;
			break;
		case YAML_DOCUMENT_END_EVENT:
			anchors_reset(y->anchors);
			break;
		case YAML_STREAM_START_EVENT:
		case YAML_NO_EVENT:
			break;
		}
	}
}

static void yaml_close(struct reader *r)
{
	struct yaml *y = (struct yaml *)r;

	yaml_event_delete(&y->event);
	yaml_parser_delete(&y->parser);
	anchors_free(y->anchors);
}

static const struct reader_type yaml_type = { yaml_next, yaml_close };

struct reader *yaml_reader(struct arena *a, struct source *src)
{
	struct yaml *y = ARENA_NEW(a, struct yaml);
	size_t len;
	const char *bytes = source_peek(src, &len);

	y->reader.type = &yaml_type;
	y->anchors = anchors_new(a);
	y->breaks.arena = a;
	y->reader.utf16 = len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 ||
				       memcmp(bytes, "\xfe\xff", 2) == 0);
	if (!yaml_parser_initialize(&y->parser))
		arena_exhausted();
	yaml_parser_set_input(&y->parser, read_bytes, y);
	return &y->reader;
}
