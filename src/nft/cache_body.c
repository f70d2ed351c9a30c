/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset; out: bytes.  In: bytes; out: a loaded table and its elements.
 *
 * The idea: numbers as the machine has them, strings with their length and a NUL, the
 * elements of a set as cache_elements.c has them.  Lengths are checked while the table
 * is read; elements then need no check.
 */
#include <netpolc/nft/cache_body.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

#include <string.h>

/* ---- writing ---- */

static void put(struct cache_writer *w, const void *bytes, size_t len)
{
	if (w->at)
		memcpy(w->at + w->len, bytes, len);
	w->len += len;
}

static void put_number(struct cache_writer *w, uint64_t n, size_t bytes)
{
	put(w, &n, bytes);
}

/* "" stands for NULL too: no name or comment is empty. */
static void put_text(struct cache_writer *w, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	put_number(w, len, 2);
	put(w, text ? text : "", len + 1);
}

static void put_set(struct cache_writer *w, const struct set *s,
		    struct cached_elements *elements)
{
	const struct loaded_set loaded = loaded_form_set(s);
	const struct cached_shape shape = cached_shape(s);

	put_text(w, s->name);
	put_number(w, loaded.flags, 4);
	put_number(w, loaded.key_type, 4);
	put_number(w, loaded.data_type, 4);
	put_number(w, s->len, 8);
	if (w->at) {
		*elements = (struct cached_elements){ w->at + w->len, s->len, shape };
		cached_put(w->at + w->len, s);
	}
	w->len += cached_size(&shape, s->len);
}

static bool dispatches(const struct set *s)
{
	enum direction d;
	enum family f;

	return loaded_form_dispatches(s->name, &f, &d);
}

void cache_body_sets(struct cache_writer *w, const struct ruleset *rs, bool dispatch,
		     struct cached_elements *elements)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->nsets; i++)
		n += dispatches(rs->sets[i]) == dispatch;
	put_number(w, n, 8);
	for (size_t i = 0; i < rs->nsets; i++)
		if (dispatches(rs->sets[i]) == dispatch)
			put_set(w, rs->sets[i], &elements[i]);
}

static void put_chain(struct cache_writer *w, const struct ruleset *rs,
		      const struct chain *c, const struct loaded_chain *loaded)
{
	put_text(w, c->name);
	put_number(w, c->base, 1);
	put_number(w, (uint32_t)rs->priority, 4);
	put_number(w, c->len, 8);
	put_number(w, loaded ? loaded->bodies : 0, 8);
	put_text(w, c->len ? c->at[0].comment : NULL);
}

void cache_body_table(struct cache_writer *w, const struct ruleset *rs,
		      const struct table_reader *l)
{
	put_number(w, rs->ncounters, 8);
	for (size_t i = 0; i < rs->ncounters; i++)
		put_text(w, rs->counters[i]->name);
	put_number(w, rs->nchains, 8);
	for (size_t i = 0; i < rs->nchains; i++)
		put_chain(w, rs, rs->chains[i],
			  l ? loaded_find(l, rs->chains[i]->name) : NULL);
}

/* ---- reading ---- */

struct cursor {
	const uint8_t *at, *end;
	bool good;
};

static const uint8_t *take(struct cursor *c, size_t bytes)
{
	const uint8_t *at = c->at;

	if (!c->good || (size_t)(c->end - at) < bytes) {
		c->good = false;
		return NULL;
	}
	c->at += bytes;
	return at;
}

static uint64_t get_number(struct cursor *c, size_t bytes)
{
	const uint8_t *at = take(c, bytes);
	uint64_t n = 0;

	if (at)
		memcpy(&n, at, bytes);
	return n;
}

static const char *get_text(struct cursor *c)
{
	size_t len = get_number(c, 2);
	const uint8_t *at = take(c, len + 1);

	if (at && at[len])
		c->good = false;
	return c->good && len ? (const char *)at : NULL;
}

static void get_chain(struct arena *a, struct cursor *c, struct loaded_chains *to)
{
	struct loaded_chain *chain = ARENA_NEW(a, struct loaded_chain);

	bool base;
	int priority;

	chain->name = get_text(c);
	base = get_number(c, 1);
	priority = (int)(uint32_t)get_number(c, 4);
	if (base && chain->name)
		loaded_form_hook(chain, priority);
	chain->rules = get_number(c, 8);
	chain->bodies = get_number(c, 8);
	chain->comment = get_text(c);
	c->good = c->good && chain->name;
	*ARENA_PUSH(a, to) = chain;
}

static void get_counter(struct arena *a, struct cursor *c, struct loaded_counters *to)
{
	const char *name = get_text(c);

	c->good = c->good && name;
	ARENA_PUSH(a, to)->name = name;
}

/* False when there is no such set. */
static bool read_shape(const struct loaded_set *loaded, struct cached_shape *out)
{
	struct set s;

	if (!loaded_form_shape(loaded, &s))
		return false;
	*out = cached_shape(&s);
	return true;
}

static void get_set(struct arena *a, struct cursor *c, struct cache *to, size_t *room)
{
	struct loaded_set *s = ARENA_PUSH(a, &to->loaded->sets);
	struct cached_elements *e;

	s->name = get_text(c);
	s->flags = (uint32_t)get_number(c, 4);
	s->key_type = (uint32_t)get_number(c, 4);
	s->data_type = (uint32_t)get_number(c, 4);
	s->count = LOADED_UNCOUNTED;
	to->elements = arena_more(a, to->elements, to->loaded->sets.len - 1, room,
				  sizeof(*to->elements));
	e = &to->elements[to->loaded->sets.len - 1];
	e->len = get_number(c, 8);
	c->good = c->good && s->name && read_shape(s, &e->shape) &&
		  e->len <= CACHE_ELEMENTS;
	e->at = c->good ? take(c, cached_size(&e->shape, e->len)) : NULL;
}

static void get_sets(struct arena *a, struct cursor *c, struct cache *to, size_t *room)
{
	for (uint64_t n = get_number(c, 8); n && c->good; n--)
		get_set(a, c, to, room);
}

bool cache_body_get(struct arena *a, const uint8_t *bytes, size_t len, bool all,
		    struct cache *out)
{
	struct cursor c = { bytes, bytes + len, true };
	size_t room = 0;

	out->loaded = ARENA_NEW(a, struct loaded_table);
	for (uint64_t n = get_number(&c, 8); n && c.good; n--)
		get_counter(a, &c, &out->loaded->counters);
	for (uint64_t n = get_number(&c, 8); n && c.good; n--)
		get_chain(a, &c, &out->loaded->chains);
	get_sets(a, &c, out, &room);
	if (all)
		get_sets(a, &c, out, &room);
	return c.good && c.at == c.end;
}
