/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs of random clusters in, agreement out: what compare says of the two is held
 * against the oracle, asked on both sides about every pair of ends and every port at
 * which something changes.  Each difference must be in a change, and nothing that is no
 * difference may be in one.
 *
 *   compare_witness [--clusters N] [--seed S]
 */
#include "alter.h"
#include "edges.h"
#include "generate.h"
#include "load.h"
#include <getopt.h>
#include <netpolc/analysis/compare.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PODS	  14
#define ADDRESSES 14
#define PORTS	  20

/* An end of both sides: a pod, or an address that no pod has. */
struct spot {
	bool is_pod;
	uint32_t pod; /* index into comparison.pods */
	struct address address;
	uint32_t group;
};

struct run {
	size_t pairs, same, questions, differences;
	size_t causes[CAUSE_POD + 1];
};

struct trial {
	struct arena *arena;
	struct random random;
	struct model *model[SIDES];
	struct loaded_input loaded;
	const struct cluster *cluster[SIDES];
	const struct comparison *cmp;
	struct {
		struct spot *at;
		size_t len, cap;
	} spots;
	struct edges edges;
};

/* ---- two clusters ---- */

static const struct cluster *read_model(struct trial *t, const struct model *m)
{
	BUF_AUTO text = { 0 };

	model_text(&text, t->arena, m);
	return load_more(&t->loaded, &text);
}

static const struct decisions *decide_on(struct trial *t, const struct cluster *cl)
{
	struct ctx *cx = &t->loaded.cx;
	const struct pod_sets *sets = resolve(cx, cl);

	return decide(cx, cl, sets, classify(cx, cl, sets));
}

/* ---- what to ask about ---- */

static bool is_held(const struct trial *t, struct address a)
{
	for (enum side s = 0; s < SIDES; s++)
		if (oracle_address(t->cluster[s], a).pod)
			return true;
	return false;
}

/* Where compare says that something changes. */
static void add_changes(struct trial *t)
{
	for (size_t i = 0; i < t->cmp->nchanges; i++)
		for (unsigned p = 0; p < PROTOCOLS; p++) {
			const struct ranges *r = &t->cmp->changes[i].ports->ports[p];

			for (size_t j = 0; j < r->len; j++) {
				edges_add_port(&t->edges, p, r->at[j].lo);
				edges_add_port(&t->edges, p, r->at[j].hi);
			}
		}
}

static bool group_of_address(const struct trial *t, struct address a, uint32_t *out)
{
	for (*out = 0; *out < t->cmp->ngroups; ++*out) {
		const struct end_group *g = &t->cmp->groups[*out];

		if (g->outside && g->family == a.family &&
		    ranges_contain(&g->addresses, a.number))
			return true;
	}
	return false;
}

/* Leaves addresses that no pod has, of families that are decided. */
static void drop_addresses(struct trial *t)
{
	struct edges *e = &t->edges;
	size_t n = 0;

	for (size_t i = 0; i < e->addresses.len; i++)
		if (!is_held(t, e->addresses.at[i]) &&
		    t->loaded.cx.set.families[e->addresses.at[i].family])
			e->addresses.at[n++] = e->addresses.at[i];
	e->addresses.len = n;
}

/* False when an address is in no group. */
static bool collect(struct trial *t)
{
	struct edges *e = &t->edges;

	e->arena = t->arena;
	for (enum side s = 0; s < SIDES; s++)
		edges_add_cluster(e, t->cluster[s]);
	edges_add_address(e, (struct address){ FAMILY_IPV4, 0x08080808 });
	edges_add_address(e, (struct address){ FAMILY_IPV6, (u128)0x20010db8 << 96 });
	add_changes(t);
	edges_add_port(e, ORACLE_OTHER, 0);
	drop_addresses(t);
	edges_sample_addresses(e, &t->random, ADDRESSES);
	edges_sample_ports(e, &t->random, PORTS);
	for (uint32_t i = 0; i < t->cmp->npods; i++)
		*ARENA_PUSH(t->arena, &t->spots) = (struct spot){
			.is_pod = true, .pod = i, .group = t->cmp->pods[i].group
		};
	for (size_t i = 0; i < t->edges.addresses.len; i++) {
		struct spot p = { .address = t->edges.addresses.at[i] };

		if (!group_of_address(t, p.address, &p.group))
			return false;
		*ARENA_PUSH(t->arena, &t->spots) = p;
	}
	return true;
}

