/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: one direction of a connection.  Out: the policies behind its row, and how
 * each of their rules fared.
 *
 * The row was made of these rules and the atom of the other end; whether a rule
 * took part in the atom's cell is read from the atoms of its peers.
 */
#include <netpolc/analysis/explain.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/port_index.h>

#include <stdlib.h>

struct asked {
	struct arena *arena;
	const struct decisions *dc;
	enum direction direction;
	uint32_t subject; /* the isolated pod */
	uint32_t atom;	  /* of the other end */
	const struct portgap *wanted;
};

/* The pod that policy knows an end as, or NO_POD. */
static uint32_t pod_of(const struct decisions *dc, const struct endpoint *e)
{
	const struct pod_address *held;

	if (e->is_pod)
		return pod_is_live(&dc->cluster->pods[e->pod]) ? e->pod : NO_POD;
	held = classes_find_address(dc->classes, e->address);
	return held ? held->pod : NO_POD;
}

/* The atom of an end in the family; NO_ATOM, which is in no peer, if it has none. */
static uint32_t atom_of(const struct decisions *dc, const struct endpoint *e,
			enum family family)
{
	const struct pod *pod;

	if (!e->is_pod)
		return classes_atom(dc->classes, e->address);
	pod = &dc->cluster->pods[e->pod];
	for (size_t i = 0; i < pod->naddresses; i++)
		if (pod->addresses[i].family == family)
			return classes_atom(dc->classes, pod->addresses[i]);
	return dc->classes->atom_of_pod[e->pod];
}

static bool is_member(const struct asked *q, uint32_t peer)
{
	const struct classes *cs = q->dc->classes;

	return ids_find(cs->peer_atoms[peer], cs->npeer_atoms[peer], q->atom);
}

/* The numbers that the other end, the destination, gives to an egress port name. */
static const struct ranges *numbers_of_atom(const struct asked *q,
					    const struct policy_port *port)
{
	static const struct ranges none;
	const struct port_holders *h =
		port_index_find(q->dc->sets->ports, port->name, port->protocol);
	const struct named_atoms *named;
	const uint32_t *at;

	if (!h || h->id[EGRESS] == NO_PORT_NAME)
		return &none;
	named = &q->dc->classes->named[h->id[EGRESS]];
	at = ids_find(named->atoms, named->len, q->atom);
	return at ? &named->numbers[at - named->atoms] : &none;
}

static bool port_matches(const struct asked *q, const struct policy_port *port)
{
	const struct ranges *wanted = &q->wanted->ports[port->protocol];
	struct range range = { port->lo, port->hi };
	struct ranges numbers = { .at = &range, .len = 1 };

	if (wanted->len == 0)
		return false;
	if (port->name && q->direction == EGRESS)
		return ranges_meet(wanted, numbers_of_atom(q, port));
	if (port->name)
		numbers = pod_port_numbers(q->arena, &q->dc->cluster->pods[q->subject],
					   port->name, port->protocol);
	return ranges_meet(wanted, &numbers);
}

static struct rule_finding find(const struct asked *q, uint32_t policy, size_t index)
{
	const struct policy *p = &q->dc->cluster->policies[policy];
	const struct policy_rule *rule = &p->rules[q->direction][index];
	const struct resolved_rule *resolved =
		&q->dc->sets->rules[q->direction][policy][index];
	struct rule_finding f = { .policy = p, .rule = rule };

	f.peer_matches = rule->any_peer;
	f.port_matches = rule->any_port;
	for (size_t i = 0; !f.peer_matches && i < resolved->npeers; i++)
		if (is_member(q, resolved->peers[i])) {
			f.peer_matches = true;
			f.peer = &rule->peers[i];
		}
	for (size_t i = 0; !f.port_matches && i < rule->nports; i++)
		if (port_matches(q, &rule->ports[i])) {
			f.port_matches = true;
			f.port = &rule->ports[i];
		}
	return f;
}

/* How far a rule is from allowing. */
static int distance(const struct rule_finding *f)
{
	return !f->peer_matches + !f->port_matches;
}

static int compare_findings(const void *a, const void *b)
{
	const struct rule_finding *x = a, *y = b;
	int difference = distance(x) - distance(y);

	if (difference)
		return difference;
	if (x->policy != y->policy)
		return x->policy < y->policy ? -1 : 1;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static void find_all(const struct asked *q, const struct class *class,
		     struct explanation *out)
{
	struct {
		struct rule_finding *at;
		size_t len, cap;
	} found = { 0 };

	for (size_t i = 0; i < class->npolicies; i++) {
		const struct policy *p = &q->dc->cluster->policies[class->policies[i]];

		for (size_t r = 0; r < p->nrules[q->direction]; r++)
			if (!p->rules[q->direction][r].invalid)
				*ARENA_PUSH(q->arena, &found) =
					find(q, class->policies[i], r);
	}
	if (found.len)
		qsort(found.at, found.len, sizeof(*found.at), compare_findings);
	out->findings = found.at;
	out->nfindings = found.len;
}

bool explain(struct ctx *cx, const struct decisions *dc, enum direction d,
	     const struct endpoint *from, const struct endpoint *to, unsigned protocol,
	     uint16_t port, enum family family, struct explanation *out)
{
	const struct endpoint *subject = d == EGRESS ? from : to;
	const struct endpoint *other = d == EGRESS ? to : from;
	struct range number = { port, port };
	struct portgap wanted = { .others = protocol >= PROTOCOLS };
	struct asked q = { .arena = cx->arena,
			   .dc = dc,
			   .direction = d,
			   .subject = pod_of(dc, subject),
			   .wanted = &wanted };
	uint32_t class;

	if (protocol < PROTOCOLS)
		wanted.ports[protocol] = (struct ranges){ .at = &number, .len = 1 };
	*out = (struct explanation){ .direction = d, .pod = q.subject };
	class = q.subject == NO_POD ? NO_CLASS : dc->classes->of_pod[d][q.subject];
	if (class == NO_CLASS)
		return false;
	q.atom = atom_of(dc, other, family);
	out->policies = dc->classes->at[d][class].policies;
	out->npolicies = dc->classes->at[d][class].npolicies;
	find_all(&q, &dc->classes->at[d][class], out);
	return true;
}

/* Whether the rule lets any of the atoms have a wanted port. */
static bool grants(struct asked *q, const uint32_t atoms[FAMILIES], uint32_t policy,
		   uint32_t rule)
{
	for (enum family f = 0; f < FAMILIES; f++) {
		struct rule_finding found;

		if (atoms[f] == NO_ATOM)
			continue;
		q->atom = atoms[f];
		found = find(q, policy, rule);
		if (found.peer_matches && found.port_matches)
			return true;
	}
	return false;
}

void explain_cell(struct arena *a, const struct decisions *dc, enum direction d,
		  uint32_t class, const uint32_t atoms[FAMILIES],
		  const struct portgap *wanted, struct rule_refs *out)
{
	const struct class *c = &dc->classes->at[d][class];
	struct asked q = { .arena = a,
			   .dc = dc,
			   .direction = d,
			   .subject = c->pods.at[0],
			   .wanted = wanted };

	for (size_t i = 0; i < c->npolicies; i++) {
		const struct policy *p = &dc->cluster->policies[c->policies[i]];

		for (uint32_t r = 0; r < p->nrules[d]; r++)
			if (!p->rules[d][r].invalid &&
			    grants(&q, atoms, c->policies[i], r))
				*ARENA_PUSH(a, out) =
					(struct rule_ref){ c->policies[i], r };
	}
}
