/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times `netpolc compile` on a file and, in the same run, a bare event loop of
 * libyaml over it: the least that reading YAML costs.  Each runs three times, in
 * turns, and the best counts; it is processor time, so that a busy machine does
 * not matter much.  With limits, exceeding one is failure.
 *
 * usage: bench NETPOLC FILE [RATIO MEGABYTES]
 */
#include "child.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <yaml.h>

#define ROUNDS 3

/* An int, so that child_cost() can run it: 0 if all of the file is YAML. */
static int event_loop(void *path)
{
	FILE *file = fopen(path, "rb");
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;

	if (!file || !yaml_parser_initialize(&parser))
		return 3;
	yaml_parser_set_input_file(&parser, file);
	while (more) {
		if (!yaml_parser_parse(&parser, &event))
			return 2;
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	fclose(file);
	return 0;
}

/* argv, with its output thrown away. */
static int silent(void *argv)
{
	int null = open("/dev/null", O_WRONLY);

	return null < 0 || dup2(null, STDOUT_FILENO) < 0 ? 3 : child_exec(argv);
}

static void keep_best(struct cost *best, struct cost cost, const char *what)
{
	if (!cost.good) {
		fprintf(stderr, "bench: %s failed\n", what);
		exit(1);
	}
	if (!best->good || cost.seconds < best->seconds)
		*best = cost;
}

int main(int argc, char *argv[])
{
	struct cost bare = { 0 }, compile = { 0 };
	char verb[] = "compile", quiet[] = "-q", verbose[] = "-v";
	double ratio;

	if (argc != 3 && argc != 5) {
		fputs("usage: bench NETPOLC FILE [RATIO MEGABYTES]\n", stderr);
		return 2;
	}
	for (int round = 0; round < ROUNDS; round++) {
		char *words[] = { argv[1], verb, round ? quiet : verbose, argv[2], NULL };

		keep_best(&bare, child_cost(event_loop, argv[2]), "the event loop");
		keep_best(&compile, child_cost(silent, words), "compile");
	}
	ratio = compile.seconds / bare.seconds;
	printf("compile      %7.2f s %8.1f MB\n", compile.seconds, compile.megabytes);
	printf("event loop   %7.2f s %8.1f MB\n", bare.seconds, bare.megabytes);
	printf("ratio        %7.2f\n", ratio);
	if (argc == 5 && (ratio > strtod(argv[3], NULL) ||
			  compile.megabytes > strtod(argv[4], NULL))) {
		printf("above the limits of %s and %s MB\n", argv[3], argv[4]);
		return 1;
	}
	return 0;
}
