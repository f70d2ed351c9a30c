/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics come in, a report as JUnit's goes out: one suite, a test case for each
 * diagnostic.  One that is at the level that fails a run is a failure, any other a case
 * that passed and said something; where there is none at all, one case passed.
 */
#include "diag_writer.h"

#include <netpolc/base/xml_out.h>

static size_t count_failures(const struct diag_job *job)
{
	size_t n = 0;

	for (size_t i = 0; i < job->len; i++)
		n += job->at[i]->level >= job->style->fails;
	return n;
}

static void open_suite(struct buf *out, const char *element, size_t tests,
		       size_t failures)
{
	buf_printf(out, "<%s name=\"netpolc check\" tests=\"%zu\" failures=\"%zu\">\n",
		   element, tests, failures);
}

/* "file:line:column", or NULL. */
static const char *put_place(const struct diag_job *job, const struct diag *d,
			     struct buf *out)
{
	const char *file = diag_file(job, d);

	if (!file)
		return NULL;
	buf_printf(out, "%s:%u", file, (unsigned)d->origin.at.line);
	if (d->origin.at.column)
		buf_printf(out, ":%u", (unsigned)d->origin.at.column);
	return out->at;
}

/* What else there is to say, a line each. */
static void put_details(const struct diag_job *job, const struct diag *d, struct buf *out)
{
	diag_print_object(out, d);
	for (const struct diag *note = d->related; note; note = note->related) {
		BUF_AUTO place = { 0 };
		const char *at = put_place(job, note, &place);

		buf_printf(out, "%s%s%s%s", out->len ? "\n" : "", at ? at : "",
			   at ? ": " : "", note->message);
	}
	if (diag_fix(d->id))
		buf_printf(out, "%sfix: %s", out->len ? "\n" : "", diag_fix(d->id));
}

static void write_case(const struct diag_job *job, const struct diag *d)
{
	bool failed = d->level >= job->style->fails;
	BUF_AUTO place = { 0 }, name = { 0 }, details = { 0 };
	const char *at = put_place(job, d, &place), *file = diag_file(job, d);

	buf_printf(&name, "%s%s%s", at ? at : "", at ? ": " : "", d->message);
	put_details(job, d, &details);
	buf_puts(job->out, "    <testcase");
	xml_attribute(job->out, "classname", diag_name(d->id));
	xml_attribute(job->out, "name", name.at);
	if (file)
		xml_attribute(job->out, "file", file);
	buf_printf(job->out, ">\n      <%s", failed ? "failure" : "system-out");
	if (failed) {
		xml_attribute(job->out, "type", diag_level_name(d->level));
		xml_attribute(job->out, "message", d->message);
	}
	buf_putc(job->out, '>');
	xml_text(job->out, details.len ? details.at : "");
	buf_printf(job->out, "</%s>\n    </testcase>\n",
		   failed ? "failure" : "system-out");
}

void diag_write_junit(const struct diag_job *job)
{
	size_t failures = count_failures(job), tests = job->len ? job->len : 1;

	buf_puts(job->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	open_suite(job->out, "testsuites", tests, failures);
	buf_puts(job->out, "  ");
	open_suite(job->out, "testsuite", tests, failures);
	for (size_t i = 0; i < job->len; i++)
		write_case(job, job->at[i]);
	if (!job->len)
		buf_puts(job->out, "    <testcase classname=\"netpolc\" name=\"no "
				   "findings\"/>\n");
	buf_puts(job->out, "  </testsuite>\n</testsuites>\n");
}
