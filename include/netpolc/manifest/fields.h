/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields - nodes to values, with the faults that any field can have
 *
 * A mapping is decoded by a table of its API type's fields, so that unknown,
 * repeated, missing and wrongly typed fields are found in one place.  A fault is
 * reported and counted, and decoding goes on: whoever contains faults (a rule, a
 * policy, a pod) compares the count before and after.
 */
#ifndef NETPOLC_FIELDS_H
#define NETPOLC_FIELDS_H

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/node.h>

struct draft;

/* What becomes of a fault. */
enum fault_level {
	FAULTS_REFUSED,	  /* an error */
	FAULTS_CONTAINED, /* a warning, where --on-invalid isolate can contain it */
	FAULTS_TOLD,	  /* a warning: nothing is enforced by what is being decoded */
};

/* What decoding an object needs; one per input. */
struct decoder {
	struct ctx *cx;
	struct draft *draft;
	struct source *src; /* for quoting lines; NULL where they are no text */
	struct nodes nodes;
	struct excerpt excerpt;	     /* the last one made: objects may share a line */
	const struct object *object; /* being decoded */
	size_t faults;		     /* of contained kinds, in this object so far */
	enum fault_level level;	     /* of those */
};

struct field {
	const char *name;
	bool required;
	void (*decode)(struct decoder *d, const struct node *n, void *into);
};

struct fields {
	const char *type; /* the API's name, for messages */
	bool open;	  /* other fields exist that netpolc does not use */
	const struct field *at;
	size_t len;
};

/* A struct fields for a table of all fields, and for one of those that matter. */
#define FIELDS(type, table)                                                              \
	{                                                                                \
		type, false, table, ARRAY_SIZE(table)                                    \
	}
#define OPEN_FIELDS(type, table)                                                         \
	{                                                                                \
		type, true, table, ARRAY_SIZE(table)                                     \
	}

/* Decodes the mapping n field by field, in the table's order. */
void decode_fields(struct decoder *d, const struct node *n, const struct fields *fields,
		   void *into);

/* A diagnostic about n: place, object and field path come from it. */
struct diag *diag_node(struct decoder *d, enum diag_id id, const struct node *n,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same, pointing at n's key. */
struct diag *diag_key(struct decoder *d, enum diag_id id, const struct node *n,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

struct origin node_origin(struct decoder *d, const struct node *n);

/* Text for a message, shortened; lives as long as the node. */
const char *quoted(struct decoder *d, const char *text, size_t len);

/* Reports that n takes something else ("a list"). */
void wrong_type(struct decoder *d, const struct node *n, const char *takes);

/* True for a collection of that kind; otherwise reports that n takes one.  Items
 * that must be strings are the caller's to check. */
bool expect_sequence(struct decoder *d, const struct node *n);
bool expect_mapping(struct decoder *d, const struct node *n);

/* A string that lives as long as the node; a null is "".  A number or boolean is a
 * fault, but its text is returned all the same; NULL for what has no text. */
const char *read_string(struct decoder *d, const struct node *n);

/* The same, interned. */
const char *decode_string(struct decoder *d, const struct node *n);

/* False after reporting what it is instead of an integer or boolean. */
bool decode_integer(struct decoder *d, const struct node *n, int64_t *out);
bool decode_bool(struct decoder *d, const struct node *n, bool *out);

/* Reports keys of n that are no strings or stand twice: for maps without table. */
void check_keys(struct decoder *d, const struct node *n);

/* False for what check_keys() says is no key, or not the first of its name. */
bool is_good_key(const struct node *n);

#endif
