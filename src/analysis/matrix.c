/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: groups of ends.  Out: what each may reach each other on.
 *
 * A source's row is filled for all behaviours at once; the cells of a group with
 * several members are put together from it.
 */
#include <netpolc/analysis/matrix.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>

#include <stdlib.h>
#include <string.h>

/* 64 MiB of cells, and what a second or two have room for: pairs of members, and what
 * sources may do to each behaviour. */
#define CELLS_MAX ((size_t)1 << 22)
#define PAIRS_MAX ((size_t)1 << 25)
#define REACH_MAX ((size_t)1 << 28)

struct end_list {
	const struct matrix_end **at;
	size_t len, cap;
};

struct building {
	struct ctx *cx;
	const struct matrix_ends *ends;
	struct portsets *portsets;
	struct portgaps *gaps;
	struct matrix *out;
};

/* ---- groups of groups ---- */

static struct end_list choose(struct arena *a, const struct matrix_ends *ends,
			      const bool *wanted)
{
	struct end_list list = { 0 };

	for (size_t i = 0; i < ends->len; i++)
		if (!wanted || wanted[i])
			*ARENA_PUSH(a, &list) = &ends->at[i];
	return list;
}

static int compare_members(const void *a, const void *b)
{
	const struct matrix_member *x = a, *y = b;

	if (x->behaviour != y->behaviour)
		return x->behaviour < y->behaviour ? -1 : 1;
	if (x->unknown != y->unknown)
		return x->unknown ? 1 : -1;
	return (x->pod > y->pod) - (x->pod < y->pod);
}

/* One member for each behaviour. */
static void join_members(struct arena *a, struct matrix_end *out,
			 const struct matrix_end *const *at, size_t n)
{
	struct matrix_member *members = ARENA_ARRAY(a, n, struct matrix_member);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		members[i] = *at[i]->members;
	qsort(members, n, sizeof(*members), compare_members);
	for (size_t i = 0; i < n; i++) {
		if (kept && members[kept - 1].behaviour == members[i].behaviour &&
		    members[kept - 1].unknown == members[i].unknown)
			members[kept - 1].pods += members[i].pods;
		else
			members[kept++] = members[i];
	}
	out->members = members;
	out->nmembers = kept;
}

/* The n groups, which are of one namespace, as one. */
static const struct matrix_end *join(struct arena *a, const struct matrix_end *const *at,
				     size_t n)
{
	struct matrix_end *out = ARENA_NEW(a, struct matrix_end);

	*out = (struct matrix_end){
		.space = at[0]->space, .part = 1, .parts = 1, .host_network = true
	};
	for (size_t i = 0; i < n; i++) {
		out->host_network = out->host_network && at[i]->host_network;
		for (size_t p = 0; p < at[i]->pods.len; p++)
			*ARENA_PUSH(a, &out->pods) = at[i]->pods.at[p];
		for (enum family f = 0; f < FAMILIES; f++) {
			for (size_t r = 0; r < at[i]->addresses[f].len; r++)
				*ARENA_PUSH(a, &out->addresses[f]) =
					at[i]->addresses[f].at[r];
			out->rest[f] |= at[i]->rest[f];
		}
	}
	ids_sort(out->pods.at, out->pods.len);
	for (enum family f = 0; f < FAMILIES; f++)
		ranges_settle(&out->addresses[f]);
	join_members(a, out, at, n);
	return out;
}

static struct end_list join_spaces(struct arena *a, const struct end_list *list)
{
	struct end_list out = { 0 };
	size_t end;

	for (size_t i = 0; i < list->len; i = end) {
		for (end = i + 1;
		     end < list->len && list->at[end]->space == list->at[i]->space; end++)
			;
		*ARENA_PUSH(a, &out) =
			join(a, (const struct matrix_end *const *)&list->at[i], end - i);
	}
	return out;
}

/* ---- cells ---- */

