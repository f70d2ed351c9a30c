/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random clusters in, agreement out: what each cell of the matrix says is held against
 * the oracle, asked about every pair of members and every port at which policies change
 * their mind.  A cell by workload is true of each of its pairs; one by namespace that
 * says "some" has a pair for each of its ports, and pairs that differ.
 *
 *   matrix_witness [--clusters N] [--seed S]
 */
#include "edges.h"
#include "generate.h"
#include "load.h"
#include <getopt.h>
#include <netpolc/analysis/matrix.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>

#define PODS	  14
#define ADDRESSES 16
#define PORTS	  20

/* An end: a pod of a group, or an address. */
struct spot {
	const struct pod *pod; /* NULL: the address */
	struct address address;
	const struct matrix_end *end; /* of the matrix at hand */
};

struct spots {
	struct spot *at;
	size_t len, cap;
};

struct run {
	size_t clusters, questions, allowed, some;
};

struct trial {
	struct arena *arena;
	struct random random;
	struct model *model;
	struct loaded_input loaded;
	const struct matrix *m;
	struct edges edges;
	struct spots from, to;
};

static const struct cluster *cluster_of(const struct trial *t)
{
	return t->loaded.cluster;
}

/* ---- spots ---- */

static bool add_pods(struct trial *t, struct spots *spots, const struct matrix_side *side,
		     bool destination)
{
	size_t due = 0, found = 0;

	for (size_t i = 0; i < cluster_of(t)->npods; i++)
		due += !cluster_of(t)->pods[i].finished &&
		       !cluster_of(t)->pods[i].replica;
	for (size_t i = 0; i < side->len; i++)
		for (size_t p = 0; p < side->at[i]->pods.len; p++) {
			const struct pod *pod =
				&cluster_of(t)->pods[side->at[i]->pods.at[p]];

			found++;
			/* A workload's other pod, so that it meets itself. */
			*ARENA_PUSH(t->arena, spots) = (struct spot){
				.pod = pod->workload && destination ? pod + 1 : pod,
				.end = side->at[i]
			};
		}
	return due == found;
}

static const struct matrix_end *end_of_address(const struct matrix_side *side,
					       struct address a)
{
	const struct matrix_end *found = NULL;

	for (size_t i = 0; i < side->len; i++) {
		if (!ranges_contain(&side->at[i]->addresses[a.family], a.number))
			continue;
		if (found)
			return NULL;
		found = side->at[i];
	}
	return found;
}

/* False when an address is in no group, or in two. */
static bool add_addresses(struct trial *t, struct spots *spots,
			  const struct matrix_side *side)
{
	for (size_t i = 0; i < t->edges.addresses.len; i++) {
		struct spot spot = { .address = t->edges.addresses.at[i] };

		spot.end = end_of_address(side, spot.address);
		if (!spot.end)
			return false;
		*ARENA_PUSH(t->arena, spots) = spot;
	}
	return true;
}

static void drop_held(struct trial *t)
{
	struct edges *e = &t->edges;
	size_t n = 0;

	for (size_t i = 0; i < e->addresses.len; i++) {
		struct address a = e->addresses.at[i];

		if (!oracle_address(cluster_of(t), a).pod &&
		    t->loaded.cx.set.families[a.family])
			e->addresses.at[n++] = a;
	}
	e->addresses.len = n;
}

static void collect_edges(struct trial *t)
{
	struct edges *e = &t->edges;

	e->arena = t->arena;
	edges_add_cluster(e, cluster_of(t));
	edges_add_address(e, (struct address){ FAMILY_IPV4, 0x08080808 });
	edges_add_address(e, (struct address){ FAMILY_IPV6, (u128)0x20010db8 << 96 });
	drop_held(t);
	edges_sample_addresses(e, &t->random, ADDRESSES);
	edges_add_port(e, PROTO_TCP, 1);
	edges_add_port(e, ORACLE_OTHER, 0);
	edges_sample_ports(e, &t->random, PORTS);
}

/* ---- asking ---- */

static struct oracle_end oracle_end_of(const struct trial *t, const struct spot *s)
{
	return s->pod ? oracle_pod(s->pod) : oracle_address(cluster_of(t), s->address);
}

