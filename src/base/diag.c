/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings come in as they are met, and go out in the order of the input.  A
 * finding copies all it needs, because what it is about may live in scratch
 * memory; what was said twice is found by a set when somebody asks for the list.
 */
#include <netpolc/base/diag.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/base/visible.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *meaning, *fix;
	enum diag_level level;
	unsigned flags;
} table[] = {
#define X(symbol, name, level, flags, meaning)                                           \
	[symbol] = { name, meaning, NULL, level, flags },
	DIAG_TABLE(X)
#undef X
#define X(symbol, name, level, meaning, fix) [symbol] = { name, meaning, fix, level, 0 },
		FINDING_TABLE(X)
#undef X
};

struct diags {
	struct arena *arena;
	enum diag_level levels[DIAG_COUNT];
	size_t counts[DIAG_SYSTEM + 1];

	struct diag **at; /* as reported */
	size_t len, cap;
	size_t kept[DIAG_SYSTEM + 1], unkept[DIAG_SYSTEM + 1];
	struct diag spare; /* stands for each that is not kept */

	const struct diag **sorted;
	size_t sorted_len, sorted_of; /* what len was when they were sorted */
};

struct ordered {
	const struct diag *diag;
	size_t order;
};

/* Bytes of what a finding keeps: it is a stranger's text, and findings are many. */
#define NAME_KEPT    320
#define PATH_KEPT    2000
#define MESSAGE_KEPT 2000

static const char *copy_text(struct arena *a, const char *text, size_t max)
{
	size_t len, fit;

	if (!text)
		return NULL;
	len = strlen(text);
	fit = text_fit(text, len, max);
	return arena_printf(a, "%.*s%s", (int)fit, text, fit < len ? "…" : "");
}

