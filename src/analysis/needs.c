/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: what they would not be the same without.
 *
 * For one class, each rule gives port sets to atoms.  What an atom was given is a path
 * of notes to the root of a tree, as in policy/sums.h, so atoms that were given the same
 * are looked at once.  Then the ports are swept from the lowest to the highest: where
 * just one rule (or the rules of just one policy) is under way, that one is needed.
 * This never computes what the others allow together, which would be the square of it.
 */
#include <netpolc/analysis/needs.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/policy/port_index.h>

#include <stdlib.h>
#include <string.h>

/* One rule of a policy of the class. */
struct unit {
	uint32_t policy; /* in the class's policies */
	struct rule_need *need;
};

struct gift {
	const struct gift *before; /* NULL: none */
	uint32_t unit;
	const struct portset *ports;
	bool is_last; /* of some atom */
};

struct edge {
	uint32_t at; /* the first port of a range, or the one behind its last */
	uint32_t unit;
	bool begins;
};

/* How many are under way, and the sum of their numbers: if it is one, which. */
struct depth {
	uint32_t *count; /* by number */
	uint32_t n, sum;
};

/* 10 MiB, for a class; where pods of 100,000 have hundreds of policies they are
 * thousands. */
#define GIFTS_MAX ((size_t)1 << 17)

struct needs {
	struct checking *ck;
	struct policy_need *out;
	const struct class *class;

	struct {
		struct unit *at;
		size_t len, cap;
	} units;
	const struct gift *base; /* to any peer */
	size_t nbase;
	struct gift **of_atom;
	struct id_list atoms; /* that were given something of their own */
	struct hashset *gifts;
	struct gift *last;
	struct {
		struct edge *at;
		size_t len, cap;
	} edges;
	struct depth rules, policies;
};