static bool has_node(const struct trial *t, const struct spot *s,
		     const struct spot *other)
{
	const struct node_object *node = NULL;

	if (s->pod && s->pod->node && pod_is_live(s->pod))
		node = cluster_node(cluster_of(t), s->pod->node);
	for (size_t i = 0; node && i < node->naddresses; i++) {
		if (!other->pod && address_equal(node->addresses[i], other->address))
			return true;
		for (size_t k = 0;
		     other->pod && other->pod->host_network && k < other->pod->naddresses;
		     k++)
			if (address_equal(node->addresses[i], other->pod->addresses[k]))
				return true;
	}
	return false;
}

/* Whether an address is of no family of the pod, in a cell that is about others. */
static bool is_foreign(const struct spot *address, const struct spot *s)
{
	if (address->pod || !s->pod || !s->pod->naddresses)
		return false;
	for (size_t i = 0; i < s->pod->naddresses; i++)
		if (s->pod->addresses[i].family == address->address.family)
			return false;
	return !s->end->name || (address->end->addresses[FAMILY_IPV4].len &&
				 address->end->addresses[FAMILY_IPV6].len);
}

/* What connects whatever policies say, and pairs that are none. */
static bool is_beyond(const struct trial *t, const struct spot *x, const struct spot *y)
{
	return (!x->pod && !y->pod) || (x->pod && x->pod == y->pod) || is_foreign(x, y) ||
	       is_foreign(y, x) || has_node(t, x, y) || has_node(t, y, x);
}

static bool oracle_says(const struct trial *t, const struct spot *from,
			const struct spot *to, const struct asked_port *port)
{
	const struct oracle_probe probe = { oracle_end_of(t, from), oracle_end_of(t, to),
					    port->protocol, port->number };

	return oracle_allows(cluster_of(t), &t->loaded.cx.set, &probe);
}

static bool cell_says(const struct matrix_cell *cell, const struct asked_port *port)
{
	if (!cell->ports)
		return false;
	return port->protocol == ORACLE_OTHER
		       ? cell->ports->others
		       : ranges_contain(&cell->ports->ports[port->protocol],
					port->number);
}

static bool complain(const struct trial *t, const char *what, size_t from, size_t to,
		     const struct asked_port *port)
{
	BUF_AUTO text = { 0 };

	printf("DISAGREEMENT with seed %llu: %s; from group %zu to group %zu, protocol "
	       "%u, port %u\n",
	       (unsigned long long)t->model->seed, what, from, to, port->protocol,
	       port->number);
	model_text(&text, t->arena, t->model);
	printf("%s", text.at);
	return false;
}

/* What the pairs of a cell have to say of a port. */
struct tally {
	size_t allowed, denied;
};

static struct tally tally(struct run *run, const struct trial *t, size_t from, size_t to,
			  const struct asked_port *port)
{
	struct tally n = { 0, 0 };

	for (size_t x = 0; x < t->from.len; x++)
		for (size_t y = 0; y < t->to.len; y++) {
			const struct spot *a = &t->from.at[x], *b = &t->to.at[y];

			if (a->end != t->m->from.at[from] || b->end != t->m->to.at[to] ||
			    is_beyond(t, a, b))
				continue;
			run->questions++;
			if (oracle_says(t, a, b, port))
				n.allowed++;
			else
				n.denied++;
		}
	run->allowed += n.allowed;
	return n;
}

static bool check_cell(struct run *run, const struct trial *t, size_t from, size_t to)
{
	const struct matrix_cell *cell = matrix_at(t->m, from, to);

	run->some += cell->extent == MATRIX_SOME;
	for (size_t p = 0; p < t->edges.ports.len; p++) {
		const struct asked_port *port = &t->edges.ports.at[p];
		struct tally n = tally(run, t, from, to, port);

		if (n.allowed && !cell_says(cell, port))
			return complain(t, "a pair is allowed more", from, to, port);
		if (n.denied && cell->extent == MATRIX_ALL && cell_says(cell, port))
			return complain(t, "a pair is allowed less", from, to, port);
		if ((n.allowed || n.denied) &&
		    (cell->extent == MATRIX_SELF || cell->extent == MATRIX_NONE))
			return complain(t, "there is a pair", from, to, port);
	}
	return true;
}

