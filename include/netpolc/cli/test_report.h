/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_report - what became of assertions, in the forms that people and CI read
 */
#ifndef NETPOLC_TEST_REPORT_H
#define NETPOLC_TEST_REPORT_H

#include <netpolc/analysis/coverage.h>
#include <netpolc/analysis/test_run.h>
#include <netpolc/base/buf.h>
#include <netpolc/lab/proof.h>

struct test_report {
	struct ctx *cx;
	const struct test_run *run;
	bool proven; /* by the kernel: proof says what was sent */
	struct proof proof;
	const struct coverage *coverage; /* or NULL */
};

void test_text(struct buf *out, const struct test_report *report);
void test_tap(struct buf *out, const struct test_report *report);
void test_junit(struct buf *out, const struct test_report *report);
void test_json(struct buf *out, const struct test_report *report);

/* ---- between the writers --------------------------------------------------------- */

/* Why the result fails: for each port what was expected, what was found, and the
 * explanation of the first connection.  Lines that begin with before. */
void test_failure(struct buf *out, const struct test_report *report,
		  const struct test_result *result, const char *before);

/* "file:line" of an assertion. */
void test_place(struct buf *out, const struct test_report *report,
		const struct test_result *result);

/* How many rules were exercised, and each that was not, with its place; lines that
 * begin with before.  Nothing where nobody asked. */
void test_coverage(struct buf *out, const struct test_report *report, const char *before);

/* "3 assertions, 1 failed; 12 connections, …" */
void test_summary(struct buf *out, const struct test_report *report);

#endif
