/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json - JSON text (RFC 8259) in, events out
 *
 * A scanner that is asked for one event at a time and holds 64 KiB of its input
 * and the text of one string.  The same scanner, given only the beginning of an
 * input, tells whether that looks like JSON.  Top-level values stand one after
 * another, with `---` lines between them allowed.
 */
#include <netpolc/manifest/reader.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_SIZE ((size_t)64 << 10)

enum state {
	AT_TOP, /* before a top-level value, or the end */
	AT_VALUE,
	AT_COLON,     /* behind a key */
	AT_FIRST,     /* behind the opening bracket */
	AT_SEPARATOR, /* behind an element */
};

struct level {
	bool object;
	uint32_t line; /* of the opening bracket */
};

struct scan {
	struct source *src; /* NULL: there is nothing but the bytes given */
	unsigned char *buffer;
	const unsigned char *begin, *at, *end;
	size_t base; /* offset of begin in the input */
	bool ended;

	uint32_t line;
	size_t line_start; /* offset of its first byte */
	size_t trailing;   /* bytes of the line that are no code point of their own */

	enum state state;
	unsigned depth;
	struct level levels[READER_LEVELS + 1];
	struct buf text;

	enum diag_id problem_id; /* with a problem that is not empty */
	char problem[160];
	struct place problem_at;
};

/* ---- bytes -------------------------------------------------------------- */

/* Makes at least want bytes available unless the input ends before. */
static bool available(struct scan *s, size_t want)
{
	size_t rest = (size_t)(s->end - s->at), got;

	while (rest < want && !s->ended) {
		if (s->src && rest > 0)
			memmove(s->buffer, s->at, rest);
		got = s->src ? source_read(s->src, s->buffer + rest, BUFFER_SIZE - rest)
			     : 0;
		s->ended = got == 0;
		if (!s->src)
			break;
		s->base += (size_t)(s->at - s->begin);
		s->begin = s->at = s->buffer;
		rest += got;
		s->end = s->buffer + rest;
	}
	return rest >= want;
}

/* The next byte, or -1 at the end. */
static int look(struct scan *s)
{
	return s->at < s->end || available(s, 1) ? *s->at : -1;
}

static size_t offset(const struct scan *s)
{
	return s->base + (size_t)(s->at - s->begin);
}

static struct place here(const struct scan *s)
{
	size_t column = offset(s) - s->line_start - s->trailing + 1;

	return (struct place){ .line = s->line, .column = (uint32_t)column };
}

static void skip_space(struct scan *s)
{
	for (;;) {
		int c = look(s);

		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			return;
		s->at++;
		if (c == '\n') {
			s->line++;
			s->line_start = offset(s);
			s->trailing = 0;
		}
	}
}

static void skip_bom(struct scan *s)
{
	if (available(s, 3) && memcmp(s->at, "\xef\xbb\xbf", 3) == 0) {
		s->at += 3;
		s->line_start = 3;
	}
}

/* ---- what is wrong ------------------------------------------------------ */

__attribute__((format(printf, 3, 4))) static bool refuse(struct scan *s, enum diag_id id,
							 const char *format, ...)
{
	va_list ap;

	s->problem_id = id;
	s->problem_at = here(s);
	s->problem_at.width = 1;
	va_start(ap, format);
	vsnprintf(s->problem, sizeof(s->problem), format, ap);
	va_end(ap);
	return false;
}

static bool unexpected(struct scan *s, const char *wanted)
{
	const struct level *open = s->depth > 0 ? &s->levels[s->depth - 1] : NULL;
	int c = look(s);

	if (c < 0 && open)
		return refuse(s, DIAG_JSON_SYNTAX,
			      "the input ends inside the %s that begins on line %u",
			      open->object ? "object" : "array", open->line);
	if (c < 0)
		return refuse(s, DIAG_JSON_SYNTAX, "the input ends where %s is due",
			      wanted);
	if (c > ' ' && c < 0x7f)
		return refuse(s, DIAG_JSON_SYNTAX, "'%c' where %s is due", c, wanted);
	return refuse(s, DIAG_JSON_SYNTAX, "byte 0x%02x where %s is due", (unsigned)c,
		      wanted);
}

