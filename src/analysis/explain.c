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
#include <netpolc/base/visible.h>
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
	const struct endpoint *other;
	enum family family;
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
	const struct address *own;

	if (!e->is_pod)
		return classes_atom(dc->classes, e->address);
	own = pod_address_in(&dc->cluster->pods[e->pod], family);
	return own ? classes_atom(dc->classes, *own)
		   : dc->classes->atom_of_pod[family][e->pod];
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

/* What an entry stands for, on these ends. */
static struct ranges numbers_of(const struct asked *q, const struct policy_port *port)
{
	struct ranges numbers = { 0 };

	if (port->name && q->direction == EGRESS)
		return *numbers_of_atom(q, port);
	if (port->name)
		return pod_port_numbers(q->arena, &q->dc->cluster->pods[q->subject],
					port->name, port->protocol);
	ranges_add(q->arena, &numbers, (struct range){ port->lo, port->hi });
	return numbers;
}

static bool port_matches(const struct asked *q, const struct policy_port *port)
{
	const struct ranges *wanted = &q->wanted->ports[port->protocol];
	struct range range = { port->lo, port->hi };
	struct ranges numbers = { .at = &range, .len = 1 };

	if (wanted->len == 0)
		return false;
	if (port->name)
		numbers = numbers_of(q, port);
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

static void tell_peers(const struct asked *q, struct rule_story *story)
{
	const struct policy_rule *rule = story->found.rule;
	struct peer_story *at = ARENA_ARRAY(q->arena, rule->npeers, struct peer_story);

	for (size_t i = 0; i < rule->npeers; i++) {
		const struct policy_peer *peer = &rule->peers[i];

		if (story->found.peer_matches && peer != story->found.peer)
			continue;
		at[story->npeers++] = (struct peer_story){
			peer, conditions_of(q->arena, q->dc, story->found.policy, peer,
					    q->other, q->family)
		};
	}
	peer_stories_sort(at, story->npeers);
	story->peers = at;
}

/* How far a rule is from allowing. */
static size_t count_failed(const struct rule_story *s)
{
	size_t failed = !s->found.port_matches;

	if (!s->found.peer_matches)
		failed += s->npeers ? s->peers[0].conditions.failed : 1;
	return failed;
}

static struct rule_story tell(const struct asked *q, uint32_t policy, size_t index)
{
	struct rule_story story = { .found = find(q, policy, index) };
	const struct policy_rule *rule = story.found.rule;
	struct ranges *numbers = ARENA_ARRAY(q->arena, rule->nports, struct ranges);

	tell_peers(q, &story);
	for (size_t i = 0; i < rule->nports; i++)
		numbers[i] = numbers_of(q, &rule->ports[i]);
	story.numbers = numbers;
	story.to_pod = q->direction == INGRESS || pod_of(q->dc, q->other) != NO_POD;
	story.failed = count_failed(&story);
	return story;
}

static bool allows(const struct rule_finding *f)
{
	return f->peer_matches && f->port_matches;
}

static int compare_stories(const void *a, const void *b)
{
	const struct rule_story *x = a, *y = b;

	if (x->failed != y->failed)
		return x->failed < y->failed ? -1 : 1;
	if (x->found.policy != y->found.policy)
		return x->found.policy < y->found.policy ? -1 : 1;
	return x->found.rule < y->found.rule ? -1 : x->found.rule > y->found.rule;
}

static void tell_all(const struct asked *q, const struct class *class,
		     struct explanation *out)
{
	struct {
		struct rule_story *at;
		size_t len, cap;
	} told = { 0 };

	for (size_t i = 0; i < class->npolicies; i++) {
		const struct policy *p = &q->dc->cluster->policies[class->policies[i]];

		for (size_t r = 0; r < p->nrules[q->direction]; r++)
			if (!p->rules[q->direction][r].invalid)
				*ARENA_PUSH(q->arena, &told) =
					tell(q, class->policies[i], r);
	}
	if (told.len)
		qsort(told.at, told.len, sizeof(*told.at), compare_stories);
	out->rules = told.at;
	out->nrules = told.len;
	while (out->nallowing < told.len && allows(&told.at[out->nallowing].found))
		out->nallowing++;
}

static void print_entry(struct buf *out, const struct policy_port *port,
			const struct ranges *numbers, bool of_pod)
{
	if (port->name) {
		visible_text(out, port->name);
		buf_puts(out, numbers->len ? " ("
			      : of_pod	   ? " (no port of the pod)"
					   : "");
	}
	for (size_t i = 0; i < numbers->len; i++) {
		buf_puts(out, i ? ", " : "");
		buf_putu(out, (uint64_t)numbers->at[i].lo);
		if (numbers->at[i].hi == numbers->at[i].lo)
			continue;
		buf_putc(out, '-');
		buf_putu(out, (uint64_t)numbers->at[i].hi);
	}
	if (port->name && numbers->len)
		buf_putc(out, ')');
}

/* The protocols of a rule's ports: "TCP, UDP". */
static void print_protocols(struct buf *out, const struct policy_rule *rule)
{
	size_t before = out->len;

	for (enum protocol p = 0; p < PROTOCOLS; p++) {
		size_t i = 0;

		while (i < rule->nports && rule->ports[i].protocol != p)
			i++;
		if (i == rule->nports)
			continue;
		buf_puts(out, out->len > before ? ", " : "");
		buf_puts(out, protocol_name(p));
	}
}

void explain_port_match(struct buf *out, const struct rule_story *story)
{
	size_t i = (size_t)(story->found.port - story->found.rule->ports);

	print_entry(out, story->found.port, &story->numbers[i], true);
}

void explain_port_miss(struct buf *out, const struct rule_story *story, unsigned protocol,
		       uint16_t port)
{
	const struct policy_rule *rule = story->found.rule;
	bool any = false;

	for (size_t i = 0; i < rule->nports; i++) {
		if (rule->ports[i].protocol != protocol)
			continue;
		if (any)
			buf_puts(out, ", ");
		else
			buf_printf(out, "port %u is not in ", (unsigned)port);
		print_entry(out, &rule->ports[i], &story->numbers[i], story->to_pod);
		any = true;
	}
	if (any)
		return;
	buf_printf(out, "protocol %s is not in ",
		   protocol < PROTOCOLS ? protocol_name(protocol) : "other");
	print_protocols(out, rule);
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
			   .wanted = &wanted,
			   .other = other,
			   .family = family };
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
	tell_all(&q, &dc->classes->at[d][class], out);
	return true;
}

/* Whether the rule lets any of the atoms have a wanted port, and which. */
static bool grants(struct asked *q, const uint32_t atoms[FAMILIES], struct rule_ref *ref)
{
	for (enum family f = 0; f < FAMILIES; f++) {
		struct rule_finding found;

		if (atoms[f] == NO_ATOM)
			continue;
		q->atom = atoms[f];
		found = find(q, ref->policy, ref->rule);
		ref->in[f] = allows(&found);
	}
	return ref->in[FAMILY_IPV4] || ref->in[FAMILY_IPV6];
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

		for (uint32_t r = 0; r < p->nrules[d]; r++) {
			struct rule_ref ref = { .policy = c->policies[i], .rule = r };

			if (!p->rules[d][r].invalid && grants(&q, atoms, &ref))
				*ARENA_PUSH(a, out) = ref;
		}
	}
}
