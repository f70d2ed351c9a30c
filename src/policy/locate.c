/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the addresses and intervals of classify.  Out: a locator.
 */
#include <netpolc/policy/locate.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

/* A slot of the hash table; pod NO_POD: empty. */
struct slot {
	u128 number;
	uint32_t pod, atom;
};

struct family_locator {
	struct slot *slots;
	uint64_t multiplier[2];
	unsigned shift;	 /* 64 - log2(slots) */
	uint64_t mask;	 /* slots - 1 */
	u128 *bounds;	 /* [1..n]: lower bounds of intervals, in Eytzinger's order */
	uint32_t *atoms; /* parallel to bounds */
	size_t n;
};

struct locator {
	struct family_locator of[FAMILIES];
	size_t bytes;
};

/* Multilinear hashing with random multipliers: input cannot choose collisions. */
static uint64_t slot_of(const struct family_locator *fl, u128 number)
{
	return ((uint64_t)number * fl->multiplier[0] +
		(uint64_t)(number >> 64) * fl->multiplier[1]) >>
	       fl->shift;
}

static void insert(struct family_locator *fl, const struct pod_address *a)
{
	uint64_t i = slot_of(fl, a->number);

	while (fl->slots[i].pod != NO_POD)
		i = (i + 1) & fl->mask;
	fl->slots[i] = (struct slot){ a->number, a->pod, a->atom };
}

/* Puts intervals[i..] below node k; returns the next interval. */
static size_t lay_out(struct family_locator *fl, const struct interval *intervals,
		      size_t i, size_t k)
{
	if (k > fl->n)
		return i;
	i = lay_out(fl, intervals, i, 2 * k);
	fl->bounds[k] = intervals[i].lo;
	fl->atoms[k] = intervals[i].atom;
	return lay_out(fl, intervals, i + 1, 2 * k + 1);
}

static size_t build_family(struct arena *a, struct family_locator *fl,
			   const struct classes *cs, enum family f)
{
	size_t slots = 4;

	fl->shift = 62;
	for (; 2 * slots < 3 * cs->naddresses[f]; slots *= 2)
		fl->shift--;
	fl->mask = slots - 1;
	fl->multiplier[0] = hash_seed() | 1;
	fl->multiplier[1] = hash_seed() | 1;
	fl->slots = ARENA_ARRAY(a, slots, struct slot);
	for (size_t i = 0; i < slots; i++)
		fl->slots[i].pod = NO_POD;
	for (size_t i = 0; i < cs->naddresses[f]; i++)
		insert(fl, &cs->addresses[f][i]);
	fl->n = cs->nintervals[f];
	fl->bounds = ARENA_ARRAY(a, fl->n + 1, u128);
	fl->atoms = ARENA_ARRAY(a, fl->n + 1, uint32_t);
	lay_out(fl, cs->intervals[f], 0, 1);
	return slots * sizeof(struct slot) +
	       (fl->n + 1) * (sizeof(u128) + sizeof(uint32_t));
}

const struct locator *locator_build(struct arena *a, const struct classes *cs)
{
	struct locator *l = ARENA_NEW(a, struct locator);

	for (enum family f = 0; f < FAMILIES; f++)
		l->bytes += build_family(a, &l->of[f], cs, f);
	return l;
}

/* The atom of the last interval that begins at or below number. */
static uint32_t search(const struct family_locator *fl, u128 number)
{
	size_t k = 1;

	while (k <= fl->n) {
		__builtin_prefetch(&fl->bounds[4 * k]);
		k = 2 * k + (fl->bounds[k] <= number);
	}
	/* The bits of k are the path; the last right turn was at the lowest one. */
	k >>= __builtin_ctzll(k) + 1;
	return fl->atoms[k];
}

uint32_t locate(const struct locator *l, struct address a, uint32_t *pod)
{
	const struct family_locator *fl = &l->of[a.family];

	for (uint64_t i = slot_of(fl, a.number);; i = (i + 1) & fl->mask) {
		const struct slot *s = &fl->slots[i];

		*pod = s->pod;
		if (s->pod == NO_POD)
			return search(fl, a.number);
		if (s->number == a.number)
			return s->atom;
	}
}

size_t locator_bytes(const struct locator *l)
{
	return l->bytes;
}
