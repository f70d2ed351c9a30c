/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: manifests come in, the kernel enforces them afterwards.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/enforce/enforce.h>
#include <netpolc/enforce/keep.h>
#include <netpolc/enforce/lock.h>
#include <netpolc/enforce/machine.h>
#include <netpolc/enforce/trial.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/signals.h>

#include <unistd.h>

enum exit_status cmd_apply(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const enum diag_level no_pods = cfg->allow_loss ? DIAG_WARNING : DIAG_ERROR;
	struct config here = *cfg;
	struct enforcement e = { 0 };
	enum apply_outcome outcome;
	enum exit_status status;

	(void)out;
	if (cfg->confirm)
		return trial_confirm(cx, cfg);
	signals_tell();
	e.dc = keep_decide(cx, cfg);
	if (e.dc && machine_settle(cx, &here, e.dc->cluster, true))
		e.rs = pipeline_lower(cx, &here, e.dc, no_pods);
	if (!e.rs)
		return STATUS_REFUSED;
	e.lock = lock_take(cx, &here);
	if (e.lock < 0)
		return STATUS_SYSTEM;
	outcome = enforce(cx, &here, &e);
	close(e.lock);
	status = e.trial ? trial_end(cx, e.trial, outcome) : STATUS_YES;
	if (e.interrupted)
		signals_release();
	return status;
}

const char *apply_mistake(const struct config *cfg)
{
	if (cfg->confirm && (cfg->try_seconds || cfg->dry_run))
		return "--confirm keeps what is on trial; it goes with no --try or "
		       "--dry-run";
	if (cfg->confirm && cfg->recheck)
		return "--confirm reads no manifests, so there is nothing to recheck "
		       "connections by";
	if (cfg->try_seconds && cfg->recheck)
		return "what --try may put back would not bring back connections that "
		       "--recheck-connections ended";
	if (cfg->try_seconds && cfg->dry_run)
		return "--dry-run changes nothing that --try could put back";
	return compile_mistake(cfg);
}
