/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: differences, and two sides of which one name or another is missing; out: one
 * reason, operations by kind, and names in pairs.
 */
#include <netpolc/nft/delta_building.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>
#include <string.h>

void building_differs(struct building *b, const char *format, ...)
{
	va_list ap;

	if (b->delta.why && !b->vague)
		return;
	b->vague = false;
	va_start(ap, format);
	b->delta.why = arena_vprintf(b->arena, format, ap);
	va_end(ap);
}

/* Whether nft would take the name for what it is. */
static bool is_plain(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")];
}

void building_add(struct building *b, enum turn turn, struct delta_operation op)
{
	if (!is_plain(op.name))
		b->delta.replace = true;
	*ARENA_PUSH(b->arena, &b->kinds[turn][op.kind]) = op;
}

/* ---- two sides by name ---- */

const char *building_name(const void *item)
{
	const char *const *name = item;

	return *name;
}

static int compare_names(const void *x, const void *y)
{
	const void *const *a = x, *const *b = y;

	return strcmp(building_name(*a), building_name(*b));
}

struct side building_side(struct building *b, size_t len)
{
	return (struct side){ ARENA_ARRAY(b->arena, len, const void *), len };
}

static void side_sort(struct side *s)
{
	if (s->len)
		qsort(s->at, s->len, sizeof(*s->at), compare_names);
}

void building_walk(struct building *b, struct side want, struct side have, pair_fn *pair)
{
	size_t w = 0, h = 0;

	side_sort(&want);
	side_sort(&have);
	while (w < want.len || h < have.len) {
		int order = w == want.len ? 1 : -1;

		if (w < want.len && h < have.len)
			order = compare_names(&want.at[w], &have.at[h]);
		pair(b, order <= 0 ? want.at[w] : NULL, order >= 0 ? have.at[h] : NULL);
		w += order <= 0;
		h += order >= 0;
	}
}
