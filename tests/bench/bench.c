/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times `netpolc compile` on a file and, in the same run, the least that a library
 * needs to read it: a bare event loop of libyaml over YAML, json_load_file() of
 * jansson on JSON.  Each runs several times, in turns, and the best counts; it is
 * processor time, so that a busy machine does not matter much.
 *
 * usage: bench NETPOLC FILE [OPTION...]	options of compile
 */
#include "child.h"
#include "figure.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#define ROUNDS	    3
#define OPTIONS_MAX 8

/* An int, so that child_best() can run it: 0 if all of the file is YAML. */
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

static int load_json(void *path)
{
	json_t *root = json_load_file(path, 0, NULL);

	return root ? 0 : 2;
}

static bool is_json(const char *path)
{
	FILE *file = fopen(path, "rb");
	bool json = file && getc(file) == '{';

	if (file)
		fclose(file);
	return json;
}

static void print_costs(char *argv[], bool json, const struct cost *compile,
			const struct cost *bare)
{
	char what[128] = "compile";

	for (size_t i = 3; argv[i]; i++)
		snprintf(what + strlen(what), sizeof(what) - strlen(what), " %s",
			 argv[i]);
	snprintf(what + strlen(what), sizeof(what) - strlen(what), ", against %s",
		 json ? "jansson" : "libyaml");
	figure_print(what, compile->seconds, "s", bare->seconds);
	figure_print("  memory at most", compile->megabytes, "MB", bare->megabytes);
}

int main(int argc, char *argv[])
{
	char verb[] = "compile", quiet[] = "-q", *words[OPTIONS_MAX + 5] = { 0 };
	struct cost bare = { 0 }, compile = { 0 };
	bool json;

	if (argc < 3 || argc - 3 > OPTIONS_MAX) {
		fputs("usage: bench NETPOLC FILE [OPTION...]\n", stderr);
		return 2;
	}
	json = is_json(argv[2]);
	words[0] = argv[1];
	words[1] = verb;
	words[2] = quiet;
	words[3] = argv[2];
	for (int i = 3; i < argc; i++)
		words[i + 1] = argv[i];
	for (int round = 0; round < ROUNDS; round++) {
		child_best(&bare, json ? load_json : event_loop, argv[2], "the library");
		child_best(&compile, child_silent, words, "compile");
	}
	print_costs(argv, json, &compile, &bare);
	return 0;
}
