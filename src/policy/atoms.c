/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: peers and port names.  Out: atoms.
 *
 * The elements of the partition are, in this order: pod addresses by family and
 * number, pods without an address, once for each family, and per family the intervals
 * between the edges of all ipBlocks.  Each peer splits them, and each egress port name by
 * the numbers that pods give to it; since the address elements are sorted, a block is a
 * few runs of neighbours.
 *
 * A block that covers most elements is worked on by those that it leaves out: they
 * split alike, and what is no atom of the one is one of the other.
 */
#include <netpolc/policy/atoms.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/policy/label_index.h>
#include <netpolc/policy/partition.h>
#include <netpolc/policy/port_groups.h>
#include <netpolc/policy/port_index.h>

#include <stdlib.h>
#include <string.h>

/* A block's elements, gone through one by one, against the atoms that are kept. */
#define STEPS_PER_ATOM 8

/* Peers of the same pods are the same to all that follows. */
struct same_pods {
	const uint32_t *at;
	uint32_t first; /* peer */
};

struct atoms {
	struct arena *arena, *scratch;
	const struct cluster *cluster;
	const struct pod_sets *sets;
	struct classes *out;
	uint32_t first_address[FAMILIES], first_bare[FAMILIES], first_interval[FAMILIES];
	uint32_t n;
	struct id_list bare;	/* pods without an address, hostNetwork ones too */
	struct id_list *of_pod; /* by pod: its elements */
	struct partition *partition;
	uint32_t *number; /* by element: its atom */
	uint32_t *stamp;  /* by atom: the last list it was put into */
	uint32_t stamps;
	uint32_t *same_as;   /* by peer: the first with its pods */
	struct id_list room; /* elements at hand */
	struct {
		struct id_run *at;
		size_t len, cap;
	} runs;	       /* of a block, ascending */
	bool inverted; /* room has what the peer leaves out */
	size_t steps, kept;
	struct ranges *of_atom; /* by atom: numbers of the port name at hand, or none */
};

