/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A status comes in, one JSON object goes out.
 */
#include <netpolc/cli/status.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *counts(const struct loaded_counter *c)
{
	return json_pack("{s:o, s:o}", "packets", number(c->packets), "bytes",
			 number(c->bytes));
}

/* Of "a/x, b/y, +3 more" the names; *more: how many had no room. */
static json_t *names_of(const char *policies, int *more)
{
	json_t *names = json_array();

	*more = 0;
	while (*policies) {
		size_t len = strcspn(policies, ",");

		if (sscanf(policies, "+%d more", more) != 1)
			json_array_append_new(names, json_stringn(policies, len));
		policies += len;
		policies += strspn(policies, ", ");
	}
	return names;
}

static json_t *denied(const struct survey_class *c)
{
	int more;
	json_t *names = names_of(c->policies, &more);

	return json_pack("{s:s, s:s, s:o, s:i, s:o, s:o}", "class", c->name, "direction",
			 c->direction == EGRESS ? "egress" : "ingress", "policies", names,
			 "morePolicies", more, "packets", number(c->denied->packets),
			 "bytes", number(c->denied->bytes));
}

static json_t *all_denied(const struct survey *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->classes.len; i++)
		json_array_append_new(all, denied(&s->classes.at[i]));
	return all;
}

static json_t *last_apply(const struct status *st)
{
	char when[STATUS_TIME];

	if (st->unknown)
		return json_null();
	status_time(when, &st->applied);
	return json_string(when);
}

static json_t *drift(enum drift drift)
{
	return drift == DRIFT_UNKNOWN ? json_null() : json_boolean(drift == DRIFT_FOUND);
}

static void describe(json_t *to, const struct status *st)
{
	const struct survey *s = &st->survey;

	json_object_set_new(to, "digest", json_string(s->state.digest));
	json_object_set_new(to, "layout", json_integer(s->state.layout));
	json_object_set_new(to, "version", json_string(s->state.version));
	json_object_set_new(to, "lastApply", last_apply(st));
	json_object_set_new(to, "isolatedAddresses",
			    json_pack("{s:o, s:o}", "ipv4",
				      number(s->isolated[FAMILY_IPV4]), "ipv6",
				      number(s->isolated[FAMILY_IPV6])));
	json_object_set_new(to, "classes",
			    json_pack("{s:o, s:o}", "ingress",
				      number(s->nclasses[INGRESS]), "egress",
				      number(s->nclasses[EGRESS])));
	json_object_set_new(to, "sets", number(s->nsets));
	json_object_set_new(to, "elements", number(s->nelements));
	json_object_set_new(to, "drift", drift(s->drift));
	json_object_set_new(to, "denied", all_denied(s));
	json_object_set_new(to, "midstream", counts(&s->midstream));
	json_object_set_new(to, "stray", counts(&s->stray));
}

void status_json(struct buf *out, const struct status *st)
{
	bool loaded = st->survey.owner == LOADED_OURS;
	json_t *top = json_pack("{s:s, s:s, s:b}", "family", "inet", "table", st->table,
				"loaded", loaded);
	char *text;

	if (loaded)
		describe(top, st);
	text = json_dumps(top, JSON_INDENT(2));
	buf_puts(out, text);
	buf_putc(out, '\n');
	free(text);
	json_decref(top);
}
