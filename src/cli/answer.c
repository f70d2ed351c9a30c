/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict comes in, words for a person go out.
 */
#include <netpolc/cli/answer.h>

#include <netpolc/analysis/explain.h>
#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* Of the rules that allow nothing here, so many are named. */
#define MISSES_SHOWN 10

static bool has_address(const struct answered *q, const struct endpoint *e)
{
	return !e->is_pod || q->dc->cluster->pods[e->pod].naddresses > 0;
}

/* " in IPv6", where addresses make that a question. */
static const char *in_family(const struct answered *q)
{
	if (!has_address(q, &q->from) && !has_address(q, &q->to))
		return "";
	return q->answer.verdict.family == FAMILY_IPV4 ? " in IPv4" : " in IPv6";
}

/* "tcp/80", or "tcp/http (8080)" */
static void print_port(struct buf *out, const struct answered *q)
{
	probe_port_print(out, &q->port);
	if (q->port.name_len)
		buf_printf(out, " (%u)", (unsigned)q->answer.port);
}

/* Puts texts in the place of %f (source), %t (destination), %p (port) and %i (family). */
static void print_words(struct buf *out, const struct answered *q, const char *words)
{
	for (; *words; words++) {
		if (*words != '%') {
			buf_putc(out, *words);
			continue;
		}
		words++;
		if (*words == 'f')
			visible_text(out, q->from_text);
		else if (*words == 't')
			visible_text(out, q->to_text);
		else if (*words == 'p')
			print_port(out, q);
		else
			buf_puts(out, in_family(q));
	}
}

void answer_print(struct buf *out, const struct answered *q)
{
	static const char *const words[] = {
		[REASON_OPEN] = "no policy isolates %f for egress or %t for ingress",
		[REASON_RULES] = "rules let %f reach %t on %p",
		[REASON_OWN_NODE] = "a pod and its own node always reach each other",
		[REASON_SELF] = "a pod always reaches itself",
		[REASON_PROTOCOL] = "other protocols are allowed",
		[REASON_EGRESS] =
			"%f is isolated for egress, and no rule lets it reach %t on %p%i",
		[REASON_INGRESS] = ("%t is isolated for ingress, and no rule lets %f "
				    "reach it on %p%i"),
		[REASON_NO_FAMILY] = "%f and %t share no IP family",
		[REASON_NO_ENDPOINT] = "a finished pod has no network",
	};

	buf_puts(out, q->answer.verdict.allow ? "allow: " : "deny: ");
	print_words(out, q, words[q->answer.verdict.reason]);
	buf_putc(out, '\n');
}

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

static void print_entry(struct ctx *cx, struct buf *out, const char *what,
			const struct origin *origin)
{
	buf_printf(out, "      %s ", what);
	visible_text(out, origin->path ? origin->path : "");
	print_place(cx, out, origin);
	buf_putc(out, '\n');
}

static void print_finding(struct ctx *cx, struct buf *out, const struct answered *q,
			  const struct rule_finding *f)
{
	const char *misses = f->peer_matches   ? "the port is not among its ports"
			     : f->port_matches ? "the other end is not among its peers"
					       : "neither peer nor port matches";

	buf_puts(out, "    ");
	print_policy(out, q, f->policy);
	buf_puts(out, " ");
	visible_text(out, f->rule->origin.path ? f->rule->origin.path : "");
	print_place(cx, out, &f->rule->origin);
	if (!f->peer_matches || !f->port_matches) {
		buf_printf(out, ": %s\n", misses);
		return;
	}
	buf_puts(out, ": allows\n");
	if (f->peer)
		print_entry(cx, out, "peer", &f->peer->origin);
	else
		buf_puts(out, "      any peer\n");
	if (f->port)
		print_entry(cx, out, "port", &f->port->origin);
	else
		buf_puts(out, "      any port\n");
}

static size_t count_allowing(const struct explanation *e)
{
	size_t n = 0;

	while (n < e->nfindings && e->findings[n].peer_matches &&
	       e->findings[n].port_matches)
		n++;
	return n;
}

/* family: " in IPv4", or "" where it makes no difference */
static void print_findings(struct ctx *cx, struct buf *out, const struct answered *q,
			   const struct explanation *e, const char *family)
{
	size_t allowing = count_allowing(e), shown;

	if (!allowing)
		buf_printf(out, "  no rule allows it%s\n",
			   e->nfindings ? "; these came into question:" : "");
	else
		buf_printf(out, "  allowed%s by\n", family);
	/* Once something allows, what does not is of no interest. */
	shown = allowing		      ? allowing
		: e->nfindings < MISSES_SHOWN ? e->nfindings
					      : MISSES_SHOWN;
	for (size_t i = 0; i < shown; i++)
		print_finding(cx, out, q, &e->findings[i]);
	if (!allowing && shown < e->nfindings)
		buf_printf(out, "    and %zu more\n", e->nfindings - shown);
}

static bool has_family(const struct answered *q, const struct endpoint *e, enum family f)
{
	const struct pod *pod;

	if (!e->is_pod)
		return e->address.family == f;
	pod = &q->dc->cluster->pods[e->pod];
	for (size_t i = 0; i < pod->naddresses; i++)
		if (pod->addresses[i].family == f)
			return true;
	return false;
}

