/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: elements of a set; out: bytes.  In: bytes; out: elements, or whether they are those
 * of a set.
 *
 * The idea: keys one behind another, each in as few bytes as the set's type needs, and
 * behind them, of a map, the verdicts as numbers.  Only these depend on what else the
 * file holds, and are compared through a table; keys are compared as bytes.
 */
#include <netpolc/nft/cache_body.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

#include <string.h>

/* A verdict's number: the lowest bits are its kind, the others 0, or one more than the
 * number of the chain that it leads to. */
#define KIND_BITS     3
#define KIND_MASK     ((1u << KIND_BITS) - 1)
#define VERDICT_BYTES sizeof(uint32_t)
#define NO_CHAIN      UINT32_MAX /* more than there can be */

_Static_assert(VERDICT_JUMP <= KIND_MASK, "verdicts do not fit");

static bool leads(enum verdict_kind kind)
{
	return kind == VERDICT_GOTO || kind == VERDICT_JUMP;
}

struct cached_shape cached_shape(const struct set *s)
{
	return (struct cached_shape){ .first = s->nkeys > 1 ? key_bytes(s->key[0]) : 0,
				      .last = key_bytes(s->key[s->nkeys - 1]),
				      .intervals = s->intervals,
				      .map = s->map };
}

static size_t size_of_key(const struct cached_shape *s)
{
	return s->first + s->last * (s->intervals ? 2 : 1);
}

size_t cached_size(const struct cached_shape *shape, size_t len)
{
	return len * (size_of_key(shape) + (shape->map ? VERDICT_BYTES : 0));
}

/* ---- writing ---- */

/* All of n is put there, as that is one instruction; what follows overwrites the rest. */
static uint8_t *put_wide(uint8_t *to, u128 n, size_t bytes)
{
	memcpy(to, &n, sizeof(n));
	return to + bytes;
}

static uint8_t *put_keys(uint8_t *to, const struct set *s)
{
	const struct cached_shape shape = cached_shape(s);

	for (size_t i = 0; i < s->len; i++) {
		const struct element *e = &s->at[i];

		to = put_wide(to, e->first, shape.first);
		to = put_wide(to, e->lo, shape.last);
		if (shape.intervals)
			to = put_wide(to, e->hi, shape.last);
	}
	return to;
}

static void put_verdicts(uint8_t *to, const struct set *s)
{
	for (size_t i = 0; i < s->len; i++) {
		const struct verdict *v = &s->at[i].verdict;
		size_t chain = v->chain ? v->chain->id + 1 : 0;
		uint32_t number = (uint32_t)(chain << KIND_BITS) | v->kind;

		memcpy(to + i * VERDICT_BYTES, &number, VERDICT_BYTES);
	}
}

void cached_put(uint8_t *to, const struct set *s)
{
	to = put_keys(to, s);
	if (s->map)
		put_verdicts(to, s);
}

/* ---- reading ---- */

static u128 get_wide(const uint8_t **at, size_t bytes)
{
	u128 n = 0;

	memcpy(&n, *at, bytes);
	*at += bytes;
	return n;
}

static bool get_verdict(uint32_t number, size_t chains, struct cached_element *out)
{
	const uint32_t chain = number >> KIND_BITS;

	if ((number & KIND_MASK) > VERDICT_JUMP || chain > chains ||
	    (chain > 0) != leads(number & KIND_MASK))
		return false;
	out->verdict = (enum verdict_kind)(number & KIND_MASK);
	if (chain)
		out->chain = chain - 1;
	return true;
}

/* All but the verdict. */
static void get_key(const struct cached_elements *all, size_t i,
		    struct cached_element *out)
{
	const struct cached_shape *s = &all->shape;
	const uint8_t *at = all->at + i * size_of_key(s);

	out->first = get_wide(&at, s->first);
	out->lo = get_wide(&at, s->last);
	out->hi = s->intervals ? get_wide(&at, s->last) : out->lo;
}

/* Of a map. */
static uint32_t get_number(const struct cached_elements *all, size_t i)
{
	uint32_t number;

	memcpy(&number,
	       all->at + all->len * size_of_key(&all->shape) + i * sizeof(number),
	       sizeof(number));
	return number;
}

bool cache_element(const struct cache *c, size_t set, size_t i,
		   struct cached_element *out)
{
	const struct cached_elements *all = &c->elements[set];

	get_key(all, i, out);
	out->verdict = VERDICT_NONE;
	out->chain = c->loaded->chains.len;
	return !all->shape.map ||
	       get_verdict(get_number(all, i), c->loaded->chains.len, out);
}

