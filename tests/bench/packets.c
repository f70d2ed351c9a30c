/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times what a ruleset costs the first packet of a connection, in network
 * namespaces of its own: netpolc's ruleset, the usual one (a chain and a set for
 * each policy) and one look-up, with 1 to 1,000 policies on the destination.
 *
 * The idea: a chain costs too little to be seen beside a system call, so 20 copies
 * of the base chain are hung on the hook, one behind the other; what 20 copies with
 * only the ct rule cost is taken off, the rest divided.  All rulesets are loaded,
 * then take turns; the best pass over the packets counts.  A packet that is denied meets
 * one copy only.  Nothing is asserted but that packets fare as they should.
 *
 * usage: packets [--pods N] [--rounds N] [--dump DIRECTORY] [RULESET...]
 *
 * Each RULESET (nft syntax, as --dump writes them) is timed too, with the packets
 * of 100 policies and a busy cluster.
 */
#include "packets.h"

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/nft/lower.h>
#include <netpolc/nft/text.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define COPIES	  20
#define SLICE	  0.003 /* seconds of a turn, at least */
#define COLUMNS	  4
#define MAX_FILES 32

static const unsigned columns[COLUMNS] = { 1, 10, 100, 1000 };

#define PATHS (PATH_DENIED + 1)

enum shape { SHAPE_NETPOLC, SHAPE_USUAL };

struct line {
	const char *what;
	enum shape shape;
	struct scene scene; /* without numbers */
	enum path path;
};

static const struct line lines[] = {
	{ "destination, else none", SHAPE_NETPOLC, { 0 }, PATH_DESTINATION },
	{ "destination, else none", SHAPE_USUAL, { 0 }, PATH_DESTINATION },
	{ "destination", SHAPE_NETPOLC, { .busy = true }, PATH_DESTINATION },
	{ "destination", SHAPE_USUAL, { .busy = true }, PATH_DESTINATION },
	{ "destination, a port",
	  SHAPE_NETPOLC,
	  { .busy = true, .ports = true },
	  PATH_DESTINATION },
	{ "destination, a port",
	  SHAPE_USUAL,
	  { .busy = true, .ports = true },
	  PATH_DESTINATION },
	{ "destination, dual stack",
	  SHAPE_NETPOLC,
	  { .busy = true, .dual = true },
	  PATH_DESTINATION },
	{ "both ends", SHAPE_NETPOLC, { .busy = true }, PATH_BOTH },
	{ "both ends", SHAPE_USUAL, { .busy = true }, PATH_BOTH },
	{ "neither end", SHAPE_NETPOLC, { .busy = true }, PATH_NEITHER },
	{ "neither end", SHAPE_USUAL, { .busy = true }, PATH_NEITHER },
	{ "denied", SHAPE_NETPOLC, { .busy = true }, PATH_DENIED },
	{ "denied", SHAPE_USUAL, { .busy = true }, PATH_DENIED },
};

/* A ruleset under test; its packets point into itself. */
struct trial {
	struct wire wire;
	double best; /* nanoseconds for one packet */
};

struct bench {
	struct arena *arena;
	unsigned pods, rounds;
	const char *dump; /* or NULL */
	struct trial *base, *denied_base, *lookup;
	struct trial *trials[ARRAY_SIZE(lines)][COLUMNS];
	struct trial *all[3 + ARRAY_SIZE(lines) * COLUMNS + MAX_FILES * PATHS];
	size_t len;
};

__attribute__((noreturn)) static void fail(const char *what, const char *why)
{
	printf("SKIPPED: the benchmark of packets could not run: %s: %s\n", what, why);
	exit(77);
}

/* ---- rulesets ---- */

