/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: classes and atoms.  Out: a row of port sets for each class.
 *
 * A class's rules become grants, one for each peer, in canonical order; classes
 * with equal grants share the row.  A row is then computed once: each grant adds
 * its ports to the atoms of its peer, and the atoms that end up with more than
 * every peer has are its cells.
 */
#include <netpolc/policy/decide.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/port_index.h>

#include <stdlib.h>
#include <string.h>

/* Some 400 MiB; 1,000 policies on 10,000 pods have 50,000. */
#define RANGES_MAX ((size_t)4000000)

struct grants {
	struct grant *at;
	size_t len, cap;
};

struct decider {
	struct arena *arena, *scratch;
	const struct cluster *cluster;
	const struct pod_sets *sets;
	const struct classes *classes;
	struct portsets *portsets;
	struct hashset *rows;	    /* by grants */
	const struct portset **sum; /* by atom, of the row at hand; NULL: nothing yet */
	struct id_list touched;
	size_t most; /* ranges of ports */
};

static bool has_room(const struct decider *d)
{
	return portsets_ranges(d->portsets) <= d->most;
}

static uint64_t hash_row(const void *item, uint64_t seed)
{
	const struct row *row = item;
	uint64_t h = seed;

	for (size_t i = 0; i < row->ngrants; i++) {
		const struct grant *g = &row->grants[i];
		uint32_t key[2] = { g->peer, g->ports->id };

		h = hash_bytes(key, sizeof(key), h);
		h = hash_bytes(g->names, g->nnames * sizeof(*g->names), h);
	}
	return h;
}

static bool equal_names(const struct grant *x, const struct grant *y)
{
	return x->nnames == y->nnames &&
	       (x->nnames == 0 ||
		memcmp(x->names, y->names, x->nnames * sizeof(*x->names)) == 0);
}

static bool equal_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->ngrants != y->ngrants)
		return false;
	for (size_t i = 0; i < x->ngrants; i++)
		if (x->grants[i].peer != y->grants[i].peer ||
		    x->grants[i].ports != y->grants[i].ports ||
		    !equal_names(&x->grants[i], &y->grants[i]))
			return false;
	return true;
}

static int compare_grants(const void *a, const void *b)
{
	const struct grant *x = a, *y = b;

	return x->peer < y->peer ? -1 : x->peer > y->peer;
}

static int compare_cells(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	return x->atom < y->atom ? -1 : x->atom > y->atom;
}

/* The ports that a rule allows on its own to members of its peers: for ingress on
 * pods of the class, whose first pod resolves names; for egress without names. */
static const struct portset *rule_ports(struct portsets *all, struct arena *a,
					const struct policy_rule *rule,
					const struct pod *subject)
{
	struct ranges ports[PROTOCOLS] = { 0 };

	if (rule->any_port)
		return portset_everything(all);
	for (size_t i = 0; i < rule->nports; i++) {
		const struct policy_port *p = &rule->ports[i];
		struct ranges numbers = { 0 };

		if (!p->name)
			ranges_add(a, &numbers, (struct range){ p->lo, p->hi });
		else if (subject)
			numbers = pod_port_numbers(a, subject, p->name, p->protocol);
		for (size_t j = 0; j < numbers.len; j++)
			ranges_add(a, &ports[p->protocol], numbers.at[j]);
	}
	return portset_make(all, ports);
}

/* The named ports of an egress rule, which its peers' pods resolve. */
static struct id_list rule_names(struct decider *d, const struct policy_rule *rule)
{
	struct id_list out = { 0 };

	for (size_t i = 0; i < rule->nports && !rule->any_port; i++)
		if (rule->ports[i].name)
			*ARENA_PUSH(d->arena, &out) =
				port_index_find(d->sets->ports, rule->ports[i].name,
						rule->ports[i].protocol)
					->id[EGRESS];
	return out;
}

static void add_rule(struct decider *d, const struct class *class, uint32_t policy,
		     size_t index, struct grants *out)
{
	const struct policy_rule *rule =
		&d->cluster->policies[policy].rules[class->direction][index];
	const struct resolved_rule *resolved =
		&d->sets->rules[class->direction][policy][index];
	bool ingress = class->direction == INGRESS;
	struct id_list names = { 0 };
	struct grant g;

	if (rule->invalid)
		return;
	if (!ingress)
		names = rule_names(d, rule);
	g.ports = rule_ports(d->portsets, d->scratch, rule,
			     ingress ? &d->cluster->pods[class->pods.at[0]] : NULL);
	g.names = names.at;
	g.nnames = names.len;
	if (rule->any_peer) {
		g.peer = ANY_PEER;
		*ARENA_PUSH(d->scratch, out) = g;
	}
	for (size_t i = 0; i < resolved->npeers; i++) {
		g.peer = resolved->peers[i];
		*ARENA_PUSH(d->scratch, out) = g;
	}
}

