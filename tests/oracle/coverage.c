/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tags in, the table "SEMANTICS number → clusters that exercised it" out.  Lines
 * that a valid random cluster cannot exercise stand here with the reason.
 */
#include "coverage.h"
#include <netpolc/base/arena.h>
#include <stdio.h>

static const struct {
	unsigned line;
	const char *reason;
} elsewhere[] = {
	{ 13, "replies: packets of one connection, kernel tests" },
	{ 23, "refused input: tests/cases" },
	{ 25, "refused input: tests/cases" },
	{ 26, "refused input: tests/cases" },
	{ 39, "refused input: tests/cases" },
	{ 41, "refused input: tests/cases" },
	{ 53, "refused input: tests/cases" },
	{ 55, "refused input: tests/cases" },
	{ 63, "refused input: tests/cases" },
	{ 73, "NAT: kernel tests" },
	{ 84, "NAT: documentation" },
	{ 85, "loopback crosses no forward hook: kernel tests" },
	{ 88, "existing connections: kernel tests" },
	{ 90, "order of loading: one transaction, kernel tests" },
	{ 91, "a kernel fault with NFQUEUE, which is not used" },
	{ 93, "refused input: tests/cases" },
};

static const char *reason_for(unsigned line)
{
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
		if (elsewhere[i].line == line)
			return elsewhere[i].reason;
	return NULL;
}

void coverage_add(struct coverage *c, const bool tags[SEMANTICS_LINES + 1])
{
	for (unsigned line = 1; line <= SEMANTICS_LINES; line++)
		c->clusters[line] += tags[line];
}

bool coverage_print(const struct coverage *c)
{
	bool complete = true;

	printf("SEMANTICS number -> clusters that exercised it\n");
	for (unsigned line = 1; line <= SEMANTICS_LINES; line++) {
		const char *reason = reason_for(line);

		if (reason) {
			printf("  A%-3u %8s  %s\n", line, "-", reason);
			continue;
		}
		printf("  A%-3u %8zu%s\n", line, c->clusters[line],
		       c->clusters[line] ? "" : "  MISSING");
		complete &= c->clusters[line] > 0;
	}
	return complete;
}
