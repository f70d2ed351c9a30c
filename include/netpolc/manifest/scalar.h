/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scalar - which type a plain YAML scalar has
 *
 * The rules are those of goyaml.v2, which kubectl uses: YAML 1.1 booleans (y, n,
 * yes, no, on, off and their cases), integers in bases 2, 8, 10 and 16 with
 * underscores, a leading 0 for octal, floats; a plain date stays a string.
 */
#ifndef NETPOLC_SCALAR_H
#define NETPOLC_SCALAR_H

#include <netpolc/manifest/event.h>

enum scalar_type {
	TYPE_STRING,
	TYPE_INTEGER,
	TYPE_FLOAT,
	TYPE_BOOL,
	TYPE_NULL,
	TYPE_BINARY, /* goyaml.v2 decodes it; nothing here takes it */
};

enum scalar_type scalar_type(enum scalar_form form, const char *text, size_t len);

/* The value of a TYPE_INTEGER scalar; false when it does not fit. */
bool scalar_integer(const char *text, size_t len, int64_t *out);

/* The value of a TYPE_BOOL scalar. */
bool scalar_bool(const char *text, size_t len);

const char *scalar_type_name(enum scalar_type type); /* "a boolean", "an integer" … */

#endif
