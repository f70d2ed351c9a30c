/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset comes in, the kernel enforces it afterwards.  What is loaded is looked at
 * first: it must be ours, it must not be about to be lost by a lack of input, and
 * where it is what it should be already, nothing is sent.
 */
#include <netpolc/enforce/enforce.h>

#include <netpolc/base/visible.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/enforce/loss.h>
#include <netpolc/enforce/recheck.h>
#include <netpolc/enforce/settle.h>
#include <netpolc/enforce/trial.h>
#include <netpolc/nft/cache.h>
#include <netpolc/node/conntrack.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/signals.h>

static void say(const struct config *cfg, const char *what)
{
	progress_tell(cfg, "table %s %s", cfg->lower.table, what);
}

/* The reason may name what another program has made. */
static void say_why(const struct config *cfg, const char *what, const char *why,
		    bool aloud)
{
	BUF_AUTO shown = { 0 };

	visible_text(&shown, why);
	if (aloud)
		progress_say(cfg, "table %s %s: %s", cfg->lower.table, what, shown.at);
	else
		progress_tell(cfg, "table %s %s: %s", cfg->lower.table, what, shown.at);
}

/* Nothing is lost to a table that is not there, but what it was may be missed. */
static void check_loss(struct ctx *cx, const struct config *cfg,
		       const struct decisions *dc, enum loaded owner)
{
	if (cfg->allow_loss)
		return;
	if (owner == LOADED_ABSENT || owner == LOADED_SETTLING)
		loss_recall(cx, dc, cfg->lower.table, CACHE_DIR);
	/* Taken over, it may have been ours all the same. */
	else if (owner == LOADED_OURS || cfg->adopt)
		loss_check(cx, dc, cfg->lower.table, CACHE_DIR);
}

/* Whether the loaded table may be replaced by what the input says. */
static bool may_replace(struct ctx *cx, const struct config *cfg,
			const struct decisions *dc, enum loaded owner)
{
	if (owner == LOADED_UNKNOWN)
		return false;
	if (owner == LOADED_FOREIGN && !cfg->adopt)
		diag_add(cx->diags, DIAG_FOREIGN_TABLE, NULL,
			 "table inet %s is not netpolc's; --adopt takes it over, --table "
			 "names another",
			 cfg->lower.table);
	check_loss(cx, cfg, dc, owner);
	return !diag_failed(cx->diags);
}

static void tell(const struct config *cfg, const struct apply_result *r)
{
	static const char *const words[2][APPLY_REPLACED + 1] = {
		{ [APPLY_UNCHANGED] = "unchanged",
		  [APPLY_CHANGED] = "changed",
		  [APPLY_REPLACED] = "replaced" },
		{ [APPLY_UNCHANGED] = "unchanged",
		  [APPLY_CHANGED] = "would be changed",
		  [APPLY_REPLACED] = "would be replaced" },
	};

	if (r->outcome == APPLY_FAILED)
		return;
	if (r->why)
		say_why(cfg, "differs", r->why, false);
	if (r->outcome == APPLY_CHANGED)
		progress_tell(cfg, "%zu operation%s", COUNTED(r->operations));
	/* Packets may notice that. */
	if (r->fallback)
		say_why(cfg, words[cfg->dry_run][r->outcome], r->fallback, true);
	else
		say(cfg, words[cfg->dry_run][r->outcome]);
	if (r->uncached)
		progress_say(cfg, "nothing is kept in %s: %s", CACHE_DIR, r->uncached);
}

/* The stages of a change. */
struct stages {
	const struct config *cfg;
	struct timespec since;
};

static void tell_step(void *arg, enum apply_step step)
{
	struct stages *s = arg;
	const char *const names[] = {
		[APPLY_COMPARED] = "compare",
		[APPLY_COMMITTED] = s->cfg->dry_run ? "check" : "commit",
		[APPLY_CACHED] = "cache",
	};

	progress_stage(s->cfg, &s->since, "%s", names[step]);
}

static enum apply_outcome change(struct ctx *cx, const struct config *cfg,
				 struct enforcement *e, struct last_good *lg)
{
	struct stages stages = { cfg, progress_start() };
	struct apply_options options = { .check = cfg->dry_run,
					 .cache = CACHE_DIR,
					 .until = cx->arena,
					 .on_step = tell_step,
					 .arg = &stages };
	struct apply_result result;
	enum settled settled;
	enum loaded owner;

	owner = readback_owner(cx, cfg->lower.table, CACHE_DIR);
	if (!may_replace(cx, cfg, e->dc, owner))
		return APPLY_FAILED;
	progress_stage(cfg, &stages.since, "look");
	signals_hold();
	if (cfg->try_seconds) {
		e->trial = trial_begin(cx, cfg, e, owner);
		if (!e->trial)
			return APPLY_FAILED;
	}
	settled = settle(cx, cfg, owner, e->rs);
	e->interrupted = settled == SETTLED_INTERRUPTED;
	if (settled > SETTLED)
		return APPLY_FAILED;
	options.foreign = owner == LOADED_FOREIGN && settled == SETTLED_NOT;
	stages.since = progress_start();
	/* What is on trial is kept when it is confirmed. */
	if (!cfg->dry_run && !e->trial && last_good_ahead(lg))
		progress_stage(cfg, &stages.since, "copy");
	result = apply_ruleset(cx, &kernel_libnftables, e->rs, &options);
	tell(cfg, &result);
	if (settled == SETTLED && result.outcome == APPLY_FAILED)
		settle_undo(cx, cfg, owner);
	return result.outcome;
}

static void keep(const struct config *cfg, struct last_good *lg, bool in_force)
{
	struct timespec since = progress_start();

	if (!in_force) {
		last_good_drop(lg);
		return;
	}
	last_good_keep(lg);
	progress_stage(cfg, &since, "keep");
}

static enum apply_outcome bring_about(struct ctx *cx, const struct config *cfg,
				      struct enforcement *e)
{
	struct last_good lg = { .cx = cx, .cfg = cfg, .rs = e->rs, .cl = e->dc->cluster };
	enum apply_outcome outcome = APPLY_UNCHANGED;

	if (!cfg->dry_run && !trial_may_change(cx, cfg))
		return APPLY_FAILED;
	if (!cfg->try_seconds && readback_is_known(e->rs, CACHE_DIR))
		say(cfg, "unchanged");
	else
		outcome = change(cx, cfg, e, &lg);
	keep(cfg, &lg,
	     !cfg->dry_run && outcome != APPLY_FAILED &&
		     (!e->trial || outcome == APPLY_UNCHANGED));
	return outcome;
}

enum apply_outcome enforce(struct ctx *cx, const struct config *cfg,
			   struct enforcement *e)
{
	struct conntrack *connections = NULL;
	enum apply_outcome outcome;

	if (cfg->recheck) {
		connections = recheck_begin(cx);
		if (!connections)
			return APPLY_FAILED;
	}
	outcome = bring_about(cx, cfg, e);
	if (!cfg->recheck)
		return outcome;
	cx->changed |= !cfg->dry_run && outcome > APPLY_UNCHANGED;
	signals_hold();
	if (outcome != APPLY_FAILED)
		recheck_run(cx, cfg, e->dc, connections);
	conntrack_close(connections);
	return outcome;
}
