/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times the look-up core on random probes between pods, and between pods and
 * addresses that no pod has, beside a plain reference in the same run: binary
 * search of both addresses in the sorted array, then of the atom in the row.
 * Both must give the same verdicts.  The best of several rounds counts.
 *
 * Ports are those that rules begin and end with.  Few random pairs are allowed, so
 * there are batches too of which half come from a pool of such.
 *
 * usage: core FILE [PROBES]
 */
#include "core_bench.h"
#include "figure.h"

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct probe {
	struct endpoint from, to;
	uint16_t port;
};

/* Edges of the ranges of TCP ports in rows. */
struct ports {
	uint16_t *at;
	size_t len, cap;
};

struct bench {
	struct arena *arena;
	const struct decisions *dc;
	const struct core *core;
	struct ports ports;
	struct probe *probes;
	size_t n;
	uint64_t state;
};

#define POOL	   20000
#define MOST_DRAWS (POOL * 1000)

enum kind { POD_TO_POD, NEIGHBOURS, POD_AND_OUTSIDE };

struct batch {
	const char *what;
	enum kind kind;
	bool half_allowed;
};

/* ---- probes ---- */

static void add_ports(struct bench *b, const struct portset *set)
{
	const struct ranges *tcp = &set->ports[PROTO_TCP];

	for (size_t i = 0; i < tcp->len; i++) {
		*ARENA_PUSH(b->arena, &b->ports) = (uint16_t)tcp->at[i].lo;
		*ARENA_PUSH(b->arena, &b->ports) = (uint16_t)tcp->at[i].hi;
	}
}

static void find_ports(struct bench *b)
{
	*ARENA_PUSH(b->arena, &b->ports) = 80;
	for (size_t i = 0; i < b->dc->nrows; i++) {
		const struct row *row = b->dc->all_rows[i];

		add_ports(b, row->base);
		for (size_t c = 0; c < row->ncells; c++)
			add_ports(b, row->cells[c].ports);
	}
}

static struct endpoint any_pod(struct bench *b)
{
	uint32_t npods = (uint32_t)b->dc->cluster->npods;

	return (struct endpoint){ .is_pod = true, .pod = draw(&b->state, npods) };
}

static struct endpoint outside(struct bench *b)
{
	return (struct endpoint){
		.address = core_draw_outside(b->dc->classes, FAMILY_IPV4, &b->state),
	};
}

/* A pod of the same namespace. */
static struct endpoint neighbour(struct bench *b, uint32_t pod)
{
	const struct cluster *cl = b->dc->cluster;
	const struct namespace *space = &cl->namespaces[cl->pods[pod].namespace];

	return (struct endpoint){
		.is_pod = true, .pod = space->first_pod + draw(&b->state, space->pods)
	};
}

static void draw_probe(struct bench *b, struct probe *p, enum kind kind, bool inward)
{
	p->from = kind == POD_AND_OUTSIDE && inward ? outside(b) : any_pod(b);
	if (kind == NEIGHBOURS)
		p->to = neighbour(b, p->from.pod);
	else
		p->to = kind == POD_AND_OUTSIDE && !inward ? outside(b) : any_pod(b);
	p->port = b->ports.at[draw(&b->state, (uint32_t)b->ports.len)];
}

static bool is_allowed(const struct bench *b, const struct probe *p)
{
	return core_decide(b->core, &p->from, &p->to, PROTO_TCP, p->port).allow;
}

/* Draws probes that are allowed to where the batch begins; returns how many. */
static size_t fill_pool(struct bench *b, enum kind kind)
{
	size_t len = 0;

	for (size_t i = 0; i < MOST_DRAWS && len < POOL && len < b->n; i++) {
		draw_probe(b, &b->probes[len], kind, i % 2);
		len += is_allowed(b, &b->probes[len]);
	}
	return len;
}

static void draw_batch(struct bench *b, const struct batch *batch)
{
	size_t pool = batch->half_allowed ? fill_pool(b, batch->kind) : 0;

	for (size_t i = pool; i < b->n; i++) {
		if (pool && draw(&b->state, 2))
			b->probes[i] = b->probes[draw(&b->state, (uint32_t)pool)];
		else
			draw_probe(b, &b->probes[i], batch->kind, i % 2);
	}
}

