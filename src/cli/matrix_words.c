/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups and cells come in, words go out.
 */
#include <netpolc/cli/matrix_out.h>

#include <string.h>

/* Of address ranges, and of groups in a set, so many are named. */
#define RANGES_NAMED 2
#define GROUPS_NAMED 8

/* ---- groups ---- */

static bool is_rest(const struct matrix_end *end)
{
	return end->rest[FAMILY_IPV4] || end->rest[FAMILY_IPV6];
}

static void put_ranges(struct buf *out, const struct matrix_end *end)
{
	size_t named = 0, all = 0;

	for (enum family f = 0; f < FAMILIES; f++) {
		all += end->addresses[f].len;
		for (size_t i = 0; i < end->addresses[f].len && named < RANGES_NAMED;
		     i++) {
			buf_puts(out, named++ ? ", " : "");
			range_print(out, f, end->addresses[f].at[i]);
		}
	}
	if (named < all)
		buf_printf(out, ", … (%zu)", all);
}

static void put_outside(struct buf *out, const struct matrix_end *end)
{
	bool four = end->addresses[FAMILY_IPV4].len,
	     six = end->addresses[FAMILY_IPV6].len;

	if (end->unknown)
		buf_puts(out, "unknown pods");
	else if (!is_rest(end))
		put_ranges(out, end);
	else if (four && six)
		buf_puts(out, "outside");
	else
		buf_puts(out, four ? "outside (IPv4)" : "outside (IPv6)");
}

void matrix_short_label(struct buf *out, const struct matrix_end *end)
{
	if (!end->space) {
		put_outside(out, end);
		return;
	}
	if (!end->name) {
		buf_puts(out, "*");
		return;
	}
	if (strcmp(end->kind, "Pod"))
		buf_printf(out, "%s/", end->kind);
	buf_puts(out, end->name);
	if (end->parts > 1)
		buf_printf(out, " [%u]", end->part);
}

void matrix_label(struct buf *out, const struct matrix_end *end)
{
	if (end->space)
		buf_printf(out, "%s/", end->space);
	matrix_short_label(out, end);
}

/* ---- cells ---- */

void matrix_ports(struct buf *out, const struct matrix_cell *cell)
{
	static const char everything[] = "everything";
	BUF_AUTO text = { 0 };
	const char *rest;

	if (cell->extent == MATRIX_SELF || cell->extent == MATRIX_NONE) {
		buf_puts(out, cell->extent == MATRIX_SELF ? "." : "");
		return;
	}
	if (!cell->ports) {
		buf_puts(out, "-");
		return;
	}
	portgap_print(&text, cell->ports);
	rest = text.at;
	if (cell->extent == MATRIX_SOME)
		buf_puts(out, "some ");
	if (!strncmp(rest, everything, strlen(everything))) {
		buf_puts(out, "all");
		rest += strlen(everything);
	}
	buf_puts(out, rest);
}

/* ---- sets ---- */

/* A stretch of a side that is one namespace, or outside. */
struct stretch {
	size_t first, end;
	bool whole, any; /* all of it is wanted, or some */
};

static struct stretch next_stretch(const struct matrix_side *side, const bool *wanted,
				   size_t first)
{
	struct stretch s = { first, first, true, false };

	for (; s.end < side->len && side->at[s.end]->space == side->at[first]->space;
	     s.end++) {
		s.whole = s.whole && wanted[s.end];
		s.any = s.any || wanted[s.end];
	}
	return s;
}

struct listing {
	struct buf *out;
	const struct matrix_side *side;
	size_t named, left;
};

static void name(struct listing *l, const char *space, const struct matrix_end *end)
{
	if (l->named == GROUPS_NAMED) {
		l->left++;
		return;
	}
	buf_puts(l->out, l->named++ ? ", " : "");
	if (end)
		matrix_label(l->out, end);
	else if (space)
		buf_printf(l->out, "%s/*", space);
	else
		buf_puts(l->out, "everything outside");
}

static void name_stretch(struct listing *l, const struct stretch *s, const bool *wanted)
{
	const struct matrix_side *side = l->side;

	if (s->whole && s->end - s->first > 1 && !side->narrowed) {
		name(l, side->at[s->first]->space, NULL);
		return;
	}
	for (size_t i = s->first; i < s->end; i++)
		if (wanted[i])
			name(l, NULL, side->at[i]);
}

void matrix_set(struct buf *out, const struct matrix_side *side, const bool *wanted)
{
	struct listing l = { .out = out, .side = side };
	size_t pods = 0;
	bool all_pods = true, all_outside = true, any_outside = false;
	struct stretch s;

	for (size_t i = 0; i < side->len; i++) {
		bool pod = side->at[i]->space != NULL;

		pods += pod && wanted[i];
		all_pods = all_pods && (!pod || wanted[i]);
		all_outside = all_outside && (pod || wanted[i]);
		any_outside = any_outside || (!pod && wanted[i]);
	}
	if (all_pods && all_outside) {
		buf_puts(out, side->narrowed ? "all of them" : "everybody");
		return;
	}
	if (all_pods && pods > 1 && !side->narrowed) {
		buf_puts(out, any_outside ? "any pod, " : "any pod");
		for (size_t i = 0; i < side->len; i++)
			if (!side->at[i]->space && wanted[i])
				name(&l, NULL, side->at[i]);
	} else {
		for (size_t i = 0; i < side->len; i = s.end) {
			s = next_stretch(side, wanted, i);
			if (s.any)
				name_stretch(&l, &s, wanted);
		}
	}
	if (l.left)
		buf_printf(out, " and %zu more", l.left);
}