/* ---- what each says ---- */

static bool is_on(const struct trial *t, const struct spot *p, enum side s)
{
	return !p->is_pod || t->cmp->pods[p->pod].id[s] != NO_POD;
}

/* A workload is its first pod as a source and its second as a destination. */
static struct oracle_end end_of(const struct trial *t, const struct spot *p, enum side s,
				bool destination)
{
	const struct pod *pod;

	if (!p->is_pod)
		return oracle_address(t->cluster[s], p->address);
	pod = &t->cluster[s]->pods[t->cmp->pods[p->pod].id[s]];
	return oracle_pod(pod->workload && destination ? pod + 1 : pod);
}

static bool oracle_says(const struct trial *t, const struct spot *from,
			const struct spot *to, const struct asked_port *port, enum side s)
{
	const struct oracle_probe probe = { end_of(t, from, s, false),
					    end_of(t, to, s, true), port->protocol,
					    port->number };

	return oracle_allows(t->cluster[s], &t->loaded.cx.set, &probe);
}

/* Whether other, no pod to policy, has an address of p's node. */
static bool on_node(const struct trial *t, const struct spot *p, const struct spot *other,
		    enum side s)
{
	const struct pod *pod, *host = NULL;
	const struct node_object *node;

	if (!p->is_pod || !is_on(t, p, s) || !is_on(t, other, s))
		return false;
	pod = &t->cluster[s]->pods[t->cmp->pods[p->pod].id[s]];
	if (other->is_pod)
		host = &t->cluster[s]->pods[t->cmp->pods[other->pod].id[s]];
	node = pod->node ? cluster_node(t->cluster[s], pod->node) : NULL;
	if (!node || pod->host_network || (host && !host->host_network))
		return false;
	for (size_t i = 0; i < node->naddresses; i++) {
		if (!host && address_equal(node->addresses[i], other->address))
			return true;
		for (size_t j = 0; host && j < host->naddresses; j++)
			if (address_equal(node->addresses[i], host->addresses[j]))
				return true;
	}
	return false;
}

static bool is_own(const struct trial *t, const struct spot *a, const struct spot *b)
{
	for (enum side s = 0; s < SIDES; s++)
		if (on_node(t, a, b, s) || on_node(t, b, a, s))
			return true;
	return false;
}

