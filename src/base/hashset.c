/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Items come in, the first of each equal kind goes out.  Open addressing with
 * linear probing over a power of two; each slot keeps its full hash, so that
 * items are compared only when they are almost surely equal and growing needs
 * no hashing.
 */
#include <netpolc/base/hashset.h>

#include <netpolc/base/arena.h>

#include <sys/random.h>
#include <xxhash.h>

#define SLOTS_MIN 16

struct slot {
	uint64_t hash;
	void *item; /* NULL: free */
};

struct hashset {
	struct arena *arena;
	const struct hashset_type *type;
	uint64_t seed;
	struct slot *slots;
	size_t mask, len;
};

uint64_t hash_seed(void)
{
	uint64_t seed;

	/* Without getrandom() the place of the stack must do. */
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uintptr_t)&seed;
	return seed;
}

/* The slot of the item equal to key, or the free one where it belongs. */
static struct slot *look(const struct hashset *set, const void *key, uint64_t hash)
{
	size_t i = hash & set->mask;

	for (; set->slots[i].item; i = (i + 1) & set->mask)
		if (set->slots[i].hash == hash &&
		    set->type->equal(set->slots[i].item, key))
			break;
	return &set->slots[i];
}

static void grow(struct hashset *set)
{
	const struct slot *old = set->slots;
	size_t n = set->mask + 1;

	set->slots = ARENA_ARRAY(set->arena, n * 2, struct slot);
	set->mask = n * 2 - 1;
	for (size_t i = 0; i < n; i++) {
		size_t to = old[i].hash & set->mask;

		if (!old[i].item)
			continue;
		while (set->slots[to].item)
			to = (to + 1) & set->mask;
		set->slots[to] = old[i];
	}
}

struct hashset *hashset_new(struct arena *a, const struct hashset_type *type)
{
	struct hashset *set = ARENA_NEW(a, struct hashset);

	set->arena = a;
	set->type = type;
	set->seed = hash_seed();
	set->slots = ARENA_ARRAY(a, SLOTS_MIN, struct slot);
	set->mask = SLOTS_MIN - 1;
	return set;
}

void *hashset_find(const struct hashset *set, const void *key)
{
	return look(set, key, set->type->hash(key, set->seed))->item;
}

void hashset_expect(const struct hashset *set, const void *key, bool item)
{
	const struct slot *slot =
		&set->slots[set->type->hash(key, set->seed) & set->mask];

	__builtin_prefetch(item ? slot->item : slot);
}

void *hashset_add(struct hashset *set, void *item)
{
	uint64_t hash = set->type->hash(item, set->seed);
	struct slot *slot = look(set, item, hash);

	if (slot->item)
		return slot->item;
	if ((set->len + 1) * 4 > (set->mask + 1) * 3) {
		grow(set);
		slot = look(set, item, hash);
	}
	*slot = (struct slot){ hash, item };
	set->len++;
	return item;
}

size_t hashset_len(const struct hashset *set)
{
	return set->len;
}

uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes, len, seed);
}
