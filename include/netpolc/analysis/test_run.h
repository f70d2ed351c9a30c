/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_run - assertions, and whether they hold
 *
 * An assertion is an inquiry for each of its ports, and holds when every pair of every
 * inquiry has the verdict that is expected.
 */
#ifndef NETPOLC_TEST_RUN_H
#define NETPOLC_TEST_RUN_H

#include <netpolc/analysis/ask.h>
#include <netpolc/manifest/assertions.h>

struct test_result {
	const struct assertion *assertion;
	const struct inquiry *inquiries; /* one for each port */
	size_t pairs, contrary; /* of all inquiries; it holds if none is contrary */
};

struct test_run {
	struct test_result *results; /* in the order of the assertions */
	size_t len;
	size_t failed; /* results that do not hold */
	size_t pairs;
};

/* NULL after reporting what assertions are about and does not exist, at its line. */
const struct test_run *test_run(struct ctx *cx, struct asker *asker,
				const struct assertions *assertions);

#endif
