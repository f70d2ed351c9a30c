/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: where a packet was denied; out: the prefix of its line in the log, and back.
 */
#include <netpolc/nft/logging.h>

#include <netpolc/base/arena.h>

#include <string.h>

const char *logging_prefix(struct arena *a, const char *table, const char *class,
			   const char *direction)
{
	return arena_printf(a, "%s %s%s%s: ", table, class, direction ? " " : "",
			    direction ? direction : "");
}

const char *logging_class(const char *line, const char *table, size_t *len)
{
	size_t tlen = strlen(table);

	for (const char *at = line; (at = strstr(at, table)); at += tlen) {
		const char *class = at + tlen + 1;

		if ((at > line && at[-1] != ' ') || at[tlen] != ' ')
			continue;
		*len = strcspn(class, " :");
		if (*len)
			return class;
	}
	return NULL;
}
