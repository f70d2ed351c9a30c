/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges come in, sets in their one shortest form go out.  Every change finds
 * the run of ranges it concerns by bisection and replaces that run at once;
 * adding in ascending order only ever touches the end.
 */
#include <netpolc/base/ranges.h>

#include <netpolc/base/arena.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void range_widen(struct range *r, u128 value)
{
	if (value < r->lo)
		r->lo = value;
	if (value > r->hi)
		r->hi = value;
}

/* Index of the first range that ends at or above value. */
static size_t first_reaching(const struct ranges *set, u128 value)
{
	size_t lo = 0, hi = set->len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (set->at[mid].hi < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Index of the first range, from i on, that begins above value. */
static size_t first_above(const struct ranges *set, size_t i, u128 value)
{
	size_t hi = set->len;

	while (i < hi) {
		size_t mid = i + (hi - i) / 2;

		if (set->at[mid].lo <= value)
			i = mid + 1;
		else
			hi = mid;
	}
	return i;
}

/* Puts the n ranges at with where those from first up to end stand. */
static void replace(struct arena *a, struct ranges *set, size_t first, size_t end,
		    const struct range *with, size_t n)
{
	size_t tail = set->len - end;

	assert(first + n <= end + 1); /* the set grows by one range at most */
	if (first + n > end)
		set->at = arena_more(a, set->at, set->len, &set->cap, sizeof(*set->at));
	if (tail && first + n != end)
		memmove(&set->at[first + n], &set->at[end], tail * sizeof(*set->at));
	for (size_t i = 0; i < n; i++)
		set->at[first + i] = with[i];
	set->len = first + n + tail;
}

/* Adds a range that begins no lower than any that is there. */
static void append(struct arena *a, struct ranges *set, struct range r)
{
	struct range *last = set->len ? &set->at[set->len - 1] : NULL;

	if (!last || (last->hi < r.lo && r.lo - last->hi > 1))
		*ARENA_PUSH(a, set) = r;
	else if (last->hi < r.hi)
		last->hi = r.hi;
}

void ranges_add(struct arena *a, struct ranges *set, struct range r)
{
	size_t first, end;

	assert(r.lo <= r.hi);
	if (!set->len || set->at[set->len - 1].lo <= r.lo) {
		append(a, set, r);
		return;
	}
	/* Not only what overlaps is merged, but also what touches. */
	first = first_reaching(set, r.lo ? r.lo - 1 : 0);
	end = first_above(set, first, r.hi + 1 ? r.hi + 1 : r.hi);
	if (first < end) {
		if (set->at[first].lo < r.lo)
			r.lo = set->at[first].lo;
		if (set->at[end - 1].hi > r.hi)
			r.hi = set->at[end - 1].hi;
	}
	replace(a, set, first, end, &r, 1);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

void ranges_settle(struct ranges *set)
{
	size_t kept = 0;

	if (set->len > 0)
		qsort(set->at, set->len, sizeof(*set->at), compare_ranges);
	for (size_t i = 0; i < set->len; i++) {
		struct range *last = kept > 0 ? &set->at[kept - 1] : NULL;

		if (!last || (last->hi < set->at[i].lo && set->at[i].lo - last->hi > 1))
			set->at[kept++] = set->at[i];
		else if (last->hi < set->at[i].hi)
			last->hi = set->at[i].hi;
	}
	set->len = kept;
}

void ranges_subtract(struct arena *a, struct ranges *set, struct range hole)
{
	size_t first = first_reaching(set, hole.lo);
	size_t end = first_above(set, first, hole.hi);
	struct range rest[2];
	size_t n = 0;

	assert(hole.lo <= hole.hi);
	if (first == end)
		return;
	if (set->at[first].lo < hole.lo)
		rest[n++] = (struct range){ set->at[first].lo, hole.lo - 1 };
	if (set->at[end - 1].hi > hole.hi)
		rest[n++] = (struct range){ hole.hi + 1, set->at[end - 1].hi };
	replace(a, set, first, end, rest, n);
}

/* What the ranges have in common; false when that is nothing. */
static bool common_range(const struct range *x, const struct range *y, struct range *out)
{
	out->lo = x->lo > y->lo ? x->lo : y->lo;
	out->hi = x->hi < y->hi ? x->hi : y->hi;
	return out->lo <= out->hi;
}

struct ranges ranges_intersect(struct arena *a, const struct ranges *x,
			       const struct ranges *y)
{
	struct ranges all = { 0 };
	struct range common;

	for (size_t i = 0, j = 0; i < x->len && j < y->len;) {
		if (common_range(&x->at[i], &y->at[j], &common))
			append(a, &all, common);
		if (x->at[i].hi < y->at[j].hi)
			i++;
		else
			j++;
	}
	return all;
}

struct ranges ranges_difference(struct arena *a, const struct ranges *x,
				const struct ranges *y)
{
	struct ranges rest = { 0 };

	for (size_t i = 0; i < x->len; i++)
		append(a, &rest, x->at[i]);
	for (size_t i = 0; i < y->len; i++)
		ranges_subtract(a, &rest, y->at[i]);
	return rest;
}

bool ranges_meet(const struct ranges *x, const struct ranges *y)
{
	struct range common;

	for (size_t i = 0, j = 0; i < x->len && j < y->len;) {
		if (common_range(&x->at[i], &y->at[j], &common))
			return true;
		if (x->at[i].hi < y->at[j].hi)
			i++;
		else
			j++;
	}
	return false;
}

bool ranges_contain(const struct ranges *set, u128 value)
{
	size_t i = first_reaching(set, value);

	return i < set->len && set->at[i].lo <= value;
}

bool ranges_equal(const struct ranges *a, const struct ranges *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (a->at[i].lo != b->at[i].lo || a->at[i].hi != b->at[i].hi)
			return false;
	return true;
}
