/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The peers of a row as addresses: pods one by one, all others as ranges.
 */
#include <netpolc/nft/planning.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>

static struct members list_by_atom(struct planner *p, const uint32_t *atom_of, size_t n)
{
	struct members out;

	out.first = ARENA_ARRAY(p->arena, p->classes->natoms + 1, uint32_t);
	out.at = ARENA_ARRAY(p->arena, n, uint32_t);
	for (size_t i = 0; i < n; i++)
		out.first[atom_of[i]]++;
	for (uint32_t i = 1; i <= p->classes->natoms; i++)
		out.first[i] += out.first[i - 1];
	for (size_t i = n; i-- > 0;)
		out.at[--out.first[atom_of[i]]] = (uint32_t)i;
	return out;
}

void plan_view(struct planner *p, enum family f)
{
	const struct classes *cs = p->classes;
	size_t naddresses = cs->naddresses[f], nintervals = cs->nintervals[f];
	uint32_t *atom = ARENA_ARRAY(p->scratch, naddresses + nintervals, uint32_t);
	struct view *view = &p->views[f];
	uint32_t v = 0;

	for (size_t i = 0; i < naddresses; i++)
		atom[i] = cs->addresses[f][i].atom;
	view->addresses = list_by_atom(p, atom, naddresses);
	for (size_t i = 0; i < nintervals; i++)
		atom[i] = cs->intervals[f][i].atom;
	view->intervals = list_by_atom(p, atom, nintervals);
	view->around = ARENA_ARRAY(p->arena, naddresses, uint32_t);
	for (size_t i = 0; i < naddresses; i++) {
		while (cs->intervals[f][v].hi < cs->addresses[f][i].number)
			v++;
		view->around[i] = v;
	}
}

size_t plan_addresses(const struct planner *p, enum family f, const uint32_t *atoms,
		      size_t n)
{
	const uint32_t *first = p->views[f].addresses.first;
	size_t out = 0;

	for (size_t i = 0; i < n; i++)
		out += first[atoms[i] + 1] - first[atoms[i]];
	return out;
}

static void add_range(struct planner *p, struct peer_list *list, struct peer_range r)
{
	struct peer_range *last = list->len ? &list->at[list->len - 1] : NULL;

	if (last && r.lo > 0 && last->hi == r.lo - 1 && last->ports == r.ports)
		last->hi = r.hi;
	else
		*ARENA_PUSH(p->arena, list) = r;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct peer_range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static void sort_list(struct peer_list *list)
{
	if (list->len > 1)
		qsort(list->at, list->len, sizeof(*list->at), compare_ranges);
}

bool plan_allows(struct planner *p, const struct row *row, uint32_t atom,
		 const struct portset *ports)
{
	const struct portset *has = row_ports(row, atom);

	return has == ports || portset_union(p->dc->portsets, has, ports) == has;
}

size_t plan_exceptions(struct planner *p, const struct shared_pool *pool,
		       const struct row *row, const struct portset *ports,
		       struct peer_list *out)
{
	const struct members *addresses = &p->views[pool->family].addresses;
	size_t n = 0;

	for (size_t i = 0; i < pool->natoms; i++) {
		uint32_t atom = pool->atoms[i];

		if (plan_allows(p, row, atom, ports))
			continue;
		n += addresses->first[atom + 1] - addresses->first[atom];
		for (uint32_t a = addresses->first[atom];
		     out && a < addresses->first[atom + 1]; a++) {
			u128 number =
				p->classes->addresses[pool->family][addresses->at[a]]
					.number;

			*ARENA_PUSH(p->arena, out) =
				(struct peer_range){ number, number, ports };
		}
	}
	if (out)
		sort_list(out);
	return n;
}

/* Pods whose look-up must say more than shared peers and the ranges do. */
static void list_hosts(struct planner *p, enum family f, const struct row *row,
		       struct row_plan *out)
{
	const struct view *view = &p->views[f];

	for (size_t c = 0; c < row->ncells; c++) {
		const struct cell *cell = &row->cells[c];
		const struct portset *shared = p->shared_ports[cell->atom];

		if (!shared)
			shared = portset_none(p->dc->portsets);
		for (uint32_t i = view->addresses.first[cell->atom];
		     i < view->addresses.first[cell->atom + 1]; i++) {
			uint32_t id = view->addresses.at[i];
			uint32_t atom = p->classes->intervals[f][view->around[id]].atom;
			u128 number = p->classes->addresses[f][id].number;

			if (portset_union(p->dc->portsets, shared,
					  row_ports(row, atom)) != cell->ports)
				*ARENA_PUSH(p->arena, &out->hosts) =
					(struct peer_range){ number, number,
							     cell->ports };
		}
	}
	sort_list(&out->hosts);
}

/* Touching intervals with the same ports become one range. */
static void list_nets(struct planner *p, enum family f, const struct row *row,
		      struct row_plan *out)
{
	const struct view *view = &p->views[f];
	struct peer_list apart = { 0 };

	for (size_t c = 0; c < row->ncells; c++) {
		uint32_t atom = row->cells[c].atom;

		for (uint32_t i = view->intervals.first[atom];
		     i < view->intervals.first[atom + 1]; i++) {
			const struct interval *v =
				&p->classes->intervals[f][view->intervals.at[i]];

			*ARENA_PUSH(p->scratch, &apart) =
				(struct peer_range){ v->lo, v->hi, row->cells[c].ports };
		}
	}
	sort_list(&apart);
	for (size_t i = 0; i < apart.len; i++)
		add_range(p, &out->nets, apart.at[i]);
}

void plan_lists(struct planner *p, enum family f, const struct row *row,
		struct row_plan *out)
{
	list_hosts(p, f, row, out);
	list_nets(p, f, row, out);
}
