/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements lie in one array, a block being a slice of it.  A split swaps the
 * members of each block that it meets to the front of their slice; afterwards a
 * block with members and non-members both is cut in two there.
 */
#include <netpolc/policy/partition.h>

#include <netpolc/base/arena.h>

struct block {
	uint32_t first, len;
	uint32_t marked; /* members of the current split, at the front of the slice */
};

struct partition {
	struct arena *arena;
	uint32_t n;
	uint32_t *element;  /* by position */
	uint32_t *position; /* by element */
	uint32_t *block_of; /* by element */
	struct blocks {
		struct block *at;
		size_t len, cap;
	} blocks;
	struct touched {
		uint32_t *at;
		size_t len, cap;
	} touched;
};

struct partition *partition_new(struct arena *a, uint32_t n)
{
	struct partition *p = ARENA_NEW(a, struct partition);

	p->arena = a;
	p->n = n;
	p->element = ARENA_ARRAY(a, n, uint32_t);
	p->position = ARENA_ARRAY(a, n, uint32_t);
	p->block_of = ARENA_ARRAY(a, n, uint32_t);
	for (uint32_t i = 0; i < n; i++)
		p->element[i] = p->position[i] = i;
	if (n > 0)
		*ARENA_PUSH(a, &p->blocks) = (struct block){ .len = n };
	return p;
}

static void swap_elements(struct partition *p, uint32_t i, uint32_t j)
{
	uint32_t x = p->element[i], y = p->element[j];

	p->element[i] = y;
	p->element[j] = x;
	p->position[y] = i;
	p->position[x] = j;
}

static void mark(struct partition *p, uint32_t element)
{
	uint32_t id = p->block_of[element];
	struct block *b = &p->blocks.at[id];

	if (b->marked == 0)
		*ARENA_PUSH(p->arena, &p->touched) = id;
	swap_elements(p, p->position[element], b->first + b->marked);
	b->marked++;
}

/* Makes the marked front of a block a block of its own. */
static void cut(struct partition *p, uint32_t id)
{
	struct block *old = &p->blocks.at[id];
	struct block front = { .first = old->first, .len = old->marked };
	uint32_t new_id = (uint32_t)p->blocks.len;

	old->marked = 0;
	if (front.len == old->len)
		return;
	old->first += front.len;
	old->len -= front.len;
	*ARENA_PUSH(p->arena, &p->blocks) = front;
	for (uint32_t i = 0; i < front.len; i++)
		p->block_of[p->element[front.first + i]] = new_id;
}

void partition_split(struct partition *p, const uint32_t *set, size_t len)
{
	p->touched.len = 0;
	for (size_t i = 0; i < len; i++)
		mark(p, set[i]);
	for (size_t i = 0; i < p->touched.len; i++)
		cut(p, p->touched.at[i]);
}

uint32_t partition_number(const struct partition *p, struct arena *a, uint32_t *out)
{
	uint32_t *number = ARENA_ARRAY(a, p->blocks.len, uint32_t); /* plus one */
	uint32_t next = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t *known = &number[p->block_of[i]];

		if (*known == 0)
			*known = ++next;
		out[i] = *known - 1;
	}
	return next;
}
