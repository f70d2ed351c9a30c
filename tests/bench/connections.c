/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times apply --recheck-connections behind the compiler, in a network namespace of its
 * own: a million connections between pods, or as many as this machine tracks, are put
 * into the kernel, looked at, and those that are denied ended.  The reference is the
 * kernel's dump of the same, read by the same library and not judged.  Processor time,
 * the kernel's included, and the best counts, but what is ended is ended once.
 *
 * usage: connections FILE
 */
#include "../kernel/entry.h"
#include "core_bench.h"
#include "figure.h"

#include <netpolc/base/arena.h>
#include <netpolc/enforce/recheck.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/node/conntrack.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define CONNECTIONS 1000000
#define SKIP	    77

struct bench {
	struct ctx cx;
	const struct decisions *dc;
	struct config cfg;
	struct conntrack *ct;
	uint64_t state;
};

static double processor_time(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static size_t most_connections(void)
{
	FILE *file = fopen("/proc/sys/net/netfilter/nf_conntrack_max", "re");
	unsigned long most = 0;

	if (file && fscanf(file, "%lu", &most) != 1)
		most = 0;
	if (file)
		fclose(file);
	return most < CONNECTIONS ? most : CONNECTIONS;
}

static void draw_address(struct bench *b, char text[ADDRESS_TEXT])
{
	const struct cluster *cl = b->dc->cluster;
	const struct pod *pod;

	do
		pod = &cl->pods[draw(&b->state, (uint32_t)cl->npods)];
	while (!pod->naddresses || pod->addresses[0].family != FAMILY_IPV4);
	address_text(text, pod->addresses[0]);
}

/* A pair that is drawn twice is one connection. */
static void create(struct bench *b, size_t n)
{
	struct nfct_handle *h = nfct_open(CONNTRACK, 0);
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT];

	for (size_t i = 0; h && i < n; i++) {
		const struct entry e = { .from = from,
					 .to = to,
					 .protocol = IPPROTO_TCP,
					 .source_port = (uint16_t)(1024 + draw(&b->state,
									       60000)),
					 .port = 80 };

		draw_address(b, from);
		draw_address(b, to);
		entry_create(h, &e);
	}
	if (h)
		nfct_close(h);
}

static bool never(const struct conntrack_opening *opening, void *arg)
{
	(void)opening;
	(void)arg;
	return false;
}

static double dump(struct bench *b, size_t *n)
{
	double before = processor_time();
	struct conntrack_count count = { 0 };

	for (enum family f = 0; f < FAMILIES; f++)
		if (conntrack_cut(b->ct, f, true, never, NULL, &count))
			exit(3);
	*n = count.seen;
	return processor_time() - before;
}

static double recheck(struct bench *b, bool dry_run)
{
	double before = processor_time();

	b->cfg.dry_run = dry_run;
	recheck_run(&b->cx, &b->cfg, b->dc, b->ct);
	if (diag_failed(b->cx.diags))
		exit(3);
	return processor_time() - before;
}

static const struct decisions *read_decisions(struct ctx *cx, char *const *path)
{
	const struct cluster *cl = cluster_read(cx, path, 1);
	const struct pod_sets *sets = resolve(cx, cl);
	const struct classes *classes = classify(cx, cl, sets);

	return decide(cx, cl, sets, classes);
}

static void measure(struct bench *b)
{
	double least[2] = { 0 }, took;
	size_t n = 0, left = 0;
	char what[80];

	for (int i = 0; i < ROUNDS; i++) {
		took = dump(b, &n);
		if (!i || took < least[0])
			least[0] = took;
		took = recheck(b, true);
		if (!i || took < least[1])
			least[1] = took;
	}
	snprintf(what, sizeof(what), "look at %zu connections, against a dump", n);
	figure_print(what, least[1], "s", least[0]);
	took = recheck(b, false);
	dump(b, &left);
	snprintf(what, sizeof(what), "  and end %zu of them", n - left);
	figure_print(what, took, "s", 0);
}

int main(int argc, char *argv[])
{
	struct bench b = { .cfg = { .loudness = QUIET }, .state = 1 };
	struct settings set = settings_default();
	size_t n = most_connections();

	if (argc != 2) {
		fputs("usage: connections FILE\n", stderr);
		return 2;
	}
	if (!n || unshare(CLONE_NEWNET) < 0) {
		puts("connections: skipped, needs root and connection tracking");
		return SKIP;
	}
	ctx_init(&b.cx, &set);
	b.dc = read_decisions(&b.cx, argv + 1);
	b.ct = recheck_begin(&b.cx);
	if (!b.ct)
		return SKIP;
	create(&b, n);
	measure(&b);
	conntrack_close(b.ct);
	ctx_free(&b.cx);
	return 0;
}
