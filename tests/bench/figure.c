/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures come in, lines of a table go out.
 */
#include "figure.h"

#include <stdio.h>

#define ROW "%-58s %11s %-9s %11s %8s\n"

static const char *three_digits(char room[16], double value)
{
	snprintf(room, 16, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
	return room;
}

void figure_print(const char *what, double value, const char *unit, double reference)
{
	char texts[2][16], ratio[16] = "";

	if (reference > 0)
		snprintf(ratio, sizeof(ratio), "%.2f", value / reference);
	printf(ROW, what, three_digits(texts[0], value), unit,
	       reference > 0 ? three_digits(texts[1], reference) : "", ratio);
	fflush(stdout);
}
