/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port sets are interned by content; the union or intersection of two is looked up
 * by the pair of their ids before it is computed, because decide and compare ask for
 * the same few for every class and atom.
 */
#include <netpolc/policy/portset.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

struct pair {
	uint32_t x, y; /* ids, x < y */
	const struct portset *result;
};

struct portsets {
	struct arena *arena;
	struct hashset *sets, *unions, *intersections;
	size_t ranges;
	const struct portset *none, *everything;
	struct ranges room[PROTOCOLS]; /* of the set at hand, which may be known */
};

static uint64_t hash_portset(const void *item, uint64_t seed)
{
	const struct portset *set = item;
	uint64_t h = seed + set->everything;

	for (int p = 0; p < PROTOCOLS; p++)
		h = hash_bytes(set->ports[p].at, set->ports[p].len * sizeof(struct range),
			       h);
	return h;
}

static bool equal_portsets(const void *a, const void *b)
{
	const struct portset *x = a, *y = b;

	for (int p = 0; p < PROTOCOLS; p++)
		if (!ranges_equal(&x->ports[p], &y->ports[p]))
			return false;
	return x->everything == y->everything;
}

static uint64_t hash_pair(const void *item, uint64_t seed)
{
	const struct pair *pair = item;
	uint32_t key[2] = { pair->x, pair->y };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return x->x == y->x && x->y == y->y;
}

static struct ranges copy_ranges(struct portsets *all, const struct ranges *from)
{
	struct ranges to = { .len = from->len, .cap = from->len };

	to.at = ARENA_ARRAY(all->arena, to.len, struct range);
	for (size_t i = 0; i < to.len; i++)
		to.at[i] = from->at[i];
	return to;
}

/* Interns a copy. */
static const struct portset *add(struct portsets *all, const struct portset *set)
{
	const struct portset *known = hashset_find(all->sets, set);
	struct portset *copy;

	if (known)
		return known;
	copy = ARENA_NEW(all->arena, struct portset);
	*copy = *set;
	for (int p = 0; p < PROTOCOLS; p++) {
		copy->ports[p] = copy_ranges(all, &set->ports[p]);
		all->ranges += set->ports[p].len;
	}
	copy->id = (uint32_t)hashset_len(all->sets);
	return hashset_add(all->sets, copy);
}

/* Interns what is in room. */
static const struct portset *add_room(struct portsets *all)
{
	struct portset set = { .everything = false };

	for (int p = 0; p < PROTOCOLS; p++)
		set.ports[p] = all->room[p];
	return add(all, &set);
}

struct portsets *portsets_new(struct arena *a)
{
	static const struct hashset_type sets = { hash_portset, equal_portsets };
	static const struct hashset_type pairs = { hash_pair, equal_pairs };
	struct portsets *all = ARENA_NEW(a, struct portsets);
	struct portset set = { .everything = false };

	all->arena = a;
	all->sets = hashset_new(a, &sets);
	all->unions = hashset_new(a, &pairs);
	all->intersections = hashset_new(a, &pairs);
	all->none = add(all, &set);
	set.everything = true;
	for (int p = 0; p < PROTOCOLS; p++)
		ranges_add(a, &set.ports[p], (struct range){ 0, PORT_MAX });
	all->everything = add(all, &set);
	return all;
}

size_t portsets_len(const struct portsets *all)
{
	return hashset_len(all->sets);
}

size_t portsets_ranges(const struct portsets *all)
{
	return all->ranges;
}

const struct portset *portset_none(const struct portsets *all)
{
	return all->none;
}

const struct portset *portset_everything(const struct portsets *all)
{
	return all->everything;
}

const struct portset *portset_make(struct portsets *all,
				   const struct ranges ports[PROTOCOLS])
{
	struct portset set = { .everything = false };

	for (int p = 0; p < PROTOCOLS; p++)
		set.ports[p] = ports[p];
	return add(all, &set);
}

const struct portset *portset_copy(struct portsets *all, const struct portset *set)
{
	return set->everything ? all->everything : portset_make(all, set->ports);
}

/* The result of a pair that was asked for before, or a new entry without one. */
static struct pair *find_pair(struct portsets *all, struct hashset *pairs,
			      const struct portset *x, const struct portset *y)
{
	struct pair *pair, key = { x->id < y->id ? x->id : y->id,
				   x->id < y->id ? y->id : x->id, NULL };

	pair = hashset_find(pairs, &key);
	if (pair)
		return pair;
	pair = ARENA_NEW(all->arena, struct pair);
	*pair = key;
	return hashset_add(pairs, pair);
}

