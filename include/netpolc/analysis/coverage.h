/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * coverage - which rules assertions put to use
 *
 * A rule is exercised by an asserted connection that is allowed and that the rule lets
 * pass, in its direction.  What no assertion exercises could go, and no test would tell.
 */
#ifndef NETPOLC_COVERAGE_H
#define NETPOLC_COVERAGE_H

#include <netpolc/analysis/test_run.h>

struct idle_rule {
	const struct policy *policy;
	const struct policy_rule *rule;
};

struct coverage {
	size_t rules; /* of all policies, in the directions that they isolate */
	const struct idle_rule *idle; /* that no assertion exercised; by policy */
	size_t nidle;
};

const struct coverage *coverage_of(struct ctx *cx, const struct decisions *dc,
				   const struct test_run *run)
	__attribute__((returns_nonnull));

#endif
