/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values come in, JSON goes out.
 */
#include <netpolc/base/json_out.h>

#include <netpolc/base/visible.h>

json_t *json_text(const char *value)
{
	BUF_AUTO shown = { 0 };
	json_t *json = value ? json_string(value) : json_null();

	if (json)
		return json;
	visible_text(&shown, value);
	return json_string(shown.at);
}

static int append(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

void json_write(struct buf *out, json_t *json, size_t flags)
{
	json_dump_callback(json, append, out, flags | JSON_ENSURE_ASCII);
	buf_putc(out, '\n');
	json_decref(json);
}
