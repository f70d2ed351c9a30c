/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_sample NAME nft|json|dump - prints a sample ruleset; without arguments,
 * the names of all.
 */
#include "samples.h"

#include <netpolc/base/arena.h>
#include <netpolc/nft/json.h>
#include <netpolc/nft/text.h>
#include <stdio.h>
#include <string.h>

static int list_names(void)
{
	for (size_t i = 0; i < nsamples; i++)
		puts(samples[i].name);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *a;
	struct ruleset *rs;
	BUF_AUTO out = { 0 };
	int status;

	if (argc != 3)
		return list_names();
	a = arena_new();
	rs = sample_build(a, argv[1]);
	if (strcmp(argv[2], "json") == 0)
		json_print(&out, rs);
	else if (strcmp(argv[2], "dump") == 0)
		ruleset_dump(&out, rs);
	else
		text_print(&out, rs, NULL);
	status = buf_write(&out, 1) < 0 ? 3 : 0;
	arena_free(a);
	return status;
}
