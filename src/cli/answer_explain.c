/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explanation of a verdict comes in, words for a person go out.
 */
#include <netpolc/cli/answer.h>

#include <netpolc/analysis/explain.h>
#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>

/* Of the rules that allow nothing here, so many are named. */
#define MISSES_SHOWN 10
/* And of the peers of each so many. */
#define PEERS_SHOWN 5

/* " (file:line)", if the place is known. */
static void print_place(struct ctx *cx, struct buf *out, const struct origin *origin)
{
	const char *file = source_name(&cx->sources, origin->at.file);

	if (!origin->at.line || !file)
		return;
	buf_puts(out, " (");
	visible_text(out, file);
	buf_printf(out, ":%u)", (unsigned)origin->at.line);
}

static void print_policy(struct buf *out, const struct answered *q,
			 const struct policy *policy)
{
	visible_text(out, q->dc->cluster->namespaces[policy->namespace].name);
	buf_putc(out, '/');
	visible_text(out, policy->name);
}

/* "a; b": those that hold, or those that do not.  That it is a pod goes without saying
 * where it is one. */
static void print_conditions(struct buf *out, const struct conditions *c, bool holding)
{
	bool any = false;

	for (size_t i = 0; i < c->len; i++) {
		const struct condition *one = &c->at[i];

		if (one->holds != holding ||
		    (holding && one->kind == CONDITION_POD && c->len > 1))
			continue;
		buf_puts(out, any ? "; " : "");
		condition_print(out, one);
		any = true;
	}
}

static void print_entry(struct ctx *cx, struct buf *out, const char *what,
			const struct origin *origin)
{
	buf_printf(out, "      %s ", what);
	visible_text(out, origin->path ? origin->path : "");
	print_place(cx, out, origin);
}

static void print_peer(struct ctx *cx, struct buf *out, const struct peer_story *peer,
		       bool holds)
{
	print_entry(cx, out, "peer", &peer->peer->origin);
	buf_puts(out, ": ");
	print_conditions(out, &peer->conditions, holds);
	buf_putc(out, '\n');
}

static void print_allowing(struct ctx *cx, struct buf *out, const struct rule_story *s)
{
	buf_puts(out, ": allows\n");
	if (s->found.peer)
		print_peer(cx, out, &s->peers[0], true);
	else
		buf_puts(out, "      any peer\n");
	if (s->found.port) {
		print_entry(cx, out, "port", &s->found.port->origin);
		buf_puts(out, ": ");
		explain_port_match(out, s);
		buf_putc(out, '\n');
	} else {
		buf_puts(out, "      any port\n");
	}
}

/* On the line of the rule what failed, unless several peers did: then a line for each. */
static void print_missing(struct ctx *cx, struct buf *out, const struct answered *q,
			  const struct rule_story *s)
{
	bool peer_missed = !s->found.peer_matches, port_missed = !s->found.port_matches;
	size_t shown = s->npeers < PEERS_SHOWN ? s->npeers : PEERS_SHOWN;

	buf_puts(out, ": ");
	if (port_missed)
		explain_port_miss(out, s, q->port.protocol, q->answer.port);
	if (port_missed && peer_missed)
		buf_puts(out, "; ");
	if (peer_missed && s->npeers == 1)
		print_conditions(out, &s->peers[0].conditions, false);
	else if (peer_missed && !s->npeers) /* --legacy: empty is not absent */
		buf_puts(out, "it has no peer, so it is for nobody");
	else if (peer_missed)
		buf_printf(out, "none of its %zu peers matches", s->npeers);
	buf_putc(out, '\n');
	for (size_t i = 0; peer_missed && s->npeers > 1 && i < shown; i++)
		print_peer(cx, out, &s->peers[i], false);
	if (peer_missed && shown < s->npeers)
		buf_printf(out, "      and %zu more peer%s\n",
			   COUNTED(s->npeers - shown));
}

static void print_rule(struct ctx *cx, struct buf *out, const struct answered *q,
		       const struct rule_story *s)
{
	const struct rule_finding *f = &s->found;

	buf_puts(out, "    ");
	print_policy(out, q, f->policy);
	buf_puts(out, " ");
	visible_text(out, f->rule->origin.path ? f->rule->origin.path : "");
	print_place(cx, out, &f->rule->origin);
	if (f->peer_matches && f->port_matches)
		print_allowing(cx, out, s);
	else
		print_missing(cx, out, q, s);
}

/* family: " in IPv4", or "" where it makes no difference */
static void print_findings(struct ctx *cx, struct buf *out, const struct answered *q,
			   const struct explanation *e, const char *family)
{
	size_t shown = e->nrules < MISSES_SHOWN ? e->nrules : MISSES_SHOWN;

	if (!e->nallowing)
		buf_printf(out, "  no rule allows it%s%s\n", family,
			   e->nrules ? "; these came into question:" : "");
	else
		buf_printf(out, "  allowed%s by\n", family);
	/* Once something allows, what does not is of no interest. */
	if (e->nallowing)
		shown = e->nallowing;
	for (size_t i = 0; i < shown; i++)
		print_rule(cx, out, q, &e->rules[i]);
	if (!e->nallowing && shown < e->nrules)
		buf_printf(out, "    and %zu more\n", e->nrules - shown);
}

