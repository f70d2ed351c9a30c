/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader - what event, yaml and json share
 *
 * For those three alone; everybody else includes event.h.  A reader's type turns
 * bytes into events and reports through reader_error(); event.c chooses the type
 * and guards the nesting, so neither type counts levels for its own safety.
 * A reader owns its arena, and lives in it.
 */
#ifndef NETPOLC_READER_H
#define NETPOLC_READER_H

#include <netpolc/base/diag.h>
#include <netpolc/manifest/event.h>

struct arena;

#define READER_LEVELS	128
#define READER_TEXT_MAX ((size_t)8 << 20)

struct reader_type {
	/* Sets r->event; false when the stream broke off, which was reported. */
	bool (*next)(struct reader *r);
	void (*close)(struct reader *r);
};

struct reader {
	const struct reader_type *type;
	struct arena *arena;
	struct ctx *cx;
	struct source *src;
	struct event event;
	unsigned depth; /* of open sequences and mappings */
	bool ended, failed;
	bool utf16; /* lines of the input are no text to quote */
};

struct reader *yaml_reader(struct arena *a, struct source *src)
	__attribute__((returns_nonnull));
struct reader *json_reader(struct arena *a) __attribute__((returns_nonnull));

/* True when bytes, the beginning of an input, hold a JSON object or array with no
 * YAML behind it, or what may become one. */
bool json_looks_like(const char *bytes, size_t len);

/* Reports what ends the stream, with the line at that place; its file is set here. */
struct diag *reader_error(struct reader *r, enum diag_id id, struct place at,
			  const char *format, ...)
	__attribute__((format(printf, 4, 5), returns_nonnull));

/* Quotes the line that d is about, when it is still at hand. */
void reader_quote(struct reader *r, struct diag *d);

#endif
