/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values come in, JSON goes out.
 */
#include <netpolc/base/json_out.h>

#include <netpolc/base/diag.h>
#include <netpolc/base/source.h>
#include <netpolc/base/visible.h>

#include <limits.h>

json_t *json_text(const char *value)
{
	BUF_AUTO shown = { 0 };
	json_t *json = value ? json_string(value) : json_null();

	if (json)
		return json;
	visible_text(&shown, value);
	return json_string(shown.at);
}

json_t *json_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

json_t *json_place(uint32_t n)
{
	return n ? json_integer(n) : json_null();
}

void json_set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

void json_set_where(json_t *object, const struct sources *s, const struct place *at)
{
	json_set(object, "file", json_text(at->line ? source_name(s, at->file) : NULL));
	json_set(object, "line", json_place(at->line));
}

static int append(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

/* How many bytes stand between quotes as they are. */
static size_t plain_length(const char *text)
{
	static const bool plain[UCHAR_MAX + 1] = {
		[' ' ... '!'] = true,
		['#' ... '['] = true,
		[']' ... '~'] = true,
	};
	size_t n = 0;

	while (plain[(unsigned char)text[n]])
		n++;
	return n;
}

void json_quote(struct buf *out, const char *text)
{
	size_t len = plain_length(text);
	json_t *json;
	char *at;

	if (text[len]) {
		json = json_text(text);
		json_dump_callback(json, append, out,
				   JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
		json_decref(json);
		return;
	}
	at = buf_room(out, len + 2);
	*at++ = '"';
	at = mempcpy(at, text, len);
	*at++ = '"';
	buf_end(out, at);
}

void json_write(struct buf *out, json_t *json, size_t flags)
{
	json_dump_callback(json, append, out, flags | JSON_ENSURE_ASCII);
	buf_putc(out, '\n');
	json_decref(json);
}
