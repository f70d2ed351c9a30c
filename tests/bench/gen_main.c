/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A seed and sizes come in, a cluster goes out; or, with --probes, so many lines for
 * `netpolc query --probes` on that cluster.
 *
 * usage: gen [--json] [--configmaps N | --probes N] SEED PODS POLICIES >FILE
 */
#include "gen.h"

#include <getopt.h>
#include <stdlib.h>

static unsigned count(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "configmaps", required_argument, NULL, 'c' },
		{ "probes", required_argument, NULL, 'p' },
		{ 0 }
	};
	struct gen g = { .out.to = stdout };
	unsigned probes = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		g.out.json = g.out.json || c == 'j';
		g.configmaps = c == 'c' ? count(optarg) : g.configmaps;
		probes = c == 'p' ? count(optarg) : probes;
	}
	if (argc - optind != 3) {
		fputs("usage: gen [--json] [--configmaps N | --probes N] SEED PODS "
		      "POLICIES\n",
		      stderr);
		return 2;
	}
	g.state = strtoull(argv[optind], NULL, 10);
	g.pods = count(argv[optind + 1]);
	g.policies = count(argv[optind + 2]);
	if (!probes)
		gen_cluster(&g);
	for (unsigned i = 0; i < probes; i++)
		gen_probe(&g);
	return fflush(stdout) || ferror(stdout) ? 3 : 0;
}
