/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions and limits.  Out: per row, direction and family its peers as
 * address lists, each with the form that it takes in the ruleset.
 *
 * Everything is counted before a form is chosen: which peers are worth sharing,
 * then the lists, then the maps by what a map of their own saves.
 */
#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/names.h>
#include <netpolc/nft/plan.h>
#include <netpolc/policy/label_index.h>
#include <stdlib.h>

/* Sets that are there whatever the plan: dispatch, self and isolated of both
 * families, the neighbour discovery types, and the concatenated maps. */
#define FIXED_SETS 17

/* Members of each atom: at[first[atom]] to at[first[atom + 1] - 1]. */
struct members {
	uint32_t *first, *at;
};

struct view {
	struct members addresses, intervals; /* indexes into those of classes */
	uint32_t *around; /* by address: the interval that it lies in */
};

/* A map that a list would like to have. */
struct wish {
	struct peer_list *list;
	size_t saves; /* elements, against the concatenated map */
	uint32_t order;
};

struct wishes {
	struct wish *at;
	size_t len, cap;
};

struct planner {
	struct ctx *cx;
	struct arena *arena, *scratch;
	const struct decisions *dc;
	const struct classes *classes;
	const struct lower_limits *limits;
	struct plan *plan;
	struct view views[FAMILIES];
	const struct portset **shared_ports; /* by atom: what shared peers of the row at
					      * hand give to it; NULL: nothing */
	struct hashset *shared;
	struct shared_list {
		struct shared_peer **at;
		size_t len, cap;
	} all_shared; /* in canonical order */
	size_t elements;
};

bool plan_needs_chain(const struct decisions *dc, enum direction d, size_t class)
{
	return !dc->rows[d][class]->base->everything;
}

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

static void build_view(struct planner *p, enum family f)
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

static size_t sets_left(const struct planner *p)
{
	size_t taken = FIXED_SETS + p->plan->sets;

	return p->limits->sets > taken ? p->limits->sets - taken : 0;
}

static size_t count_addresses(const struct planner *p, enum family f,
			      const uint32_t *atoms, size_t n)
{
	const uint32_t *first = p->views[f].addresses.first;
	size_t out = 0;

	for (size_t i = 0; i < n; i++)
		out += first[atoms[i] + 1] - first[atoms[i]];
	return out;
}

/* Counts, for each row that a chain will stand for, the addresses that use it; each
 * is an element of the dispatch map. */
static void find_users(struct planner *p, enum direction d)
{
	for (size_t c = 0; c < p->classes->len[d]; c++) {
		const struct class *class = &p->classes->at[d][c];

		if (!plan_needs_chain(p->dc, d, c))
			continue;
		for (size_t i = 0; i < class->pods.len; i++) {
			const struct pod *pod = &p->dc->cluster->pods[class->pods.at[i]];

			for (size_t a = 0; a < pod->naddresses; a++) {
				enum family f = pod->addresses[a].family;
				struct row_plan *row =
					&p->plan->rows[d][f][p->dc->rows[d][c]->id];

				if (!p->cx->set.families[f])
					continue;
				row->pods++;
				p->elements++;
				row->class = row->class ? row->class : class;
			}
		}
	}
}

/* Each isolated address is an element of two sets more, "isolated" and "self". */
static void count_isolated(struct planner *p)
{
	for (size_t id = 0; id < p->dc->cluster->npods; id++) {
		const struct pod *pod = &p->dc->cluster->pods[id];
		bool isolated = false;

		for (enum direction d = 0; d < DIRECTIONS; d++) {
			uint32_t class = p->classes->of_pod[d][id];

			isolated |=
				class != NO_CLASS && plan_needs_chain(p->dc, d, class);
		}
		for (size_t a = 0; isolated && a < pod->naddresses; a++)
			if (p->cx->set.families[pod->addresses[a].family])
				p->elements += 2;
	}
}

