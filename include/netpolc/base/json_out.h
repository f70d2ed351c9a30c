/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_out - what writers of JSON share
 */
#ifndef NETPOLC_JSON_OUT_H
#define NETPOLC_JSON_OUT_H

#include <netpolc/base/buf.h>

#include <jansson.h>

struct place;
struct sources;

/* A string, or null for NULL.  Text that is not UTF-8 is shown as on a terminal: JSON
 * has no bytes. */
json_t *json_text(const char *value);

json_t *json_count(uint64_t n);

/* A line or column; null for 0, which is none. */
json_t *json_place(uint32_t n);

/* object[key] = value; value is given up. */
void json_set(json_t *object, const char *key, json_t *value);

/* Sets file and line of the object; null where the place has no line. */
void json_set_where(json_t *object, const struct sources *s, const struct place *at);

/* Appends json_text(text) in ASCII, for text that no json_t is worth building for. */
void json_quote(struct buf *out, const char *text);

/* Appends json, as the flags of jansson say, and a newline; json is given up.  It is
 * written in ASCII: no terminal takes any of it for something else. */
void json_write(struct buf *out, json_t *json, size_t flags);

#endif
