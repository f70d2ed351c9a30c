/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * namespace - kernel tests never touch the machine's own network
 *
 * Every test begins by entering a network namespace of its own.  Where that is not
 * permitted it says so and is skipped; where it must not be skipped
 * (NETPOLC_NO_SKIP=1) it fails.
 */
#ifndef NETPOLC_TEST_NAMESPACE_H
#define NETPOLC_TEST_NAMESPACE_H

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_SKIP 77

static inline void skip_test(const char *why)
{
	const char *must_run = getenv("NETPOLC_NO_SKIP");
	int fails = must_run && strcmp(must_run, "1") == 0;

	fprintf(stderr, "%s: kernel test cannot run here: %s\n",
		fails ? "FAILED" : "SKIPPED", why);
	exit(fails ? EXIT_FAILURE : EXIT_SKIP);
}

/* Into a new network namespace; without root, inside a new user namespace. */
static inline void enter_namespace(void)
{
	if (unshare(CLONE_NEWNET | (geteuid() ? CLONE_NEWUSER : 0)) < 0)
		skip_test(strerror(errno));
}

#endif
