/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times `nft -f` on a ruleset and, in turns, on the least that has as many elements:
 * one verdict map, and one concatenated map for those that have two addresses, both
 * leading to one chain.  Each load is in a new network namespace; processor time, the
 * kernel's included, and the best counts.  Needs root: for others the kernel's buffers
 * are too small.
 *
 * usage: load RULESET		as netpolc prints it
 */
#include "child.h"
#include "figure.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 5
#define SKIP   77

struct counts {
	size_t sets, single, pairs; /* elements of one address, and of two */
};

/* Lines at one tab open sets and at three tabs are their elements. */
static struct counts count(FILE *file)
{
	struct counts c = { 0 };
	bool elements = false, pairs = false;
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "\tset ", 5) || !strncmp(line, "\tmap ", 5))
			c.sets++;
		else if (!strncmp(line, "\t\ttype ", 7))
			pairs = strstr(line, " . ");
		else if (!strncmp(line, "\t\telements = {", 14))
			elements = true;
		else if (!strncmp(line, "\t\t}", 3))
			elements = false;
		else if (elements && pairs)
			c.pairs++;
		else if (elements)
			c.single++;
	}
	return c;
}

static void put_address(FILE *to, unsigned long n)
{
	fprintf(to, "10.%lu.%lu.%lu", n >> 16 & 255, n >> 8 & 255, n & 255);
}

static void put_map(FILE *to, const char *type, size_t n, bool pairs)
{
	fprintf(to, "\tmap %s {\n\t\ttype %s : verdict\n\t\telements = {\n",
		pairs ? "two" : "one", type);
	for (size_t i = 0; i < n; i++) {
		fputs("\t\t\t", to);
		put_address(to, i);
		if (pairs) {
			fputs(" . ", to);
			put_address(to, i % 1000);
		}
		fputs(" : goto decided,\n", to);
	}
	fputs("\t\t}\n\t}\n", to);
}

static FILE *make_reference(const struct counts *c)
{
	FILE *to = tmpfile();

	if (!to)
		return NULL;
	fputs("table inet reference {\n\tchain decided {\n\t\taccept\n\t}\n", to);
	if (c->single)
		put_map(to, "ipv4_addr", c->single, false);
	if (c->pairs)
		put_map(to, "ipv4_addr . ipv4_addr", c->pairs, true);
	fputs("}\n", to);
	return fflush(to) ? NULL : to;
}

static int load(void *path)
{
	char nft[] = "nft", option[] = "-f", *words[] = { nft, option, path, NULL };

	return unshare(CLONE_NEWNET) ? 3 : child_exec(words);
}

int main(int argc, char *argv[])
{
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL, *reference;
	struct cost ours = { 0 }, least = { 0 };
	struct counts c;
	char path[64];

	if (!file) {
		fputs("usage: load RULESET\n", stderr);
		return 2;
	}
	if (geteuid()) {
		puts("load: skipped, needs root");
		return SKIP;
	}
	c = count(file);
	fclose(file);
	reference = make_reference(&c);
	if (!reference)
		return 3;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(reference));
	for (int round = 0; round < ROUNDS; round++) {
		child_best(&least, load, path, "loading the reference");
		child_best(&ours, load, argv[1], "loading the ruleset");
	}
	figure_print("nft -f of a whole cluster, against bare maps", ours.seconds, "s",
		     least.seconds);
	figure_print("  sets and maps", (double)c.sets, "", 0);
	figure_print("  elements of one address", (double)c.single, "", 0);
	figure_print("  elements of two addresses", (double)c.pairs, "", 0);
	return 0;
}
