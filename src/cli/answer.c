/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict comes in, words for a person go out.
 */
#include <netpolc/cli/answer.h>

#include <netpolc/analysis/explain.h>
#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>

bool answer_has_address(const struct answered *q, const struct endpoint *e)
{
	return !e->is_pod || q->dc->cluster->pods[e->pod].naddresses > 0;
}

bool answer_is_policy(const struct answered *q)
{
	enum reason reason = q->answer.verdict.reason;

	return reason == REASON_OPEN || reason == REASON_RULES ||
	       reason == REASON_EGRESS || reason == REASON_INGRESS;
}

/* The family that the verdict is not of. */
static enum family other_family(const struct answered *q)
{
	return q->answer.verdict.family == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4;
}

/* " in IPv6", where it might be otherwise in another family. */
static const char *in_family(const struct answered *q)
{
	const struct verdict_of_core *v = &q->answer.verdict;
	bool known = answer_has_address(q, &q->from) || answer_has_address(q, &q->to);

	if (!v->apart && (v->allow || !known))
		return "";
	if (!v->allow && q->in[other_family(q)] == v->reason)
		return " in IPv4 or IPv6";
	return v->family == FAMILY_IPV4 ? " in IPv4" : " in IPv6";
}

/* "tcp/80", or "tcp/http (8080)" */
static void print_port(struct buf *out, const struct answered *q)
{
	probe_port_print(out, &q->port);
	if (q->port.name_len)
		buf_printf(out, " (%u)", (unsigned)q->answer.port);
}

void answer_words(struct buf *out, const struct answered *q, const char *words)
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

/* Whether the ends are two addresses of one pod. */
static bool is_one_pod(const struct answered *q)
{
	const struct pod_address *from, *to;

	if (q->from.is_pod || q->to.is_pod)
		return false;
	from = classes_find_address(q->dc->classes, q->from.address);
	to = classes_find_address(q->dc->classes, q->to.address);
	return from && to && from->pod == to->pod;
}

/* What the other family has to say, where that is something else. */
static void print_other_family(struct buf *out, const struct answered *q)
{
	static const char *const words[] = {
		[REASON_OPEN] = "it is allowed",
		[REASON_RULES] = "it is allowed",
		[REASON_EGRESS] = "%f is isolated for egress, and no rule allows it",
		[REASON_INGRESS] = "%t is isolated for ingress, and no rule allows it",
	};
	enum family other = other_family(q);

	if (q->in[other] == REASON_NO_FAMILY || q->in[other] == q->answer.verdict.reason)
		return;
	buf_printf(out, "; in %s ", family_name(other));
	answer_words(out, q, words[q->in[other]]);
}

void answer_print(struct buf *out, const struct answered *q)
{
	static const char *const words[] = {
		[REASON_OPEN] = "no policy isolates %f for egress or %t for ingress",
		[REASON_RULES] = "rules let %f reach %t on %p%i",
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

	const char *said = words[q->answer.verdict.reason];

	if (q->answer.verdict.reason == REASON_NO_FAMILY && is_one_pod(q))
		said = "%f and %t are one pod's, but a connection has one IP family";
	buf_puts(out, q->answer.verdict.allow ? "allow: " : "deny: ");
	answer_words(out, q, said);
	if (answer_is_policy(q) && !q->answer.verdict.allow)
		print_other_family(out, q);
	buf_putc(out, '\n');
}

struct answered answer_pair(struct ctx *cx, const struct inquiry *q, size_t i)
{
	const struct pair *p = &q->tally.kept[i];
	bool whole = inquiry_is_one(q);
	struct answered out = {
		.dc = asker_decisions(q->asker),
		.from_text = whole && !q->from.at ? q->from_text
						  : ask_text(cx, q->asker, &p->from),
		.to_text =
			whole && !q->to.at ? q->to_text : ask_text(cx, q->asker, &p->to),
		.from = p->from,
		.to = p->to,
		.port = q->target,
		.answer = p->answer,
	};

	for (enum family f = 0; f < FAMILIES; f++)
		out.in[f] = ask_reason_in(q->asker, p, q->target.protocol, f);
	return out;
}

static void print_summary(struct buf *out, const struct inquiry *q)
{
	const struct tally *t = &q->tally;
	size_t allowed = t->pairs - t->contrary;

	buf_printf(out, "%s: %zu of %zu connection%s from ",
		   t->contrary ? "deny" : "allow", allowed, COUNTED(t->pairs));
	visible_text(out, q->from_text);
	buf_puts(out, " to ");
	visible_text(out, q->to_text);
	buf_puts(out, " on ");
	visible_text(out, q->port.text);
	buf_puts(out, t->pairs == 1 || allowed == 1 ? " is allowed\n" : " are allowed\n");
}

void answer_pairs(struct ctx *cx, struct buf *out, const struct inquiry *q,
		  size_t explained)
{
	for (size_t i = 0; i < q->tally.nkept; i++) {
		struct answered pair = answer_pair(cx, q, i);

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
