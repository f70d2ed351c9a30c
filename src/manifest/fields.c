/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields - one node in, one value out, every fault reported where it stands
 *
 * A contained fault may be a warning (enum fault_level); it counts all the same, so
 * that the object it is in is decoded as faulty.
 */
#include <netpolc/manifest/fields.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>
#include <netpolc/base/nearest.h>
#include <netpolc/base/visible.h>

#include <string.h>
#include <strings.h>

/* Bytes of the user's text in a message. */
#define QUOTED_TEXT 80

/* Letters that are enough to tell which field they begin. */
#define ABBREVIATION 3

const char *quoted(struct decoder *d, const char *text, size_t len)
{
	size_t fit = text_fit(text, len, QUOTED_TEXT);

	return arena_printf(d->nodes.arena, "%.*s%s", (int)fit, text,
			    fit < len ? "…" : "");
}

static void quote_line(struct decoder *d, struct diag *diag)
{
	const char *line;
	size_t len;

	line = d->src ? source_line(d->src, diag->origin.at.line, &len) : NULL;
	if (line)
		diag_set_quote(d->cx->diags, diag, line, len);
}

struct origin node_origin(struct decoder *d, const struct node *n)
{
	return (struct origin){ node_place(n), d->object, node_path(d->cx->arena, n) };
}

/* For a finding, which copies it. */
static struct origin origin_at(struct decoder *d, const struct node *n, struct place at)
{
	return (struct origin){ at, d->object, node_path(d->nodes.arena, n) };
}

static struct diag *report(struct decoder *d, enum diag_id id, const struct node *n,
			   struct place at, const char *format, va_list ap)
	__attribute__((format(printf, 5, 0)));
static struct diag *report(struct decoder *d, enum diag_id id, const struct node *n,
			   struct place at, const char *format, va_list ap)
{
	struct origin origin = origin_at(d, n, at);
	struct diag *diag = diag_vadd(d->cx->diags, id, &origin, format, ap);

	if (!diag->quote)
		quote_line(d, diag);
	if (diag_flags(id) & DIAG_CONTAINED) {
		d->faults++;
		if (d->level != FAULTS_REFUSED)
			diag_set_level(d->cx->diags, diag, DIAG_WARNING);
	}
	return diag;
}

struct diag *diag_node(struct decoder *d, enum diag_id id, const struct node *n,
		       const char *format, ...)
{
	struct diag *diag;
	va_list ap;

	va_start(ap, format);
	diag = report(d, id, n, node_place(n), format, ap);
	va_end(ap);
	return diag;
}

struct diag *diag_key(struct decoder *d, enum diag_id id, const struct node *n,
		      const char *format, ...)
{
	struct diag *diag;
	va_list ap;

	va_start(ap, format);
	diag = report(d, id, n, n->key_at, format, ap);
	va_end(ap);
	return diag;
}

/* "from[0]", or the field's own name. */
static const char *label(struct decoder *d, const struct node *n)
{
	const char *path = node_path(d->nodes.arena, n);
	const char *dot = strrchr(path, '.');

	if (!*path)
		return "a document";
	if (strchr(path, '\''))
		return quoted(d, n->key ? n->key : path,
			      n->key ? n->key_len : strlen(path));
	return dot ? dot + 1 : path;
}

static const char *what_it_is(struct decoder *d, const struct node *n)
{
	enum scalar_type type;

	if (n->kind == NODE_SEQUENCE)
		return "a list";
	if (n->kind != NODE_SCALAR)
		return "a mapping";
	type = node_type(n);
	if (type == TYPE_NULL)
		return "null";
	return arena_printf(d->nodes.arena, "%s, '%s'", scalar_type_name(type),
			    quoted(d, n->text, n->len));
}

void wrong_type(struct decoder *d, const struct node *n, const char *takes)
{
	diag_node(d, DIAG_WRONG_TYPE, n, "%s takes %s, not %s", label(d, n), takes,
		  what_it_is(d, n));
}

bool expect_sequence(struct decoder *d, const struct node *n)
{
	if (n->kind == NODE_SEQUENCE)
		return true;
	wrong_type(d, n, "a list");
	return false;
}

bool expect_mapping(struct decoder *d, const struct node *n)
{
	if (n->kind == NODE_MAPPING)
		return true;
	wrong_type(d, n, "a mapping");
	return false;
}

const char *read_string(struct decoder *d, const struct node *n)
{
	enum scalar_type type;

	if (n->kind != NODE_SCALAR) {
		wrong_type(d, n, "a string");
		return NULL;
	}
	if (memchr(n->text, '\0', n->len)) {
		diag_node(d, DIAG_WRONG_TYPE, n, "%s holds a NUL character", label(d, n));
		return NULL;
	}
	type = node_type(n);
	if (type == TYPE_NULL)
		return "";
	if (type == TYPE_BINARY) {
		wrong_type(d, n, "a string");
		return NULL;
	}
	if (type != TYPE_STRING) {
		const char *text = quoted(d, n->text, n->len);

		diag_node(d, DIAG_QUOTE, n,
			  "'%s' is %s, but %s takes a string; write \"%s\", with quotes",
			  text, scalar_type_name(type), label(d, n), text);
	}
	return n->text;
}

const char *decode_string(struct decoder *d, const struct node *n)
{
	const char *text = read_string(d, n);

	return text ? intern_str(d->cx->intern, text) : NULL;
}

bool decode_integer(struct decoder *d, const struct node *n, int64_t *out)
{
	if (n->kind == NODE_SCALAR && node_type(n) == TYPE_INTEGER) {
		if (!scalar_integer(n->text, n->len, out))
			*out = INT64_MAX;
		return true;
	}
	wrong_type(d, n, "an integer");
	return false;
}