/* What the pairs of a cell have been found to have. */
struct sum {
	const struct portset *ports; /* of all pairs together; NULL: none */
	bool met, differ;
	bool self;		      /* there is a pod and itself */
	const struct portset *itself; /* what it would have, were there another one */
};

static bool is_itself(const struct building *b, const struct matrix_member *x,
		      const struct matrix_member *y)
{
	return x->pod != NO_POD && x->pod == y->pod && x->pods == 1 && y->pods == 1 &&
	       !b->ends->dc->cluster->pods[x->pod].workload;
}

static void add_pair(const struct building *b, struct sum *sum,
		     const struct portset *ports)
{
	if (ports == portset_none(b->portsets) && !b->cx->set.allow_other_protocols)
		ports = NULL;
	if (sum->met && sum->ports != ports)
		sum->differ = true;
	if (!sum->ports || !ports)
		sum->ports = ports ? ports : sum->ports;
	else
		sum->ports = portset_union(b->portsets, sum->ports, ports);
	sum->met = true;
}

/* An address without a pod's family is not in its world: such pairs say nothing, unless
 * there are no others. */
static void add_members(const struct building *b, struct sum *sum,
			const struct matrix_member *from, const struct matrix_end *to,
			const struct portset *const reach[])
{
	bool outside = from->pod == NO_POD || !to->space;

	for (size_t i = 0; i < to->nmembers; i++) {
		const struct matrix_member *member = &to->members[i];
		const struct portset *ports = reach[member->behaviour];

		if (is_itself(b, from, member)) {
			sum->self = true;
			sum->itself = ports;
		} else if (ports || !outside) {
			if (from->unknown || member->unknown)
				ports = portset_none(b->portsets);
			add_pair(b, sum, ports);
		}
	}
}

static struct matrix_cell finish_cell(const struct building *b, const struct sum *sum)
{
	const struct portset *ports = sum->met ? sum->ports : sum->itself;
	struct matrix_cell cell = { .extent = MATRIX_ALL };

	if (sum->differ)
		cell.extent = MATRIX_SOME;
	else if (!sum->met && sum->self)
		cell.extent = MATRIX_SELF;
	cell.ports = portgap_of(b->gaps, ports, NULL);
	return cell;
}

static void fill_row(const struct building *b, const struct matrix_end *from,
		     const struct portset **reach, struct sum *sums,
		     struct matrix_cell *cells)
{
	const struct matrix_side *to = &b->out->to;

	/* What is outside is met by pods alone. */
	size_t n = from->space ? behaviours_len(b->ends->behaviours) : b->ends->of_pods;

	memset(sums, 0, to->len * sizeof(*sums));
	for (size_t m = 0; m < from->nmembers; m++) {
		behaviour_reach_first(b->ends->behaviours, from->members[m].behaviour, n,
				      reach);
		for (size_t i = 0; i < to->len; i++)
			if (from->space || to->at[i]->space)
				add_members(b, &sums[i], &from->members[m], to->at[i],
					    reach);
	}
	for (size_t i = 0; i < to->len; i++)
		if (from->space || to->at[i]->space)
			cells[i] = finish_cell(b, &sums[i]);
		else
			cells[i] = (struct matrix_cell){ .extent = MATRIX_NONE };
}

static void fill(const struct building *b)
{
	struct arena *scratch = arena_new();
	const struct portset **reach = ARENA_ARRAY(
		scratch, behaviours_len(b->ends->behaviours), const struct portset *);
	struct matrix *m = b->out;
	struct sum *sums = ARENA_ARRAY(scratch, m->to.len, struct sum);
	struct matrix_cell *cells =
		ARENA_ARRAY(b->cx->arena, m->from.len * m->to.len, struct matrix_cell);

	for (size_t i = 0; i < m->from.len; i++)
		fill_row(b, m->from.at[i], reach, sums, &cells[i * m->to.len]);
	m->cells = cells;
	arena_free(scratch);
}

/* ---- size ---- */

