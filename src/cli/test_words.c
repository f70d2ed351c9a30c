/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result comes in, the words that all reports share go out.
 */
#include <netpolc/cli/answer.h>
#include <netpolc/cli/test_report.h>

#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>

void test_place(struct buf *out, const struct test_report *report,
		const struct test_result *result)
{
	const struct place *at = &result->assertion->origin.at;

	visible_text(out, source_name(&report->cx->sources, at->file));
	buf_printf(out, ":%u", (unsigned)at->line);
}

static void write_inquiry(struct buf *out, const struct test_report *report,
			  const struct inquiry *q)
{
	const struct tally *t = &q->tally;

	buf_printf(out, "expected %s on ", q->expected ? "allow" : "deny");
	probe_port_print(out, &q->port);
	if (!inquiry_is_one(q))
		buf_printf(out, " for %zu connection%s, of which %zu %s not so",
			   COUNTED(t->pairs), t->contrary,
			   t->contrary == 1 ? "is" : "are");
	buf_puts(out, ":\n");
	answer_pairs(report->cx, out, q, 1);
}

void test_failure(struct buf *out, const struct test_report *report,
		  const struct test_result *result, const char *before)
{
	for (size_t i = 0; i < result->assertion->nports; i++) {
		BUF_AUTO text = { 0 };

		if (!result->inquiries[i].tally.contrary)
			continue;
		write_inquiry(&text, report, &result->inquiries[i]);
		buf_lines(out, text.at, before);
	}
}

void test_summary(struct buf *out, const struct test_report *report)
{
	const struct test_run *run = report->run;

	buf_printf(out, "%zu assertion%s, %zu failed; %zu connection%s",
		   COUNTED(run->len), run->failed, COUNTED(run->pairs));
	if (!report->proven)
		return;
	buf_printf(out, ", %zu of them proven by the kernel with %zu packet%s",
		   report->proof.proven, COUNTED(report->proof.packets));
	if (report->proof.unproven)
		buf_printf(out, "; no packet can tell of the other %zu",
			   report->proof.unproven);
}

void test_coverage(struct buf *out, const struct test_report *report, const char *before)
{
	const struct coverage *c = report->coverage;
	BUF_AUTO text = { 0 };

	if (!c)
		return;
	buf_printf(&text, "%zu of %zu rules exercised%s\n", c->rules - c->nidle, c->rules,
		   c->nidle ? "; no assertion exercises" : "");
	for (size_t i = 0; i < c->nidle; i++) {
		const struct origin *at = &c->idle[i].rule->origin;

		buf_puts(&text, "  NetworkPolicy ");
		visible_text(&text, c->idle[i].policy->origin.object->space);
		buf_putc(&text, '/');
		visible_text(&text, c->idle[i].policy->name);
		buf_putc(&text, ' ');
		visible_text(&text, at->path ? at->path : "");
		buf_puts(&text, " (");
		visible_text(&text, source_name(&report->cx->sources, at->at.file));
		buf_printf(&text, ":%u)\n", (unsigned)at->at.line);
	}
	buf_lines(out, text.at, before);
}