static void merge_names(struct decider *d, struct grant *into, const struct grant *from)
{
	uint32_t *all = ARENA_ARRAY(d->arena, into->nnames + from->nnames, uint32_t);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < into->nnames; i++)
		all[n++] = into->names[i];
	for (size_t i = 0; i < from->nnames; i++)
		all[n++] = from->names[i];
	ids_sort(all, n);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || all[kept - 1] != all[i])
			all[kept++] = all[i];
	into->names = all;
	into->nnames = kept;
}

/* One grant for each peer, by peer id; those that grant nothing are dropped. */
static void canonicalize(struct decider *d, struct grants *grants)
{
	size_t n = 0;

	if (grants->len == 0)
		return;
	qsort(grants->at, grants->len, sizeof(*grants->at), compare_grants);
	for (size_t i = 0; i < grants->len; i++) {
		struct grant *g = &grants->at[i], none = { .peer = g->peer };

		if (n > 0 && grants->at[n - 1].peer == g->peer) {
			struct grant *into = &grants->at[n - 1];

			into->ports = portset_union(d->portsets, into->ports, g->ports);
			merge_names(d, into, g);
			continue;
		}
		grants->at[n] = *g;
		merge_names(d, &grants->at[n++], &none);
	}
	grants->len = 0;
	for (size_t i = 0; i < n; i++)
		if (grants->at[i].ports != portset_none(d->portsets) ||
		    grants->at[i].nnames > 0)
			grants->at[grants->len++] = grants->at[i];
}

static void add_to_atom(struct decider *d, uint32_t atom, const struct portset *ports)
{
	const struct portset **sum = &d->sum[atom];

	if (!*sum)
		*ARENA_PUSH(d->scratch, &d->touched) = atom;
	*sum = *sum ? portset_union(d->portsets, *sum, ports) : ports;
}

static const struct portset *named_ports(struct decider *d, const struct port_name *name,
					 const struct ranges *numbers)
{
	struct ranges ports[PROTOCOLS] = { 0 };

	ports[name->protocol] = *numbers;
	return portset_make(d->portsets, ports);
}

static bool is_member(const struct classes *cs, uint32_t peer, uint32_t atom)
{
	return peer == ANY_PEER ||
	       ids_find(cs->peer_atoms[peer], cs->npeer_atoms[peer], atom);
}

/* A named port of an egress rule: only members whose pods have the name. */
static void add_named(struct decider *d, uint32_t name, uint32_t peer)
{
	const struct named_atoms *named = &d->classes->named[name];

	for (size_t i = 0; i < named->len; i++)
		if (is_member(d->classes, peer, named->atoms[i]))
			add_to_atom(d, named->atoms[i],
				    named_ports(d, &d->sets->names[EGRESS].at[name],
						&named->numbers[i]));
}

static void add_grant(struct decider *d, struct row *row, const struct grant *g)
{
	if (g->peer == ANY_PEER)
		row->base = portset_union(d->portsets, row->base, g->ports);
	else if (g->ports != portset_none(d->portsets))
		for (size_t i = 0; i < d->classes->npeer_atoms[g->peer]; i++)
			add_to_atom(d, d->classes->peer_atoms[g->peer][i], g->ports);
	for (size_t i = 0; i < g->nnames; i++)
		add_named(d, g->names[i], g->peer);
}

static void fill_row(struct decider *d, struct row *row)
{
	struct cell *cells;
	size_t n = 0;

	d->touched = (struct id_list){ 0 };
	row->base = portset_none(d->portsets);
	for (size_t i = 0; i < row->ngrants && has_room(d); i++)
		add_grant(d, row, &row->grants[i]);
	cells = ARENA_ARRAY(d->arena, d->touched.len, struct cell);
	for (size_t i = 0; i < d->touched.len; i++) {
		uint32_t atom = d->touched.at[i];
		const struct portset *ports =
			portset_union(d->portsets, d->sum[atom], row->base);

		if (ports != row->base)
			cells[n++] = (struct cell){ atom, ports };
		d->sum[atom] = NULL;
	}
	if (n > 0)
		qsort(cells, n, sizeof(*cells), compare_cells);
	row->cells = cells;
	row->ncells = n;
}