static bool has_id(const uint32_t *ids, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool is_in_change(const struct change *c, const struct spot *from,
			 const struct spot *to, const struct asked_port *port)
{
	bool out = c->cause->direction == EGRESS;
	const struct spot *subject = out ? from : to, *peer = out ? to : from;

	if (!has_id(c->subjects, c->nsubjects, subject->group) ||
	    !has_id(c->peers, c->npeers, peer->group))
		return false;
	return port->protocol == ORACLE_OTHER
		       ? c->ports->others
		       : ranges_contain(&c->ports->ports[port->protocol], port->number);
}

/* A pod and its own node are in changes of that kind alone, when they connect as such
 * on the right side alone; and nobody else is. */
static bool compare_says(const struct trial *t, const struct spot *from,
			 const struct spot *to, const struct asked_port *port,
			 bool gained)
{
	bool own = is_own(t, from, to), as_own[SIDES];

	for (enum side s = 0; s < SIDES; s++)
		as_own[s] = (on_node(t, from, to, s) || on_node(t, to, from, s)) &&
			    oracle_says(t, from, to, port, s);
	if (own && (as_own[BEFORE] == as_own[AFTER] || as_own[AFTER] != gained))
		return false;

	for (size_t i = 0; i < t->cmp->nchanges; i++) {
		const struct change *c = &t->cmp->changes[i];

		if (c->cause->kind == CAUSE_POD || c->cause->gained != gained ||
		    (c->cause->kind == CAUSE_NODE) != own)
			continue;
		if (is_in_change(c, from, to, port))
			return true;
	}
	return false;
}

/* What is said of pods that one side alone has. */
static bool compare_lists(const struct trial *t, const struct spot *from,
			  const struct spot *to, const struct asked_port *port,
			  enum side s, enum direction d)
{
	for (size_t i = 0; i < t->cmp->nchanges; i++) {
		const struct change *c = &t->cmp->changes[i];

		if (c->cause->kind == CAUSE_POD && c->cause->direction == d &&
		    c->cause->gained == (s == AFTER) && is_in_change(c, from, to, port))
			return true;
	}
	return false;
}

/* ---- do they agree? ---- */

static void print_place(const struct trial *t, const struct spot *p)
{
	char text[ADDRESS_TEXT];
	const struct cluster *cl;
	const struct pod *pod;

	if (!p->is_pod) {
		printf("%s", address_text(text, p->address));
		return;
	}
	pod = compared_pod(t->cmp, p->pod, &cl);
	printf("%s/%s/%s", cl->namespaces[pod->namespace].name, pod->kind, pod->name);
}

static bool complain(const struct trial *t, const struct spot *from,
		     const struct spot *to, const struct asked_port *port,
		     const char *what)
{
	printf("DISAGREEMENT with seed %llu: from ",
	       (unsigned long long)t->model[BEFORE]->seed);
	print_place(t, from);
	printf(" to ");
	print_place(t, to);
	printf(", protocol %u, port %u: %s\n", port->protocol, port->number, what);
	for (enum side s = 0; s < SIDES; s++) {
		BUF_AUTO text = { 0 };

		model_text(&text, t->arena, t->model[s]);
		printf("---- %s\n%s", s == BEFORE ? "before" : "after", text.at);
	}
	return false;
}

static bool check_both(struct run *run, const struct trial *t, const struct spot *from,
		       const struct spot *to, const struct asked_port *port)
{
	bool before = oracle_says(t, from, to, port, BEFORE);
	bool after = oracle_says(t, from, to, port, AFTER);

	run->questions++;
	run->differences += before != after;
	for (int gained = 0; gained < 2; gained++) {
		bool differs = before != after && after == gained;
		bool said = compare_says(t, from, to, port, gained);

		if (said && !differs)
			return complain(t, from, to, port, "no difference, but reported");
		if (differs && !said)
			return complain(t, from, to, port, "a difference is missing");
	}
	return true;
}

static bool check_side(struct run *run, const struct trial *t, const struct spot *from,
		       const struct spot *to, const struct asked_port *port, enum side s)
{
	const struct spot *ends[DIRECTIONS] = { [INGRESS] = to, [EGRESS] = from };
	enum side other = s == AFTER ? BEFORE : AFTER;
	bool allowed = oracle_says(t, from, to, port, s);

	run->questions++;
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		bool due = allowed && !is_on(t, ends[d], other) &&
			   (d == EGRESS || is_on(t, from, other));

		if (compare_lists(t, from, to, port, s, d) != due)
			return complain(t, from, to, port, "of a pod that one side has");
	}
	return true;
}

static bool check_port(struct run *run, const struct trial *t, const struct spot *from,
		       const struct spot *to, const struct asked_port *port)
{
	bool both = true;

	for (enum side s = 0; s < SIDES; s++)
		both = both && is_on(t, from, s) && is_on(t, to, s);
	if (both)
		return check_both(run, t, from, to, port);
	for (enum side s = 0; s < SIDES; s++)
		if (is_on(t, from, s) && is_on(t, to, s) && !is_own(t, from, to) &&
		    !check_side(run, t, from, to, port, s))
			return false;
	return true;
}

static bool is_itself(const struct trial *t, const struct spot *a, const struct spot *b)
{
	const struct cluster *cl;

	return a == b && (!a->is_pod || !compared_pod(t->cmp, a->pod, &cl)->workload);
}

/* A product of pods that is in a change has a pair in it that is not always connected. */
static bool check_product(const struct trial *t, const struct change *c, uint32_t subject,
			  uint32_t peer)
{
	if (t->cmp->groups[subject].outside || t->cmp->groups[peer].outside)
		return true;
	for (size_t i = 0; i < t->spots.len; i++)
		for (size_t j = 0; j < t->spots.len; j++) {
			const struct spot *x = &t->spots.at[i], *y = &t->spots.at[j];

			if (x->group == subject && y->group == peer &&
			    !is_itself(t, x, y) &&
			    is_own(t, x, y) == (c->cause->kind == CAUSE_NODE))
				return true;
		}
	printf("seed %llu: a change of nothing\n",
	       (unsigned long long)t->model[BEFORE]->seed);
	return false;
}

