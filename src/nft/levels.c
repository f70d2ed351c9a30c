/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges come in, prefixes of one or two lengths go out.
 *
 * The longest length that ranges need is always one of them; the other is tried.
 */
#include <netpolc/nft/levels.h>

#include <netpolc/base/arena.h>

static unsigned trailing_zeros(u128 n, unsigned bits)
{
	if ((uint64_t)n)
		return (unsigned)__builtin_ctzll((uint64_t)n);
	return n ? 64 + (unsigned)__builtin_ctzll((uint64_t)(n >> 64)) : bits;
}

/* The number of addresses behind the first in a block of 1 << bits. */
static u128 rest_of_block(unsigned bits)
{
	return bits == 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
}

/* Free bits of the largest prefix that begins with lo and ends at hi or before. */
static unsigned largest_block(enum family f, u128 lo, u128 hi)
{
	unsigned bits = trailing_zeros(lo, family_bits(f));

	while (rest_of_block(bits) > hi - lo)
		bits--;
	return bits;
}

void levels_count(struct prefix_counts *counts, enum family f, u128 lo, u128 hi)
{
	for (;;) {
		unsigned bits = largest_block(f, lo, hi);

		counts->at[family_bits(f) - bits]++;
		if (rest_of_block(bits) == hi - lo)
			return;
		lo += rest_of_block(bits) + 1;
	}
}

/* What prefixes of lengths above to length become at that length; SIZE_MAX: more than
 * most.  Zero is no length: everything is no prefix. */
static size_t expanded(const struct prefix_counts *counts, unsigned above,
		       unsigned length, size_t most)
{
	size_t n = 0;

	for (unsigned l = above + 1; l <= length; l++) {
		if (!counts->at[l])
			continue;
		if (length - l >= 32 || counts->at[l] > most >> (length - l))
			return SIZE_MAX;
		n += counts->at[l] << (length - l);
		if (n > most)
			return SIZE_MAX;
	}
	return n;
}

static unsigned longest_length(const struct prefix_counts *counts)
{
	unsigned length = ARRAY_SIZE(counts->at) - 1;

	while (length && !counts->at[length])
		length--;
	return length;
}

struct levels levels_choose(const struct prefix_counts *counts, unsigned max,
			    size_t prefixes)
{
	unsigned longest = longest_length(counts);
	size_t all = expanded(counts, 0, longest, prefixes);
	struct levels out = { 0 };

	if (!max || !longest || counts->at[0])
		return out;
	if (all <= prefixes)
		return (struct levels){ 1, { longest }, all };
	for (unsigned l = 1; max > 1 && l < longest; l++) {
		size_t shorter = expanded(counts, 0, l, prefixes);
		size_t longer = expanded(counts, l, longest, prefixes);

		if (!counts->at[l] || shorter > prefixes || longer > prefixes - shorter ||
		    (out.n && shorter + longer >= out.prefixes))
			continue;
		out = (struct levels){ 2, { l, longest }, shorter + longer };
		if (longer > shorter) {
			out.length[0] = longest;
			out.length[1] = l;
		}
	}
	return out;
}

/* The level that writes out prefixes of that length: the shortest that is no shorter. */
static unsigned level_of(const struct levels *levels, unsigned length)
{
	unsigned best = 0;

	for (unsigned i = 1; i < levels->n; i++)
		if (levels->length[i] >= length &&
		    (levels->length[best] < length ||
		     levels->length[i] < levels->length[best]))
			best = i;
	return best;
}

struct levels_walk levels_walk(const struct levels *levels, unsigned level, enum family f,
			       u128 lo, u128 hi)
{
	return (struct levels_walk){
		.levels = levels, .family = f, .level = level, .at = lo, .hi = hi
	};
}

bool levels_next(struct levels_walk *w, u128 *address)
{
	unsigned all = family_bits(w->family), length = w->levels->length[w->level];

	while (!w->left) {
		unsigned bits;

		if (w->over)
			return false;
		bits = largest_block(w->family, w->at, w->hi);
		if (level_of(w->levels, all - bits) == w->level) {
			w->next = w->at;
			w->step = (u128)1 << (all - length);
			w->left = (size_t)1 << (length - (all - bits));
		}
		w->over = rest_of_block(bits) == w->hi - w->at;
		w->at += rest_of_block(bits) + 1;
	}
	*address = w->next;
	w->next += w->step;
	w->left--;
	return true;
}
