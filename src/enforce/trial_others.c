/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a table comes in; whether it is on trial goes out, and who did not begin
 * that can keep it.
 */
#include <netpolc/enforce/trial.h>

#include <netpolc/base/diag.h>
#include <netpolc/base/literal.h>
#include <netpolc/enforce/guardian.h>
#include <netpolc/manifest/ctx.h>

#include <stdio.h>
#include <string.h>

#define ANSWER_MS 2000 /* what a guardian that lives never needs */

static struct on_trial what_is_on_trial(enum guardian_presence who,
					const struct guardian_reply *reply)
{
	struct on_trial trial = { .waits = who == GUARDIAN_PRESENT,
				  .process = reply->from.process,
				  .error = reply->error };
	long long seconds = 0;

	if (*reply->said && sscanf(reply->said + 1, "%lld", &seconds) == 1)
		trial.timed = true;
	trial.end.tv_sec = (time_t)seconds;
	return trial;
}

struct on_trial trial_look(const struct config *cfg)
{
	struct guardian_reply reply;
	enum guardian_presence who = guardian_ask(cfg, false, ANSWER_MS, &reply);

	return what_is_on_trial(who, &reply);
}

/* In the way of a trial of our own, but of nothing else. */
static void tell_stranger(struct ctx *cx, const struct config *cfg,
			  const struct identity *who)
{
	bool needed = cfg->try_seconds;
	BUF_AUTO words = { 0 };

	identity_describe(&words, who);
	diag_add_level(cx->diags, DIAG_TRIAL,
		       needed ? diag_default_level(DIAG_TRIAL) : DIAG_WARNING, NULL,
		       "%s has the name of a trial of table inet %s and is not netpolc: "
		       "%s",
		       words.at, cfg->lower.table,
		       needed ? "no trial can begin" : "nothing is on trial");
}

/* Whoever cannot ask does as if there were a trial. */
static void tell_unknown(struct ctx *cx, const struct config *cfg, int error)
{
	diag_add(cx->diags, DIAG_TRIAL, NULL,
		 "cannot ask whether a ruleset is on trial in table inet %s: %s",
		 cfg->lower.table, strerror(error));
}

static void tell_trial(struct ctx *cx, const struct config *cfg,
		       const struct on_trial *trial, const struct identity *who)
{
	BUF_AUTO words = { 0 };
	char when[TIME_TEXT];

	identity_describe(&words, who);
	time_print(when, &trial->end);
	if (trial->timed)
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "a ruleset is on trial in table inet %s until %s (%s); "
			 "apply --confirm keeps it",
			 cfg->lower.table, when, words.at);
	else
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "a ruleset seems to be on trial in table inet %s, but %s does "
			 "not say until when",
			 cfg->lower.table, words.at);
}

bool trial_may_change(struct ctx *cx, const struct config *cfg)
{
	struct guardian_reply reply;
	enum guardian_presence who = guardian_ask(cfg, false, ANSWER_MS, &reply);
	const struct on_trial trial = what_is_on_trial(who, &reply);

	switch (who) {
	case GUARDIAN_ABSENT:
		break;
	case GUARDIAN_PRESENT:
		tell_trial(cx, cfg, &trial, &reply.from);
		break;
	case GUARDIAN_STRANGER:
		tell_stranger(cx, cfg, &reply.from);
		break;
	case GUARDIAN_UNKNOWN:
		tell_unknown(cx, cfg, reply.error);
		break;
	}
	return !diag_failed(cx->diags);
}

/* The ruleset is written to a disk meanwhile, which is not waiting for anybody. */
static int patience(const struct config *cfg)
{
	unsigned long ms = cfg->lock_timeout * 1000;

	return ms > ANSWER_MS ? (int)ms : ANSWER_MS;
}

static enum exit_status conclude(struct ctx *cx, const struct config *cfg,
				 const struct guardian_reply *reply)
{
	const char *table = cfg->lower.table, *why = reply->said + 1;
	BUF_AUTO who = { 0 };

	identity_describe(&who, &reply->from);
	switch ((enum guardian_answer)reply->said[0]) {
	case GUARDIAN_KEPT:
		if (*why)
			diag_add(cx->diags, DIAG_LAST_GOOD, NULL, "%s", why);
		return STATUS_YES;
	case GUARDIAN_CHANGED:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "table inet %s is not what is on trial, so it is not kept: %s; "
			 "the trial goes on",
			 table, why);
		break;
	case GUARDIAN_FORBIDDEN:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "only root and who began a trial can confirm it");
		break;
	case GUARDIAN_UNREACHED:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "the trial in table inet %s goes on: %s does not answer; waited "
			 "%d s",
			 table, who.at, patience(cfg) / 1000);
		break;
	case GUARDIAN_RUNNING:
	case GUARDIAN_RESTORED:
	case GUARDIAN_FAILED:
	case GUARDIAN_FOREIGN:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "the trial in table inet %s was ended: %s is gone", table,
			 who.at);
		break;
	}
	return STATUS_SYSTEM;
}

enum exit_status trial_confirm(struct ctx *cx, const struct config *cfg)
{
	struct guardian_reply reply;
	enum guardian_presence who = guardian_ask(cfg, true, patience(cfg), &reply);

	switch (who) {
	case GUARDIAN_PRESENT:
		return conclude(cx, cfg, &reply);
	case GUARDIAN_UNKNOWN:
		tell_unknown(cx, cfg, reply.error);
		return STATUS_SYSTEM;
	case GUARDIAN_STRANGER:
		tell_stranger(cx, cfg, &reply.from);
		break;
	case GUARDIAN_ABSENT:
		break;
	}
	diag_add(cx->diags, DIAG_TRIAL, NULL, "no ruleset is on trial in table inet %s",
		 cfg->lower.table);
	return STATUS_SYSTEM;
}
