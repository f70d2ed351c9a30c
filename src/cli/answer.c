/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict comes in, words for a person go out.
 */
#include <netpolc/cli/answer.h>

#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/explain.h>

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
	visible_text(out, q->port.text);
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
	const char *file;

	if (!origin->at.line || origin->at.file >= cx->sources.len)
		return;
	file = cx->sources.at[origin->at.file];
	buf_puts(out, " (");
	visible_text(out, strcmp(file, "-") ? file : "<stdin>");
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

static void print_findings(struct ctx *cx, struct buf *out, const struct answered *q,
			   const struct explanation *e)
{
	size_t allowing = 0, shown;

	while (allowing < e->nfindings && e->findings[allowing].peer_matches &&
	       e->findings[allowing].port_matches)
		allowing++;
	if (!allowing)
		buf_printf(out, "  no rule allows it%s\n",
			   e->nfindings ? "; these came into question:" : "");
	else
		buf_puts(out, "  allowed by\n");
	/* Once something allows, what does not is of no interest. */
	shown = allowing		      ? allowing
		: e->nfindings < MISSES_SHOWN ? e->nfindings
					      : MISSES_SHOWN;
	for (size_t i = 0; i < shown; i++)
		print_finding(cx, out, q, &e->findings[i]);
	if (!allowing && shown < e->nfindings)
		buf_printf(out, "    and %zu more\n", e->nfindings - shown);
}

static void print_direction(struct ctx *cx, struct buf *out, const struct answered *q,
			    enum direction d)
{
	struct explanation e;
	bool isolated = explain(cx, q->dc, d, &q->from, &q->to, q->port.protocol,
				q->answer.port, q->answer.verdict.family, &e);

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
	print_findings(cx, out, q, &e);
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