const struct portset *portset_of_ranges(struct portsets *all,
					const struct ranges ports[PROTOCOLS])
{
	for (int p = 0; p < PROTOCOLS; p++) {
		all->room[p].len = 0;
		for (size_t i = 0; i < ports[p].len; i++)
			*ARENA_PUSH(all->arena, &all->room[p]) = ports[p].at[i];
		ranges_settle(&all->room[p]);
	}
	return add_room(all);
}

const struct portset *portset_union_all(struct portsets *all,
					const struct portset *const *sets, size_t n)
{
	for (int p = 0; p < PROTOCOLS; p++)
		all->room[p].len = 0;
	for (size_t i = 0; i < n; i++) {
		if (sets[i]->everything)
			return all->everything;
		for (int p = 0; n > 1 && p < PROTOCOLS; p++)
			for (size_t k = 0; k < sets[i]->ports[p].len; k++)
				*ARENA_PUSH(all->arena, &all->room[p]) =
					sets[i]->ports[p].at[k];
	}
	if (n == 1)
		return sets[0];
	for (int p = 0; p < PROTOCOLS; p++)
		ranges_settle(&all->room[p]);
	return add_room(all);
}

const struct portset *portset_union(struct portsets *all, const struct portset *x,
				    const struct portset *y)
{
	const struct portset *both[] = { x, y };
	struct pair *pair;

	if (x == y || y == all->none)
		return x;
	if (x == all->none)
		return y;
	if (x->everything || y->everything)
		return all->everything;
	pair = find_pair(all, all->unions, x, y);
	if (!pair->result)
		pair->result = portset_union_all(all, both, ARRAY_SIZE(both));
	return pair->result;
}

const struct portset *portset_intersect(struct portsets *all, const struct portset *x,
					const struct portset *y)
{
	struct portset set = { .everything = false };
	struct pair *pair;

	if (x == y || y->everything)
		return x;
	if (x->everything)
		return y;
	if (x == all->none || y == all->none)
		return all->none;
	pair = find_pair(all, all->intersections, x, y);
	if (pair->result)
		return pair->result;
	for (int p = 0; p < PROTOCOLS; p++)
		set.ports[p] = ranges_intersect(all->arena, &x->ports[p], &y->ports[p]);
	pair->result = add(all, &set);
	return pair->result;
}

bool portset_contains(const struct portset *set, unsigned protocol, uint16_t port)
{
	if (protocol >= PROTOCOLS)
		return set->everything;
	return ranges_contain(&set->ports[protocol], port);
}

/* Ranges do not touch, so each of other has to lie in one of set. */
static bool ranges_include(const struct ranges *set, const struct ranges *other)
{
	for (size_t i = 0; i < other->len; i++) {
		size_t lo = 0, hi = set->len;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (set->at[mid].hi < other->at[i].lo)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo == set->len || set->at[lo].lo > other->at[i].lo ||
		    set->at[lo].hi < other->at[i].hi)
			return false;
	}
	return true;
}

bool portset_includes(const struct portset *set, const struct portset *other)
{
	if (set == other || set->everything)
		return true;
	for (int p = 0; p < PROTOCOLS; p++)
		if (!ranges_include(&set->ports[p], &other->ports[p]))
			return false;
	return !other->everything;
}

static void print_ranges(struct buf *out, const struct ranges *ranges)
{
	for (size_t i = 0; i < ranges->len; i++) {
		struct range r = ranges->at[i];

		buf_puts(out, i ? ", " : " ");
		if (r.lo == 0 && r.hi == PORT_MAX) {
			buf_puts(out, "any");
			continue;
		}
		buf_putu(out, (uint64_t)r.lo);
		if (r.hi == r.lo)
			continue;
		buf_putc(out, '-');
		buf_putu(out, (uint64_t)r.hi);
	}
}

void portset_print(struct buf *out, const struct portset *set)
{
	static const char *const names[PROTOCOLS] = { "tcp", "udp", "sctp" };
	bool first = true;

	if (set->everything) {
		buf_puts(out, "everything");
		return;
	}
	for (int p = 0; p < PROTOCOLS; p++) {
		if (set->ports[p].len == 0)
			continue;
		if (!first)
			buf_puts(out, "; ");
		buf_puts(out, names[p]);
		print_ranges(out, &set->ports[p]);
		first = false;
	}
	if (first)
		buf_puts(out, "nothing");
}