static bool same_allowing(const struct explanation *a, const struct explanation *b)
{
	size_t n = count_allowing(a);

	if (n != count_allowing(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (a->findings[i].rule != b->findings[i].rule ||
		    a->findings[i].peer != b->findings[i].peer ||
		    a->findings[i].port != b->findings[i].port)
			return false;
	return true;
}

static bool explain_in(struct ctx *cx, const struct answered *q, enum direction d,
		       enum family f, struct explanation *e)
{
	return explain(cx, q->dc, d, &q->from, &q->to, q->port.protocol, q->answer.port,
		       f, e);
}

/* What is allowed is allowed in every family that both ends have, and not always
 * by the same rules. */
static void print_rules(struct ctx *cx, struct buf *out, const struct answered *q,
			enum direction d, const struct explanation *e)
{
	bool both = q->answer.verdict.allow && cx->set.families[FAMILY_IPV4] &&
		    cx->set.families[FAMILY_IPV6];
	struct explanation four;

	for (enum family f = 0; f < FAMILIES; f++)
		both = both && has_family(q, &q->from, f) && has_family(q, &q->to, f);
	if (!both || !explain_in(cx, q, d, FAMILY_IPV4, &four) ||
	    same_allowing(&four, e)) {
		print_findings(cx, out, q, e, "");
		return;
	}
	print_findings(cx, out, q, &four, " in IPv4");
	print_findings(cx, out, q, e, " in IPv6");
}

static bool names_blocks(const struct explanation *e)
{
	for (size_t i = 0; i < e->nfindings; i++)
		for (size_t p = 0; p < e->findings[i].rule->npeers; p++)
			if (e->findings[i].rule->peers[p].block)
				return true;
	return false;
}

/* Nobody can tell yet which ipBlocks will match a pod without an address. */
static void print_guess(struct buf *out, const struct answered *q, enum direction d,
			const struct explanation *e)
{
	if (has_address(q, d == EGRESS ? &q->to : &q->from) || !names_blocks(e))
		return;
	buf_puts(out, "  note: ");
	print_words(out, q, d == EGRESS ? "%t" : "%f");
	buf_puts(out, " has no address; of all ipBlocks it is taken to match those "
		      "alone that are a /0 without except\n");
}

static void print_direction(struct ctx *cx, struct buf *out, const struct answered *q,
			    enum direction d)
{
	struct explanation e;
	bool isolated = explain_in(cx, q, d, q->answer.verdict.family, &e);

	print_words(out, q, d == EGRESS ? "egress of %f: " : "ingress to %t: ");
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
		buf_putc(out, '\n');
	}
	print_rules(cx, out, q, d, &e);
	print_guess(out, q, d, &e);
}

/* Whether policy had a say: some pairs are beyond it. */
static bool is_policy(enum reason reason)
{
	return reason == REASON_OPEN || reason == REASON_RULES ||
	       reason == REASON_EGRESS || reason == REASON_INGRESS;
}

void answer_explain(struct ctx *cx, struct buf *out, const struct answered *q)
{
	if (!is_policy(q->answer.verdict.reason))
		return;
	print_direction(cx, out, q, EGRESS);
	print_direction(cx, out, q, INGRESS);
}

/* A pair of an inquiry, under the names of the question where it is all of it. */
static struct answered pair_of(struct ctx *cx, const struct inquiry *q,
			       const struct pair *p)
{
	bool whole = inquiry_is_one(q);

	return (struct answered){
		.dc = asker_decisions(q->asker),
		.from_text = whole ? q->from_text : ask_text(cx, q->asker, &p->from),
		.to_text = whole ? q->to_text : ask_text(cx, q->asker, &p->to),
		.from = p->from,
		.to = p->to,
		.port = q->target,
		.answer = p->answer,
	};
}

static void print_summary(struct buf *out, const struct inquiry *q)
{
	const struct tally *t = &q->tally;

	buf_printf(out, "%s: %zu of %zu connection%s from ",
		   t->contrary ? "deny" : "allow", t->pairs - t->contrary, t->pairs,
		   t->pairs == 1 ? "" : "s");
	visible_text(out, q->from_text);
	buf_puts(out, " to ");
	visible_text(out, q->to_text);
	buf_puts(out, " on ");
	visible_text(out, q->port.text);
	buf_puts(out, t->pairs == 1 ? " is allowed\n" : " are allowed\n");
}

void answer_pairs(struct ctx *cx, struct buf *out, const struct inquiry *q,
		  size_t explained)
{
	for (size_t i = 0; i < q->tally.nkept; i++) {
		struct answered pair = pair_of(cx, q, &q->tally.kept[i]);

		answer_print(out, &pair);
		if (i < explained)
			answer_explain(cx, out, &pair);
	}
}

void answer_inquiry(struct ctx *cx, struct buf *out, const struct inquiry *q,
		    bool explain)
{
	BUF_AUTO pairs = { 0 };

	answer_pairs(cx, &pairs, q, explain ? SIZE_MAX : 0);
	if (!inquiry_is_one(q))
		print_summary(out, q);
	buf_lines(out, pairs.at, inquiry_is_one(q) ? "" : "  ");
}
