/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset; out: bytes.  In: bytes; out: a loaded table and its elements.
 *
 * The idea: numbers as the machine has them, strings with their length and a NUL, an
 * element as few bytes as its set's type needs.  Lengths are checked while the table
 * is read; elements then need no check.
 */
#include <netpolc/nft/cache.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

#include <string.h>

/* ---- writing ---- */

static void put_number(struct buf *out, uint64_t n, size_t bytes)
{
	buf_add(out, &n, bytes);
}

/* "" stands for NULL too: no name or comment is empty. */
static void put_text(struct buf *out, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	put_number(out, len, 2);
	buf_add(out, text ? text : "", len + 1);
}

static void put_wide(struct buf *out, u128 n, size_t bytes)
{
	buf_add(out, &n, bytes);
}

#define VERDICT_BYTES 5 /* code, and the number of the chain */

static struct cached_shape shape_of(const struct set *s)
{
	return (struct cached_shape){ .first = s->nkeys > 1 ? key_bytes(s->key[0]) : 0,
				      .last = key_bytes(s->key[s->nkeys - 1]),
				      .intervals = s->intervals,
				      .map = s->map };
}

/* False when there is no such set. */
static bool read_shape(const struct loaded_set *loaded, struct cached_shape *out)
{
	struct set s;

	if (!loaded_form_shape(loaded, &s))
		return false;
	*out = shape_of(&s);
	return true;
}

static size_t element_bytes(const struct cached_shape *s)
{
	return s->first + s->last * (s->intervals ? 2 : 1) +
	       (s->map ? (size_t)VERDICT_BYTES : 0);
}

static void put_element(struct buf *out, const struct cached_shape *s,
			const struct element *e)
{
	put_wide(out, e->first, s->first);
	put_wide(out, e->lo, s->last);
	if (s->intervals)
		put_wide(out, e->hi, s->last);
	if (!s->map)
		return;
	put_number(out, e->verdict.kind, 1);
	put_number(out, e->verdict.chain ? e->verdict.chain->id : 0, 4);
}

static void put_set(struct buf *out, const struct set *s)
{
	struct loaded_set loaded = loaded_form_set(s);
	struct cached_shape shape = shape_of(s);

	put_text(out, s->name);
	put_number(out, loaded.flags, 4);
	put_number(out, loaded.key_type, 4);
	put_number(out, loaded.data_type, 4);
	put_number(out, s->len, 8);
	for (size_t i = 0; i < s->len; i++)
		put_element(out, &shape, &s->at[i]);
}

static void put_chain(struct buf *out, const struct ruleset *rs, const struct chain *c,
		      const struct loaded_chain *loaded)
{
	put_text(out, c->name);
	put_number(out, c->base, 1);
	put_number(out, (uint32_t)rs->priority, 4);
	put_number(out, c->len, 8);
	put_number(out, loaded ? loaded->bodies : 0, 8);
	put_text(out, c->len ? c->at[0].comment : NULL);
}

void cache_body_put(struct buf *out, const struct ruleset *rs,
		    const struct table_reader *l)
{
	put_number(out, rs->nchains, 8);
	for (size_t i = 0; i < rs->nchains; i++)
		put_chain(out, rs, rs->chains[i],
			  l ? loaded_find(l, rs->chains[i]->name) : NULL);
	put_number(out, rs->ncounters, 8);
	for (size_t i = 0; i < rs->ncounters; i++)
		put_text(out, rs->counters[i]->name);
	put_number(out, rs->nsets, 8);
	for (size_t i = 0; i < rs->nsets; i++)
		put_set(out, rs->sets[i]);
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
	e->at = c->good ? take(c, e->len * element_bytes(&e->shape)) : NULL;
}

bool cache_body_get(struct arena *a, const uint8_t *bytes, size_t len, struct cache *out)
{
	struct cursor c = { bytes, bytes + len, true };
	size_t room = 0;

	out->loaded = ARENA_NEW(a, struct loaded_table);
	for (uint64_t n = get_number(&c, 8); n && c.good; n--)
		get_chain(a, &c, &out->loaded->chains);
	for (uint64_t n = get_number(&c, 8); n && c.good; n--)
		ARENA_PUSH(a, &out->loaded->counters)->name = get_text(&c);
	for (uint64_t n = get_number(&c, 8); n && c.good; n--)
		get_set(a, &c, out, &room);
	return c.good && c.at == c.end;
}

/* ---- elements ---- */

static u128 get_wide(const uint8_t **at, size_t bytes)
{
	u128 n = 0;

	memcpy(&n, *at, bytes);
	*at += bytes;
	return n;
}

static bool get_verdict(const struct cache *c, const uint8_t *at,
			struct cached_element *out)
{
	bool leads = at[0] == VERDICT_GOTO || at[0] == VERDICT_JUMP;
	uint32_t chain;

	if (at[0] > VERDICT_JUMP)
		return false;
	out->verdict = (enum verdict_kind)at[0];
	memcpy(&chain, at + 1, sizeof(chain));
	if (leads && chain < c->loaded->chains.len)
		out->chain = chain;
	return !leads || chain < c->loaded->chains.len;
}

bool cache_element(const struct cache *c, size_t set, size_t i,
		   struct cached_element *out)
{
	const struct cached_elements *all = &c->elements[set];
	const struct cached_shape *s = &all->shape;
	const uint8_t *at = all->at + i * element_bytes(s);

	out->first = get_wide(&at, s->first);
	out->lo = get_wide(&at, s->last);
	out->hi = s->intervals ? get_wide(&at, s->last) : out->lo;
	out->verdict = VERDICT_NONE;
	out->chain = c->loaded->chains.len;
	return !s->map || get_verdict(c, at, out);
}

void cache_elements(const struct cache *c, size_t set, struct arena *a,
		    struct loaded_elements *out)
{
	const struct loaded_chains *chains = &c->loaded->chains;
	struct cached_element e;

	*out = (struct loaded_elements){ .len = c->elements[set].len };
	out->at = ARENA_ARRAY(a, out->len, struct loaded_element);
	for (size_t i = 0; i < out->len; i++) {
		if (!cache_element(c, set, i, &e))
			out->odd = true;
		else
			out->at[i] = (struct loaded_element){
				.lo = e.lo,
				.hi = e.hi,
				.first = e.first,
				.code = loaded_form_code(e.verdict),
				.chain = e.chain < chains->len ? chains->at[e.chain]->name
							       : NULL,
			};
	}
}
