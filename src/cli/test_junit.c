/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results come in, a report as JUnit's goes out: one suite, a test case for each
 * assertion, whose class is the file.
 */
#include <netpolc/cli/test_report.h>

#include <netpolc/base/xml_out.h>
#include <netpolc/manifest/ctx.h>

static void open_suite(struct buf *out, const char *element, const struct test_run *run)
{
	buf_printf(out, "<%s name=\"netpolc test\" tests=\"%zu\" failures=\"%zu\">\n",
		   element, run->len, run->failed);
}

static void write_proof(struct buf *out, const struct proof *proof)
{
	buf_printf(out,
		   "    <properties>\n"
		   "      <property name=\"kernel.packets\" value=\"%zu\"/>\n"
		   "      <property name=\"kernel.proven\" value=\"%zu\"/>\n"
		   "      <property name=\"kernel.unproven\" value=\"%zu\"/>\n"
		   "    </properties>\n",
		   proof->packets, proof->proven, proof->unproven);
}

static void write_case(struct buf *out, const struct test_report *report,
		       const struct test_result *result)
{
	const struct assertion *a = result->assertion;
	const char *file = source_name(&report->cx->sources, a->origin.at.file);
	BUF_AUTO failure = { 0 };

	buf_puts(out, "    <testcase");
	xml_attribute(out, "classname", file);
	xml_attribute(out, "name", a->name);
	xml_attribute(out, "file", file);
	buf_printf(out, " line=\"%u\"", (unsigned)a->origin.at.line);
	if (!result->contrary) {
		buf_puts(out, "/>\n");
		return;
	}
	test_failure(&failure, report, result, "");
	buf_printf(out,
		   ">\n      <failure type=\"verdict\" message=\"%zu of %zu connection%s "
		   "%s not as expected\">",
		   result->contrary, COUNTED(result->pairs),
		   result->contrary == 1 ? "is" : "are");
	xml_text(out, failure.at);
	buf_puts(out, "</failure>\n    </testcase>\n");
}

void test_junit(struct buf *out, const struct test_report *report)
{
	BUF_AUTO coverage = { 0 };
	const struct test_run *run = report->run;

	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	open_suite(out, "testsuites", run);
	buf_puts(out, "  ");
	open_suite(out, "testsuite", run);
	if (report->proven)
		write_proof(out, &report->proof);
	for (size_t i = 0; i < run->len; i++)
		write_case(out, report, &run->results[i]);
	test_coverage(&coverage, report, "");
	if (coverage.len) {
		buf_puts(out, "    <system-out>");
		xml_text(out, coverage.at);
		buf_puts(out, "</system-out>\n");
	}
	buf_puts(out, "  </testsuite>\n</testsuites>\n");
}
