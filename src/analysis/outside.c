/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edges and the addresses of pods come in, sorted; what lies between goes out.
 */
#include <netpolc/analysis/outside.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>

struct numbers {
	u128 *at;
	size_t len, cap;
};

struct cutting {
	struct arena *scratch;
	enum family family;
	const struct decisions *const *dc;
	size_t n;
};

static int compare_numbers(const void *a, const void *b)
{
	const u128 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sort_numbers(struct numbers *numbers)
{
	size_t n = 0;

	if (numbers->len)
		qsort(numbers->at, numbers->len, sizeof(*numbers->at), compare_numbers);
	for (size_t i = 0; i < numbers->len; i++)
		if (!n || numbers->at[n - 1] != numbers->at[i])
			numbers->at[n++] = numbers->at[i];
	numbers->len = n;
}

static bool has_number(const struct numbers *numbers, u128 number)
{
	return numbers->len && bsearch(&number, numbers->at, numbers->len, sizeof(number),
				       compare_numbers);
}

/* The addresses that pods have. */
static struct numbers held_numbers(const struct cutting *c)
{
	struct numbers held = { 0 };

	for (size_t d = 0; d < c->n; d++)
		for (size_t i = 0; i < c->dc[d]->classes->naddresses[c->family]; i++)
			*ARENA_PUSH(c->scratch, &held) =
				c->dc[d]->classes->addresses[c->family][i].number;
	sort_numbers(&held);
	return held;
}

static struct numbers node_numbers(const struct cutting *c)
{
	struct numbers lone = { 0 };

	for (size_t d = 0; d < c->n; d++) {
		const struct cluster *cl = c->dc[d]->cluster;

		for (size_t n = 0; n < cl->nnodes; n++)
			for (size_t i = 0; i < cl->nodes[n].naddresses; i++)
				if (cl->nodes[n].addresses[i].family == c->family)
					*ARENA_PUSH(c->scratch, &lone) =
						cl->nodes[n].addresses[i].number;
	}
	sort_numbers(&lone);
	return lone;
}

/* Where a piece begins. */
static struct numbers edges(const struct cutting *c, const struct numbers *lone)
{
	struct numbers edges = { 0 };

	for (size_t d = 0; d < c->n; d++)
		for (size_t i = 0; i < c->dc[d]->classes->nintervals[c->family]; i++)
			*ARENA_PUSH(c->scratch, &edges) =
				c->dc[d]->classes->intervals[c->family][i].lo;
	for (size_t i = 0; i < lone->len; i++) {
		*ARENA_PUSH(c->scratch, &edges) = lone->at[i];
		if (lone->at[i] != family_max(c->family))
			*ARENA_PUSH(c->scratch, &edges) = lone->at[i] + 1;
	}
	sort_numbers(&edges);
	return edges;
}

struct pieces outside_pieces(struct arena *a, enum family f,
			     const struct decisions *const dc[], size_t n)
{
	struct cutting c = { arena_new(), f, dc, n };
	struct numbers held = held_numbers(&c), lone = node_numbers(&c);
	struct numbers at = edges(&c, &lone);
	struct pieces out = { 0 };
	size_t next = 0;

	for (size_t i = 0; i < at.len; i++) {
		struct piece p = { .lo = at.at[i] };
		size_t first = next;

		p.hi = i + 1 < at.len ? at.at[i + 1] - 1 : family_max(f);
		p.lone = p.lo == p.hi && has_number(&lone, p.lo);
		while (next < held.len && held.at[next] <= p.hi)
			next++;
		/* All of it may be pods: then nobody outside is meant. */
		if (next == first || next - first - 1 < p.hi - p.lo)
			*ARENA_PUSH(a, &out) = p;
	}
	arena_free(c.scratch);
	return out;
}
