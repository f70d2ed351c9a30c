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

struct pod_table {
	struct range span; /* of its addresses: most others are beyond it */
	struct slot *slots;
	uint64_t multiplier[2];
	unsigned shift; /* 64 - log2(slots) */
	uint64_t mask;	/* slots - 1 */
};

/* Intervals in ascending order; first[h] is how many begin below h << 16. */
struct ipv4_intervals {
	uint32_t *first, *lo, *atoms;
};

#define IPV4_TOPS 65536

/* bounds[1..n] are the lower bounds in Eytzinger's order, atoms is parallel. */
struct ipv6_intervals {
	u128 *bounds;
	uint32_t *atoms;
	size_t n;
};

struct locator {
	struct pod_table pods[FAMILIES];
	struct ipv4_intervals ipv4;
	struct ipv6_intervals ipv6;
	size_t bytes;
};

/* Multilinear hashing with random multipliers, so that input cannot choose
 * collisions; mixed again, as neighbouring addresses would otherwise cluster. */
static uint64_t slot_of(const struct pod_table *t, u128 number)
{
	uint64_t h = (uint64_t)number * t->multiplier[0] +
		     (uint64_t)(number >> 64) * t->multiplier[1];

	h ^= h >> 32;
	return h * t->multiplier[0] >> t->shift;
}

static void insert(struct pod_table *t, const struct pod_address *a)
{
	uint64_t i = slot_of(t, a->number);

	while (t->slots[i].pod != NO_POD)
		i = (i + 1) & t->mask;
	t->slots[i] = (struct slot){ a->number, a->pod, a->atom };
	range_widen(&t->span, a->number);
}

static size_t build_pods(struct arena *a, struct pod_table *t, const struct classes *cs,
			 enum family f)
{
	size_t slots = 4;

	t->shift = 62;
	/* At most half full: an address that no pod has is found missing soon. */
	for (; slots < 2 * cs->naddresses[f]; slots *= 2)
		t->shift--;
	t->mask = slots - 1;
	t->span = RANGE_NONE;
	t->multiplier[0] = hash_seed() | 1;
	t->multiplier[1] = hash_seed() | 1;
	t->slots = ARENA_ARRAY(a, slots, struct slot);
	for (size_t i = 0; i < slots; i++)
		t->slots[i].pod = NO_POD;
	for (size_t i = 0; i < cs->naddresses[f]; i++)
		insert(t, &cs->addresses[f][i]);
	return slots * sizeof(struct slot);
}

static size_t build_ipv4(struct arena *a, struct ipv4_intervals *v,
			 const struct classes *cs)
{
	const struct interval *intervals = cs->intervals[FAMILY_IPV4];
	uint32_t n = (uint32_t)cs->nintervals[FAMILY_IPV4], i = 0;

	v->first = ARENA_ARRAY(a, IPV4_TOPS + 1, uint32_t);
	v->lo = ARENA_ARRAY(a, n, uint32_t);
	v->atoms = ARENA_ARRAY(a, n, uint32_t);
	for (uint32_t top = 0; top <= IPV4_TOPS; top++) {
		for (; i < n && intervals[i].lo < (u128)top << 16; i++) {
			v->lo[i] = (uint32_t)intervals[i].lo;
			v->atoms[i] = intervals[i].atom;
		}
		v->first[top] = i;
	}
	return (IPV4_TOPS + 1 + 2 * (size_t)n) * sizeof(uint32_t);
}

/* The atom of the last interval that begins at or below number.  Which half it is in
 * cannot be foretold, so that no branch asks. */
static uint32_t search_ipv4(const struct ipv4_intervals *v, uint32_t number)
{
	uint32_t lo = v->first[number >> 16], n = v->first[(number >> 16) + 1] - lo;

	while (n) {
		uint32_t half = (n + 1) / 2;

		lo += half * (v->lo[lo + half - 1] <= number);
		n -= half;
	}
	return v->atoms[lo - 1];
}

/* Puts intervals[i..] below node k; returns the next interval. */
static size_t lay_out(struct ipv6_intervals *v, const struct interval *intervals,
		      size_t i, size_t k)
{
	if (k > v->n)
		return i;
	i = lay_out(v, intervals, i, 2 * k);
	v->bounds[k] = intervals[i].lo;
	v->atoms[k] = intervals[i].atom;
	return lay_out(v, intervals, i + 1, 2 * k + 1);
}

static size_t build_ipv6(struct arena *a, struct ipv6_intervals *v,
			 const struct classes *cs)
{
	v->n = cs->nintervals[FAMILY_IPV6];
	v->bounds = ARENA_ARRAY(a, v->n + 1, u128);
	v->atoms = ARENA_ARRAY(a, v->n + 1, uint32_t);
	lay_out(v, cs->intervals[FAMILY_IPV6], 0, 1);
	return (v->n + 1) * (sizeof(u128) + sizeof(uint32_t));
}

static uint32_t search_ipv6(const struct ipv6_intervals *v, u128 number)
{
	size_t k = 1;

	while (k <= v->n) {
		__builtin_prefetch(&v->bounds[4 * k]);
		k = 2 * k + (v->bounds[k] <= number);
	}
	/* The bits of k are the path; the last right turn was at the lowest one. */
	k >>= __builtin_ctzll(k) + 1;
	return v->atoms[k];
}

const struct locator *locator_build(struct arena *a, const struct classes *cs)
{
	struct locator *l = ARENA_NEW(a, struct locator);

	for (enum family f = 0; f < FAMILIES; f++)
		l->bytes += build_pods(a, &l->pods[f], cs, f);
	l->bytes += build_ipv4(a, &l->ipv4, cs);
	l->bytes += build_ipv6(a, &l->ipv6, cs);
	return l;
}

static const struct slot *find_pod(const struct pod_table *t, u128 number)
{
	if (!range_has(&t->span, number))
		return NULL;
	for (uint64_t i = slot_of(t, number); t->slots[i].pod != NO_POD;
	     i = (i + 1) & t->mask)
		if (t->slots[i].number == number)
			return &t->slots[i];
	return NULL;
}

uint32_t locate(const struct locator *l, struct address a, uint32_t *pod)
{
	const struct slot *s = find_pod(&l->pods[a.family], a.number);

	*pod = s ? s->pod : NO_POD;
	if (s)
		return s->atom;
	return a.family == FAMILY_IPV4 ? search_ipv4(&l->ipv4, (uint32_t)a.number)
				       : search_ipv6(&l->ipv6, a.number);
}

size_t locator_bytes(const struct locator *l)
{
	return l->bytes;
}