static int compare_addresses(const void *a, const void *b)
{
	const struct pod_address *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static int compare_u128(const void *a, const void *b)
{
	const u128 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void collect_addresses(struct atoms *at, enum family f)
{
	struct {
		struct pod_address *at;
		size_t len, cap;
	} found = { 0 };

	for (uint32_t id = 0; id < at->cluster->npods; id++) {
		const struct pod *pod = &at->cluster->pods[id];

		for (size_t i = 0; pod_is_live(pod) && i < pod->naddresses; i++)
			if (pod->addresses[i].family == f)
				*ARENA_PUSH(at->arena, &found) = (struct pod_address){
					.number = pod->addresses[i].number, .pod = id
				};
	}
	if (found.len > 0)
		qsort(found.at, found.len, sizeof(*found.at), compare_addresses);
	at->out->addresses[f] = found.at;
	at->out->naddresses[f] = found.len;
}

/* Cuts the family's address space at every edge of a block. */
static void cut_intervals(struct atoms *at, enum family f)
{
	struct {
		u128 *at;
		size_t len, cap;
	} edges = { 0 };
	struct interval *out;
	size_t n = 0;

	*ARENA_PUSH(at->scratch, &edges) = 0;
	for (size_t p = 0; p < at->sets->npeers; p++) {
		const struct peer *peer = &at->sets->peers[p];

		for (size_t i = 0;
		     peer->block && peer->family == f && i < peer->addresses.len; i++) {
			*ARENA_PUSH(at->scratch, &edges) = peer->addresses.at[i].lo;
			if (peer->addresses.at[i].hi != family_max(f))
				*ARENA_PUSH(at->scratch, &edges) =
					peer->addresses.at[i].hi + 1;
		}
	}
	qsort(edges.at, edges.len, sizeof(*edges.at), compare_u128);
	out = ARENA_ARRAY(at->arena, edges.len, struct interval);
	for (size_t i = 0; i < edges.len; i++)
		if (n == 0 || out[n - 1].lo != edges.at[i])
			out[n++].lo = edges.at[i];
	for (size_t i = 0; i < n; i++)
		out[i].hi = i + 1 < n ? out[i + 1].lo - 1 : family_max(f);
	at->out->intervals[f] = out;
	at->out->nintervals[f] = n;
}

static void list_elements(struct atoms *at)
{
	const struct cluster *cl = at->cluster;

	at->of_pod = ARENA_ARRAY(at->scratch, cl->npods, struct id_list);
	for (enum family f = 0; f < FAMILIES; f++) {
		at->first_address[f] = at->n;
		for (size_t i = 0; i < at->out->naddresses[f]; i++)
			*ARENA_PUSH(at->scratch,
				    &at->of_pod[at->out->addresses[f][i].pod]) = at->n++;
	}
	for (uint32_t id = 0; id < cl->npods; id++)
		if (!cl->pods[id].finished && cl->pods[id].naddresses == 0)
			*ARENA_PUSH(at->scratch, &at->bare) = id;
	for (enum family f = 0; f < FAMILIES; f++) {
		at->first_bare[f] = at->n;
		for (size_t i = 0; i < at->bare.len; i++)
			*ARENA_PUSH(at->scratch, &at->of_pod[at->bare.at[i]]) = at->n++;
	}
	for (enum family f = 0; f < FAMILIES; f++) {
		at->first_interval[f] = at->n;
		at->n += (uint32_t)at->out->nintervals[f];
	}
}

static void add_run(struct atoms *at, size_t first, size_t end)
{
	if (first < end)
		*ARENA_PUSH(at->scratch, &at->runs) =
			(struct id_run){ (uint32_t)first, (uint32_t)end };
}

/* How many intervals of the family begin below number. */
static size_t intervals_below(const struct classes *cs, enum family f, u128 number)
{
	size_t lo = 0, hi = cs->nintervals[f];

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cs->intervals[f][mid].lo < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void add_addresses(struct atoms *at, enum family f, struct range r)
{
	const struct classes *cs = at->out;
	size_t end = r.hi == family_max(f) ? cs->naddresses[f]
					   : classes_addresses_below(cs, f, r.hi + 1);

	add_run(at, at->first_address[f] + classes_addresses_below(cs, f, r.lo),
		at->first_address[f] + end);
}

static void add_intervals(struct atoms *at, enum family f, struct range r)
{
	const struct classes *cs = at->out;
	size_t end = r.hi == family_max(f) ? cs->nintervals[f]
					   : intervals_below(cs, f, r.hi + 1);

	add_run(at, at->first_interval[f] + intervals_below(cs, f, r.lo),
		at->first_interval[f] + end);
}

/* In the order of the elements. */
static void list_runs(struct atoms *at, const struct peer *peer)
{
	at->runs.len = 0;
	for (size_t i = 0; i < peer->addresses.len; i++)
		add_addresses(at, peer->family, peer->addresses.at[i]);
	if (peer->whole)
		add_run(at, at->first_bare[peer->family],
			at->first_bare[peer->family] + at->bare.len);
	for (size_t i = 0; i < peer->addresses.len; i++)
		add_intervals(at, peer->family, peer->addresses.at[i]);
}

static void list_block(struct atoms *at, const struct peer *peer)
{
	uint32_t covered = 0, next = 0;

	list_runs(at, peer);
	for (size_t i = 0; i < at->runs.len; i++)
		covered += at->runs.at[i].hi - at->runs.at[i].lo;
	at->inverted = covered > at->n / 2;
	for (size_t i = 0; i < at->runs.len; i++) {
		const struct id_run *run = &at->runs.at[i];

		for (next = at->inverted ? next : run->lo;
		     next < (at->inverted ? run->lo : run->hi); next++)
			*ARENA_PUSH(at->scratch, &at->room) = next;
		next = run->hi;
	}
	for (; at->inverted && next < at->n; next++)
		*ARENA_PUSH(at->scratch, &at->room) = next;
}

static void list_pods(struct atoms *at, const uint32_t *pods, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < at->of_pod[pods[i]].len; j++)
			*ARENA_PUSH(at->scratch, &at->room) = at->of_pod[pods[i]].at[j];
}

/* Puts the elements of the peer into room, or those that it leaves out. */
static void list_peer(struct atoms *at, const struct peer *peer)
{
	at->room.len = 0;
	at->inverted = false;
	if (peer->block)
		list_block(at, peer);
	else
		list_pods(at, peer->pods.at, peer->pods.len);
	at->steps += at->room.len;
}

static uint64_t hash_same(const void *item, uint64_t seed)
{
	const struct same_pods *s = item;

	return hash_bytes(&s->at, sizeof(s->at), seed);
}

static bool equal_same(const void *a, const void *b)
{
	return ((const struct same_pods *)a)->at == ((const struct same_pods *)b)->at;
}

static void find_same(struct atoms *at)
{
	static const struct hashset_type type = { hash_same, equal_same };
	struct hashset *known = hashset_new(at->scratch, &type);

	at->same_as = ARENA_ARRAY(at->scratch, at->sets->npeers, uint32_t);
	for (uint32_t i = 0; i < at->sets->npeers; i++) {
		struct same_pods *s = ARENA_NEW(at->scratch, struct same_pods);

		*s = (struct same_pods){ at->sets->peers[i].pods.at, i };
		at->same_as[i] = i;
		if (!at->sets->peers[i].block && at->sets->peers[i].pods.len > 0)
			at->same_as[i] =
				((struct same_pods *)hashset_add(known, s))->first;
	}
}

static void split_by_names(struct atoms *at, struct port_groups *groups)
{
	const struct port_names *names = &at->sets->names[EGRESS];

	for (size_t i = 0; i < names->len; i++) {
		const struct port_holders *h = port_index_find(
			at->sets->ports, names->at[i].name, names->at[i].protocol);
		const struct pod_set pods = { h->pods.at, h->pods.len };

		groups[i] =
			port_groups_of(at->scratch, at->cluster, &pods, &names->at[i]);
		for (size_t g = 0; g < groups[i].len; g++) {
			const struct id_list *ids = &groups[i].at[g]->pods;

			at->room.len = 0;
			list_pods(at, ids->at, ids->len);
			partition_split(at->partition, at->room.at, at->room.len);
		}
	}
}

static void number_atoms(struct atoms *at)
{
	struct classes *cs = at->out;

	at->number = ARENA_ARRAY(at->scratch, at->n, uint32_t);
	cs->natoms = partition_number(at->partition, at->scratch, at->number);
	at->stamp = ARENA_ARRAY(at->scratch, cs->natoms, uint32_t);
	at->of_atom = ARENA_ARRAY(at->scratch, cs->natoms, struct ranges);
	for (enum family f = 0; f < FAMILIES; f++) {
		for (size_t i = 0; i < cs->naddresses[f]; i++)
			cs->addresses[f][i].atom = at->number[at->first_address[f] + i];
		for (size_t i = 0; i < cs->nintervals[f]; i++)
			cs->intervals[f][i].atom = at->number[at->first_interval[f] + i];
		cs->atom_of_pod[f] = ARENA_ARRAY(at->arena, at->cluster->npods, uint32_t);
		for (size_t i = 0; i < at->cluster->npods; i++)
			cs->atom_of_pod[f][i] = NO_ATOM;
		for (size_t i = 0; i < at->bare.len; i++)
			cs->atom_of_pod[f][at->bare.at[i]] =
				at->number[at->first_bare[f] + i];
	}
}

/* The atoms of the elements in room, ascending, each once; the rest, when inverted. */
static struct id_list atoms_at_hand(struct atoms *at)
{
	uint32_t *out, natoms = at->out->natoms;
	size_t found = 0, n = 0;

	at->stamps++;
	for (size_t i = 0; i < at->room.len; i++) {
		uint32_t atom = at->number[at->room.at[i]];

		if (at->stamp[atom] == at->stamps)
			continue;
		at->stamp[atom] = at->stamps;
		at->room.at[found++] = atom;
	}
	out = ARENA_ARRAY(at->arena, at->inverted ? natoms - found : found, uint32_t);
	for (size_t i = 0; !at->inverted && i < found; i++)
		out[n++] = at->room.at[i];
	for (uint32_t atom = 0; at->inverted && atom < natoms; atom++)
		if (at->stamp[atom] != at->stamps)
			out[n++] = atom;
	if (!at->inverted)
		ids_sort(out, n);
	at->kept += n;
	return (struct id_list){ .at = out, .len = n };
}

/* False when that is more than the limit; then *peer is the one that made it so. */
static bool list_peer_atoms(struct atoms *at, size_t most, size_t *peer)
{
	struct classes *cs = at->out;

	cs->peer_atoms = ARENA_ARRAY(at->arena, at->sets->npeers, const uint32_t *);
	cs->npeer_atoms = ARENA_ARRAY(at->arena, at->sets->npeers, size_t);
	for (size_t i = 0; i < at->sets->npeers; i++) {
		uint32_t same = at->same_as[i];
		struct id_list atoms;

		if (same != i) {
			cs->peer_atoms[i] = cs->peer_atoms[same];
			cs->npeer_atoms[i] = cs->npeer_atoms[same];
			continue;
		}
		list_peer(at, &at->sets->peers[i]);
		atoms = atoms_at_hand(at);
		cs->peer_atoms[i] = atoms.at;
		cs->npeer_atoms[i] = atoms.len;
		*peer = i;
		if (at->kept > most || at->steps / STEPS_PER_ATOM > most)
			return false;
	}
	return true;
}

/* The groups of one name: their atoms side by side, ascending. */
static struct named_atoms list_named(struct atoms *at, const struct port_groups *groups)
{
	struct ranges *numbers;
	struct id_list atoms;

	at->room.len = 0;
	at->inverted = false;
	for (size_t g = 0; g < groups->len; g++) {
		const struct id_list *ids = &groups->at[g]->pods;
		size_t before = at->room.len;

		list_pods(at, ids->at, ids->len);
		for (size_t i = before; i < at->room.len; i++)
			at->of_atom[at->number[at->room.at[i]]] = groups->at[g]->numbers;
	}
	atoms = atoms_at_hand(at);
	numbers = ARENA_ARRAY(at->arena, atoms.len, struct ranges);
	for (size_t i = 0; i < atoms.len; i++) {
		struct ranges *of_atom = &at->of_atom[atoms.at[i]];

		for (size_t j = 0; j < of_atom->len; j++)
			ranges_add(at->arena, &numbers[i], of_atom->at[j]);
		*of_atom = (struct ranges){ 0 };
	}
	return (struct named_atoms){ atoms.at, numbers, atoms.len };
}

bool atoms_build(struct arena *a, struct arena *scratch, const struct cluster *cl,
		 const struct pod_sets *sets, struct classes *out, size_t most,
		 size_t *peer)
{
	struct atoms at = {
		.arena = a, .scratch = scratch, .cluster = cl, .sets = sets, .out = out
	};
	size_t nnames = sets->names[EGRESS].len;
	struct port_groups *groups = ARENA_ARRAY(scratch, nnames, struct port_groups);
	bool good;

	for (enum family f = 0; f < FAMILIES; f++) {
		collect_addresses(&at, f);
		cut_intervals(&at, f);
	}
	list_elements(&at);
	find_same(&at);
	at.partition = partition_new(scratch, at.n);
	for (size_t i = 0; i < sets->npeers; i++) {
		if (at.same_as[i] != i)
			continue;
		list_peer(&at, &sets->peers[i]);
		partition_split(at.partition, at.room.at, at.room.len);
	}
	split_by_names(&at, groups);
	number_atoms(&at);
	good = list_peer_atoms(&at, most, peer);
	out->named = ARENA_ARRAY(a, nnames, struct named_atoms);
	for (size_t i = 0; i < nnames; i++)
		out->named[i] = list_named(&at, &groups[i]);
	arena_reset(scratch);
	return good;
}

size_t classes_addresses_below(const struct classes *cs, enum family f, u128 number)
{
	size_t lo = 0, hi = cs->naddresses[f];

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cs->addresses[f][mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct pod_address *classes_find_address(const struct classes *cs, struct address a)
{
	size_t i = classes_addresses_below(cs, a.family, a.number);

	if (i == cs->naddresses[a.family] ||
	    cs->addresses[a.family][i].number != a.number)
		return NULL;
	return &cs->addresses[a.family][i];
}

uint32_t classes_interval_atom(const struct classes *cs, struct address a)
{
	size_t i = intervals_below(cs, a.family, a.number);

	/* The interval that begins at a, else the one before it. */
	if (i == cs->nintervals[a.family] || cs->intervals[a.family][i].lo != a.number)
		i--;
	return cs->intervals[a.family][i].atom;
}

uint32_t classes_atom(const struct classes *cs, struct address a)
{
	const struct pod_address *held = classes_find_address(cs, a);

	return held ? held->atom : classes_interval_atom(cs, a);
}
