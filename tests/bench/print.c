/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls come in, YAML or JSON goes out.  A level knows its column; YAML's dash is
 * held back until the first entry of the item that it begins.
 */
#include "print.h"

#include <assert.h>
#include <stdarg.h>

static bool in_list(const struct print *p)
{
	return p->depth && p->level[p->depth - 1].list;
}

/* A key or a string of JSON; keys of managedFields hold quotes. */
static void put_string(struct print *p, const char *text)
{
	putc('"', p->to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', p->to);
		putc(*text, p->to);
	}
	putc('"', p->to);
}

/* Everything in front of a value in YAML, but for the blank after the colon. */
static void begin_yaml(struct print *p, const char *key)
{
	int column = p->depth ? p->level[p->depth - 1].column : 0;

	fprintf(p->to, "%*s", p->dash ? column - 2 : column, "");
	if (p->dash || in_list(p))
		fputs(in_list(p) ? "-" : "- ", p->to);
	p->dash = false;
	if (key)
		fprintf(p->to, "%s:", key);
}

static void begin_json(struct print *p, const char *key)
{
	if (p->depth) {
		fputs(p->level[p->depth - 1].any ? ",\n" : "\n", p->to);
		p->level[p->depth - 1].any = true;
	}
	fprintf(p->to, "%*s", 4 * p->depth, "");
	if (key) {
		put_string(p, key);
		fputs(": ", p->to);
	}
}

void print_raw(struct print *p, const char *key, const char *value)
{
	if (p->json) {
		begin_json(p, key);
		fputs(value, p->to);
	} else {
		begin_yaml(p, key);
		fprintf(p->to, " %s\n", value);
	}
}

void print_quoted(struct print *p, const char *key, const char *value)
{
	if (p->json)
		begin_json(p, key);
	else
		begin_yaml(p, key);
	if (!p->json)
		putc(' ', p->to);
	put_string(p, value);
	if (!p->json)
		putc('\n', p->to);
}

void print_text(struct print *p, const char *key, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (p->json)
		print_quoted(p, key, text);
	else
		print_raw(p, key, text);
}

void print_open(struct print *p, const char *key, bool list)
{
	bool item = in_list(p);
	int column = p->depth ? p->level[p->depth - 1].column : 0;

	assert(p->depth < PRINT_DEPTH);
	if (p->json) {
		begin_json(p, key);
		putc(list ? '[' : '{', p->to);
	} else if (!item && p->depth) {
		begin_yaml(p, key);
		putc('\n', p->to);
	}
	p->dash = item && !list;
	p->level[p->depth].list = list;
	p->level[p->depth].any = false;
	p->level[p->depth].column = column + (p->depth && !list ? 2 : 0);
	p->depth++;
}

void print_close(struct print *p)
{
	bool list = in_list(p);

	p->depth--;
	if (p->json)
		fprintf(p->to, "\n%*s%c", 4 * p->depth, "", list ? ']' : '}');
	if (p->json && !p->depth)
		putc('\n', p->to);
}
