/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays come in, entries of a hash table go out, with a list of them by id beside it.
 */
#include <netpolc/policy/words.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <string.h>

struct words_index {
	struct arena *arena;
	struct hashset *set;
	struct {
		struct words **at;
		size_t len, cap;
	} all;
};

static uint64_t hash_words(const void *item, uint64_t seed)
{
	const struct words *w = item;

	return hash_bytes(w->at, w->len * sizeof(*w->at), seed);
}

static bool equal_words(const void *a, const void *b)
{
	const struct words *x = a, *y = b;

	return x->len == y->len &&
	       (x->len == 0 || !memcmp(x->at, y->at, x->len * sizeof(*x->at)));
}

struct words_index *words_index_new(struct arena *a)
{
	static const struct hashset_type type = { hash_words, equal_words };
	struct words_index *ix = ARENA_NEW(a, struct words_index);

	ix->arena = a;
	ix->set = hashset_new(a, &type);
	return ix;
}

const struct words *words_intern(struct words_index *ix, const uint32_t *at, size_t len)
{
	struct words *w, key = { .at = at, .len = len };
	uint32_t *copy;

	w = hashset_find(ix->set, &key);
	if (w)
		return w;
	copy = ARENA_ARRAY(ix->arena, len, uint32_t);
	if (len)
		memcpy(copy, at, len * sizeof(*at));
	w = ARENA_NEW(ix->arena, struct words);
	*w = (struct words){ copy, len, (uint32_t)ix->all.len };
	*ARENA_PUSH(ix->arena, &ix->all) = w;
	return hashset_add(ix->set, w);
}

const struct words *words_at(const struct words_index *ix, uint32_t id)
{
	return ix->all.at[id];
}

size_t words_len(const struct words_index *ix)
{
	return ix->all.len;
}