static bool same_allowing(const struct explanation *a, const struct explanation *b)
{
	if (a->nallowing != b->nallowing)
		return false;
	for (size_t i = 0; i < a->nallowing; i++) {
		const struct rule_finding *x = &a->rules[i].found;
		const struct rule_finding *y = &b->rules[i].found;

		if (x->rule != y->rule || x->peer != y->peer || x->port != y->port)
			return false;
	}
	return true;
}

static bool is_nearer(const struct explanation *a, const struct explanation *b)
{
	return a->nrules && a->rules[0].failed < b->rules[0].failed;
}

bool answer_tells_of(const struct answered *q, enum family f)
{
	return q->answer.verdict.allow ? q->answer.verdict.in[f]
				       : q->in[f] != REASON_NO_FAMILY;
}

bool answer_explanation(struct ctx *cx, const struct answered *q, enum direction d,
			enum family f, struct explanation *e)
{
	return explain(cx, q->dc, d, &q->from, &q->to, q->port.protocol, q->answer.port,
		       f, e);
}

/* e: of the family of the verdict.  The rules that allow are not always the same in both;
 * where none does, those that are nearer to it are told. */
static void print_rules(struct ctx *cx, struct buf *out, const struct answered *q,
			enum direction d, const struct explanation *e)
{
	const struct verdict_of_core *v = &q->answer.verdict;
	enum family other = v->family == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4;
	const struct explanation *four = e, *six = e;
	struct explanation more;

	if (answer_tells_of(q, other)) {
		answer_explanation(cx, q, d, other, &more);
		*(other == FAMILY_IPV4 ? &four : &six) = &more;
	}
	if (!same_allowing(four, six)) {
		print_findings(cx, out, q, four, " in IPv4");
		print_findings(cx, out, q, six, " in IPv6");
	} else {
		print_findings(cx, out, q, is_nearer(six, four) ? six : four, "");
	}
}

static bool names_blocks(const struct explanation *e)
{
	for (size_t i = 0; i < e->nrules; i++) {
		const struct policy_rule *rule = e->rules[i].found.rule;

		for (size_t p = 0; p < rule->npeers; p++)
			if (rule->peers[p].block)
				return true;
	}
	return false;
}

/* Nobody can tell yet which ipBlocks will match a pod without an address. */
static void print_guess(struct buf *out, const struct answered *q, enum direction d,
			const struct explanation *e)
{
	if (answer_has_address(q, d == EGRESS ? &q->to : &q->from) || !names_blocks(e))
		return;
	buf_puts(out, "  note: ");
	answer_words(out, q, d == EGRESS ? "%t" : "%f");
	buf_puts(out, " has no address; no ipBlock is taken to match it but a /0 "
		      "without except, in its own family\n");
}

static void print_direction(struct ctx *cx, struct buf *out, const struct answered *q,
			    enum direction d)
{
	struct explanation e;
	bool isolated = answer_explanation(cx, q, d, q->answer.verdict.family, &e);

	answer_words(out, q, d == EGRESS ? "egress of %f: " : "ingress to %t: ");
	if (!isolated) {
		buf_puts(out, "not isolated\n");
		return;
	}
	if (e.npolicies)
		buf_puts(out, "isolated by\n");
	else
		buf_puts(out,
			 "isolated, though no policy selects it (an invalid pod, or a "
			 "namespace that --legacy isolates)\n");
	for (size_t i = 0; i < e.npolicies; i++) {
		const struct policy *policy = &q->dc->cluster->policies[e.policies[i]];

		buf_puts(out, "    NetworkPolicy ");
		print_policy(out, q, policy);
		print_place(cx, out, &policy->origin);
		if (!policy->nrules[d])
			buf_printf(out, ", which has no %s rule", direction_name(d));
		buf_putc(out, '\n');
	}
	print_rules(cx, out, q, d, &e);
	print_guess(out, q, d, &e);
}

/* Neither end has an address, and that makes a difference. */
static void print_apart(struct buf *out, const struct answered *q)
{
	const struct verdict_of_core *v = &q->answer.verdict;

	buf_puts(out, "note: nobody knows yet which family the two will have; ");
	if (v->allow)
		buf_printf(out, "it is allowed in %s, and in %s it is not\n",
			   family_name(v->family),
			   family_name(v->in[FAMILY_IPV4] ? FAMILY_IPV6 : FAMILY_IPV4));
	else
		buf_puts(out, "none is allowed both ways\n");
}

void answer_explain(struct ctx *cx, struct buf *out, const struct answered *q)
{
	if (!answer_is_policy(q))
		return;
	print_direction(cx, out, q, EGRESS);
	print_direction(cx, out, q, INGRESS);
	if (q->answer.verdict.apart)
		print_apart(out, q);
}
