/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print - write a document as kubectl does, in YAML or in JSON
 *
 * The same calls make either: open and close mappings and lists, put values into
 * them.  key is NULL inside a list.  YAML has its lists at the column of their key
 * and JSON is indented by four, as kubectl prints them.
 */
#ifndef BENCH_PRINT_H
#define BENCH_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#define PRINT_DEPTH 24

struct print {
	FILE *to;
	bool json;
	int depth;
	bool dash; /* YAML: the next entry begins an item */
	struct {
		bool list, any;
		int column;
	} level[PRINT_DEPTH];
};

void print_open(struct print *p, const char *key, bool list);
void print_close(struct print *p);

/* A number, a boolean or {}: written as it is. */
void print_raw(struct print *p, const char *key, const char *value);

/* A string that YAML would take for something else without quotes. */
void print_quoted(struct print *p, const char *key, const char *value);

/* A string that YAML takes for one. */
void print_text(struct print *p, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
