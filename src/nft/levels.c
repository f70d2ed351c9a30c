/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges come in, prefixes of few lengths go out.
 *
 * The longest length that ranges need is always one of them; the others are found by
 * dynamic programming, one level more at a time.
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

/* How prefixes of all lengths up to one are written out in a number of levels, of which
 * this length is the longest. */
struct cover {
	size_t prefixes; /* SIZE_MAX: more than there may be */
	unsigned before; /* the next shorter level; 0: there is none */
};

/* By number of levels, less one, and by length. */
struct covers {
	struct cover at[LEVELS_MAX][129];
};

/* The best way for one level more than the covers in shorter have; NULL: for one. */
static struct cover cover_best(const struct prefix_counts *counts,
			       const struct cover *shorter, unsigned length, size_t most)
{
	struct cover best = { SIZE_MAX, 0 };

	if (!shorter)
		return (struct cover){ expanded(counts, 0, length, most), 0 };
	for (unsigned l = 1; l < length; l++) {
		size_t more;

		if (!counts->at[l] || shorter[l].prefixes > most)
			continue;
		more = expanded(counts, l, length, most - shorter[l].prefixes);
		if (more != SIZE_MAX && shorter[l].prefixes + more < best.prefixes)
			best = (struct cover){ shorter[l].prefixes + more, l };
	}
	return best;
}

/* The levels of a cover, the one with most prefixes first. */
static struct levels cover_levels(const struct prefix_counts *counts,
				  const struct covers *covers, unsigned n,
				  unsigned longest)
{
	struct levels out = { .prefixes = covers->at[n - 1][longest].prefixes };
	size_t prefixes[LEVELS_MAX];

	for (unsigned length = longest; n-- > 0;) {
		unsigned before = covers->at[n][length].before, at = out.n++;
		size_t own = expanded(counts, before, length, out.prefixes);

		for (; at > 0 && prefixes[at - 1] <= own; at--) {
			prefixes[at] = prefixes[at - 1];
			out.length[at] = out.length[at - 1];
		}
		prefixes[at] = own;
		out.length[at] = length;
		length = before;
	}
	return out;
}

struct levels levels_choose(const struct prefix_counts *counts, unsigned max,
			    size_t prefixes)
{
	unsigned longest = longest_length(counts);
	struct covers covers = { 0 };

	if (!longest || counts->at[0])
		return (struct levels){ 0 };
	for (unsigned n = 0; n < max; n++) {
		const struct cover *shorter = n ? covers.at[n - 1] : NULL;

		for (unsigned l = 1; l <= longest; l++)
			if (counts->at[l])
				covers.at[n][l] =
					cover_best(counts, shorter, l, prefixes);
		if (covers.at[n][longest].prefixes <= prefixes)
			return cover_levels(counts, &covers, n + 1, longest);
	}
	return (struct levels){ 0 };
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
