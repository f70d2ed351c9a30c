/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words - numbers for arrays of numbers
 *
 * Equal arrays have one entry and one id; ids count from 0 in the order in which the
 * arrays came.
 */
#ifndef NETPOLC_WORDS_H
#define NETPOLC_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct words {
	const uint32_t *at;
	size_t len;
	uint32_t id;
};

struct words_index;

struct words_index *words_index_new(struct arena *a) __attribute__((returns_nonnull));

/* The entry with a copy of these words, made if there is none. */
const struct words *words_intern(struct words_index *ix, const uint32_t *at, size_t len)
	__attribute__((returns_nonnull));

/* Of all entries, by id. */
const struct words *words_at(const struct words_index *ix, uint32_t id)
	__attribute__((returns_nonnull));
size_t words_len(const struct words_index *ix); /* ids are below it */

#endif
