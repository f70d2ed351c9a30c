/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times `netpolc query --probes` from end to end, beside the same command without any
 * probes: the difference is reading, looking up and printing.  The reference is cut(1),
 * which splits and prints the same lines.  Processor time, in turns, the best counts.
 *
 * usage: probes NETPOLC CLUSTER PROBES
 */
#include "child.h"
#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 3

struct verdicts {
	size_t all, allowed;
};

struct command {
	char **words;
	FILE *out;
};

static int run_command(void *arg)
{
	const struct command *c = arg;

	return dup2(fileno(c->out), STDOUT_FILENO) < 0 ? 3 : child_exec(c->words);
}

static struct verdicts count(char *words[])
{
	struct command c = { words, tmpfile() };
	struct verdicts v = { 0 };
	char line[512];

	if (!c.out || !child_cost(run_command, &c).good) {
		fputs("probes: no verdicts\n", stderr);
		exit(1);
	}
	rewind(c.out);
	while (fgets(line, sizeof(line), c.out)) {
		const char *tab = strrchr(line, '\t');

		v.all++;
		v.allowed += tab && !strcmp(tab, "\tallow\n");
	}
	fclose(c.out);
	return v;
}

int main(int argc, char *argv[])
{
	char verb[] = "query", quiet[] = "-q", option[] = "--probes",
	     none[] = "/dev/null", tool[] = "cut", fields[] = "-f1-4";
	char *words[] = { NULL, verb, quiet, NULL, option, NULL, NULL };
	char *cut[] = { tool, fields, NULL, NULL };
	struct cost with = { 0 }, without = { 0 }, split = { 0 };
	struct verdicts v;
	double millions;

	if (argc != 4) {
		fputs("usage: probes NETPOLC CLUSTER PROBES\n", stderr);
		return 2;
	}
	cut[2] = argv[3];
	words[0] = argv[1];
	words[3] = argv[2];
	for (int round = 0; round < ROUNDS; round++) {
		words[5] = argv[3];
		child_best(&with, child_silent, words, "query --probes");
		words[5] = none;
		child_best(&without, child_silent, words, "query without probes");
		child_best(&split, child_silent, cut, "cut");
	}
	words[5] = argv[3];
	v = count(words);
	millions = (double)v.all * 1e-6;
	figure_print("query --probes, after the cluster, against cut -f1-4",
		     millions / (with.seconds - without.seconds), "M/s",
		     millions / split.seconds);
	figure_print("  probes", millions, "M", 0);
	figure_print("  allowed", 100.0 * (double)v.allowed / (double)v.all, "%", 0);
	return 0;
}
