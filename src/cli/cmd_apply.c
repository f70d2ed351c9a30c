/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: manifests come in, the kernel enforces them afterwards.  What is loaded
 * is looked at first: it must be ours, it must not be about to be lost by a lack
 * of input, and where it is what it should be already, nothing is sent.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/cli/last_good.h>
#include <netpolc/cli/lock.h>
#include <netpolc/cli/loss.h>
#include <netpolc/cli/pipeline.h>
#include <netpolc/cli/progress.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/readback.h>

#include <unistd.h>

static void say(const struct config *cfg, const char *what, const char *why)
{
	progress_tell(cfg, "table %s %s%s%s", cfg->lower.table, what, why ? ": " : "",
		      why ? why : "");
}

/* Whether the loaded table may be replaced by what the input says. */
static bool may_replace(struct ctx *cx, const struct config *cfg,
			const struct decisions *dc, enum loaded owner)
{
	const char *table = cfg->lower.table;

	if (owner == LOADED_UNKNOWN)
		return false;
	if (owner == LOADED_FOREIGN && !cfg->adopt)
		diag_add(cx->diags, DIAG_FOREIGN_TABLE, NULL,
			 "table inet %s is not netpolc's; --adopt takes it over, --table "
			 "names another",
			 table);
	if (owner == LOADED_OURS && !cfg->allow_loss)
		loss_check(cx, dc, table);
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
		say(cfg, "differs", r->why);
	if (r->outcome == APPLY_CHANGED)
		progress_tell(cfg, "%zu operations", r->operations);
	say(cfg, words[cfg->dry_run][r->outcome], r->fallback);
}

/* Nobody else of us changes the table meanwhile.  True when it is rs now. */
static bool enforce(struct ctx *cx, const struct config *cfg, const struct decisions *dc,
		    const struct ruleset *rs)
{
	enum loaded owner = readback_owner(cx, cfg->lower.table);
	const struct apply_options options = { .check = cfg->dry_run,
					       .foreign = owner == LOADED_FOREIGN };
	struct apply_result result;

	if (!may_replace(cx, cfg, dc, owner))
		return false;
	result = apply_ruleset(cx, &kernel_libnftables, rs, &options);
	tell(cfg, &result);
	return result.outcome != APPLY_FAILED;
}

enum exit_status cmd_apply(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const enum diag_level no_pods = cfg->allow_loss ? DIAG_WARNING : DIAG_ERROR;
	const struct decisions *dc = pipeline_decide(cx, cfg);
	const struct ruleset *rs = dc ? pipeline_lower(cx, cfg, dc, no_pods) : NULL;
	int lock;

	(void)out;
	if (!rs)
		return STATUS_REFUSED;
	lock = lock_take(cx, cfg);
	if (lock < 0)
		return STATUS_SYSTEM;
	if (enforce(cx, cfg, dc, rs) && !cfg->dry_run)
		last_good_keep(cx, cfg, rs);
	close(lock);
	return STATUS_YES;
}
