/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clusters come in, smallest first; what compile takes for each goes out, for one node
 * and for all: how time and memory grow.  The reference is the smallest cluster: with
 * linear growth the ratios of times stay near 1.
 *
 * Time is processor time and the best of some rounds counts; for the stages, which
 * `compile -v` prints, it is wall-clock time.
 *
 * usage: scale NETPOLC NODE FILE...
 */
#include "child.h"
#include "figure.h"
#include "stages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANY_PODS   50000
#define FEW_ROUNDS  2
#define MANY_ROUNDS 5

struct command {
	char **words;
	FILE *messages; /* what it says with -v */
};

struct run {
	struct cost cost;
	bool refused; /* there would be too many elements */
	double ms[STAGES];
	size_t pods, policies, elements;
};

/* What growth is seen against. */
struct first {
	double pod, item; /* microseconds */
};

static int run_command(void *arg)
{
	const struct command *c = arg;

	if (dup2(fileno(c->messages), STDERR_FILENO) < 0)
		return 3;
	return child_silent(c->words);
}

static void read_line(struct run *run, const char *line)
{
	unsigned stage;
	double ms = stages_line(line, &stage);

	if (strstr(line, "[too-large]"))
		run->refused = true;
	if (ms < 0)
		return;
	if (!run->ms[stage] || ms < run->ms[stage])
		run->ms[stage] = ms;
	sscanf(line,
	       "netpolc: %*f ms read: %*u %*[a-z], %*u %*[a-z], %zu %*[a-z], "
	       "%*u %*[a-z], %*u %*[a-z], %zu",
	       &run->pods, &run->policies);
	sscanf(line, "netpolc: %*f ms lower: %*u %*[a-z], %*u %*[a-z], %zu",
	       &run->elements);
}

static void take_turn(struct run *run, struct command *c)
{
	struct cost cost;
	char line[512];

	c->messages = tmpfile();
	if (!c->messages) {
		perror("tmpfile");
		exit(3);
	}
	cost = child_cost(run_command, c);
	rewind(c->messages);
	while (fgets(line, sizeof(line), c->messages))
		read_line(run, line);
	fclose(c->messages);
	if (!cost.good && !run->refused) {
		fputs("scale: compile failed\n", stderr);
		exit(1);
	}
	if (!run->cost.seconds || cost.seconds < run->cost.seconds)
		run->cost = cost;
}

static double microseconds(const struct run *run)
{
	return run->cost.seconds * 1e6 / (double)run->pods;
}

/* After reading, for each thing that there is to do. */
static double per_item(const struct run *run)
{
	double ms = 0;

	for (size_t i = 1; i < STAGES; i++)
		ms += run->ms[i];
	return ms * 1e3 / (double)(run->pods + run->policies + run->elements);
}

static void print_run(const struct run *run, const char *scope, struct first *first)
{
	char what[80];

	if (!first->pod)
		*first = (struct first){ microseconds(run), per_item(run) };
	snprintf(what, sizeof(what), "%s, %zu pods, %zu policies", scope, run->pods,
		 run->policies);
	if (run->refused) {
		printf("%s: refused, more than 4,000,000 elements\n", what);
	} else {
		figure_print(what, microseconds(run), "us/pod", first->pod);
		figure_print("  after reading, for each pod, policy and element",
			     per_item(run), "us", first->item);
		figure_print("  elements", (double)run->elements, "", 0);
	}
	figure_print("  memory at most", run->cost.megabytes, "MB", 0);
	printf(" ");
	for (size_t i = 0; i < STAGES; i++)
		printf(" %s %.1f", stages_names[i], run->ms[i]);
	printf(" ms\n");
}

/* Returns the microseconds for a pod. */
static double measure(char *netpolc, char *node, char *file, struct first *first)
{
	char verb[] = "compile", verbose[] = "-v", option[] = "--node";
	char *words[] = {
		netpolc, verb, verbose, file, node ? option : NULL, node, NULL
	};
	struct command c = { .words = words };
	struct run run = { 0 };
	unsigned rounds = MANY_ROUNDS;

	for (unsigned i = 0; i < rounds; i++) {
		take_turn(&run, &c);
		rounds = run.pods >= MANY_PODS ? FEW_ROUNDS : MANY_ROUNDS;
		rounds = run.refused ? 1 : rounds;
	}
	print_run(&run, node ? "compile --node" : "compile", first);
	return microseconds(&run);
}

static void measure_all(char *netpolc, char *node, int nfiles, char *files[])
{
	double least = 1e9, most = 0;
	struct first first = { 0 };

	for (int i = 0; i < nfiles; i++) {
		double us = measure(netpolc, node, files[i], &first);

		least = us < least ? us : least;
		most = us > most ? us : most;
	}
	figure_print("  time for a pod, dearest against cheapest", most, "us", least);
}

int main(int argc, char *argv[])
{
	if (argc < 4) {
		fputs("usage: scale NETPOLC NODE FILE...\n", stderr);
		return 2;
	}
	measure_all(argv[1], argv[2], argc - 3, &argv[3]);
	measure_all(argv[1], NULL, argc - 3, &argv[3]);
	return 0;
}
