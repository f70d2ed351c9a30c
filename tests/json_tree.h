/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_tree - JSON as our reader sees it and as jansson does, as jansson's trees
 *
 * Both read the same bytes as values one after another and give an array of them,
 * or NULL when they refuse something.
 */
#ifndef NETPOLC_TEST_JSON_TREE_H
#define NETPOLC_TEST_JSON_TREE_H

#include "input.h"
#include <jansson.h>
#include <string.h>

#define JANSSON_FLAGS (JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK)

static inline json_t *tree_scalar(const struct event *e)
{
	switch (e->form) {
	case SCALAR_NUMBER:
		return strpbrk(e->text, ".eE") ? json_real(strtod(e->text, NULL))
					       : json_integer(strtoll(e->text, NULL, 10));
	case SCALAR_BOOL:
		return json_boolean(e->text[0] == 't');
	case SCALAR_NULL:
		return json_null();
	case SCALAR_STRING:
	case SCALAR_PLAIN:
	case SCALAR_BINARY:
		break;
	}
	return json_stringn_nocheck(e->text, e->len);
}

/* The value that begins with e; incomplete where the stream breaks off. */
static inline json_t *tree_value(struct reader *r, const struct event *e)
{
	json_t *value;

	if (e->type == EVENT_SCALAR)
		return tree_scalar(e);
	value = e->type == EVENT_MAPPING ? json_object() : json_array();
	while ((e = reader_next(r))->type != EVENT_CLOSE && e->type != EVENT_END) {
		if (json_is_object(value)) {
			size_t len = e->len;
			char *key = memcpy(malloc(len + 1), e->text, len + 1);
			json_t *child = tree_value(r, reader_next(r));

			json_object_setn_new_nocheck(value, key, len, child);
			free(key);
		} else {
			json_array_append_new(value, tree_value(r, e));
		}
	}
	return value;
}

/* exempt: it met one of our own limits. */
static inline json_t *our_trees(const void *bytes, size_t len, bool *exempt)
{
	struct input in;
	json_t *values = json_array();
	const struct diag *const *diags;
	size_t n;

	input_open(&in, "x.json", bytes, len);
	while (reader_next(in.r)->type == EVENT_DOCUMENT)
		json_array_append_new(values, tree_value(in.r, reader_next(in.r)));
	diags = diag_sorted(in.cx.diags, &n);
	*exempt = n > 0 && diags[0]->id != DIAG_JSON_SYNTAX;
	if (reader_failed(in.r)) {
		json_decref(values);
		values = NULL;
	}
	input_close(&in);
	return values;
}

/* exempt: it met one of jansson's limits. */
static inline json_t *jansson_trees(const char *bytes, size_t len, bool *exempt)
{
	json_t *values = json_array();
	json_error_t error;

	*exempt = false;
	for (;;) {
		size_t space = 0;
		json_t *value;

		while (space < len && strchr(" \t\r\n", bytes[space]) && bytes[space])
			space++;
		bytes += space;
		len -= space;
		if (len == 0)
			return values;
		value = json_loadb(bytes, len, JANSSON_FLAGS, &error);
		if (!value)
			break;
		json_array_append_new(values, value);
		bytes += error.position;
		len -= (size_t)error.position;
	}
	*exempt = json_error_code(&error) == json_error_numeric_overflow ||
		  json_error_code(&error) == json_error_null_byte_in_key;
	json_decref(values);
	return NULL;
}

#endif
