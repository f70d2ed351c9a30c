/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A status comes in, metrics go out: for each a HELP and a TYPE line, then its
 * samples, all with the table as first label.
 */
#include <netpolc/cli/status.h>

#include <inttypes.h>
#include <stdio.h>

struct metrics {
	struct buf *out;
	const struct status *st;
	const char *name; /* of the metric that samples are of */
};

static void metric(struct metrics *m, const char *name, const char *type,
		   const char *help)
{
	m->name = name;
	buf_printf(m->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* , name="value" */
static void label(struct metrics *m, const char *name, const char *value)
{
	buf_printf(m->out, ",%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			buf_putc(m->out, '\\');
		if (*value == '\n')
			buf_puts(m->out, "\\n");
		else
			buf_putc(m->out, *value);
	}
	buf_putc(m->out, '"');
}

static void begin(struct metrics *m)
{
	buf_printf(m->out, "%s{table=\"%s\"", m->name, m->st->table);
}

static void end(struct metrics *m, uint64_t value)
{
	buf_printf(m->out, "} %" PRIu64 "\n", value);
}

static void sample(struct metrics *m, uint64_t value)
{
	begin(m);
	end(m, value);
}

static void labelled(struct metrics *m, const char *name, const char *value, uint64_t n)
{
	begin(m);
	label(m, name, value);
	end(m, n);
}

static void put_state(struct metrics *m, const struct ruleset_state *state)
{
	char layout[12];

	if (!state->ours)
		return;
	snprintf(layout, sizeof(layout), "%d", state->layout);
	metric(m, "netpolc_info", "gauge", "What the loaded table says of itself.");
	begin(m);
	label(m, "digest", state->digest);
	label(m, "layout", layout);
	label(m, "version", state->version);
	end(m, 1);
}

static void put_info(struct metrics *m)
{
	const struct survey *s = &m->st->survey;

	put_state(m, &s->state);
	metric(m, "netpolc_audit", "gauge", "Whether what is denied passes.");
	sample(m, s->audit);
	if (m->st->unknown)
		return;
	metric(m, "netpolc_last_apply_timestamp_seconds", "gauge",
	       "When the last apply succeeded.");
	sample(m, (uint64_t)m->st->applied.tv_sec);
}

static void put_trial(struct metrics *m)
{
	if (m->st->trial.error)
		return;
	metric(m, "netpolc_trial", "gauge",
	       "Whether what is loaded waits to be confirmed.");
	sample(m, m->st->trial.waits);
	if (!m->st->trial.timed)
		return;
	metric(m, "netpolc_trial_end_timestamp_seconds", "gauge",
	       "When what is on trial is undone, unless it is confirmed.");
	sample(m, (uint64_t)m->st->trial.end.tv_sec);
}

/* through: by what, or NULL where nothing escapes on that path. */
static void put_escape(struct metrics *m, const char *path, const char *through,
		       bool escapes)
{
	begin(m);
	label(m, "path", path);
	if (through)
		label(m, "through", through);
	end(m, escapes);
}

static void put_escapes(struct metrics *m)
{
	const struct machine *here = &m->st->machine;
	const char *const *bridge = here->bridge;

	metric(m, "netpolc_escapes", "gauge",
	       "Whether packets of pods go where the table does not see them.");
	put_escape(m, "bridge-ipv4", bridge[FAMILY_IPV4], bridge[FAMILY_IPV4]);
	put_escape(m, "bridge-ipv6", bridge[FAMILY_IPV6], bridge[FAMILY_IPV6]);
	put_escape(m, "ipvs", NULL, here->ipvs);
	put_escape(m, "flowtable", here->flowtable, here->flowtable);
	metric(m, "netpolc_anti_spoof", "gauge",
	       "Whether forged sources of pods are dropped.");
	sample(m, m->st->survey.anti_spoof);
	metric(m, "netpolc_anti_spoof_gap", "gauge",
	       "Whether pods on a bridge can use the addresses of each other although "
	       "forged sources are dropped.");
	begin(m);
	if (here->spoof_gap)
		label(m, "through", here->spoof_gap);
	end(m, here->spoof_gap != NULL);
}

static void put_sizes(struct metrics *m)
{
	const struct survey *s = &m->st->survey;

	metric(m, "netpolc_isolated_addresses", "gauge",
	       "Addresses of pods that are isolated in either direction.");
	labelled(m, "family", "ipv4", s->isolated[FAMILY_IPV4]);
	labelled(m, "family", "ipv6", s->isolated[FAMILY_IPV6]);
	metric(m, "netpolc_classes", "gauge",
	       "Classes of pods that the same policies isolate.");
	for (enum direction d = 0; d < DIRECTIONS; d++)
		labelled(m, "direction", direction_name(d), s->nclasses[d]);
	metric(m, "netpolc_sets", "gauge", "Named sets and maps.");
	sample(m, s->nsets);
	metric(m, "netpolc_elements", "gauge", "Elements of all sets and maps.");
	sample(m, s->nelements);
	if (s->drift == DRIFT_UNKNOWN)
		return;
	metric(m, "netpolc_drift", "gauge",
	       "Whether the table is something else than what was applied.");
	sample(m, s->drift != DRIFT_NONE);
}

static void put_class(struct metrics *m, const struct survey_class *c, uint64_t value)
{
	begin(m);
	label(m, "class", c->name);
	label(m, "direction", direction_name(c->direction));
	label(m, "policies", c->policies);
	end(m, value);
}

static void put_denied(struct metrics *m)
{
	const struct survey *s = &m->st->survey;

	metric(m, "netpolc_denied_packets_total", "counter",
	       "Packets that no rule allows, by class of pods.");
	for (size_t i = 0; i < s->classes.len; i++)
		put_class(m, &s->classes.at[i], s->classes.at[i].denied->packets);
	metric(m, "netpolc_denied_bytes_total", "counter",
	       "Bytes of packets that no rule allows, by class of pods.");
	for (size_t i = 0; i < s->classes.len; i++)
		put_class(m, &s->classes.at[i], s->classes.at[i].denied->bytes);
	metric(m, "netpolc_midstream_packets_total", "counter",
	       "Packets of TCP connections that nobody saw begin.");
	sample(m, s->midstream.packets);
	if (s->anti_spoof) {
		metric(m, "netpolc_spoofed_packets_total", "counter",
		       "Packets with a source that is not of the pod.");
		sample(m, s->spoofed.packets);
	}
	metric(m, "netpolc_stray_packets_total", "counter",
	       "Packets that connection tracking finds invalid.");
	sample(m, s->stray.packets);
}

void status_prometheus(struct buf *out, const struct status *st)
{
	struct metrics m = { .out = out, .st = st };
	bool loaded = st->survey.owner == LOADED_OURS;

	metric(&m, "netpolc_loaded", "gauge", "Whether the table is loaded.");
	sample(&m, loaded);
	metric(&m, "netpolc_settling", "gauge",
	       "Whether the table has no policy yet, and connections are to become "
	       "known.");
	sample(&m, st->survey.owner == LOADED_SETTLING);
	if (!loaded)
		return;
	put_info(&m);
	put_trial(&m);
	put_escapes(&m);
	put_sizes(&m);
	put_denied(&m);
}
