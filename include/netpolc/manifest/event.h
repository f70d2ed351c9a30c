/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event - the one stream that both readers yield
 *
 * YAML and JSON come out alike: documents that hold one value each, values that
 * are scalars, sequences or mappings (a mapping's keys and values alternate).
 * Aliases are expanded, within a budget; comments are gone.  An event is valid
 * until the next call.
 *
 * Limits: 128 levels of nesting, 8 MiB a scalar, and for aliases 10,000,000 replayed
 * events with 64 MiB of text and 16 MiB of anchored text a stream.
 */
#ifndef NETPOLC_EVENT_H
#define NETPOLC_EVENT_H

#include <netpolc/base/source.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctx;
struct reader;

enum event_type {
	EVENT_END,	/* of the stream; also after an error, which was reported */
	EVENT_DOCUMENT, /* a document begins; its value follows */
	EVENT_SCALAR,
	EVENT_SEQUENCE, /* ends with EVENT_CLOSE */
	EVENT_MAPPING,	/* ends with EVENT_CLOSE */
	EVENT_CLOSE,
};

/* What a scalar is before anyone wants a type of it. */
enum scalar_form {
	SCALAR_STRING, /* quoted, block, or tagged !!str */
	SCALAR_PLAIN,  /* YAML plain: scalar_type() tells */
	SCALAR_BINARY, /* tagged !!binary: base64 of a string */
	SCALAR_NUMBER, /* JSON */
	SCALAR_BOOL,   /* JSON */
	SCALAR_NULL,   /* JSON */
};

struct event {
	enum event_type type;
	enum scalar_form form;
	const char *text; /* of a scalar; NUL-terminated, but NULs may be inside */
	size_t len;
	bool merge;		      /* a plain << as YAML merge key */
	uint32_t line, column, width; /* of the event's first line; see struct place */
};

/* Opens a reader for the bytes of src: JSON when the first value is (by the
 * file's name or its look), else YAML.  The reader does not close src. */
struct reader *reader_open(struct ctx *cx, struct source *src);
void reader_close(struct reader *r);

const struct event *reader_next(struct reader *r) __attribute__((returns_nonnull));

/* Consumes the rest of the value whose first event was just returned. */
void reader_skip(struct reader *r);

/* True where lines of the input are text as it is quoted, and not UTF-16. */
bool reader_can_quote(const struct reader *r);

/* A value that is nothing, or null: what stands between two "---" or in an empty file. */
bool event_is_null(const struct event *e);

/* True once a syntax error, a limit or a read error ended the stream. */
bool reader_failed(const struct reader *r);

#endif