static uint64_t hash_shared(const void *item, uint64_t seed)
{
	const struct shared_peer *s = item;
	uint32_t key[2] = { s->peer, s->family };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_shared(const void *a, const void *b)
{
	const struct shared_peer *x = a, *y = b;

	return x->peer == y->peer && x->family == y->family;
}

/* The entry of a grant that could be a shared set: to many pods, and more than
 * everybody has.  Made when it is not there yet; else NULL. */
static struct shared_peer *shared_entry(struct planner *p, enum family f,
					const struct row *row, const struct grant *g)
{
	struct shared_peer *s, probe = { .peer = g->peer, .family = f };

	if (g->peer == ANY_PEER || p->dc->sets->peers[g->peer].block ||
	    portset_union(p->dc->portsets, row->base, g->ports) == row->base)
		return NULL;
	s = hashset_find(p->shared, &probe);
	if (s)
		return s;
	probe.addresses = count_addresses(p, f, p->classes->peer_atoms[g->peer],
					  p->classes->npeer_atoms[g->peer]);
	if (probe.addresses < p->limits->share)
		return NULL;
	s = ARENA_NEW(p->arena, struct shared_peer);
	*s = probe;
	*ARENA_PUSH(p->arena, &p->all_shared) = s;
	return hashset_add(p->shared, s);
}

static void count_shared(struct planner *p, enum family f, const struct row *row,
			 size_t pods)
{
	for (size_t i = 0; i < row->ngrants; i++) {
		struct shared_peer *s = shared_entry(p, f, row, &row->grants[i]);

		if (!s)
			continue;
		s->rows++;
		s->saves += pods * s->addresses;
	}
}

/* What saves most first; equal ones by their canonical order, which is by id. */
static int compare_shared(const void *a, const void *b)
{
	const struct shared_peer *x = *(struct shared_peer *const *)a;
	const struct shared_peer *y = *(struct shared_peer *const *)b;

	if (x->saves != y->saves)
		return x->saves > y->saves ? -1 : 1;
	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	return (int)x->family - (int)y->family;
}

/* Half of what is left of the sets may be shared ones. */
static void grant_shared(struct planner *p)
{
	size_t room = sets_left(p) / 2;

	if (p->all_shared.len == 0)
		return;
	qsort(p->all_shared.at, p->all_shared.len, sizeof(*p->all_shared.at),
	      compare_shared);
	for (size_t i = 0; i < p->all_shared.len && room > 0; i++) {
		if (p->all_shared.at[i]->rows < 2)
			continue;
		p->all_shared.at[i]->granted = true;
		room--;
	}
}

static bool has_port_set(const struct planner *p, const struct portset *ports)
{
	for (int i = 0; i < PROTOCOLS; i++)
		if (ports->ports[i].len > p->limits->inline_ports)
			return true;
	return false;
}

/* Look-ups of port sets and of shared peers together would be too many. */
static bool may_use_shared(const struct planner *p, const struct row *row)
{
	if (has_port_set(p, row->base))
		return false;
	for (size_t c = 0; c < row->ncells; c++)
		if (has_port_set(p, row->cells[c].ports))
			return false;
	return true;
}

/* Keeps the largest, in descending order. */
static void use_shared(struct row_plan *out, struct shared_use use)
{
	size_t i = out->nshared;

	if (i == SHARED_MAX) {
		if (out->shared[i - 1].peer->addresses >= use.peer->addresses)
			return;
		i--;
	} else {
		out->nshared++;
	}
	for (; i > 0 && out->shared[i - 1].peer->addresses < use.peer->addresses; i--)
		out->shared[i] = out->shared[i - 1];
	out->shared[i] = use;
}

/* Notes, by atom, what the row's shared peers give. */
static void spread_shared(struct planner *p, const struct shared_use *use)
{
	uint32_t peer = use->peer->peer;

	for (size_t i = 0; i < p->classes->npeer_atoms[peer]; i++) {
		const struct portset **ports =
			&p->shared_ports[p->classes->peer_atoms[peer][i]];

		*ports = *ports ? portset_union(p->dc->portsets, *ports, use->ports)
				: use->ports;
	}
}

static void forget_shared(struct planner *p, const struct shared_use *use)
{
	uint32_t peer = use->peer->peer;

	for (size_t i = 0; i < p->classes->npeer_atoms[peer]; i++)
		p->shared_ports[p->classes->peer_atoms[peer][i]] = NULL;
}

static void choose_shared(struct planner *p, enum family f, const struct row *row,
			  struct row_plan *out)
{
	if (!may_use_shared(p, row))
		return;
	for (size_t i = 0; i < row->ngrants; i++) {
		const struct grant *g = &row->grants[i];
		struct shared_peer *s = shared_entry(p, f, row, g);

		if (s && s->granted && !has_port_set(p, g->ports))
			use_shared(out, (struct shared_use){ s, g->ports });
	}
	for (size_t i = 0; i < out->nshared; i++) {
		struct shared_peer *s = hashset_find(p->shared, out->shared[i].peer);

		spread_shared(p, &out->shared[i]);
		if (s->used)
			continue;
		s->used = true;
		p->plan->sets++;
		p->elements += s->addresses;
	}
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

static bool too_large(struct planner *p, const struct row_plan *row)
{
	const struct class *class = row->class;
	const struct origin *origin = &p->dc->cluster->namespaces[0].origin;

	if (class->npolicies > 0)
		origin = &p->dc->cluster->policies[class->policies[0]].origin;
	diag_add(p->cx->diags, DIAG_TOO_LARGE, origin,
		 "the ruleset would have more than %zu elements; the largest share is "
		 "%zu peers of %zu pods that %s select",
		 p->limits->elements, row->hosts.len + row->nets.len, row->pods,
		 name_policies(p->arena, p->dc, class));
	return false;
}

/* Lists alone are a lower bound of the elements: stop before memory does. */
static bool fill_row(struct planner *p, enum family f, const struct row *row,
		     struct row_plan *out)
{
	choose_shared(p, f, row, out);
	list_hosts(p, f, row, out);
	for (size_t i = 0; i < out->nshared; i++)
		forget_shared(p, &out->shared[i]);
	list_nets(p, f, row, out);
	p->elements += out->hosts.len + out->nets.len;
	return p->elements <= p->limits->elements || too_large(p, out);
}

static void choose_form(struct planner *p, struct peer_list *list, size_t most_rules,
			size_t pods, struct wishes *wishes)
{
	struct wish wish = { .list = list, .saves = (pods - 1) * list->len };

	list->form = LIST_EMPTY;
	if (list->len == 0)
		return;
	if (list->len <= most_rules) {
		list->form = LIST_RULES;
		return;
	}
	list->form = LIST_PAIRS;
	wish.order = (uint32_t)wishes->len;
	*ARENA_PUSH(p->arena, wishes) = wish;
}

static bool plan_rows(struct planner *p, const struct row **rows, struct wishes *wishes,
		      enum direction d, enum family f)
{
	for (size_t i = 0; i < p->dc->nrows; i++) {
		struct row_plan *out = &p->plan->rows[d][f][i];

		if (out->pods == 0)
			continue;
		if (!fill_row(p, f, rows[i], out))
			return false;
		arena_reset(p->scratch);
		choose_form(p, &out->hosts, p->limits->inline_hosts, out->pods, wishes);
		choose_form(p, &out->nets, p->limits->inline_nets, out->pods, wishes);
	}
	return true;
}

/* What saves most first; equal wishes in their canonical order. */
static int compare_wishes(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;

	if (x->saves != y->saves)
		return x->saves > y->saves ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void grant_wishes(struct planner *p, struct wishes *wishes)
{
	size_t room = sets_left(p);

	if (wishes->len > 0)
		qsort(wishes->at, wishes->len, sizeof(*wishes->at), compare_wishes);
	for (size_t i = 0; i < wishes->len && i < room; i++) {
		wishes->at[i].list->form = LIST_MAP;
		p->plan->sets++;
	}
	for (size_t i = room; i < wishes->len; i++)
		p->elements += wishes->at[i].saves;
	p->plan->sets += FIXED_SETS;
}

static bool check_total(struct planner *p)
{
	const struct row_plan *largest = NULL;

	if (p->elements <= p->limits->elements)
		return true;
	for (int d = 0; d < DIRECTIONS; d++)
		for (int f = 0; f < FAMILIES; f++)
			for (size_t i = 0; i < p->dc->nrows; i++) {
				const struct row_plan *row = &p->plan->rows[d][f][i];

				if (row->pods > 0 &&
				    (!largest ||
				     row->pods * (row->hosts.len + row->nets.len) >
					     largest->pods * (largest->hosts.len +
							      largest->nets.len)))
					largest = row;
			}
	return too_large(p, largest);
}

/* Rows are counted in every direction and family before anything is given out. */
static void survey(struct planner *p, const struct row **rows)
{
	static const struct hashset_type type = { hash_shared, equal_shared };

	p->shared = hashset_new(p->arena, &type);
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		for (enum family f = 0; f < FAMILIES; f++)
			p->plan->rows[d][f] =
				ARENA_ARRAY(p->arena, p->dc->nrows, struct row_plan);
		find_users(p, d);
		for (enum family f = 0; f < FAMILIES; f++)
			for (size_t i = 0; i < p->dc->nrows; i++)
				if (p->plan->rows[d][f][i].pods > 0)
					count_shared(p, f, rows[i],
						     p->plan->rows[d][f][i].pods);
	}
	count_isolated(p);
	grant_shared(p);
}

static bool plan_all(struct planner *p)
{
	const struct row **rows = p->dc->all_rows;
	struct wishes wishes = { 0 };

	survey(p, rows);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (enum family f = 0; f < FAMILIES; f++)
			if (!plan_rows(p, rows, &wishes, d, f))
				return false;
	grant_wishes(p, &wishes);
	return check_total(p);
}

const struct portset *peer_list_ports(const struct peer_list *list)
{
	for (size_t i = 1; i < list->len; i++)
		if (list->at[i].ports != list->at[0].ports)
			return NULL;
	return list->len > 0 ? list->at[0].ports : NULL;
}

const struct plan *plan_build(struct ctx *cx, const struct decisions *dc,
			      const struct lower_limits *limits)
{
	struct planner p = { .cx = cx,
			     .arena = cx->arena,
			     .dc = dc,
			     .limits = limits,
			     .classes = dc->classes };
	bool good;

	p.scratch = arena_new();
	p.plan = ARENA_NEW(cx->arena, struct plan);
	p.shared_ports =
		ARENA_ARRAY(cx->arena, dc->classes->natoms, const struct portset *);
	for (enum family f = 0; f < FAMILIES; f++)
		build_view(&p, f);
	good = plan_all(&p);
	arena_free(p.scratch);
	return good ? p.plan : NULL;
}
