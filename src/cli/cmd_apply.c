/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: manifests come in, the kernel enforces them afterwards.  What is loaded
 * is looked at first: it must be ours, it must not be about to be lost by a lack
 * of input, and where it is what it should be already, nothing is sent.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/cli/lock.h>
#include <netpolc/cli/loss.h>
#include <netpolc/cli/pipeline.h>
#include <netpolc/cli/progress.h>
#include <netpolc/nft/kernel.h>
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

static void replace(struct ctx *cx, const struct config *cfg, const struct ruleset *rs)
{
	BUF_AUTO why = { 0 };

	if (!kernel_replace(cx, &kernel_libnftables, rs, cfg->dry_run))
		return;
	if (cfg->dry_run) {
		say(cfg, "would be replaced", NULL);
		return;
	}
	/* Only where somebody wants to hear it: the kernel takes all or nothing. */
	if (cfg->loudness >= VERBOSE)
		say(cfg, readback_equal(cx, rs, &why) ? "replaced" : "changed since",
		    why.at);
}

/* Nobody else of us changes the table meanwhile. */
static void enforce(struct ctx *cx, const struct config *cfg, const struct decisions *dc,
		    const struct ruleset *rs)
{
	enum loaded owner = readback_owner(cx, cfg->lower.table);
	BUF_AUTO why = { 0 };

	if (!may_replace(cx, cfg, dc, owner))
		return;
	if (owner == LOADED_OURS && readback_equal(cx, rs, &why)) {
		say(cfg, "unchanged", NULL);
		return;
	}
	if (diag_failed(cx->diags))
		return;
	if (why.len)
		say(cfg, "differs", why.at);
	replace(cx, cfg, rs);
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
	enforce(cx, cfg, dc, rs);
	close(lock);
	return STATUS_YES;
}