static bool check(struct run *run, struct trial *t)
{
	t->from.len = t->to.len = 0;
	if (!add_pods(t, &t->from, &t->m->from, false) ||
	    !add_pods(t, &t->to, &t->m->to, true) ||
	    !add_addresses(t, &t->from, &t->m->from) ||
	    !add_addresses(t, &t->to, &t->m->to)) {
		printf("seed %llu: an end is in no group, or in two\n",
		       (unsigned long long)t->model->seed);
		return false;
	}
	for (size_t i = 0; i < t->m->from.len; i++)
		for (size_t j = 0; j < t->m->to.len; j++)
			if (!check_cell(run, t, i, j))
				return false;
	return true;
}

/* ---- by namespace, against by workload ---- */

static bool same_ports(const struct portgap *x, const struct portgap *y)
{
	if (!x || !y || x->others != y->others)
		return x == y;
	for (int p = 0; p < PROTOCOLS; p++)
		if (!ranges_equal(&x->ports[p], &y->ports[p]))
			return false;
	return true;
}

/* Cells of workloads differ, if that of their namespaces says "some". */
static bool check_sum(const struct trial *t, const struct matrix *fine,
		      const struct matrix *coarse, size_t from, size_t to)
{
	const struct matrix_cell *first = NULL;

	if (matrix_at(coarse, from, to)->extent != MATRIX_SOME)
		return true;
	for (size_t i = 0; i < fine->from.len; i++)
		for (size_t j = 0; j < fine->to.len; j++) {
			const struct matrix_cell *cell = matrix_at(fine, i, j);

			if (coarse->from.at[from]->space != fine->from.at[i]->space ||
			    coarse->to.at[to]->space != fine->to.at[j]->space ||
			    cell->extent != MATRIX_ALL)
				continue;
			if (!first)
				first = cell;
			if (!same_ports(first->ports, cell->ports))
				return true;
		}
	return complain(t, "some, but all are alike", from, to, &t->edges.ports.at[0]);
}

static bool check_sums(const struct trial *t, const struct matrix *fine,
		       const struct matrix *coarse)
{
	for (size_t i = 0; i < coarse->from.len; i++)
		for (size_t j = 0; j < coarse->to.len; j++)
			if (!check_sum(t, fine, coarse, i, j))
				return false;
	return true;
}

/* ---- clusters ---- */

static bool check_model(struct run *run, struct trial *t)
{
	struct ctx *cx = &t->loaded.cx;
	const struct cluster *cl = cluster_of(t);
	const struct pod_sets *sets = resolve(cx, cl);
	const struct decisions *dc = decide(cx, cl, sets, classify(cx, cl, sets));
	const struct matrix_ends *ends = matrix_ends(cx, dc);
	struct matrix_choice choice = { .by = MATRIX_BY_WORKLOAD };
	const struct matrix *fine = matrix(cx, ends, &choice), *coarse;

	choice.by = MATRIX_BY_NAMESPACE;
	coarse = matrix(cx, ends, &choice);
	run->clusters++;
	collect_edges(t);
	t->m = fine;
	if (!check(run, t))
		return false;
	t->m = coarse;
	return check(run, t) && check_sums(t, fine, coarse);
}

static bool run_seed(struct run *run, uint64_t seed)
{
	struct trial t = { .arena = arena_new(), .random = { ~seed } };
	BUF_AUTO text = { 0 };
	bool good;

	t.model = generate(t.arena, seed, 1 + seed % PODS);
	model_text(&text, t.arena, t.model);
	load_text(&t.loaded, &t.model->set, &text);
	good = !t.loaded.cluster || check_model(run, &t);
	loaded_free(&t.loaded);
	arena_free(t.arena);
	return good;
}

/* A long run has seen verdicts of either kind, and cells that are not all one. */
static bool summarise(const struct run *run)
{
	printf("%zu clusters, %zu questions, %zu allowed, %zu cells of some\n",
	       run->clusters, run->questions, run->allowed, run->some);
	return run->clusters < 50 ||
	       (run->allowed && run->allowed < run->questions && run->some);
}

int main(int argc, char *argv[])
{
	static const struct option options[] = { { "clusters", required_argument, NULL,
						   'n' },
						 { "seed", required_argument, NULL, 's' },
						 { 0 } };
	uint64_t clusters = 300, seed = 1;
	struct run run = { 0 };

	for (int c; (c = getopt_long(argc, argv, "n:s:", options, NULL)) != -1;) {
		if (c == 'n')
			clusters = strtoull(optarg, NULL, 10);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	for (uint64_t i = 0; i < clusters; i++)
		if (!run_seed(&run, seed + i))
			return 1;
	return summarise(&run) ? 0 : 1;
}
