/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core_bench - what the parts of the benchmark of the core share
 */
#ifndef BENCH_CORE_BENCH_H
#define BENCH_CORE_BENCH_H

#include <netpolc/policy/core.h>

#define ROUNDS 5

/* xorshift64*, Vigna 2016: the same numbers in every run, below 2^32. */
static inline uint32_t draw(uint64_t *state, uint32_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * 0x2545f4914f6cdd1dull >> 32) % below);
}

/* Seconds of processor time. */
double core_now(void);

/* An address that no pod has, of a random interval; of a wide one, near to where it
 * begins. */
struct address core_draw_outside(const struct classes *cs, enum family f,
				 uint64_t *state);

/* Times the look-up of addresses alone.  False when two ways differ. */
bool core_addresses(struct arena *a, const struct classes *cs, size_t n);

#endif
