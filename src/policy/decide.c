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
#include <netpolc/policy/sums.h>

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
	struct hashset *rows; /* by grants */
	struct sums *sums;    /* of the row at hand */
	/* Made when first asked for: by policy and rule, by egress name and its atom. */
	const struct portset ***numbered[DIRECTIONS], ***named;
	size_t most;  /* ranges of ports */
	size_t kept;  /* grants and cells */
	size_t given; /* times that an atom was given ports */
};

/* A range of ports is 32 bytes and takes part in unions; a grant or a cell is less, and
 * giving is work alone. */
static bool has_room(const struct decider *d)
{
	return portsets_ranges(d->portsets) + d->kept / 4 + d->given / 16 <= d->most;
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

static const struct portset *make_numbered(struct decider *d,
					   const struct policy_rule *rule)
{
	struct ranges ports[PROTOCOLS] = { 0 };

	if (rule->any_port)
		return portset_everything(d->portsets);
	for (size_t i = 0; i < rule->nports; i++) {
		const struct policy_port *p = &rule->ports[i];

		if (!p->name)
			*ARENA_PUSH(d->scratch, &ports[p->protocol]) =
				(struct range){ p->lo, p->hi };
	}
	return portset_of_ranges(d->portsets, ports);
}

/* The ports that a rule numbers: the same for every class, so they are made once. */
static const struct portset *numbered_ports(struct decider *d, enum direction dir,
					    uint32_t policy, size_t index)
{
	const struct policy *p = &d->cluster->policies[policy];
	const struct policy_rule *rule = &p->rules[dir][index];
	const struct portset ***of_policy = &d->numbered[dir][policy];

	if (!*of_policy)
		*of_policy =
			ARENA_ARRAY(d->arena, p->nrules[dir], const struct portset *);
	if (!(*of_policy)[index])
		(*of_policy)[index] = make_numbered(d, rule);
	return (*of_policy)[index];
}

/* The ports that an ingress rule names, as pods of the class have them: its first pod
 * resolves them. */
static const struct portset *named_of_subject(struct decider *d,
					      const struct resolved_rule *resolved,
					      const struct pod *subject)
{
	struct ranges ports[PROTOCOLS] = { 0 };

	for (size_t i = 0; i < subject->nports; i++) {
		const struct named_port *p = &subject->ports[i];
		const struct port_holders *h =
			port_index_find(d->sets->ports, p->name, p->protocol);

		if (h && ids_find(resolved->names, resolved->nnames, h->id[INGRESS]))
			*ARENA_PUSH(d->scratch, &ports[p->protocol]) =
				(struct range){ p->number, p->number };
	}
	return portset_of_ranges(d->portsets, ports);
}

static void add_rule(struct decider *d, const struct class *class, uint32_t policy,
		     size_t index, struct grants *out)
{
	const struct policy_rule *rule =
		&d->cluster->policies[policy].rules[class->direction][index];
	const struct resolved_rule *resolved =
		&d->sets->rules[class->direction][policy][index];
	struct grant g = { 0 };

	if (rule->invalid)
		return;
	g.ports = numbered_ports(d, class->direction, policy, index);
	if (class->direction == EGRESS) {
		g.names = resolved->names;
		g.nnames = resolved->nnames;
	} else if (resolved->nnames > 0) {
		g.ports = portset_union(
			d->portsets, g.ports,
			named_of_subject(d, resolved,
					 &d->cluster->pods[class->pods.at[0]]));
	}
	if (rule->any_peer) {
		g.peer = ANY_PEER;
		*ARENA_PUSH(d->scratch, out) = g;
	}
	for (size_t i = 0; i < resolved->npeers; i++) {
		g.peer = resolved->peers[i];
		*ARENA_PUSH(d->scratch, out) = g;
	}
}

/* Puts what n grants of one peer say into the first of them. */
static void merge_grants(struct decider *d, struct grant *at, size_t n)
{
	const struct portset **ports = ARENA_ARRAY(d->scratch, n, const struct portset *);
	struct id_list names = { 0 };
	size_t kept = 0;

	if (n == 1)
		return;
	for (size_t i = 0; i < n; i++) {
		ports[i] = at[i].ports;
		for (size_t k = 0; k < at[i].nnames; k++)
			*ARENA_PUSH(d->scratch, &names) = at[i].names[k];
	}
	ids_sort(names.at, names.len);
	for (size_t i = 0; i < names.len; i++)
		if (kept == 0 || names.at[kept - 1] != names.at[i])
			names.at[kept++] = names.at[i];
	at->ports = n == 2 ? portset_union(d->portsets, ports[0], ports[1])
			   : portset_union_all(d->portsets, ports, n);
	at->names = names.at;
	at->nnames = kept;
}

/* One grant for each peer, by peer id; those that grant nothing are dropped. */
static void canonicalize(struct decider *d, struct grants *grants)
{
	size_t n = 0, end;

	if (grants->len > 0)
		qsort(grants->at, grants->len, sizeof(*grants->at), compare_grants);
	for (size_t i = 0; i < grants->len; i = end) {
		struct grant *g = &grants->at[i];

		for (end = i + 1; end < grants->len; end++)
			if (grants->at[end].peer != g->peer)
				break;
		merge_grants(d, g, end - i);
		if (g->ports != portset_none(d->portsets) || g->nnames > 0)
			grants->at[n++] = *g;
	}
	grants->len = n;
}

/* The ports that a name stands for on the pods of its i-th atom. */
static const struct portset *named_ports(struct decider *d, uint32_t name, size_t i)
{
	const struct named_atoms *named = &d->classes->named[name];
	const struct portset ***of_name = &d->named[name];
	struct ranges ports[PROTOCOLS] = { 0 };

	if (!*of_name)
		*of_name = ARENA_ARRAY(d->arena, named->len, const struct portset *);
	if (!(*of_name)[i]) {
		ports[d->sets->names[EGRESS].at[name].protocol] = named->numbers[i];
		(*of_name)[i] = portset_make(d->portsets, ports);
	}
	return (*of_name)[i];
}

/* A named port of an egress rule: only members whose pods have the name, found from
 * the shorter of the two lists. */
static void add_named(struct decider *d, uint32_t name, uint32_t peer)
{
	const struct named_atoms *named = &d->classes->named[name];
	const uint32_t *members = NULL, *at;
	size_t nmembers = SIZE_MAX;

	if (peer != ANY_PEER) {
		members = d->classes->peer_atoms[peer];
		nmembers = d->classes->npeer_atoms[peer];
	}
	for (size_t i = 0; nmembers < named->len && i < nmembers; i++) {
		at = ids_find(named->atoms, named->len, members[i]);
		if (at)
			sums_give(d->sums, members[i],
				  named_ports(d, name, (size_t)(at - named->atoms)));
	}
	for (size_t i = 0; nmembers >= named->len && i < named->len; i++)
		if (peer == ANY_PEER || ids_find(members, nmembers, named->atoms[i]))
			sums_give(d->sums, named->atoms[i], named_ports(d, name, i));
}

static void give(struct decider *d, const struct grant *g)
{
	const uint32_t *atoms = d->classes->peer_atoms[g->peer];

	for (size_t i = 0; i < d->classes->npeer_atoms[g->peer]; i++)
		sums_give(d->sums, atoms[i], g->ports);
	d->given += d->classes->npeer_atoms[g->peer];
}

static void add_grant(struct decider *d, struct row *row, const struct grant *g)
{
	if (g->peer == ANY_PEER)
		row->base = g->ports;
	else if (g->ports != portset_none(d->portsets))
		give(d, g);
	for (size_t i = 0; i < g->nnames; i++)
		add_named(d, g->names[i], g->peer);
}

static int compare_ports(const void *a, const void *b)
{
	const struct grant *x = *(const struct grant *const *)a;
	const struct grant *y = *(const struct grant *const *)b;

	if (x->ports != y->ports)
		return x->ports->id < y->ports->id ? -1 : 1;
	return x->peer < y->peer ? -1 : x->peer > y->peer;
}

/* Grants by their ports: what gives an atom nothing new is noticed then. */
static void give_all(struct decider *d, struct row *row)
{
	const struct grant **by_ports =
		ARENA_ARRAY(d->scratch, row->ngrants, const struct grant *);

	for (size_t i = 0; i < row->ngrants; i++)
		by_ports[i] = &row->grants[i];
	if (row->ngrants > 0)
		qsort(by_ports, row->ngrants, sizeof(*by_ports), compare_ports);
	for (size_t i = 0; i < row->ngrants && has_room(d); i++)
		add_grant(d, row, by_ports[i]);
}

static void fill_row(struct decider *d, struct row *row)
{
	const struct id_list *given = sums_atoms(d->sums);
	struct cell *cells;
	size_t n = 0;

	sums_begin(d->sums);
	row->base = portset_none(d->portsets);
	give_all(d, row);
	cells = ARENA_ARRAY(d->arena, given->len, struct cell);
	for (size_t i = 0; i < given->len && has_room(d); i++) {
		uint32_t atom = given->at[i];
		const struct portset *ports =
			portset_union(d->portsets, sums_total(d->sums, atom), row->base);

		if (ports != row->base)
			cells[n++] = (struct cell){ atom, ports };
	}
	if (n > 0)
		qsort(cells, n, sizeof(*cells), compare_cells);
	row->cells = cells;
	row->ncells = n;
	d->kept += n + row->ngrants;
}

/* Names are kept where they are for as long as the row. */
static struct grant *copy_grants(struct decider *d, const struct grants *grants)
{
	struct grant *copy = ARENA_ARRAY(d->arena, grants->len, struct grant);

	for (size_t i = 0; i < grants->len; i++) {
		uint32_t *names = ARENA_ARRAY(d->arena, grants->at[i].nnames, uint32_t);

		copy[i] = grants->at[i];
		for (size_t k = 0; k < copy[i].nnames; k++)
			names[k] = copy[i].names[k];
		copy[i].names = names;
	}
	return copy;
}

static const struct row *decide_class(struct decider *d, const struct class *class)
{
	struct grants grants = { 0 };
	struct row probe = { 0 }, *row;

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
		row->grants = copy_grants(d, &grants);
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
		 "the decisions would have more than about %zu parts; the last "
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
	d.sums = sums_new(cx->arena, d.scratch, d.portsets, classes->natoms);
	d.named =
		ARENA_ARRAY(cx->arena, sets->names[EGRESS].len, const struct portset **);
	for (enum direction dir = 0; dir < DIRECTIONS; dir++)
		d.numbered[dir] =
			ARENA_ARRAY(cx->arena, cl->npolicies, const struct portset **);
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
