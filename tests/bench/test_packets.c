/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clusters of the benchmark of packets come in, the length of a packet's way is
 * counted: what the benchmark times must not grow with the policies on a pod.
 */
#include "packets.h"
#include "sim.h"

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/nft/lower.h>

#include <setjmp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define PODS   4200 /* four peers in a policy, more than are ever spelt out as rules */
#define PROBES 64

static const unsigned counts[] = { 1, 10, 100, 1000 };

static const struct {
	const char *what;
	struct scene scene;
	enum path path;
	unsigned lookups; /* at most, both directions */
	enum sim_verdict verdict;
} cases[] = {
	{ "nothing else is isolated", { 0 }, PATH_DESTINATION, 2, SIM_ACCEPT },
	{ "denied, nothing else is isolated", { 0 }, PATH_DENIED, 3, SIM_DROP },
	{ "the destination is isolated",
	  { .busy = true },
	  PATH_DESTINATION,
	  3,
	  SIM_ACCEPT },
	{ "one port", { .busy = true, .ports = true }, PATH_DESTINATION, 3, SIM_ACCEPT },
	{ "dual stack", { .busy = true, .dual = true }, PATH_DESTINATION, 3, SIM_ACCEPT },
	{ "both ends are isolated", { .busy = true }, PATH_BOTH, 4, SIM_ACCEPT },
	{ "neither end is isolated", { .busy = true }, PATH_NEITHER, 2, SIM_ACCEPT },
	{ "denied", { .busy = true }, PATH_DENIED, 4, SIM_DROP },
};

static const struct ruleset *compile(struct ctx *cx, const struct scene *s)
{
	const struct settings set = settings_default();
	const struct lower_options opt = lower_defaults();
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[64], *paths[] = { path };
	const struct pod_sets *sets;
	BUF_AUTO text = { 0 };
	struct cluster *cl;

	cluster_text(&text, s);
	assert_true(fd >= 0);
	assert_int_equal(buf_write(&text, fd), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(cx, &set);
	cl = cluster_read(cx, paths, 1);
	close(fd);
	validate(cx, cl);
	assert_false(diag_failed(cx->diags));
	sets = resolve(cx, cl);
	return lower(cx, decide(cx, cl, sets, classify(cx, cl, sets)), &opt);
}

static struct sim_result run_probe(const struct ruleset *rs, const struct packet_probe *p)
{
	const struct packet packet = { .family = p->from.family,
				       .saddr = p->from.number,
				       .daddr = p->to.number,
				       .protocol = p->protocol,
				       .dport = p->port,
				       .tcp_flags = TCP_SYN,
				       .state = CT_NEW };

	return sim_run(rs, &packet);
}

static void check_way(size_t i, const struct ruleset *rs, const struct sim_result *got,
		      const struct sim_result *first, unsigned policies)
{
	unsigned lookups = got->lookups[EGRESS] + got->lookups[INGRESS];

	if (got->verdict != cases[i].verdict || lookups > cases[i].lookups ||
	    got->jumps != first->jumps || sim_check_bounds(rs, got) ||
	    got->lookups[EGRESS] != first->lookups[EGRESS] ||
	    got->lookups[INGRESS] != first->lookups[INGRESS])
		fail_msg("%s, %u policies: verdict %d, %u + %u look-ups, %u jumps",
			 cases[i].what, policies, (int)got->verdict, got->lookups[EGRESS],
			 got->lookups[INGRESS], got->jumps);
}

/* All ways of a case with so many policies; the first one of all is *first. */
static void check_ways(size_t i, unsigned policies, struct sim_result *first, bool *known)
{
	struct scene s = cases[i].scene;
	const struct ruleset *rs;
	struct ctx cx;

	s.pods = PODS;
	s.policies = policies;
	rs = compile(&cx, &s);
	assert_non_null(rs);
	for (size_t n = 0; n < PROBES; n++) {
		const struct packet_probe p = scene_probe(&s, cases[i].path, n, PROBES);
		const struct sim_result got = run_probe(rs, &p);

		if (!*known)
			*first = got;
		*known = true;
		check_way(i, rs, &got, first, policies);
	}
	ctx_free(&cx);
}

static void ways_do_not_grow_with_policies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sim_result first = { 0 };
		bool known = false;

		for (size_t c = 0; c < ARRAY_SIZE(counts); c++)
			check_ways(i, counts[c], &first, &known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways_do_not_grow_with_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
