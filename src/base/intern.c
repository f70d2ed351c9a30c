/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, its one copy goes out.  A set of (text, length) pairs; the copy
 * stands behind its pair in one allocation.
 */
#include <netpolc/base/intern.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <assert.h>
#include <string.h>

struct word {
	const char *text;
	size_t len;
};

struct intern {
	struct arena *arena;
	struct hashset *words;
};

static uint64_t word_hash(const void *item, uint64_t seed)
{
	const struct word *w = item;

	return hash_bytes(w->text, w->len, seed);
}

static bool word_equal(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return x->len == y->len && !memcmp(x->text, y->text, x->len);
}

static const struct hashset_type word_type = { word_hash, word_equal };

struct intern *intern_new(struct arena *a)
{
	struct intern *in = ARENA_NEW(a, struct intern);

	in->arena = a;
	in->words = hashset_new(a, &word_type);
	return in;
}

const char *intern_find(const struct intern *in, const char *text, size_t len)
{
	const struct word key = { len ? text : "", len };
	const struct word *w = hashset_find(in->words, &key);

	return w ? w->text : NULL;
}

const char *intern(struct intern *in, const char *text, size_t len)
{
	const char *known = intern_find(in, text, len);
	struct word *w;
	char *copy;

	if (known)
		return known;
	assert(!len || !memchr(text, '\0', len));
	w = arena_alloc(in->arena, sizeof(*w) + len + 1);
	copy = (char *)(w + 1);
	if (len)
		memcpy(copy, text, len);
	*w = (struct word){ copy, len };
	hashset_add(in->words, w);
	return copy;
}

const char *intern_str(struct intern *in, const char *text)
{
	return intern(in, text, strlen(text));
}
