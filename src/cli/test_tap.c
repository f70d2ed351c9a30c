/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results come in, the Test Anything Protocol goes out.
 */
#include <netpolc/cli/test_report.h>

#include <netpolc/base/visible.h>

#include <string.h>

/* A # would begin a directive such as SKIP. */
static void write_name(struct buf *out, const char *name)
{
	BUF_AUTO text = { 0 };

	visible_text(&text, name);
	for (const char *c = text.at; *c; c++) {
		if (*c == '#')
			buf_putc(out, '\\');
		buf_putc(out, *c);
	}
}

static void write_result(struct buf *out, const struct test_report *report, size_t i)
{
	const struct test_result *result = &report->run->results[i];

	buf_printf(out, "%sok %zu - ", result->contrary ? "not " : "", i + 1);
	write_name(out, result->assertion->name);
	buf_putc(out, '\n');
	if (!result->contrary)
		return;
	buf_puts(out, "# ");
	test_place(out, report, result);
	buf_putc(out, '\n');
	test_failure(out, report, result, "# ");
}

void test_tap(struct buf *out, const struct test_report *report)
{
	buf_printf(out, "TAP version 13\n1..%zu\n", report->run->len);
	for (size_t i = 0; i < report->run->len; i++)
		write_result(out, report, i);
	buf_puts(out, "# ");
	test_summary(out, report);
	buf_putc(out, '\n');
	test_coverage(out, report, "# ");
}