bool decode_bool(struct decoder *d, const struct node *n, bool *out)
{
	if (n->kind == NODE_SCALAR && node_type(n) == TYPE_BOOL) {
		*out = scalar_bool(n->text, n->len);
		return true;
	}
	wrong_type(d, n, "true or false");
	return false;
}

/* With two of these it is not even known which object it is, or all of what it
 * holds: nothing could contain that. */
static bool is_identity(const struct node *n)
{
	const struct node *above = n->parent;

	if (!above->parent)
		return true;
	return !above->parent->parent && above->key &&
	       strcmp(above->key, "metadata") == 0 &&
	       (strcmp(n->key, "name") == 0 || strcmp(n->key, "namespace") == 0);
}

static void report_twin(struct decoder *d, const struct node *n)
{
	struct diag *diag = diag_key(d, DIAG_DUPLICATE_KEY, n,
				     "the key '%s' stands twice in one mapping",
				     quoted(d, n->key, n->key_len));
	struct origin first = origin_at(d, n->twin, n->twin->key_at);

	if (is_identity(n) && d->level != FAULTS_TOLD)
		diag_set_level(d->cx->diags, diag, DIAG_ERROR);
	diag_see(d->cx->diags, diag, &first, "here for the first time");
}

static bool is_merge_key(const struct node *n)
{
	return n->key_form == SCALAR_PLAIN && strcmp(n->key, "<<") == 0;
}

/* Nothing can be compared with such a key as text. */
static bool has_nul(const struct node *n)
{
	return memchr(n->key, '\0', n->key_len) != NULL;
}

bool is_good_key(const struct node *n)
{
	return n->key && !has_nul(n) && !is_merge_key(n) && !n->twin;
}

/* False, after a report, unless n's key is good. */
static bool check_key(struct decoder *d, const struct node *n)
{
	if (!n->key) {
		diag_key(d, DIAG_WRONG_TYPE, n,
			 "a key must be a string, not a collection");
		return false;
	}
	if (has_nul(n)) {
		diag_key(d, DIAG_WRONG_TYPE, n, "the key '%s' holds a NUL character",
			 quoted(d, n->key, n->key_len));
		return false;
	}
	if (is_merge_key(n)) {
		diag_key(d, DIAG_WRONG_TYPE, n,
			 "the merge key << takes a mapping or a list of mappings");
		return false;
	}
	if (n->twin)
		report_twin(d, n);
	return is_good_key(n);
}

void check_keys(struct decoder *d, const struct node *n)
{
	for (const struct node *c = n->first; c; c = c->next) {
		enum scalar_type type;

		if (!check_key(d, c))
			continue;
		type = scalar_type(c->key_form, c->key, c->key_len);
		if (type == TYPE_BINARY)
			diag_key(d, DIAG_WRONG_TYPE, c,
				 "a key must be a string, not %s, '%s'",
				 scalar_type_name(type), quoted(d, c->key, c->key_len));
		else if (type != TYPE_STRING)
			diag_key(d, DIAG_QUOTE, c,
				 "the key '%s' is %s, where a string is due; write "
				 "\"%s\", with quotes",
				 quoted(d, c->key, c->key_len), scalar_type_name(type),
				 quoted(d, c->key, c->key_len));
	}
}

/* The field that differs in case only, else the nearest, or NULL. */
static const char *nearest_field(const char *key, const struct fields *fields)
{
	struct nearest n = nearest_to(key, strlen(key));

	for (size_t i = 0; i < fields->len; i++) {
		if (strcasecmp(key, fields->at[i].name) == 0)
			return fields->at[i].name;
		nearest_offer(&n, fields->at[i].name);
	}
	return n.best;
}

/* The field that is cut short, or NULL. */
static const char *abbreviated_field(const char *key, const struct fields *fields)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < fields->len && len >= ABBREVIATION; i++)
		if (strncmp(key, fields->at[i].name, len) == 0)
			return fields->at[i].name;
	return NULL;
}

static const char *hint(struct decoder *d, const char *key, const struct fields *fields)
{
	const char *near = nearest_field(key, fields);
	const char *whole = abbreviated_field(key, fields);

	if (near && whole && near != whole)
		return arena_printf(d->cx->arena, "; did you mean '%s' or '%s'?", near,
				    whole);
	return nearest_hint(d->cx->arena, near ? near : whole);
}

static bool is_field(const struct node *n, const struct fields *fields)
{
	for (size_t i = 0; i < fields->len; i++)
		if (strcmp(n->key, fields->at[i].name) == 0)
			return true;
	return false;
}

static void check_fields(struct decoder *d, const struct node *n,
			 const struct fields *fields)
{
	for (const struct node *c = n->first; c; c = c->next) {
		if (!check_key(d, c) || fields->open || is_field(c, fields))
			continue;
		diag_key(d, DIAG_UNKNOWN_FIELD, c, "%s has no field '%s'%s", fields->type,
			 quoted(d, c->key, c->key_len), hint(d, c->key, fields));
	}
}

void decode_fields(struct decoder *d, const struct node *n, const struct fields *fields,
		   void *into)
{
	if (!expect_mapping(d, n))
		return;
	check_fields(d, n, fields);
	for (size_t i = 0; i < fields->len; i++) {
		const struct field *f = &fields->at[i];
		const struct node *value = node_get(n, f->name);

		if (value)
			f->decode(d, value, into);
		else if (f->required)
			diag_node(d, DIAG_MISSING_FIELD, n, "%s.%s is required",
				  fields->type, f->name);
	}
}