/* ---- the reference ---- */

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

/* ---- timing ---- */

double core_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Both return how many probes are allowed. */
static size_t run_core(const struct bench *b)
{
	size_t allowed = 0;

	for (size_t i = 0; i < b->n; i++)
		allowed += is_allowed(b, &b->probes[i]);
	return allowed;
}

static size_t run_reference(const struct bench *b)
{
	size_t allowed = 0;

	for (size_t i = 0; i < b->n; i++)
		allowed += refer(b->dc, &b->probes[i]);
	return allowed;
}

/* Whether the two agree. */
static bool time_batch(struct bench *b, const struct batch *batch)
{
	double best = 1e9, reference = 1e9;
	size_t allowed[2] = { 0 };

	draw_batch(b, batch);
	for (int round = 0; round < ROUNDS; round++) {
		double start = core_now(), middle, end;

		allowed[0] = run_core(b);
		middle = core_now();
		allowed[1] = run_reference(b);
		end = core_now();
		best = middle - start < best ? middle - start : best;
		reference = end - middle < reference ? end - middle : reference;
	}
	figure_print(batch->what, (double)b->n / best * 1e-6, "M/s",
		     (double)b->n / reference * 1e-6);
	figure_print("  allowed", 100.0 * (double)allowed[0] / (double)b->n, "%", 0);
	return allowed[0] == allowed[1];
}

static void print_size(const struct bench *b)
{
	const struct core_size size = core_size(b->core);
	double pods = (double)b->dc->cluster->npods;
	size_t classes = b->dc->classes->len[INGRESS] + b->dc->classes->len[EGRESS];
	double pairs = (double)classes * b->dc->classes->natoms;

	figure_print("core: bytes a pod for ends", (double)size.ends / pods, "B", 0);
	figure_print("core: bytes a pod for addresses", (double)size.addresses / pods,
		     "B", 0);
	figure_print("core: bytes a pod for ports", (double)size.ports / pods, "B", 0);
	figure_print("core: bytes for each (class, atom), against 4",
		     (double)size.matrix / pairs, "B", 4);
	figure_print("  all of it",
		     (double)(size.ends + size.addresses + size.ports + size.matrix) *
			     1e-6,
		     "MB", 0);
	printf("  %.0f pods, %zu classes in %zu rows, %u atoms\n", pods, classes,
	       b->dc->nrows, (unsigned)b->dc->classes->natoms);
}

static void build(struct bench *b, struct ctx *cx, char *file)
{
	struct cluster *cl = cluster_read(cx, &file, 1);
	const struct pod_sets *sets;

	validate(cx, cl);
	sets = resolve(cx, cl);
	b->arena = cx->arena;
	b->dc = decide(cx, cl, sets, classify(cx, cl, sets));
	b->core = core_build(cx, b->dc);
	b->probes = ARENA_ARRAY(cx->arena, b->n, struct probe);
	find_ports(b);
}

static const struct batch batches[] = {
	{ "verdicts, pod to pod, against binary search", POD_TO_POD, false },
	{ "verdicts, pods of one namespace, half allowed", NEIGHBOURS, true },
	{ "verdicts, pods and outside", POD_AND_OUTSIDE, false },
	{ "verdicts, pods and outside, half allowed", POD_AND_OUTSIDE, true },
};

int main(int argc, char *argv[])
{
	const struct settings set = settings_default();
	struct bench b = { .state = 1,
			   .n = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000000 };
	struct ctx cx;
	bool same = true;

	if (argc < 2)
		return 2;
	ctx_init(&cx, &set);
	build(&b, &cx, argv[1]);
	for (size_t i = 0; i < ARRAY_SIZE(batches); i++)
		same = time_batch(&b, &batches[i]) && same;
	same = core_addresses(cx.arena, b.dc->classes, b.n / 4) && same;
	print_size(&b);
	if (!same)
		fputs("core: the two ways differ\n", stderr);
	ctx_free(&cx);
	return same ? 0 : 1;
}
