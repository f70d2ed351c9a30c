/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions and limits.  Out: per row, direction and family its peers as
 * address lists, each with the form that it takes in the ruleset.
 *
 * Everything is counted before a form is chosen: which peers are worth sharing,
 * then the lists, then the maps by what a map of their own saves.
 */
#include <netpolc/nft/planning.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/names.h>

#include <stdlib.h>

/* A map that a list would like to have, or one for each of its levels. */
struct wish {
	struct peer_list *list;
	size_t sets;
	size_t saves; /* elements, against the concatenated map */
	uint32_t order;
};

struct wishes {
	struct wish *at;
	size_t len, cap;
};

size_t sets_left(const struct planner *p)
{
	size_t taken = FIXED_SETS + p->plan->sets;

	return p->limits->sets > taken ? p->limits->sets - taken : 0;
}

bool plan_needs_chain(const struct decisions *dc, enum direction d, size_t class)
{
	return !dc->rows[d][class]->base->everything;
}

bool plan_isolates_for(const struct decisions *dc, enum direction d, size_t pod)
{
	uint32_t class = dc->classes->of_pod[d][pod];

	return class != NO_CLASS && plan_needs_chain(dc, d, class);
}

bool plan_isolates(const struct decisions *dc, size_t pod)
{
	return plan_isolates_for(dc, INGRESS, pod) || plan_isolates_for(dc, EGRESS, pod);
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
		bool isolated = plan_isolates(p->dc, id);

		for (size_t a = 0; isolated && a < pod->naddresses; a++)
			if (p->cx->set.families[pod->addresses[a].family])
				p->elements += 2;
	}
}

static bool too_large(struct planner *p, const struct row_plan *row)
{
	const struct class *class = row->class;
	const struct origin *origin = &p->dc->cluster->pods[class->pods.at[0]].origin;

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
	plan_shared_choose(p, f, row, out);
	plan_lists(p, f, row, out);
	plan_shared_forget(p, out);
	p->elements += out->hosts.len + out->nets.len;
	return p->elements <= p->limits->elements || too_large(p, out);
}

const struct portset *peer_list_ports(const struct peer_list *list)
{
	for (size_t i = 1; i < list->len; i++)
		if (list->at[i].ports != list->at[0].ports)
			return NULL;
	return list->len > 0 ? list->at[0].ports : NULL;
}

static void choose_form(struct planner *p, struct peer_list *list, size_t most_rules,
			size_t pods, struct wishes *wishes)
{
	struct wish wish = { .list = list,
			     .sets = list->levels.n ? list->levels.n : 1,
			     .saves = cost_map_saves(list->len, pods) };

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

static unsigned shared_lookups(const struct row_plan *row)
{
	unsigned n = 0;

	for (size_t i = 0; i < row->nshared; i++)
		n += cost_share_lookups(row->shared[i].except.len);
	return n;
}

/* The levels that ranges are best written out in, as long as that does not make too
 * many elements in all. */
static void choose_levels(struct planner *p, enum family f, const struct row *row,
			  struct row_plan *out)
{
	struct peer_list *nets = &out->nets;
	size_t most, room = LEVEL_PREFIXES - p->prefixes;
	struct prefix_counts counts = { 0 };
	unsigned levels;

	if (nets->len <= p->limits->inline_nets)
		return;
	levels = cost_levels(p->limits, nets->len, shared_lookups(out),
			     plan_has_port_sets(p, row));
	most = cost_level_prefixes(p->limits, nets->len, !peer_list_ports(nets));
	for (size_t i = 0; i < nets->len; i++)
		levels_count(&counts, f, nets->at[i].lo, nets->at[i].hi);
	nets->levels = levels_choose(&counts, levels, most < room ? most : room);
	p->prefixes += nets->levels.prefixes;
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
		choose_levels(p, f, rows[i], out);
		choose_form(p, &out->nets, p->limits->inline_nets, out->pods, wishes);
		for (size_t s = 0; s < out->nshared; s++)
			choose_form(p, &out->shared[s].except, p->limits->inline_hosts,
				    out->pods, wishes);
	}
	return true;
}

/* What saves most first; equal wishes in their canonical order. */
static int compare_wishes(const void *a, const void *b)
{
	const struct wish *x = a, *y = b;

	if (x->saves != y->saves)
		return (x->saves < y->saves) - (x->saves > y->saves);
	return (x->order > y->order) - (x->order < y->order);
}

static void give_sets(struct planner *p, const struct wish *wish)
{
	struct peer_list *list = wish->list;

	list->form = list->levels.n ? LIST_LEVELS : LIST_MAP;
	if (list->levels.n)
		p->elements += list->levels.prefixes - list->len;
	p->plan->sets += wish->sets;
}

static void grant_wishes(struct planner *p, struct wishes *wishes)
{
	size_t room = sets_left(p);

	if (wishes->len > 0)
		qsort(wishes->at, wishes->len, sizeof(*wishes->at), compare_wishes);
	for (size_t i = 0; i < wishes->len; i++) {
		const struct wish *wish = &wishes->at[i];

		if (wish->sets > room) {
			p->elements += wish->saves;
			continue;
		}
		give_sets(p, wish);
		room -= wish->sets;
	}
	p->plan->sets += FIXED_SETS;
}

static size_t list_elements(const struct peer_list *list, size_t pods)
{
	if (list->form == LIST_LEVELS)
		return list->levels.prefixes;
	return list->form == LIST_PAIRS ? list->len * pods : list->len;
}

static size_t row_elements(const struct row_plan *row)
{
	size_t n = list_elements(&row->hosts, row->pods) +
		   list_elements(&row->nets, row->pods);

	for (size_t i = 0; i < row->nshared; i++)
		n += list_elements(&row->shared[i].except, row->pods);
	return n;
}

/* The row of more elements; one that no pod uses is none. */
static const struct row_plan *larger(const struct row_plan *x, const struct row_plan *y)
{
	if (y->pods == 0)
		return x;
	return x && row_elements(x) >= row_elements(y) ? x : y;
}

static bool check_total(struct planner *p)
{
	const struct row_plan *largest = NULL;

	if (p->elements <= p->limits->elements)
		return true;
	for (int d = 0; d < DIRECTIONS; d++)
		for (int f = 0; f < FAMILIES; f++)
			for (size_t i = 0; i < p->dc->nrows; i++)
				largest = larger(largest, &p->plan->rows[d][f][i]);
	return too_large(p, largest);
}

/* Rows are counted in every direction and family before anything is given out. */
static void survey(struct planner *p, const struct row **rows)
{
	plan_pools(p);
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		for (enum family f = 0; f < FAMILIES; f++)
			p->plan->rows[d][f] =
				ARENA_ARRAY(p->arena, p->dc->nrows, struct row_plan);
		find_users(p, d);
		for (enum family f = 0; f < FAMILIES; f++)
			for (size_t i = 0; i < p->dc->nrows; i++)
				if (p->plan->rows[d][f][i].pods > 0)
					plan_shared_count(p, f, rows[i],
							  p->plan->rows[d][f][i].pods);
	}
	count_isolated(p);
	plan_shared_grant(p);
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
		plan_view(&p, f);
	good = plan_all(&p);
	arena_free(p.scratch);
	return good ? p.plan : NULL;
}
