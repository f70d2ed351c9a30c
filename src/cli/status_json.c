/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A status comes in, one JSON object goes out.
 */
#include <netpolc/cli/status.h>

#include <netpolc/base/json_out.h>
#include <netpolc/base/literal.h>

#include <stdio.h>
#include <string.h>

static json_t *counts(const struct loaded_counter *c)
{
	return json_pack("{s:o, s:o}", "packets", json_count(c->packets), "bytes",
			 json_count(c->bytes));
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

/* The class as an object: what it is, and what it denied. */
static json_t *denied(const struct survey_class *c)
{
	int more;
	json_t *names = names_of(c->policies, &more);

	return json_pack("{s:s, s:s, s:o, s:i, s:o, s:o}", "class", c->name, "direction",
			 direction_name(c->direction), "policies", names, "morePolicies",
			 more, "packets", json_count(c->denied->packets), "bytes",
			 json_count(c->denied->bytes));
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
	char when[TIME_TEXT];

	if (st->unknown)
		return json_null();
	time_print(when, &st->applied);
	return json_string(when);
}

static json_t *trial(const struct on_trial *t)
{
	char when[TIME_TEXT];

	if (!t->waits)
		return json_null();
	time_print(when, &t->end);
	return json_pack("{s:o, s:o}", "until", json_text(t->timed ? when : NULL),
			 "process", json_place((uint32_t)t->process));
}

static json_t *drift(enum drift drift)
{
	return drift == DRIFT_UNKNOWN ? json_null() : json_boolean(drift != DRIFT_NONE);
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static void describe(json_t *to, const struct status *st)
{
	const struct survey *s = &st->survey;
	const bool named = s->state.ours;

	json_set(to, "digest", text_or_null(named ? s->state.digest : NULL));
	json_set(to, "layout", named ? json_integer(s->state.layout) : json_null());
	json_set(to, "version", text_or_null(named ? s->state.version : NULL));
	json_set(to, "mode", json_string(s->audit ? "audit" : "enforce"));
	json_set(to, "antiSpoof", json_boolean(s->anti_spoof));
	json_set(to, "antiSpoofGap", text_or_null(st->machine.spoof_gap));
	json_set(to, "escapes",
		 json_pack("{s:o, s:o, s:b, s:o}", "bridgeIPv4",
			   text_or_null(st->machine.bridge[FAMILY_IPV4]), "bridgeIPv6",
			   text_or_null(st->machine.bridge[FAMILY_IPV6]), "ipvs",
			   st->machine.ipvs, "flowtable",
			   text_or_null(st->machine.flowtable)));
	json_set(to, "lastApply", last_apply(st));
	json_set(to, "trial", trial(&st->trial));
	if (st->trial.error)
		json_set(to, "trialUnknown", json_string(strerror(st->trial.error)));
	json_set(to, "isolatedAddresses",
		 json_pack("{s:o, s:o}", "ipv4", json_count(s->isolated[FAMILY_IPV4]),
			   "ipv6", json_count(s->isolated[FAMILY_IPV6])));
	json_set(to, "classes",
		 json_pack("{s:o, s:o}", "ingress", json_count(s->nclasses[INGRESS]),
			   "egress", json_count(s->nclasses[EGRESS])));
	json_set(to, "sets", json_count(s->nsets));
	json_set(to, "elements", json_count(s->nelements));
	json_set(to, "drift", drift(s->drift));
	json_set(to, "denied", all_denied(s));
	json_set(to, "midstream", counts(&s->midstream));
	if (s->anti_spoof)
		json_set(to, "spoofed", counts(&s->spoofed));
	json_set(to, "stray", counts(&s->stray));
}

void status_class_json(struct buf *out, const struct survey_class *c)
{
	json_write(out, denied(c), JSON_INDENT(2));
}

void status_json(struct buf *out, const struct status *st)
{
	bool loaded = st->survey.owner == LOADED_OURS;
	json_t *top = json_pack("{s:s, s:s, s:b}", "family", "inet", "table", st->table,
				"loaded", loaded);

	if (loaded)
		describe(top, st);
	if (st->survey.owner == LOADED_SETTLING)
		json_object_set_new(top, "settling", json_true());
	json_write(out, top, JSON_INDENT(2));
}
