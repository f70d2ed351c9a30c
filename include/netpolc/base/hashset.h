/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hashset - one copy of each equal thing
 *
 * A set of pointers compared by what they point at.  Interning through it makes
 * equality a pointer comparison.  The hash is XXH3 with a random seed for each
 * set, so input cannot choose collisions; nothing may depend on the order of a
 * hashset.  Items stay where they are and belong to the caller.
 */
#ifndef NETPOLC_HASHSET_H
#define NETPOLC_HASHSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct hashset;

struct hashset_type {
	uint64_t (*hash)(const void *item, uint64_t seed);
	bool (*equal)(const void *a, const void *b);
};

struct hashset *hashset_new(struct arena *a, const struct hashset_type *type)
	__attribute__((returns_nonnull));

/* The item equal to key, or NULL. */
void *hashset_find(const struct hashset *set, const void *key);

/* Has memory bring what a find of key will look at, without waiting for it: the slot;
 * or, when the slot has had time to come, the item in it.  For many finds in a row. */
void hashset_expect(const struct hashset *set, const void *key, bool item);

/* The equal item that is there already, or item itself after adding it. */
void *hashset_add(struct hashset *set, void *item) __attribute__((returns_nonnull));

size_t hashset_len(const struct hashset *set);

/* XXH3 of len bytes. */
uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed);

/* A number that input cannot foresee. */
uint64_t hash_seed(void);

#endif