static uint64_t hash_gift(const void *item, uint64_t seed)
{
	const struct gift *g = item;
	const uintptr_t key[] = { (uintptr_t)g->before, g->unit, (uintptr_t)g->ports };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_gifts(const void *a, const void *b)
{
	const struct gift *x = a, *y = b;

	return x->before == y->before && x->unit == y->unit && x->ports == y->ports;
}

/* ---- giving ----------------------------------------------------------------------- */

static struct gift *gift_behind(struct needs *n, const struct gift *before, uint32_t unit,
				const struct portset *ports)
{
	struct gift *gift, probe = { before, unit, ports, false };

	if (n->last && equal_gifts(n->last, &probe))
		return n->last;
	gift = hashset_find(n->gifts, &probe);
	if (!gift) {
		gift = ARENA_NEW(n->ck->scratch, struct gift);
		*gift = probe;
		hashset_add(n->gifts, gift);
	}
	n->last = gift;
	return gift;
}

static void give(struct needs *n, uint32_t atom, uint32_t unit,
		 const struct portset *ports)
{
	if (ports == portset_none(n->ck->dc->portsets))
		return;
	if (!n->of_atom[atom])
		*ARENA_PUSH(n->ck->scratch, &n->atoms) = atom;
	n->of_atom[atom] = gift_behind(n, n->of_atom[atom], unit, ports);
	n->units.at[unit].need->gives = true;
}

static void give_all(struct needs *n, uint32_t unit, const struct portset *ports)
{
	if (ports == portset_none(n->ck->dc->portsets))
		return;
	n->base = gift_behind(n, n->base, unit, ports);
	n->nbase++;
	n->units.at[unit].need->gives = true;
}

/* The ports of an ingress rule that are named, as the subject has them. */
static void add_named(struct checking *ck, const struct pod *subject,
		      const struct resolved_rule *rule, struct ranges ports[PROTOCOLS])
{
	for (size_t i = 0; rule->nnames > 0 && i < subject->nports; i++) {
		const struct named_port *p = &subject->ports[i];
		const struct port_holders *h =
			port_index_find(ck->dc->sets->ports, p->name, p->protocol);

		if (h && ids_find(rule->names, rule->nnames, h->id[INGRESS]))
			*ARENA_PUSH(ck->scratch, &ports[p->protocol]) =
				(struct range){ p->number, p->number };
	}
}

const struct portset *needs_ports(struct checking *ck, const struct class *class,
				  const struct policy_rule *rule,
				  const struct resolved_rule *resolved)
{
	struct ranges ports[PROTOCOLS] = { 0 };

	if (rule->any_port)
		return portset_everything(ck->dc->portsets);
	for (size_t i = 0; i < rule->nports; i++) {
		const struct policy_port *p = &rule->ports[i];

		if (!p->name)
			*ARENA_PUSH(ck->scratch, &ports[p->protocol]) =
				(struct range){ p->lo, p->hi };
	}
	if (class->direction == INGRESS)
		add_named(ck, &ck->cluster->pods[class->pods.at[0]], resolved, ports);
	return portset_of_ranges(ck->dc->portsets, ports);
}

/* A port name of an egress rule, for the members of a peer that have it. */
static void give_named(struct needs *n, uint32_t unit, uint32_t name, uint32_t peer)
{
	const struct decisions *dc = n->ck->dc;
	const struct named_atoms *named = &dc->classes->named[name];
	enum protocol protocol = dc->sets->names[EGRESS].at[name].protocol;

	for (size_t i = 0; i < named->len; i++) {
		struct ranges ports[PROTOCOLS] = { 0 };

		if (peer != ANY_PEER &&
		    !ids_find(dc->classes->peer_atoms[peer],
			      dc->classes->npeer_atoms[peer], named->atoms[i]))
			continue;
		ports[protocol] = named->numbers[i];
		give(n, named->atoms[i], unit, portset_make(dc->portsets, ports));
	}
}

static bool give_to_peer(struct needs *n, uint32_t unit, uint32_t peer,
			 const struct portset *ports, const struct resolved_rule *rule)
{
	const struct classes *cs = n->ck->dc->classes;
	const uint32_t *atoms = peer == ANY_PEER ? NULL : cs->peer_atoms[peer];
	size_t natoms = peer == ANY_PEER ? 1 : cs->npeer_atoms[peer];

	if (!check_spend(n->ck, natoms))
		return false;
	if (peer == ANY_PEER)
		give_all(n, unit, ports);
	for (size_t i = 0; peer != ANY_PEER && i < natoms; i++)
		give(n, atoms[i], unit, ports);
	if (hashset_len(n->gifts) > GIFTS_MAX)
		return check_give_up(n->ck);
	for (size_t i = 0; n->class->direction == EGRESS && i < rule->nnames; i++) {
		if (!check_spend(n->ck, 8 * cs->named[rule->names[i]].len))
			return false;
		give_named(n, unit, rule->names[i], peer);
	}
	return true;
}

/* False when it would take too long. */
static bool add_rule(struct needs *n, uint32_t policy, uint32_t index)
{
	enum direction d = n->class->direction;
	uint32_t id = n->class->policies[policy];
	const struct policy_rule *rule = &n->ck->cluster->policies[id].rules[d][index];
	const struct resolved_rule *resolved = &n->ck->dc->sets->rules[d][id][index];
	const struct pod *subject = &n->ck->cluster->pods[n->class->pods.at[0]];
	uint32_t unit = (uint32_t)n->units.len;
	const struct portset *ports;

	if (rule->invalid)
		return true;
	if (!check_spend(n->ck, 1 + rule->nports) ||
	    (resolved->nnames > 0 && !check_spend(n->ck, 8 * subject->nports)))
		return false;
	*ARENA_PUSH(n->ck->scratch, &n->units) =
		(struct unit){ policy, &n->out[id].rules[d][index] };
	ports = needs_ports(n->ck, n->class, rule, resolved);
	if (rule->any_peer)
		return give_to_peer(n, unit, ANY_PEER, ports, resolved);
	for (size_t i = 0; i < resolved->npeers; i++)
		if (!give_to_peer(n, unit, resolved->peers[i], ports, resolved))
			return false;
	return true;
}

/* ---- sweeping ---------------------------------------------------------------------- */

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static void add_edges(struct needs *n, const struct gift *last, unsigned protocol)
{
	for (const struct gift *g = last; g; g = g->before) {
		const struct range any = { 0, 0 };
		const struct range *at = &any;
		size_t len = g->ports->everything;

		if (protocol < PROTOCOLS) {
			at = g->ports->ports[protocol].at;
			len = g->ports->ports[protocol].len;
		}
		for (size_t i = 0; i < len; i++) {
			*ARENA_PUSH(n->ck->scratch, &n->edges) =
				(struct edge){ (uint32_t)at[i].lo, g->unit, true };
			*ARENA_PUSH(n->ck->scratch, &n->edges) =
				(struct edge){ (uint32_t)at[i].hi + 1, g->unit, false };
		}
	}
}

static void step(struct depth *depth, uint32_t number, bool begins)
{
	if (begins ? depth->count[number]++ > 0 : --depth->count[number] > 0)
		return;
	depth->n = begins ? depth->n + 1 : depth->n - 1;
	depth->sum = begins ? depth->sum + number : depth->sum - number;
}

/* Ports of one protocol that atoms were given by these gifts and those to any peer. */
static bool sweep(struct needs *n, const struct gift *last, unsigned protocol)
{
	size_t end;

	n->edges.len = 0;
	add_edges(n, n->base, protocol);
	add_edges(n, last, protocol);
	if (!check_spend(n->ck, 8 * n->edges.len))
		return false;
	if (n->edges.len > 0)
		qsort(n->edges.at, n->edges.len, sizeof(*n->edges.at), compare_edges);
	for (size_t i = 0; i < n->edges.len; i = end) {
		for (end = i; end < n->edges.len; end++) {
			const struct edge *e = &n->edges.at[end];

			if (e->at != n->edges.at[i].at)
				break;
			step(&n->rules, e->unit, e->begins);
			step(&n->policies, n->units.at[e->unit].policy, e->begins);
		}
		if (n->rules.n == 1)
			n->units.at[n->rules.sum].need->needed = true;
		if (n->policies.n == 1)
			n->out[n->class->policies[n->policies.sum]].needed = true;
	}
	return true;
}

static bool sweep_all(struct needs *n, const struct gift *last)
{
	for (unsigned protocol = 0; protocol <= PROTO_OTHER; protocol++)
		if (!sweep(n, last, protocol))
			return false;
	return true;
}

/* Atoms that were given the same have the same last gift. */
static bool sweep_atoms(struct needs *n)
{
	for (size_t i = 0; i < n->atoms.len; i++) {
		struct gift *last = n->of_atom[n->atoms.at[i]];

		if (last->is_last)
			continue;
		last->is_last = true;
		if (!check_spend(n->ck, n->nbase) || !sweep_all(n, last))
			return false;
	}
	return n->atoms.len == n->ck->dc->classes->natoms || sweep_all(n, NULL);
}

/* ---- classes ----------------------------------------------------------------------- */

/* Whether the pods would be isolated though no policy selected them. */
static bool isolated_anyhow(const struct checking *ck, const struct class *class)
{
	const struct pod *pod = &ck->cluster->pods[class->pods.at[0]];

	return pod->invalid || (ck->cx->set.legacy && class->direction == INGRESS &&
				ck->cluster->namespaces[pod->namespace].default_deny);
}

/* Whether all that could be found to be needed is. */
static bool is_settled(const struct needs *n)
{
	enum direction d = n->class->direction;

	for (size_t i = 0; i < n->class->npolicies; i++) {
		uint32_t id = n->class->policies[i];

		if (!n->out[id].needed)
			return false;
		for (size_t r = 0; r < n->ck->cluster->policies[id].nrules[d]; r++)
			if (!n->out[id].rules[d][r].needed)
				return false;
	}
	return true;
}

static void begin_class(struct needs *n, uint32_t number)
{
	static const struct hashset_type type = { hash_gift, equal_gifts };
	enum direction d = n->class->direction;

	n->units.at = NULL;
	n->units.len = n->units.cap = 0;
	n->edges.at = NULL;
	n->edges.cap = 0;
	n->atoms = (struct id_list){ 0 };
	n->base = n->last = NULL;
	n->nbase = 0;
	n->gifts = hashset_new(n->ck->scratch, &type);
	for (size_t i = 0; i < n->class->npolicies; i++) {
		uint32_t id = n->class->policies[i];
		struct policy_need *need = &n->out[id];

		need->isolates = true;
		if (!need->rules[d])
			need->rules[d] = ARENA_ARRAY(
				n->ck->cx->arena, n->ck->cluster->policies[id].nrules[d],
				struct rule_need);
		*ARENA_PUSH(n->ck->cx->arena, &need->classes[d]) = number;
	}
	if (n->class->npolicies == 1 && !isolated_anyhow(n->ck, n->class))
		n->out[n->class->policies[0]].needed = true;
}

static bool add_rules(struct needs *n)
{
	for (uint32_t i = 0; i < n->class->npolicies; i++) {
		const struct policy *p = &n->ck->cluster->policies[n->class->policies[i]];

		for (uint32_t r = 0; r < p->nrules[n->class->direction]; r++)
			if (!add_rule(n, i, r))
				return false;
	}
	n->rules = (struct depth){ ARENA_ARRAY(n->ck->scratch, n->units.len, uint32_t), 0,
				   0 };
	n->policies = (struct depth){
		ARENA_ARRAY(n->ck->scratch, n->class->npolicies, uint32_t), 0, 0
	};
	return true;
}

/* Where it is not known. */
static void need_all(struct needs *n)
{
	enum direction d = n->class->direction;

	for (size_t i = 0; i < n->class->npolicies; i++) {
		uint32_t id = n->class->policies[i];

		n->out[id].needed = true;
		for (size_t r = 0; r < n->ck->cluster->policies[id].nrules[d]; r++)
			n->out[id].rules[d][r].needed = true;
	}
}

static void look_at(struct needs *n, uint32_t number)
{
	begin_class(n, number);
	if (!is_settled(n) && !(add_rules(n) && sweep_atoms(n)))
		need_all(n);
	for (size_t i = 0; i < n->atoms.len; i++)
		n->of_atom[n->atoms.at[i]] = NULL;
	arena_reset(n->ck->scratch);
}

const struct policy_need *needs_find(struct checking *ck)
{
	const struct classes *cs = ck->dc->classes;
	struct needs n = { .ck = ck };

	n.out = ARENA_ARRAY(ck->cx->arena, ck->cluster->npolicies, struct policy_need);
	n.of_atom = ARENA_ARRAY(ck->cx->arena, cs->natoms, struct gift *);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (uint32_t i = 0; i < cs->len[d]; i++) {
			n.class = &cs->at[d][i];
			look_at(&n, i);
		}
	return n.out;
}