static const char *make_message(struct arena *a, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static const char *make_message(struct arena *a, const char *format, va_list ap)
{
	char text[MESSAGE_KEPT + 2] = "";

	vsnprintf(text, sizeof(text), format, ap);
	return copy_text(a, text, MESSAGE_KEPT);
}

static struct origin copy_origin(struct arena *a, const struct origin *from)
{
	struct origin origin = { .at = from->at,
				 .path = copy_text(a, from->path, PATH_KEPT) };
	struct object *object;

	if (!from->object)
		return origin;
	object = ARENA_NEW(a, struct object);
	object->kind = copy_text(a, from->object->kind, NAME_KEPT);
	object->space = copy_text(a, from->object->space, NAME_KEPT);
	object->name = copy_text(a, from->object->name, NAME_KEPT);
	origin.object = object;
	return origin;
}

void diag_set_quote(struct diags *ds, struct diag *d, const char *line, size_t len)
{
	if (d == &ds->spare)
		return;
	d->quote = len <= DIAG_QUOTE_MAX ? arena_strndup(ds->arena, line, len) : NULL;
}

/* Quotes the line at origin.at from the lines that the object kept. */
static void quote_excerpt(struct diags *ds, struct diag *d, const struct excerpt *lines)
{
	size_t i = (size_t)d->origin.at.line - lines->first, len;
	const char *at;

	if (d->origin.at.line < lines->first || i >= lines->nlines)
		return;
	at = lines->text + lines->starts[i];
	len = (i + 1 < lines->nlines ? lines->starts[i + 1] : lines->len) -
	      lines->starts[i];
	if (len && at[len - 1] == '\n')
		len--;
	if (len && at[len - 1] == '\r')
		len--;
	diag_set_quote(ds, d, at, len);
}

static struct diag *new_diag(struct diags *ds, enum diag_id id, enum diag_level level,
			     const struct origin *origin, const char *message)
{
	struct diag *d = ARENA_NEW(ds->arena, struct diag);

	d->id = id;
	d->level = level;
	d->message = message;
	if (origin) {
		d->origin = copy_origin(ds->arena, origin);
		if (origin->object)
			quote_excerpt(ds, d, &origin->object->lines);
	}
	return d;
}

/* Order of the input; what has no place comes first. */
static int compare(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	const struct place *p = &x->diag->origin.at, *q = &y->diag->origin.at;

	if (!p->line != !q->line)
		return p->line ? 1 : -1;
	if (p->line && p->file != q->file)
		return p->file < q->file ? -1 : 1;
	if (p->line != q->line)
		return p->line < q->line ? -1 : 1;
	if (p->column != q->column)
		return p->column < q->column ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_object(const struct object *a, const struct object *b)
{
	return a == b || (a && b && same_text(a->kind, b->kind) &&
			  same_text(a->space, b->space) && same_text(a->name, b->name));
}

static bool diag_equal(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;

	return x->id == y->id && x->origin.at.file == y->origin.at.file &&
	       x->origin.at.line == y->origin.at.line &&
	       x->origin.at.column == y->origin.at.column &&
	       same_object(x->origin.object, y->origin.object) &&
	       same_text(x->origin.path, y->origin.path) &&
	       same_text(x->message, y->message);
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
	return text ? hash_bytes(text, strlen(text), seed) : seed;
}

/* Of everything that diag_equal() compares: whoever writes manifests can make all
 * the rest equal, a place by means of aliases. */
static uint64_t diag_hash(const void *item, uint64_t seed)
{
	const struct diag *d = item;
	const struct object *o = d->origin.object;
	const uint32_t at[] = { d->origin.at.file, d->origin.at.line,
				d->origin.at.column };
	uint64_t hash = hash_bytes(at, sizeof(at), seed + d->id);

	hash = hash_text(d->message, hash);
	hash = hash_text(d->origin.path, hash);
	if (!o)
		return hash;
	return hash_text(o->name, hash_text(o->space, hash_text(o->kind, hash)));
}

static const struct hashset_type diag_type = { diag_hash, diag_equal };

struct diags *diags_new(struct arena *a, bool strict)
{
	struct diags *ds = ARENA_NEW(a, struct diags);

	ds->arena = a;
	for (enum diag_id id = 0; id < DIAG_COUNT; id++) {
		bool raised = strict && table[id].flags & DIAG_STRICT;

		ds->levels[id] = raised ? DIAG_ERROR : table[id].level;
	}
	return ds;
}

void diags_set_level(struct diags *ds, enum diag_id id, enum diag_level level)
{
	ds->levels[id] = level;
}

enum diag_level diags_level(const struct diags *ds, enum diag_id id)
{
	return ds->levels[id];
}

__attribute__((format(printf, 5, 0))) static struct diag *
add(struct diags *ds, enum diag_id id, enum diag_level level, const struct origin *origin,
    const char *format, va_list ap)
{
	struct diag *d;

	ds->counts[level]++;
	if (level == DIAG_OFF || ds->kept[level] == DIAGS_KEPT) {
		ds->unkept[level]++;
		ds->spare = (struct diag){ .id = id, .level = level, .message = "" };
		return &ds->spare;
	}
	ds->kept[level]++;
	d = new_diag(ds, id, level, origin, make_message(ds->arena, format, ap));
	*ARENA_PUSH(ds->arena, ds) = d;
	return d;
}

struct diag *diag_vadd(struct diags *ds, enum diag_id id, const struct origin *origin,
		       const char *format, va_list ap)
{
	return add(ds, id, ds->levels[id], origin, format, ap);
}

struct diag *diag_add_level(struct diags *ds, enum diag_id id, enum diag_level level,
			    const struct origin *origin, const char *format, ...)
{
	enum diag_level own = ds->levels[id];
	struct diag *d;
	va_list ap;

	if (own == DIAG_OFF || (own > table[id].level && own > level))
		level = own;
	va_start(ap, format);
	d = add(ds, id, level, origin, format, ap);
	va_end(ap);
	return d;
}

struct diag *diag_add(struct diags *ds, enum diag_id id, const struct origin *origin,
		      const char *format, ...)
{
	struct diag *d;
	va_list ap;

	va_start(ap, format);
	d = diag_vadd(ds, id, origin, format, ap);
	va_end(ap);
	return d;
}

void diag_set_level(struct diags *ds, struct diag *d, enum diag_level level)
{
	ds->counts[d->level]--;
	ds->counts[level]++;
	if (d == &ds->spare) {
		ds->unkept[d->level]--;
		ds->unkept[level]++;
	}
	d->level = level;
}

void diag_see(struct diags *ds, struct diag *d, const struct origin *origin,
	      const char *format, ...)
{
	enum diag_id id = d->id;
	const char *message;
	va_list ap;

	if (d == &ds->spare)
		return;
	va_start(ap, format);
	message = make_message(ds->arena, format, ap);
	va_end(ap);
	while (d->related)
		d = d->related;
	d->related = new_diag(ds, id, DIAG_NOTE, origin, message);
}

bool diag_failed(const struct diags *ds)
{
	return diag_exit_status(ds) != 0;
}

int diag_exit_status(const struct diags *ds)
{
	return ds->counts[DIAG_SYSTEM] ? 3 : ds->counts[DIAG_ERROR] ? 2 : 0;
}

size_t diag_count(const struct diags *ds, enum diag_level level)
{
	return ds->counts[level];
}

size_t diag_unkept(const struct diags *ds, enum diag_level level)
{
	return ds->unkept[level];
}

const struct diag *const *diag_sorted(struct diags *ds, size_t *len)
{
	struct hashset *said;
	struct ordered *all;

	*len = ds->sorted_len;
	if (ds->sorted && ds->sorted_of == ds->len)
		return ds->sorted;

	said = hashset_new(ds->arena, &diag_type);
	all = ARENA_ARRAY(ds->arena, ds->len, struct ordered);
	*len = 0;
	for (size_t i = 0; i < ds->len; i++)
		if (hashset_add(said, ds->at[i]) == ds->at[i])
			all[(*len)++] = (struct ordered){ ds->at[i], i };
	qsort(all, *len, sizeof(*all), compare);

	ds->sorted = ARENA_ARRAY(ds->arena, *len, const struct diag *);
	for (size_t i = 0; i < *len; i++)
		ds->sorted[i] = all[i].diag;
	ds->sorted_len = *len;
	ds->sorted_of = ds->len;
	return ds->sorted;
}

const char *diag_name(enum diag_id id)
{
	return table[id].name;
}

const char *diag_meaning(enum diag_id id)
{
	return table[id].meaning;
}

enum diag_level diag_default_level(enum diag_id id)
{
	return table[id].level;
}

unsigned diag_flags(enum diag_id id)
{
	return table[id].flags;
}

const char *diag_fix(enum diag_id id)
{
	return table[id].fix;
}

bool diag_is_finding(enum diag_id id)
{
	return table[id].fix || table[id].flags & DIAG_STRICT;
}
