/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two port sets in, what only the first has out.  Gaps are looked up by the pair of
 * ids before they are computed: the same few pairs are asked about for all ends.
 */
#include <netpolc/analysis/portgap.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#define NO_SET UINT32_MAX

struct asked {
	uint32_t x, y; /* ids of port sets; NO_SET for NULL */
	const struct portgap *result;
};

struct portgaps {
	struct arena *arena;
	bool allow_others;
	struct hashset *gaps, *asked;
};

static uint64_t hash_gap(const void *item, uint64_t seed)
{
	const struct portgap *gap = item;
	uint64_t h = seed + gap->others;

	for (int p = 0; p < PROTOCOLS; p++)
		h = hash_bytes(gap->ports[p].at, gap->ports[p].len * sizeof(struct range),
			       h);
	return h;
}

static bool equal_gaps(const void *a, const void *b)
{
	const struct portgap *x = a, *y = b;

	for (int p = 0; p < PROTOCOLS; p++)
		if (!ranges_equal(&x->ports[p], &y->ports[p]))
			return false;
	return x->others == y->others;
}

static uint64_t hash_asked(const void *item, uint64_t seed)
{
	const struct asked *asked = item;
	uint32_t key[2] = { asked->x, asked->y };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_asked(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;

	return x->x == y->x && x->y == y->y;
}

struct portgaps *portgaps_new(struct arena *a, bool allow_others)
{
	static const struct hashset_type gaps = { hash_gap, equal_gaps };
	static const struct hashset_type asked = { hash_asked, equal_asked };
	struct portgaps *all = ARENA_NEW(a, struct portgaps);

	all->arena = a;
	all->allow_others = allow_others;
	all->gaps = hashset_new(a, &gaps);
	all->asked = hashset_new(a, &asked);
	return all;
}

static bool has_others(const struct portgaps *all, const struct portset *set)
{
	return set && (set->everything || all->allow_others);
}

static const struct portgap *compute(struct portgaps *all, const struct portset *x,
				     const struct portset *y)
{
	static const struct ranges none;
	struct portgap gap = { .others = has_others(all, x) && !has_others(all, y) };
	bool empty = !gap.others;
	struct portgap *copy;

	for (int p = 0; p < PROTOCOLS; p++) {
		gap.ports[p] = ranges_difference(all->arena, &x->ports[p],
						 y ? &y->ports[p] : &none);
		empty = empty && gap.ports[p].len == 0;
	}
	if (empty)
		return NULL;
	gap.id = (uint32_t)hashset_len(all->gaps);
	copy = hashset_find(all->gaps, &gap);
	if (copy)
		return copy;
	copy = ARENA_NEW(all->arena, struct portgap);
	*copy = gap;
	return hashset_add(all->gaps, copy);
}

const struct portgap *portgap_of(struct portgaps *all, const struct portset *x,
				 const struct portset *y)
{
	struct asked *asked, key = { x ? x->id : NO_SET, y ? y->id : NO_SET, NULL };

	if (x == y || !x)
		return NULL;
	asked = hashset_find(all->asked, &key);
	if (asked)
		return asked->result;
	asked = ARENA_NEW(all->arena, struct asked);
	*asked = key;
	asked->result = compute(all, x, y);
	hashset_add(all->asked, asked);
	return asked->result;
}

/* What the gap lacks of everything; everything else is in it. */
static struct portset rest_of(struct arena *a, const struct portgap *gap)
{
	struct range any = { 0, PORT_MAX };
	const struct ranges all = { .at = &any, .len = 1 };
	struct portset rest = { .everything = false };

	for (int p = 0; p < PROTOCOLS; p++)
		rest.ports[p] = ranges_difference(a, &all, &gap->ports[p]);
	return rest;
}

static size_t count_ranges(const struct ranges ports[PROTOCOLS])
{
	size_t n = 0;

	for (int p = 0; p < PROTOCOLS; p++)
		n += ports[p].len;
	return n;
}

void portgap_print(struct buf *out, const struct portgap *gap)
{
	struct arena *scratch = arena_new();
	struct portset rest = rest_of(scratch, gap), set = { .everything = false };
	size_t n = count_ranges(gap->ports);

	if (gap->others && count_ranges(rest.ports) < n) {
		buf_puts(out, "everything");
		if (count_ranges(rest.ports)) {
			buf_puts(out, " but ");
			portset_print(out, &rest);
		}
	} else {
		for (int p = 0; p < PROTOCOLS; p++)
			set.ports[p] = gap->ports[p];
		if (n)
			portset_print(out, &set);
		if (gap->others)
			buf_printf(out, "%sother protocols", n ? "; " : "");
	}
	arena_free(scratch);
}
