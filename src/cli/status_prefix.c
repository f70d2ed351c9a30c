/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of the kernel's log comes in, what denied that packet goes out.
 */
#include <netpolc/cli/status.h>

#include <netpolc/nft/logging.h>

#include <string.h>

static const struct survey_class *find_class(const struct survey *s, const char *name,
					     size_t len)
{
	for (size_t i = 0; i < s->classes.len; i++)
		if (!strncmp(s->classes.at[i].name, name, len) &&
		    !s->classes.at[i].name[len])
			return &s->classes.at[i];
	return NULL;
}

bool status_prefix(struct buf *out, const struct status *st, const char *line,
		   enum output form)
{
	size_t len = 0;
	const char *name = logging_class(line, st->table, &len);
	const struct survey_class *c = name ? find_class(&st->survey, name, len) : NULL;

	if (form == OUTPUT_JSON) {
		if (c)
			status_class_json(out, c);
	} else if (c) {
		buf_printf(out, "class      %s\ndirection  %s\npolicies   %s\n", c->name,
			   direction_name(c->direction), c->policies);
	} else {
		buf_printf(out, "no class of table inet %s is in that text\n", st->table);
	}
	return c;
}
