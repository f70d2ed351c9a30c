/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A status comes in, a page for people goes out.
 */
#include <netpolc/cli/status.h>

#include <netpolc/base/literal.h>

#include <inttypes.h>
#include <string.h>

static void put_state(struct buf *out, const struct ruleset_state *state)
{
	if (!state->ours)
		return;
	buf_printf(out, "  digest       %s\n", state->digest);
	buf_printf(out, "  layout       %d\n", state->layout);
	buf_printf(out, "  version      %s\n", state->version);
}

static void put_applied(struct buf *out, const struct status *st)
{
	char when[TIME_TEXT];

	buf_puts(out, "  last apply   ");
	if (st->unknown) {
		buf_printf(out, "unknown: %s\n", st->unknown);
		return;
	}
	time_print(when, &st->applied);
	buf_printf(out, "%s\n", when);
}

static void put_spoof(struct buf *out, const struct status *st)
{
	buf_printf(out, "  anti-spoof   %s", st->survey.anti_spoof ? "on" : "off");
	if (st->machine.spoof_gap)
		buf_printf(out, ", but pods on bridge %s can use each other's addresses",
			   st->machine.spoof_gap);
	buf_putc(out, '\n');
}

static void put_trial(struct buf *out, const struct on_trial *trial)
{
	char when[TIME_TEXT];

	if (trial->error)
		buf_printf(out, "  on trial     unknown: %s\n", strerror(trial->error));
	if (!trial->waits)
		return;
	time_print(when, &trial->end);
	buf_printf(out, "  on trial     %s%s", trial->timed ? "until " : "",
		   trial->timed ? when : "nobody says until when");
	if (trial->process)
		buf_printf(out, " (process %d)", trial->process);
	buf_putc(out, '\n');
}

static void put_escapes(struct buf *out, const struct machine *m)
{
	for (enum family f = 0; f < FAMILIES; f++)
		if (m->bridge[f])
			buf_printf(out,
				   "  escapes      %s between pods on bridge %s, which "
				   "br_netfilter does not hand over\n",
				   family_name(f), m->bridge[f]);
	if (m->ipvs)
		buf_puts(out, "  escapes      what IPVS balances: it needs --hook "
			      "postrouting\n");
	if (m->flowtable)
		buf_printf(out,
			   "  escapes      connections that flowtable %s knows: new "
			   "policies are not for them\n",
			   m->flowtable);
}

static void put_drift(struct buf *out, enum drift drift)
{
	static const char *const words[] = {
		[DRIFT_NONE] = "none",
		[DRIFT_FOUND] = "found: the table is not what was applied; apply "
				"brings it back",
		[DRIFT_NAMELESS] = "found: its state chain says no more whose table it "
				   "is; apply replaces it",
		[DRIFT_UNKNOWN] = "unknown: the table has another layout",
	};

	buf_printf(out, "  drift        %s\n", words[drift]);
}

static void put_count(struct buf *out, const struct loaded_counter *c, const char *name,
		      const char *what)
{
	buf_printf(out, "  %12" PRIu64 " %14" PRIu64 "  %-31s  %s\n", c->packets,
		   c->bytes, name, what);
}

static void put_denied(struct buf *out, const struct survey *s)
{
	buf_printf(out, "\n  %12s %14s  %-31s  %s\n", "denied", "bytes", "class",
		   "policies");
	for (size_t i = 0; i < s->classes.len; i++)
		put_count(out, s->classes.at[i].denied, s->classes.at[i].name,
			  s->classes.at[i].policies);
	if (s->anti_spoof)
		put_count(out, &s->spoofed, "spoofed", "sources that are not of the pod");
	put_count(out, &s->midstream, "midstream", "TCP that began before");
	put_count(out, &s->stray, "stray", "invalid to connection tracking");
}

void status_text(struct buf *out, const struct status *st)
{
	const struct survey *s = &st->survey;

	if (s->owner == LOADED_SETTLING) {
		buf_printf(out,
			   "table inet %s has no policy: the first apply waits for "
			   "connections to become known, or was ended meanwhile\n",
			   st->table);
		return;
	}
	if (s->owner != LOADED_OURS) {
		buf_printf(out, "table inet %s is not %s\n", st->table,
			   s->owner == LOADED_FOREIGN ? "netpolc's" : "loaded");
		return;
	}
	buf_printf(out, "table inet %s\n", st->table);
	put_state(out, &s->state);
	buf_printf(out, "  mode         %s\n",
		   s->audit ? "audit: what is denied passes" : "enforce");
	put_spoof(out, st);
	put_escapes(out, &st->machine);
	put_applied(out, st);
	put_trial(out, &st->trial);
	buf_printf(out, "  isolated     %zu IPv4 and %zu IPv6 addresses of pods\n",
		   s->isolated[FAMILY_IPV4], s->isolated[FAMILY_IPV6]);
	buf_printf(out, "  classes      %zu ingress, %zu egress\n", s->nclasses[INGRESS],
		   s->nclasses[EGRESS]);
	buf_printf(out, "  sets         %zu, with %zu elements\n", s->nsets,
		   s->nelements);
	put_drift(out, s->drift);
	put_denied(out, s);
}