/* Of pods, or of groups outside. */
static size_t count_members(const struct matrix_side *side, bool outside)
{
	size_t n = 0;

	for (size_t i = 0; i < side->len; i++)
		if (outside == !side->at[i]->space)
			n += side->at[i]->nmembers;
	return n;
}

static bool exceeds(size_t x, size_t y, size_t most)
{
	return y && x > most / y;
}

static bool is_too_large(const struct building *b)
{
	const struct matrix *m = b->out;
	size_t from = count_members(&m->from, false), to = count_members(&m->to, false);
	size_t out_from = count_members(&m->from, true);
	size_t out_to = count_members(&m->to, true);

	if (!exceeds(m->from.len, m->to.len, CELLS_MAX) &&
	    !exceeds(from, to + out_to, PAIRS_MAX) && !exceeds(out_from, to, PAIRS_MAX) &&
	    !exceeds(from, behaviours_len(b->ends->behaviours), REACH_MAX) &&
	    !exceeds(out_from, b->ends->of_pods, REACH_MAX))
		return false;
	diag_add(b->cx->diags, DIAG_TOO_LARGE, NULL,
		 "a matrix of %zu times %zu groups, which behave in %zu times %zu ways, "
		 "outgrows all bounds; --from%s make it smaller",
		 m->from.len, m->to.len, from + out_from, to + out_to,
		 m->by_namespace ? " and --to" : ", --to or --by namespace");
	return true;
}

/* ---- sides ---- */

/* Appends the groups of a side to all, but for those of ends that have a place there. */
static struct matrix_side make_side(const struct building *b, const struct end_list *list,
				    bool narrowed, struct end_list *all, uint32_t *places)
{
	uint32_t *ids = ARENA_ARRAY(b->cx->arena, list->len, uint32_t);

	for (size_t i = 0; i < list->len; i++) {
		uint32_t *place = NULL;

		if (!b->out->by_namespace)
			place = &places[list->at[i] - b->ends->at];
		if (place && *place) {
			ids[i] = *place - 1;
			continue;
		}
		ids[i] = (uint32_t)all->len;
		*ARENA_PUSH(b->cx->arena, all) = list->at[i];
		if (place)
			*place = ids[i] + 1;
	}
	return (struct matrix_side){ list->at, ids, list->len, narrowed };
}

static void set_sides(struct building *b, const struct matrix_choice *choice)
{
	struct arena *a = b->cx->arena;
	struct matrix *m = b->out;
	struct end_list from = choose(a, b->ends, choice->from);
	struct end_list to = choose(a, b->ends, choice->to), all = { 0 };
	uint32_t *places = ARENA_ARRAY(a, b->ends->len, uint32_t);

	m->by_namespace = choice->by == MATRIX_BY_NAMESPACE ||
			  (choice->by == MATRIX_BY_AUTO &&
			   exceeds(from.len, to.len, MATRIX_AUTO_CELLS));
	if (m->by_namespace)
		from = join_spaces(a, &from);
	m->from = make_side(b, &from, choice->from, &all, places);
	if (m->by_namespace && !choice->from && !choice->to) {
		m->to = m->from;
	} else {
		if (m->by_namespace)
			to = join_spaces(a, &to);
		m->to = make_side(b, &to, choice->to, &all, places);
	}
	m->groups = all.at;
	m->ngroups = all.len;
}

const struct matrix *matrix(struct ctx *cx, const struct matrix_ends *ends,
			    const struct matrix_choice *choice)
{
	struct matrix *out = ARENA_NEW(cx->arena, struct matrix);
	struct building b = { .cx = cx,
			      .ends = ends,
			      .portsets = ends->dc->portsets,
			      .gaps = portgaps_new(cx->arena,
						   cx->set.allow_other_protocols),
			      .out = out };

	out->ends = ends;
	set_sides(&b, choice);
	if (is_too_large(&b))
		return NULL;
	fill(&b);
	return out;
}
