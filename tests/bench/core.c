/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times the look-up core on random probes between pods, and between pods and
 * addresses that no pod has, beside a plain reference in the same run: binary
 * search of both addresses in the sorted array, then of the atom in the row.
 * Both must give the same verdicts.  The best of several rounds counts.
 *
 * usage: core FILE [PROBES]
 */
#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/policy/core.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 5

struct probe {
	struct endpoint from, to;
	uint16_t port;
};

static uint64_t state = 1;

/* xorshift64*, Vigna 2016: the same probes in every run. */
static uint32_t draw(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dull >> 32) % below);
}

static struct endpoint draw_end(const struct cluster *cl, bool outside)
{
	struct endpoint e = { .is_pod = !outside };

	e.pod = draw((uint32_t)cl->npods);
	e.address.number = 0xc0a80000u | draw(65536);
	return e;
}

/* A pod as the address that the reference looks for. */
static struct address address_of(const struct cluster *cl, const struct endpoint *e)
{
	return e->is_pod ? cl->pods[e->pod].addresses[0] : e->address;
}

static bool refer(const struct decisions *dc, const struct probe *p)
{
	struct address from = address_of(dc->cluster, &p->from);
	struct address to = address_of(dc->cluster, &p->to);
	const struct pod_address *src = classes_find_address(dc->classes, from);
	const struct pod_address *dst = classes_find_address(dc->classes, to);
	uint32_t class = src ? dc->classes->of_pod[EGRESS][src->pod] : NO_CLASS;
	uint32_t atom = dst ? dst->atom : classes_interval_atom(dc->classes, to);

	if (src && dst && src->pod == dst->pod)
		return true;
	if (class != NO_CLASS &&
	    !portset_contains(row_ports(dc->rows[EGRESS][class], atom), PROTO_TCP,
			      p->port))
		return false;
	class = dst ? dc->classes->of_pod[INGRESS][dst->pod] : NO_CLASS;
	atom = src ? src->atom : classes_interval_atom(dc->classes, from);
	return class == NO_CLASS ||
	       portset_contains(row_ports(dc->rows[INGRESS][class], atom), PROTO_TCP,
				p->port);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds for all probes; the number allowed goes to *allowed. */
static double run_core(const struct core *core, const struct probe *probes, size_t n,
		       size_t *allowed)
{
	double start = now();

	*allowed = 0;
	for (size_t i = 0; i < n; i++)
		*allowed += core_decide(core, &probes[i].from, &probes[i].to, PROTO_TCP,
					probes[i].port)
				    .allow;
	return now() - start;
}

static double run_reference(const struct decisions *dc, const struct probe *probes,
			    size_t n, size_t *allowed)
{
	double start = now();

	*allowed = 0;
	for (size_t i = 0; i < n; i++)
		*allowed += refer(dc, &probes[i]);
	return now() - start;
}

static bool compare(const char *what, const struct decisions *dc, const struct core *core,
		    struct probe *probes, size_t n, bool outside)
{
	double core_best = 1e9, reference_best = 1e9;
	size_t core_allowed = 0, reference_allowed = 0;

	for (size_t i = 0; i < n; i++)
		probes[i] = (struct probe){ draw_end(dc->cluster, outside && i % 2 == 0),
					    draw_end(dc->cluster, outside && i % 2 == 1),
					    (uint16_t)(8000 + draw(60)) };
	for (int round = 0; round < ROUNDS; round++) {
		double t = run_core(core, probes, n, &core_allowed);

		core_best = t < core_best ? t : core_best;
		t = run_reference(dc, probes, n, &reference_allowed);
		reference_best = t < reference_best ? t : reference_best;
	}
	printf("%-16s core %6.1f M/s  reference %6.1f M/s  ratio %5.1f  allowed %4.1f "
	       "%%\n",
	       what, (double)n / core_best * 1e-6, (double)n / reference_best * 1e-6,
	       reference_best / core_best, 100.0 * (double)core_allowed / (double)n);
	return core_allowed == reference_allowed;
}

int main(int argc, char *argv[])
{
	const struct settings set = settings_default();
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000000;
	const struct pod_sets *sets;
	const struct decisions *dc;
	const struct core *core;
	struct cluster *cl;
	struct probe *probes;
	struct ctx cx;
	bool same;

	if (argc < 2)
		return 2;
	ctx_init(&cx, &set);
	cl = cluster_read(&cx, &argv[1], 1);
	validate(&cx, cl);
	sets = resolve(&cx, cl);
	dc = decide(&cx, cl, sets, classify(&cx, cl, sets));
	core = core_build(&cx, dc);
	probes = ARENA_ARRAY(cx.arena, n, struct probe);
	printf("%zu pods, %zu rows, %u atoms: %zu bytes, %.0f a pod without the matrix\n",
	       cl->npods, dc->nrows, dc->classes->natoms, core_bytes(core),
	       (double)(core_bytes(core) - dc->nrows * dc->classes->natoms * 4) /
		       (double)cl->npods);
	same = compare("pod to pod", dc, core, probes, n, false);
	same = compare("pod and outside", dc, core, probes, n, true) && same;
	ctx_free(&cx);
	return same ? 0 : 1;
}
