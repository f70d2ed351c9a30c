/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options and environment in, yes or no out.
 */
#include <netpolc/cli/color.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool color_wanted(const struct config *cfg, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (cfg->color != COLOR_AUTO)
		return cfg->color == COLOR_ALWAYS;
	return isatty(fd) && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}