static bool check_products(const struct trial *t)
{
	for (size_t i = 0; i < t->cmp->nchanges; i++) {
		const struct change *c = &t->cmp->changes[i];

		for (size_t s = 0; s < c->nsubjects; s++)
			for (size_t p = 0; p < c->npeers; p++)
				if (c->cause->kind != CAUSE_POD &&
				    !check_product(t, c, c->subjects[s], c->peers[p]))
					return false;
	}
	return true;
}

static bool check(struct run *run, const struct trial *t)
{
	for (size_t i = 0; i < t->spots.len; i++)
		for (size_t j = 0; j < t->spots.len; j++)
			for (size_t p = 0; p < t->edges.ports.len; p++)
				if ((t->spots.at[i].is_pod || t->spots.at[j].is_pod) &&
				    !is_itself(t, &t->spots.at[i], &t->spots.at[j]) &&
				    !check_port(run, t, &t->spots.at[i], &t->spots.at[j],
						&t->edges.ports.at[p]))
					return false;
	return true;
}

static bool is_empty(const struct comparison *cmp)
{
	return !cmp->nchanges && !cmp->only[BEFORE] && !cmp->only[AFTER];
}

static bool compare_models(struct run *run, struct trial *t, bool alike)
{
	for (enum side s = 0; s < SIDES; s++) {
		t->cluster[s] = read_model(t, t->model[s]);
		if (!t->cluster[s])
			return true;
	}
	t->cmp = compare(&t->loaded.cx, decide_on(t, t->cluster[BEFORE]),
			 decide_on(t, t->cluster[AFTER]));
	run->pairs++;
	run->same += is_empty(t->cmp);
	for (size_t i = 0; i < t->cmp->nchanges; i++)
		run->causes[t->cmp->changes[i].cause->kind]++;
	if (!collect(t)) {
		printf("seed %llu: an address is in no group\n",
		       (unsigned long long)t->model[BEFORE]->seed);
		return false;
	}
	if (!check(run, t) || !check_products(t))
		return false;
	if (alike && !is_empty(t->cmp))
		printf("seed %llu: alike, but different\n",
		       (unsigned long long)t->model[BEFORE]->seed);
	return !alike || is_empty(t->cmp);
}

static bool run_pair(struct run *run, uint64_t seed)
{
	struct trial t = { .arena = arena_new(), .random = { ~seed } };
	bool alike = seed % 4 == 0, good;

	for (enum side s = 0; s < SIDES; s++)
		t.model[s] = generate(t.arena, seed, 1 + seed % PODS);
	/* Decisions are about pods alone. */
	t.model[BEFORE]->set.deny_unknown = false;
	if (alike)
		alter_words(t.arena, &t.random, t.model[AFTER]);
	else
		alter(t.arena, &t.random, t.model[BEFORE], t.model[AFTER]);
	ctx_init(&t.loaded.cx, &t.model[BEFORE]->set);
	good = compare_models(run, &t, alike);
	loaded_free(&t.loaded);
	arena_free(t.arena);
	return good;
}

/* A long run has seen every kind of change, and pairs that are the same. */
static bool summarise(const struct run *run)
{
	bool complete = run->same && run->differences;

	printf("%zu pairs of clusters, %zu of them the same; %zu questions, %zu "
	       "differences\n",
	       run->pairs, run->same, run->questions, run->differences);
	for (int kind = 0; kind <= CAUSE_POD; kind++) {
		printf("changes of kind %d: %zu\n", kind, run->causes[kind]);
		complete = complete && run->causes[kind];
	}
	return complete || run->pairs < 200;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = { { "clusters", required_argument, NULL,
						   'n' },
						 { "seed", required_argument, NULL, 's' },
						 { 0 } };
	uint64_t clusters = 400, seed = 1;
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
		if (!run_pair(&run, seed + i))
			return 1;
	return summarise(&run) ? 0 : 1;
}
