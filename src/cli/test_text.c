/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results come in, a line each and what failed in full goes out, for people.
 */
#include <netpolc/cli/test_report.h>

#include <netpolc/base/visible.h>

static void write_result(struct buf *out, const struct test_report *report,
			 const struct test_result *result)
{
	buf_puts(out, result->contrary ? "FAIL  " : "ok    ");
	visible_text(out, result->assertion->name);
	if (!result->contrary) {
		buf_putc(out, '\n');
		return;
	}
	buf_puts(out, " (");
	test_place(out, report, result);
	buf_puts(out, ")\n");
	test_failure(out, report, result, "      ");
}

void test_text(struct buf *out, const struct test_report *report)
{
	for (size_t i = 0; i < report->run->len; i++)
		write_result(out, report, &report->run->results[i]);
	buf_putc(out, '\n');
	test_summary(out, report);
	buf_putc(out, '\n');
	test_coverage(out, report, "");
}