/* ---- scalars ------------------------------------------------------------ */

static bool keep(struct scan *s, const void *bytes, size_t len)
{
	if (s->text.len + len > READER_TEXT_MAX)
		return refuse(s, DIAG_TOO_LARGE, "a scalar of more than %zu MiB",
			      READER_TEXT_MAX >> 20);
	buf_add(&s->text, bytes, len);
	return true;
}

static bool keep_code_point(struct scan *s, uint32_t c)
{
	unsigned char bytes[4];
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--, c >>= 6)
		bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
	bytes[0] = (unsigned char)(leads[len] | c);
	return keep(s, bytes, len);
}

/* The length of a UTF-8 sequence (Unicode table 3-7), or 0 when there is none. */
static size_t sequence_length(const unsigned char *p, size_t len)
{
	size_t want = p[0] >= 0xc2 && p[0] <= 0xdf   ? 2
		      : p[0] >= 0xe0 && p[0] <= 0xef ? 3
		      : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
						     : 0;
	unsigned char lo = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char hi = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;

	if (want == 0 || want > len || p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < want; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return want;
}

static bool scan_sequence(struct scan *s)
{
	size_t len;

	available(s, 4);
	len = sequence_length(s->at, (size_t)(s->end - s->at));
	if (len == 0)
		return refuse(s, DIAG_JSON_SYNTAX,
			      "not UTF-8: byte 0x%02x at byte offset %zu", *s->at,
			      offset(s));
	if (!keep(s, s->at, len))
		return false;
	s->at += len;
	s->trailing += len - 1;
	return true;
}

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number in \uXXXX, or -1; consumes nothing. */
static int32_t unicode_escape(struct scan *s)
{
	int32_t value = 0;

	if (!available(s, 6) || s->at[0] != '\\' || s->at[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_digit(s->at[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static bool scan_unicode(struct scan *s)
{
	int32_t c = unicode_escape(s), low;

	if (c < 0)
		return refuse(s, DIAG_JSON_SYNTAX,
			      "'\\u' without four hexadecimal digits");
	if (c < 0xd800 || c > 0xdfff) {
		s->at += 6;
		return keep_code_point(s, (uint32_t)c);
	}
	if (c <= 0xdbff) {
		s->at += 6;
		low = unicode_escape(s);
		if (low >= 0xdc00 && low <= 0xdfff) {
			s->at += 6;
			return keep_code_point(s, 0x10000 +
							  (((uint32_t)c & 0x3ff) << 10) +
							  ((uint32_t)low & 0x3ff));
		}
		s->at -= 6;
	}
	return refuse(s, DIAG_JSON_SYNTAX, "'\\u%04x' is half of a surrogate pair",
		      (unsigned)c);
}

static bool scan_escape(struct scan *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (!available(s, 2)) {
		s->at = s->end;
		return unexpected(s, "the rest of a string");
	}
	if (s->at[1] == 'u')
		return scan_unicode(s);
	found = s->at[1] ? strchr(from, s->at[1]) : NULL;
	if (!found)
		return refuse(s, DIAG_JSON_SYNTAX,
			      "a backslash before what needs none (byte 0x%02x)",
			      s->at[1]);
	s->at += 2;
	return keep(s, &to[found - from], 1);
}

/* Keeps the characters that stand for themselves and cost no thought. */
static bool scan_run(struct scan *s)
{
	const unsigned char *from = s->at;

	while (s->at < s->end && *s->at >= ' ' && *s->at < 0x80 && *s->at != '"' &&
	       *s->at != '\\')
		s->at++;
	return s->at == from || keep(s, from, (size_t)(s->at - from));
}

static bool scan_string(struct scan *s)
{
	uint32_t line = s->line;

	s->at++;
	while (scan_run(s)) {
		int c = look(s);

		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0)
			return refuse(s, DIAG_JSON_SYNTAX,
				      "the input ends inside the string of line %u",
				      line);
		if (c < ' ')
			return refuse(
				s, DIAG_JSON_SYNTAX,
				"a control character (0x%02x) in a string; write \\u%04x",
				(unsigned)c, (unsigned)c);
		if (c == '\\' && !scan_escape(s))
			return false;
		if (c >= 0x80 && !scan_sequence(s))
			return false;
	}
	return false;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool keep_next(struct scan *s)
{
	unsigned char c = *s->at++;

	return keep(s, &c, 1);
}

static bool scan_digits(struct scan *s)
{
	if (!is_digit(look(s)))
		return unexpected(s, "a digit");
	while (is_digit(look(s)))
		if (!keep_next(s))
			return false;
	return true;
}

static bool scan_number(struct scan *s)
{
	if (look(s) == '-' && !keep_next(s))
		return false;
	if (look(s) == '0') {
		if (!keep_next(s))
			return false;
		if (is_digit(look(s)))
			return refuse(s, DIAG_JSON_SYNTAX,
				      "a number with a leading zero");
	} else if (!scan_digits(s)) {
		return false;
	}
	if (look(s) == '.' && (!keep_next(s) || !scan_digits(s)))
		return false;
	if (look(s) != 'e' && look(s) != 'E')
		return true;
	if (!keep_next(s) || ((look(s) == '+' || look(s) == '-') && !keep_next(s)))
		return false;
	return scan_digits(s);
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool scan_word(struct scan *s, enum scalar_form *form)
{
	struct place start = here(s);

	while (is_letter(look(s)) && s->text.len < 20)
		keep_next(s);
	if (strcmp(s->text.at, "true") == 0 || strcmp(s->text.at, "false") == 0) {
		*form = SCALAR_BOOL;
	} else if (strcmp(s->text.at, "null") == 0) {
		*form = SCALAR_NULL;
	} else {
		refuse(s, DIAG_JSON_SYNTAX, "'%s' is no JSON value; strings need quotes",
		       s->text.at);
		start.width = s->problem_at.column - start.column;
		s->problem_at = start;
		return false;
	}
	return true;
}

static bool scan_scalar(struct scan *s, enum scalar_form *form)
{
	int c = look(s);

	s->text.len = 0;
	if (c == '"') {
		*form = SCALAR_STRING;
		return scan_string(s);
	}
	if (c == '-' || is_digit(c)) {
		*form = SCALAR_NUMBER;
		return scan_number(s);
	}
	if (is_letter(c))
		return scan_word(s, form);
	return unexpected(s, "a value");
}

/* ---- structure ---------------------------------------------------------- */

static void begin_event(const struct scan *s, struct event *e, enum event_type type)
{
	struct place at = here(s);

	*e = (struct event){ .type = type, .line = at.line, .column = at.column };
}

static bool scan_value(struct scan *s, struct event *e)
{
	int c = look(s);

	begin_event(s, e, EVENT_SCALAR);
	if (c == '{' || c == '[') {
		e->type = c == '{' ? EVENT_MAPPING : EVENT_SEQUENCE;
		e->width = 1;
		s->levels[s->depth++] = (struct level){ c == '{', s->line };
		s->state = AT_FIRST;
		s->at++;
		return true;
	}
	if (!scan_scalar(s, &e->form))
		return false;
	e->text = s->text.len > 0 ? s->text.at : "";
	e->len = s->text.len;
	e->width = here(s).column - e->column;
	s->state = s->depth > 0 ? AT_SEPARATOR : AT_TOP;
	return true;
}

static bool scan_key(struct scan *s, struct event *e)
{
	skip_space(s);
	if (look(s) != '"')
		return unexpected(s, "a key in quotes");
	if (!scan_value(s, e))
		return false;
	s->state = AT_COLON;
	return true;
}

static bool scan_element(struct scan *s, struct event *e)
{
	if (s->levels[s->depth - 1].object)
		return scan_key(s, e);
	skip_space(s);
	return scan_value(s, e);
}

static bool scan_inside(struct scan *s, struct event *e)
{
	bool object = s->levels[s->depth - 1].object;
	int c;

	skip_space(s);
	c = look(s);
	if (c == (object ? '}' : ']')) {
		begin_event(s, e, EVENT_CLOSE);
		e->width = 1;
		s->at++;
		s->state = --s->depth > 0 ? AT_SEPARATOR : AT_TOP;
		return true;
	}
	if (s->state == AT_FIRST)
		return scan_element(s, e);
	if (c != ',')
		return unexpected(s, object ? "',' or '}'" : "',' or ']'");
	s->at++;
	return scan_element(s, e);
}

/* Steps over `---` that is a word at the beginning of a line. */
static bool skip_marker(struct scan *s)
{
	bool more = available(s, 4);

	if (here(s).column != 1 || s->end - s->at < 3 || memcmp(s->at, "---", 3) != 0)
		return false;
	if (more && !strchr(" \t\r\n", s->at[3]))
		return false;
	s->at += 3;
	return true;
}

static bool scan_top(struct scan *s, struct event *e)
{
	if (offset(s) == 0)
		skip_bom(s);
	do
		skip_space(s);
	while (skip_marker(s));

	begin_event(s, e, look(s) < 0 ? EVENT_END : EVENT_DOCUMENT);
	s->state = AT_VALUE;
	return true;
}

/* The next event; false after a problem was noted. */
static bool scan_next(struct scan *s, struct event *e)
{
	switch (s->state) {
	case AT_TOP:
		return scan_top(s, e);
	case AT_VALUE:
		return scan_value(s, e);
	case AT_COLON:
		skip_space(s);
		if (look(s) != ':')
			return unexpected(s, "':'");
		s->at++;
		skip_space(s);
		return scan_value(s, e);
	case AT_FIRST:
	case AT_SEPARATOR:
		return scan_inside(s, e);
	}
	return false;
}

/* ---- the reader --------------------------------------------------------- */

struct json {
	struct reader reader; /* first: what the vtable's functions are given */
	struct scan scan;
};

static bool json_next(struct reader *r)
{
	struct scan *s = &((struct json *)r)->scan;
	bool good;

	s->src = r->src;
	good = scan_next(s, &r->event);
	if (s->ended && source_failed(r->src)) {
		r->failed = true; /* source_read() has said why */
		return false;
	}
	if (!good)
		reader_error(r, s->problem_id, s->problem_at, "%s", s->problem);
	return good;
}

static void json_close(struct reader *r)
{
	buf_free(&((struct json *)r)->scan.text);
}

static const struct reader_type json_type = { json_next, json_close };

struct reader *json_reader(struct arena *a)
{
	struct json *j = ARENA_NEW(a, struct json);

	j->reader.type = &json_type;
	j->scan.buffer = arena_alloc(a, BUFFER_SIZE);
	j->scan.begin = j->scan.at = j->scan.end = j->scan.buffer;
	j->scan.line = 1;
	return &j->reader;
}

/* Whether what stands behind a value is YAML and no JSON. */
static bool goes_on_as_yaml(struct scan *s)
{
	bool marked = false;

	for (skip_space(s); skip_marker(s); skip_space(s))
		marked = true;
	return look(s) == '#' || (marked && look(s) >= 0 && !strchr("{[", look(s)));
}

bool json_looks_like(const char *bytes, size_t len)
{
	const unsigned char *begin = (const unsigned char *)bytes;
	struct scan s = { .begin = begin, .at = begin, .end = begin + len, .line = 1 };
	struct event e;
	bool good;

	skip_bom(&s);
	skip_space(&s);
	if (look(&s) != '{' && look(&s) != '[')
		return false;
	s.state = AT_VALUE;
	do
		good = scan_next(&s, &e);
	while (good && s.depth > 0 && s.depth <= READER_LEVELS);
	buf_free(&s.text);
	/* no problem, or merely that of being cut off: at most amid two \uXXXX */
	return good ? !goes_on_as_yaml(&s) : s.ended && s.end - s.at < 12;
}
