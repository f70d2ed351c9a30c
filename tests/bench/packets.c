/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times what a ruleset costs the first packet of a connection, in network
 * namespaces of its own: netpolc's ruleset, the usual one (a chain and a set for
 * each policy) and one look-up, with 1 to 1,000 policies on the destination.
 *
 * All rulesets are loaded, then take turns.  Nothing is asserted but that packets fare
 * as they should.
 *
 * usage: packets [--pods N] [--rounds N] [--dump DIRECTORY] [RULESET...]
 *
 * Each RULESET (nft syntax, as --dump writes them) is timed too, with the packets
 * of 100 policies and a busy cluster.
 */
#include "packets.h"

#include <netpolc/base/arena.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct bench {
	struct arena *arena;
	unsigned pods, rounds;
	const char *dump; /* or NULL */
	struct trial *base, *denied_base, *lookup;
	struct trial *trials[ARRAY_SIZE(lines)][COLUMNS];
	struct trial *all[3 + ARRAY_SIZE(lines) * COLUMNS + MAX_FILES * PATHS];
	size_t len;
};

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
		trial_fail(path, "cannot be written");
}

/* ---- trials ---- */

static struct trial *add_trial(struct bench *b, const char *what, const struct scene *s,
			       enum path path, const char *text)
{
	struct trial *t = ARENA_NEW(b->arena, struct trial);

	t->wire.denied = path == PATH_DENIED;
	for (size_t i = 0; i < WIRE_PACKETS; i++) {
		const struct packet_probe p = scene_probe(s, path, i, WIRE_PACKETS);

		wire_put(&t->wire, i, &p);
	}
	trial_open(t, what, text);
	b->all[b->len++] = t;
	return t;
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
		netpolc_text(&text, &manifests);
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

	plain_open(&text, false);
	for (unsigned i = 0; i < s.pods; i++) {
		buf_puts(&text, "\t\t\t");
		address_print(&text, scene_address(i));
		buf_puts(&text, ",\n");
	}
	plain_close(&text, rule);
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
		trial_fail(path, "cannot be read");
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(&text, bytes, n);
	fclose(f);
	if (!text.len)
		trial_fail(path, "is empty");
	for (enum path p = 0; p < PATHS; p++)
		add_trial(b, path, &s, p, text.at);
}

/* What a copy adds to the ct rule. */
static double cost(const struct bench *b, const struct trial *t)
{
	return trial_cost(t, t->wire.denied ? b->denied_base : b->base);
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
		add_plain(b, "one look-up", PATH_DESTINATION, "ip saddr @peers accept");
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
		trial_fail("namespaces", why);
	add_all(&b, argc - optind, &argv[optind]);
	for (unsigned round = 0; round < b.rounds; round++)
		for (size_t i = 0; i < b.len; i++)
			trial_turn(b.all[i]);
	print_all(&b, argc - optind, &argv[optind]);
	arena_free(b.arena);
	return 0;
}
