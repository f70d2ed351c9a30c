/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranges - sets of unsigned integers, kept as ranges
 *
 * One type serves ports and addresses.  A set is sorted, disjoint and as short
 * as it can be (touching ranges are merged); every function here expects that
 * form and keeps it, so two sets are equal exactly when their arrays are.
 *
 * The array lives in the arena given and dies with it.  IPv4 and IPv6 addresses
 * stay in separate sets; IPv4 addresses are numbers below 2^32.
 */
#ifndef NETPOLC_RANGES_H
#define NETPOLC_RANGES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

__extension__ typedef unsigned __int128 u128;

struct range {
	u128 lo, hi; /* both inclusive */
};

/* What range_widen() starts from: it holds nothing. */
#define RANGE_NONE ((struct range){ ~(u128)0, 0 })

struct ranges {
	struct range *at;
	size_t len, cap;
};

static inline bool range_has(const struct range *r, u128 value)
{
	return r->lo <= value && value <= r->hi;
}

/* Makes r the shortest range that has value, too. */
void range_widen(struct range *r, u128 value);

/* Adds r, merging it with what it touches.  Moves all that lies above r: add many
 * ranges in ascending order. */
void ranges_add(struct arena *a, struct ranges *set, struct range r);

/* Brings ranges that were put together in any order into the one form. */
void ranges_settle(struct ranges *set);

/* Removes hole.  A hole inside a range splits that range in two. */
void ranges_subtract(struct arena *a, struct ranges *set, struct range hole);

struct ranges ranges_intersect(struct arena *a, const struct ranges *x,
			       const struct ranges *y);

/* What x has and y has not. */
struct ranges ranges_difference(struct arena *a, const struct ranges *x,
				const struct ranges *y);

/* Whether they have a value in common. */
bool ranges_meet(const struct ranges *x, const struct ranges *y);

bool ranges_contain(const struct ranges *set, u128 value);
bool ranges_equal(const struct ranges *a, const struct ranges *b);

#endif