static const struct row *decide_class(struct decider *d, const struct class *class)
{
	struct grants grants = { 0 };
	struct row probe = { 0 }, *row;
	struct grant *copy;

	for (size_t i = 0; i < class->npolicies; i++) {
		const struct policy *p = &d->cluster->policies[class->policies[i]];

		for (size_t r = 0; r < p->nrules[class->direction]; r++)
			add_rule(d, class, class->policies[i], r, &grants);
	}
	canonicalize(d, &grants);
	probe.grants = grants.at;
	probe.ngrants = grants.len;
	row = hashset_find(d->rows, &probe);
	if (!row) {
		row = ARENA_NEW(d->arena, struct row);
		copy = ARENA_ARRAY(d->arena, grants.len, struct grant);
		for (size_t i = 0; i < grants.len; i++)
			copy[i] = grants.at[i];
		row->grants = copy;
		row->ngrants = grants.len;
		row->id = (uint32_t)hashset_len(d->rows);
		fill_row(d, row);
		hashset_add(d->rows, row);
	}
	arena_reset(d->scratch);
	return row;
}

static void too_large(struct ctx *cx, const struct decider *d, const struct class *class)
{
	const struct policy *p = &d->cluster->policies[class->policies[0]];

	diag_add(cx->diags, DIAG_TOO_LARGE, &p->origin,
		 "the decisions would have more than %zu ranges of ports; the last "
		 "are those of %zu pods that this and %zu other policies isolate for %s",
		 d->most, class->pods.len, class->npolicies - 1,
		 direction_name(class->direction));
}

/* False after reporting. */
static bool decide_classes(struct ctx *cx, struct decider *d, enum direction dir,
			   const struct row **rows)
{
	for (size_t i = 0; i < d->classes->len[dir]; i++) {
		rows[i] = decide_class(d, &d->classes->at[dir][i]);
		if (!has_room(d)) {
			too_large(cx, d, &d->classes->at[dir][i]);
			return false;
		}
	}
	return true;
}

const struct decisions *decide_within(struct ctx *cx, const struct cluster *cl,
				      const struct pod_sets *sets,
				      const struct classes *classes, size_t ranges)
{
	static const struct hashset_type type = { hash_row, equal_rows };
	struct decisions *out = ARENA_NEW(cx->arena, struct decisions);
	struct decider d = {
		.arena = cx->arena,
		.cluster = cl,
		.sets = sets,
		.classes = classes,
		.most = ranges,
	};
	bool good = true;

	d.scratch = arena_new();
	d.portsets = portsets_new(cx->arena);
	d.rows = hashset_new(cx->arena, &type);
	d.sum = ARENA_ARRAY(cx->arena, classes->natoms, const struct portset *);
	for (enum direction dir = 0; dir < DIRECTIONS && good; dir++) {
		const struct row **rows =
			ARENA_ARRAY(cx->arena, classes->len[dir], const struct row *);

		out->rows[dir] = rows;
		good = decide_classes(cx, &d, dir, rows);
	}
	arena_free(d.scratch);
	if (!good)
		return NULL;
	out->cluster = cl;
	out->sets = sets;
	out->classes = classes;
	out->portsets = d.portsets;
	out->nrows = hashset_len(d.rows);
	out->all_rows = ARENA_ARRAY(cx->arena, out->nrows, const struct row *);
	for (enum direction dir = 0; dir < DIRECTIONS; dir++)
		for (size_t i = 0; i < classes->len[dir]; i++)
			out->all_rows[out->rows[dir][i]->id] = out->rows[dir][i];
	return out;
}

const struct decisions *decide(struct ctx *cx, const struct cluster *cl,
			       const struct pod_sets *sets, const struct classes *classes)
{
	return decide_within(cx, cl, sets, classes, RANGES_MAX);
}

const struct portset *row_ports(const struct row *row, uint32_t atom)
{
	size_t lo = 0, hi = row->ncells;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (row->cells[mid].atom < atom)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < row->ncells && row->cells[lo].atom == atom)
		return row->cells[lo].ports;
	return row->base;
}
