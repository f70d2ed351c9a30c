/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * coverage - tested connections come in, rules that none of them used go out
 *
 * Connections are many, but what rules allow them depends on little: for a class, the
 * atoms of its peer and a port the rules are looked up once.
 */
#include <netpolc/analysis/coverage.h>

#include <netpolc/analysis/explain.h>
#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/ends.h>
#include <netpolc/policy/words.h>

struct covering {
	struct ctx *cx;
	const struct decisions *dc;
	struct words_index *seen;
	bool **used[DIRECTIONS]; /* by policy and rule */
};

/* The pod that policy knows an end as, or NO_POD, and its atoms. */
static struct end end_of(const struct covering *c, const struct endpoint *e)
{
	const struct classes *cs = c->dc->classes;
	struct end end = { .pod = NO_POD, .atom = { NO_ATOM, NO_ATOM } };
	const struct pod_address *held;

	if (e->is_pod)
		return end_of_pod(c->dc, e->pod);
	held = classes_find_address(cs, e->address);
	if (held)
		end.pod = held->pod;
	end.atom[e->address.family] = classes_atom(cs, e->address);
	return end;
}

static void use_rules(struct covering *c, enum direction d, uint32_t class,
		      const uint32_t atoms[FAMILIES], enum protocol protocol,
		      uint16_t port)
{
	struct range number = { port, port };
	struct portgap wanted = { .others = false };
	struct rule_refs refs = { 0 };

	wanted.ports[protocol] = (struct ranges){ .at = &number, .len = 1 };
	explain_cell(c->cx->arena, c->dc, d, class, atoms, &wanted, &refs);
	for (size_t i = 0; i < refs.len; i++)
		c->used[d][refs.at[i].policy][refs.at[i].rule] = true;
}

/* v: the verdict by policy. */
static void use_direction(struct covering *c, enum direction d, const struct end *subject,
			  const struct end *other, enum protocol protocol, uint16_t port,
			  const struct verdict_of_core *v)
{
	uint32_t class = subject->pod == NO_POD ? NO_CLASS
						: c->dc->classes->of_pod[d][subject->pod];
	uint32_t atoms[FAMILIES];
	size_t before = words_len(c->seen);

	if (class == NO_CLASS)
		return;
	for (enum family f = 0; f < FAMILIES; f++)
		atoms[f] = v->in[f] ? other->atom[f] : NO_ATOM;
	words_intern(c->seen,
		     (const uint32_t[]){ d, class, atoms[FAMILY_IPV4], atoms[FAMILY_IPV6],
					 protocol, port },
		     6);
	if (words_len(c->seen) > before)
		use_rules(c, d, class, atoms, protocol, port);
}

static void cover_port(struct covering *c, const struct inquiry *q, const struct pair *p,
		       uint16_t number)
{
	const struct probe_port port = { .protocol = q->target.protocol,
					 .number = number };
	const struct end from = end_of(c, &p->from), to = end_of(c, &p->to);
	struct answer answer;

	ask(q->asker, &p->from, &p->to, &port, &answer);
	use_direction(c, EGRESS, &from, &to, port.protocol, number, &answer.verdict);
	use_direction(c, INGRESS, &to, &from, port.protocol, number, &answer.verdict);
}

static void cover(struct covering *c, const struct inquiry *q, const struct pair *p)
{
	const struct probe_port *port = &q->target;
	const struct named_port *named;
	size_t n;

	if (!p->answer.verdict.allow || p->answer.verdict.reason != REASON_RULES)
		return;
	if (!port->name_len)
		cover_port(c, q, p, port->number);
	named = port->name_len ? ask_named(q->asker, &p->to, port, &n) : NULL;
	for (size_t i = 0; named && i < n; i++)
		cover_port(c, q, p, named[i].number);
}

static void cover_inquiry(struct covering *c, const struct inquiry *q)
{
	for (size_t i = 0; i < q->from.len; i++) {
		for (size_t j = 0; j < q->to.len; j++) {
			struct pair p;

			if (ask_member(q, i, j, &p) == MEMBER_ANSWERED)
				cover(c, q, &p);
		}
	}
}

static void begin(struct covering *c)
{
	const struct cluster *cl = c->dc->cluster;

	c->seen = words_index_new(c->cx->arena);
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		c->used[d] = ARENA_ARRAY(c->cx->arena, cl->npolicies, bool *);
		for (size_t i = 0; i < cl->npolicies; i++)
			c->used[d][i] = ARENA_ARRAY(c->cx->arena,
						    cl->policies[i].nrules[d], bool);
	}
}

/* A rule in a direction that its policy does not isolate, or a contained one, allows
 * nothing in any case. */
static struct coverage *count(const struct covering *c)
{
	const struct cluster *cl = c->dc->cluster;
	struct coverage *out = ARENA_NEW(c->cx->arena, struct coverage);
	struct {
		struct idle_rule *at;
		size_t len, cap;
	} idle = { 0 };

	for (size_t i = 0; i < cl->npolicies; i++) {
		const struct policy *policy = &cl->policies[i];

		for (enum direction d = 0; d < DIRECTIONS; d++) {
			for (size_t r = 0; policy->isolates[d] && r < policy->nrules[d];
			     r++) {
				const struct policy_rule *rule = &policy->rules[d][r];

				out->rules += !rule->invalid;
				if (!rule->invalid && !c->used[d][i][r])
					*ARENA_PUSH(c->cx->arena, &idle) =
						(struct idle_rule){ policy, rule };
			}
		}
	}
	out->idle = idle.at;
	out->nidle = idle.len;
	return out;
}

const struct coverage *coverage_of(struct ctx *cx, const struct decisions *dc,
				   const struct test_run *run)
{
	struct covering c = { .cx = cx, .dc = dc };

	begin(&c);
	for (size_t i = 0; i < run->len; i++)
		for (size_t j = 0; j < run->results[i].assertion->nports; j++)
			cover_inquiry(&c, &run->results[i].inquiries[j]);
	return count(&c);
}