/* As the kernel would tell of it, if it can be. */
static bool get_loaded(const struct cache *c, size_t set, size_t i,
		       struct loaded_element *out)
{
	const struct loaded_chains *chains = &c->loaded->chains;
	struct cached_element e;

	if (!cache_element(c, set, i, &e))
		return false;
	*out = (struct loaded_element){
		.lo = e.lo,
		.hi = e.hi,
		.first = e.first,
		.code = loaded_form_code(e.verdict),
		.chain = e.chain < chains->len ? chains->at[e.chain]->name : NULL,
	};
	return true;
}

void cache_elements(const struct cache *c, size_t set, struct arena *a,
		    struct loaded_elements *out)
{
	*out = (struct loaded_elements){ .len = c->elements[set].len };
	out->at = ARENA_ARRAY(a, out->len, struct loaded_element);
	for (size_t i = 0; i < out->len; i++)
		out->odd |= !get_loaded(c, set, i, &out->at[i]);
}

/* ---- comparing ---- */

/* Elements of the i-th set in the cache, and of one that is wanted. */
struct pair {
	const struct cache *cache;
	size_t set;
	const struct cached_elements *have, *want;
	/* What stands for a chain in want's verdicts, by what does in have's. */
	const uint32_t *chains;
};

static const uint32_t *translate(struct arena *a, const struct cache *c,
				 const struct ruleset *rs)
{
	const struct loaded_chains *chains = &c->loaded->chains;
	uint32_t *out = ARENA_ARRAY(a, chains->len + 1, uint32_t);

	for (size_t i = 0; i < chains->len; i++) {
		const struct chain *same = ruleset_chain(rs, chains->at[i]->name);

		out[i + 1] = same ? (uint32_t)same->id + 1 : NO_CHAIN;
	}
	return out;
}

static bool same_verdict(const struct pair *p, size_t h, size_t w)
{
	const uint32_t have = get_number(p->have, h), want = get_number(p->want, w);
	const uint32_t chain = have >> KIND_BITS;

	return (have & KIND_MASK) == (want & KIND_MASK) &&
	       chain <= p->cache->loaded->chains.len &&
	       p->chains[chain] == want >> KIND_BITS;
}

/* Whether the n elements of each from there on are the same. */
static bool same(const struct pair *p, size_t h, size_t w, size_t n)
{
	const size_t key = size_of_key(&p->have->shape);

	if (memcmp(p->have->at + h * key, p->want->at + w * key, n * key) != 0)
		return false;
	for (size_t i = 0; p->have->shape.map && i < n; i++)
		if (!same_verdict(p, h + i, w + i))
			return false;
	return true;
}

/* By where they begin. */
static int compare_places(const struct pair *p, size_t h, size_t w)
{
	struct cached_element have, want;

	get_key(p->have, h, &have);
	get_key(p->want, w, &want);
	if (have.first != want.first)
		return have.first < want.first ? -1 : 1;
	return (have.lo > want.lo) - (have.lo < want.lo);
}

static void tell_apart(struct arena *a, const struct pair *p, struct cache_match *out)
{
	size_t h = 0, w = 0;

	out->known = ARENA_ARRAY(a, p->want->len, bool);
	while (h < p->have->len) {
		int order = -1;

		if (w < p->want->len) {
			out->known[w] = same(p, h, w, 1);
			order = out->known[w] ? 0 : compare_places(p, h, w);
		}
		if (order < 0 || (order == 0 && !out->known[w]))
			out->rest.odd |= !get_loaded(p->cache, p->set, h,
						     ARENA_PUSH(a, &out->rest));
		h += order <= 0;
		w += order >= 0;
	}
}

static bool same_shape(const struct cached_shape *a, const struct cached_shape *b)
{
	return a->first == b->first && a->last == b->last &&
	       a->intervals == b->intervals && a->map == b->map;
}

const struct cache_match *cache_match(struct arena *a, const struct cache *c,
				      const struct cache_draft *draft)
{
	const struct loaded_sets *sets = &c->loaded->sets;
	struct cache_match *out = ARENA_ARRAY(a, sets->len, struct cache_match);
	struct pair p = { .cache = c, .chains = translate(a, c, draft->rs) };

	for (p.set = 0; p.set < sets->len; p.set++) {
		const struct set *want = ruleset_set(draft->rs, sets->at[p.set].name);

		p.have = &c->elements[p.set];
		p.want = want ? &draft->elements[want->id] : NULL;
		if (!want || !same_shape(&p.have->shape, &p.want->shape))
			continue;
		out[p.set].equal =
			p.have->len == p.want->len && same(&p, 0, 0, p.have->len);
		if (!out[p.set].equal)
			tell_apart(a, &p, &out[p.set]);
	}
	return out;
}
