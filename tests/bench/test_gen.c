/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generated clusters come in, what is made of them is counted: it must not outgrow
 * what the benchmarks rely on.
 */
#include "gen.h"

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/nft/lower.h>
#include <netpolc/policy/core.h>

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define PORT_TABLES ((size_t)PROTOCOLS * (PORT_MAX + 1) * 4)
#define TOP_TABLE   (65537 * sizeof(uint32_t)) /* of IPv4 addresses, by 16 bits */

static const struct {
	const char *what;
	unsigned pods, policies;
	const char *node;
	size_t sets, elements; /* at most */
} cases[] = {
	{ "a small cluster", 400, 40, NULL, 32, 3000 },
	{ "2,000 pods, all of them", 2000, 200, NULL, 160, 19000 },
	{ "2,000 pods, those of a node", 2000, 200, "node-003", 48, 1800 },
	{ "many policies for few pods", 2000, 1000, NULL, 360, 37000 },
	{ "as many sets as there may be", 10000, 1000, NULL, 512, 165000 },
};

static const struct decisions *decide_case(struct ctx *cx, size_t i)
{
	struct gen g = { .state = 1,
			 .pods = cases[i].pods,
			 .policies = cases[i].policies };
	struct settings set = settings_default();
	int fd = memfd_create("cluster", MFD_CLOEXEC);
	char path[64], *paths[] = { path };
	const struct pod_sets *sets;
	struct cluster *cl;

	assert_true(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	g.out.to = fopen(path, "w");
	assert_non_null(g.out.to);
	gen_cluster(&g);
	fclose(g.out.to);
	set.node = cases[i].node;
	ctx_init(cx, &set);
	cl = cluster_read(cx, paths, 1);
	close(fd);
	validate(cx, cl);
	assert_false(diag_failed(cx->diags));
	sets = resolve(cx, cl);
	return decide(cx, cl, sets, classify(cx, cl, sets));
}

static void check_ruleset(struct ctx *cx, const struct decisions *dc, size_t i)
{
	const struct lower_options opt = lower_defaults();
	const struct ruleset *rs = lower(cx, dc, &opt);

	assert_non_null(rs);
	if (ruleset_count_sets(rs) > cases[i].sets ||
	    ruleset_elements(rs) > cases[i].elements)
		fail_msg("%s: %zu sets, %zu elements", cases[i].what,
			 ruleset_count_sets(rs), ruleset_elements(rs));
}

/* 4 bytes for each (class, atom) pair; 300 for each pod, beside which the tables of
 * ports and of IPv4 addresses are as large for any cluster. */
static void check_core(struct ctx *cx, const struct decisions *dc, size_t i)
{
	const struct core_size size = core_size(core_build(cx, dc));
	size_t classes = dc->classes->len[INGRESS] + dc->classes->len[EGRESS];

	if (size.matrix > 4 * classes * dc->classes->natoms ||
	    size.ends + size.addresses - TOP_TABLE + size.ports - PORT_TABLES >
		    300 * (size_t)cases[i].pods)
		fail_msg("%s: ends %zu, addresses %zu, matrix %zu, ports %zu",
			 cases[i].what, size.ends, size.addresses, size.matrix,
			 size.ports);
}

static void rulesets_and_the_core_stay_small(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct decisions *dc;
		struct ctx cx;

		dc = decide_case(&cx, i);
		check_ruleset(&cx, dc, i);
		check_core(&cx, dc, i);
		ctx_free(&cx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rulesets_and_the_core_stay_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