/* The text of the ruleset that netpolc makes of the manifests. */
static void compile(struct buf *out, const struct buf *manifests)
{
	const struct settings set = settings_default();
	const struct lower_options opt = lower_defaults();
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[64], *paths[] = { path };
	const struct pod_sets *sets;
	struct cluster *cl;
	struct ctx cx;

	if (fd < 0 || buf_write(manifests, fd))
		fail("manifests", "no memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(&cx, &set);
	cl = cluster_read(&cx, paths, 1);
	validate(&cx, cl);
	if (diag_failed(cx.diags))
		fail("manifests", "refused");
	sets = resolve(&cx, cl);
	text_print(out, lower(&cx, decide(&cx, cl, sets, classify(&cx, cl, sets)), &opt),
		   NULL);
	ctx_free(&cx);
	close(fd);
}

/* The base chain becomes so many, on the output hook. */
static void hang(struct buf *out, const char *text, int copies)
{
	static const char head[] = "\tchain forward {\n", tail[] = "\n\t}\n";
	const char *chain = strstr(text, head), *hook, *rules, *end;

	if (!chain)
		fail("ruleset", "it has no chain \"forward\"");
	hook = strstr(chain, "type filter hook");
	end = strstr(chain, tail);
	if (!hook || !end)
		fail("ruleset", "its chain \"forward\" has no hook");
	rules = strchr(hook, '\n');
	buf_add(out, text, (size_t)(chain - text));
	for (int i = 0; i < copies; i++) {
		buf_printf(out,
			   "\tchain hook-%d {\n\t\ttype filter hook output priority %d; "
			   "policy accept;",
			   i, i - 100);
		buf_add(out, rules, (size_t)(end - rules));
		buf_puts(out, tail);
	}
	buf_puts(out, end + strlen(tail));
}

static void save(const struct bench *b, const struct buf *text, const struct scene *s,
		 enum shape shape)
{
	char path[512];
	FILE *f;

	if (!b->dump)
		return;
	snprintf(path, sizeof(path), "%s/%s%s%s%s-%u.nft", b->dump,
		 shape == SHAPE_NETPOLC ? "netpolc" : "usual", s->busy ? "-busy" : "",
		 s->ports ? "-ports" : "", s->dual ? "-dual" : "", s->policies);
	f = fopen(path, "w");
	if (!f || fwrite(text->at, 1, text->len, f) != text->len || fclose(f))
		fail(path, "cannot be written");
}

/* ---- trials ---- */

static struct trial *add_trial(struct bench *b, const char *what, const struct scene *s,
			       enum path path, const char *text)
{
	struct trial *c = ARENA_NEW(b->arena, struct trial);
	BUF_AUTO hung = { 0 };
	const char *why;

	c->best = 1e12;
	c->wire.denied = path == PATH_DENIED;
	for (size_t i = 0; i < WIRE_PACKETS; i++) {
		const struct packet_probe p = scene_probe(s, path, i, WIRE_PACKETS);

		wire_put(&c->wire, i, &p);
	}
	hang(&hung, text, path == PATH_DENIED ? 1 : COPIES);
	why = wire_open(&c->wire, hung.at);
	if (why)
		fail(what, why);
	b->all[b->len++] = c;
	return c;
}

static struct trial *add_line(struct bench *b, const struct line *r, unsigned policies)
{
	BUF_AUTO manifests = { 0 };
	BUF_AUTO text = { 0 };
	struct scene s = r->scene;

	s.pods = b->pods;
	s.policies = policies;
	if (r->shape == SHAPE_USUAL) {
		usual_text(&text, &s);
	} else {
		cluster_text(&manifests, &s);
		compile(&text, &manifests);
	}
	save(b, &text, &s, r->shape);
	return add_trial(b, r->what, &s, r->path, text.at);
}

/* Only the ct rule, then one more rule. */
static struct trial *add_plain(struct bench *b, const char *what, enum path path,
			       const char *rule)
{
	const struct scene s = { .busy = true, .pods = b->pods, .policies = 100 };
	BUF_AUTO text = { 0 };

	buf_puts(&text, "table inet plain {\n\tset pods {\n\t\ttype ipv4_addr\n"
			"\t\telements = {\n");
	for (unsigned i = 0; i < s.pods; i++) {
		buf_puts(&text, "\t\t\t");
		address_print(&text, scene_address(i));
		buf_puts(&text, ",\n");
	}
	buf_puts(&text,
		 "\t\t}\n\t}\n\tchain forward {\n\t\ttype filter hook forward priority "
		 "filter; policy accept;\n\t\tct state established,related accept\n");
	buf_printf(&text, "\t\t%s\n\t}\n}\n", rule);
	return add_trial(b, what, &s, path, text.at);
}

static void add_file(struct bench *b, const char *path)
{
	const struct scene s = { .busy = true, .pods = b->pods, .policies = 100 };
	BUF_AUTO text = { 0 };
	char bytes[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		fail(path, "cannot be read");
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(&text, bytes, n);
	fclose(f);
	if (!text.len)
		fail(path, "is empty");
	for (enum path p = 0; p < PATHS; p++)
		add_trial(b, path, &s, p, text.at);
}

/* ---- time ---- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The best pass of all turns is the one that nothing else disturbed. */
static void take_turn(struct trial *c)
{
	double end = now() + SLICE, start, elapsed;

	do {
		start = now();
		if (!wire_pass(&c->wire))
			fail("packets", "a ruleset did not judge them as it should");
		elapsed = (now() - start) * 1e9 / WIRE_PACKETS;
		c->best = elapsed < c->best ? elapsed : c->best;
	} while (now() < end);
}

/* What a copy adds to the ct rule. */
static double cost(const struct bench *b, const struct trial *c)
{
	return c->wire.denied ? c->best - b->denied_base->best
			      : (c->best - b->base->best) / COPIES;
}

/* ---- output ---- */

static void print_line(const struct line *r, const double ns[COLUMNS], double lookup)
{
	printf("%-24s %-8s", r->what, r->shape == SHAPE_NETPOLC ? "netpolc" : "usual");
	for (size_t i = 0; i < COLUMNS; i++)
		printf(" %8.0f", ns[i]);
	printf(" %8.2f %8.2f\n", ns[COLUMNS - 1] / ns[0], ns[COLUMNS - 1] / lookup);
}

static void print_ratio(const double usual[COLUMNS], const double netpolc[COLUMNS])
{
	printf("%-24s %-8s", "", "ratio");
	for (size_t i = 0; i < COLUMNS; i++)
		printf(" %8.2f", usual[i] / netpolc[i]);
	putchar('\n');
}

static void print_lines(const struct bench *b, double lookup)
{
	double ns[ARRAY_SIZE(lines)][COLUMNS];

	printf("\n%-33s %8u %8u %8u %8u %8s %8s\n", "ns a packet; policies:", columns[0],
	       columns[1], columns[2], columns[3], "growth", "look-ups");
	for (size_t r = 0; r < ARRAY_SIZE(lines); r++) {
		for (size_t i = 0; i < COLUMNS; i++)
			ns[r][i] = cost(b, b->trials[r][i]);
		print_line(&lines[r], ns[r], lookup);
		if (lines[r].shape == SHAPE_USUAL)
			print_ratio(ns[r], ns[r - 1]);
	}
}

static void print_all(const struct bench *b, int nfiles, char *files[])
{
	double lookup = cost(b, b->lookup);

	printf("a packet with %d chains of only the ct rule: %.0f ns\n", COPIES,
	       b->base->best);
	printf("a packet denied at once: %.0f ns\n", b->denied_base->best);
	printf("one rule with one look-up: %.0f ns\n", lookup);
	print_lines(b, lookup);
	if (nfiles)
		printf("\n%-40s %11s %9s %11s %6s\n",
		       "rulesets from files:", "destination", "both ends", "neither end",
		       "denied");
	for (int i = 0; i < nfiles; i++) {
		struct trial *const *at = &b->all[b->len - (size_t)(nfiles - i) * PATHS];

		printf("%-40s %11.0f %9.0f %11.0f %6.0f\n", files[i],
		       cost(b, at[PATH_DESTINATION]), cost(b, at[PATH_BOTH]),
		       cost(b, at[PATH_NEITHER]), cost(b, at[PATH_DENIED]));
	}
}

static void parse(struct bench *b, int argc, char *argv[])
{
	static const struct option options[] = { { "pods", 1, NULL, 'p' },
						 { "rounds", 1, NULL, 'r' },
						 { "dump", 1, NULL, 'd' },
						 { 0 } };
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (opt == 'p')
			b->pods = (unsigned)strtoul(optarg, NULL, 10);
		else if (opt == 'r')
			b->rounds = (unsigned)strtoul(optarg, NULL, 10);
		else if (opt == 'd')
			b->dump = optarg;
		else
			exit(2);
	}
	/* Both kinds of client in each group, strangers beside them. */
	if (b->pods < 2 * CLIENT_GROUPS + 1 + STRANGERS || !b->rounds) {
		fprintf(stderr, "at least %d pods and 1 round\n",
			2 * CLIENT_GROUPS + 1 + STRANGERS);
		exit(2);
	}
}

static void add_all(struct bench *b, int nfiles, char *files[])
{
	b->base = add_plain(b, "ct rule", PATH_DESTINATION, "");
	b->denied_base = add_plain(b, "ct rule, drop", PATH_DENIED, "drop");
	b->lookup =
		add_plain(b, "one look-up", PATH_DESTINATION, "ip saddr @pods accept");
	for (size_t r = 0; r < ARRAY_SIZE(lines); r++)
		for (size_t i = 0; i < COLUMNS; i++)
			b->trials[r][i] = add_line(b, &lines[r], columns[i]);
	for (int i = 0; i < nfiles; i++)
		add_file(b, files[i]);
}

int main(int argc, char *argv[])
{
	struct bench b = { .arena = arena_new(), .pods = 10000, .rounds = 20 };
	const char *why;

	parse(&b, argc, argv);
	if (argc - optind > MAX_FILES)
		return 2;
	why = wire_prepare();
	if (why)
		fail("namespaces", why);
	add_all(&b, argc - optind, &argv[optind]);
	for (unsigned round = 0; round < b.rounds; round++)
		for (size_t i = 0; i < b.len; i++)
			take_turn(b.all[i]);
	print_all(&b, argc - optind, &argv[optind]);
	arena_free(b.arena);
	return 0;
}
