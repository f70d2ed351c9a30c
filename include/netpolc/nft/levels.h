/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * levels - ranges of addresses as prefixes of few lengths
 *
 * Controlled prefix expansion (Srinivasan and Varghese, "Fast Address Lookups Using
 * Controlled Prefix Expansion", 1999): ranges are cut into prefixes, and each prefix is
 * written out as prefixes of the next longer of the chosen lengths.  An address is then
 * found by a hash look-up of its first bits for each length, whatever the number of
 * ranges.  Ranges are disjoint, so lengths can be asked in any order; the one with most
 * prefixes is first.
 */
#ifndef NETPOLC_LEVELS_H
#define NETPOLC_LEVELS_H

#include <netpolc/base/prefix.h>

#include <stdbool.h>
#include <stddef.h>

#define LEVELS_MAX 3

struct levels {
	unsigned n; /* 0: there are none */
	unsigned length[LEVELS_MAX];
	size_t prefixes; /* of all levels together */
};

/* How many prefixes of each length some ranges are cut into. */
struct prefix_counts {
	size_t at[129]; /* by length */
};

/* Counts the prefixes of lo-hi, both inclusive. */
void levels_count(struct prefix_counts *counts, enum family f, u128 lo, u128 hi);

/* The fewest levels, at most max (LEVELS_MAX or fewer), with at most so many prefixes
 * (below SIZE_MAX); else none. */
struct levels levels_choose(const struct prefix_counts *counts, unsigned max,
			    size_t prefixes);

/* The prefixes of one level that a range is written out as, in ascending order. */
struct levels_walk {
	const struct levels *levels;
	enum family family;
	unsigned level;
	u128 at, hi;	 /* of the range, not cut yet */
	bool over;	 /* all of it is cut */
	u128 next, step; /* of the prefix at hand */
	size_t left;	 /* of it */
};

struct levels_walk levels_walk(const struct levels *levels, unsigned level, enum family f,
			       u128 lo, u128 hi);

/* The first address of the next one; false when there is none. */
bool levels_next(struct levels_walk *w, u128 *address);

#endif
