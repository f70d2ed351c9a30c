/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command and fails if it does, or if it needed more memory than allowed.
 *
 * usage: peak MEGABYTES COMMAND [ARGUMENT...]
 */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
	struct cost cost;
	double limit;

	if (argc < 3) {
		fputs("usage: peak MEGABYTES COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	limit = strtod(argv[1], NULL);
	cost = child_cost(child_exec, argv + 2);
	fprintf(stderr, "%.1f MB resident at most, %.2f s\n", cost.megabytes,
		cost.seconds);
	return cost.good && cost.megabytes <= limit ? 0 : 1;
}
