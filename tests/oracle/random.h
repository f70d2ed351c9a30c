/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random - reproducible choices
 *
 * The same seed makes the same choices on every machine (splitmix64, Steele et
 * al., "Fast splittable pseudorandom number generators", 2014).
 */
#ifndef NETPOLC_TEST_RANDOM_H
#define NETPOLC_TEST_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to n - 1. */
static inline size_t random_below(struct random *r, size_t n)
{
	return (size_t)(random_next(r) % n);
}

static inline bool random_chance(struct random *r, unsigned percent)
{
	return random_below(r, 100) < percent;
}

#define RANDOM_PICK(r, array)                                                            \
	((array)[random_below((r), sizeof(array) / sizeof((array)[0]))])

#endif
