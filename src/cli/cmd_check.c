/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: manifests come in, what is wrong or doubtful about them goes out.
 *
 * What other commands say on stderr about input is data here, and so are errors: they
 * come in the same form as the rest, and the input is refused all the same.
 */
#include <netpolc/analysis/check.h>
#include <netpolc/base/terminal.h>
#include <netpolc/cli/color.h>
#include <netpolc/cli/commands.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/waiting.h>

#include <unistd.h>

static void set_levels(struct diags *ds, const struct config *cfg)
{
	for (enum diag_id id = 0; id < DIAG_COUNT; id++) {
		enum diag_level level = diag_default_level(id);

		if (cfg->warnings[id] == WARNING_ON && diags_level(ds, id) < DIAG_INFO)
			diags_set_level(ds, id, level < DIAG_INFO ? DIAG_INFO : level);
		else if (cfg->warnings[id] == WARNING_OFF)
			diags_set_level(ds, id, DIAG_OFF);
		else if (cfg->warnings[id] == WARNING_ERROR &&
			 diags_level(ds, id) < DIAG_ERROR)
			diags_set_level(ds, id, DIAG_FAULT);
	}
}

static void list_findings(struct buf *out)
{
	static const char *const names[] = {
		[DIAG_HIDDEN] = "hidden",   [DIAG_NOTE] = "note",   [DIAG_INFO] = "info",
		[DIAG_WARNING] = "warning", [DIAG_FAULT] = "error",
	};

	for (enum diag_id id = 0; id < DIAG_COUNT; id++)
		if (diag_is_finding(id))
			buf_printf(out, "%-24s  %-7s  %s\n", diag_name(id),
				   names[diag_default_level(id)], diag_meaning(id));
}

/* The least that is told; what makes the exit status 1 always is. */
static enum diag_level least_told(const struct config *cfg)
{
	if (cfg->loudness == QUIET)
		return cfg->fail_on < DIAG_FAULT ? cfg->fail_on : DIAG_FAULT;
	return cfg->loudness == VERBOSE ? DIAG_HIDDEN : DIAG_NOTE;
}

static void print(struct buf *out, struct ctx *cx, const struct config *cfg)
{
	const struct diag_style style = {
		.format = cfg->report,
		.least = least_told(cfg),
		.max_errors = cfg->max_errors,
		.width = terminal_width(STDOUT_FILENO),
		.color = color_wanted(cfg, STDOUT_FILENO),
		.fails = cfg->fail_on,
	};

	diag_print(out, cx->diags, &cx->sources, &style);
	if (!out->len && cfg->report == DIAG_TEXT && cfg->loudness > QUIET)
		buf_puts(out, "no findings\n");
}

static enum exit_status answer(const struct ctx *cx, const struct config *cfg)
{
	if (diag_failed(cx->diags))
		return STATUS_REFUSED;
	for (enum diag_level level = cfg->fail_on; level <= DIAG_FAULT; level++)
		if (diag_count(cx->diags, level))
			return STATUS_NO;
	return STATUS_YES;
}

enum exit_status cmd_check(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct decisions *dc;
	struct waiting *waiting;
	enum exit_status status;
	struct timespec since;

	if (cfg->list) {
		list_findings(out);
		return STATUS_YES;
	}
	cx->set.pitfalls = true;
	set_levels(cx->diags, cfg);
	dc = pipeline_decide(cx, cfg);
	since = progress_start();
	waiting = waiting_begin(cfg, "checking");
	if (dc)
		check(cx, dc);
	waiting_end(waiting);
	progress_stage(cfg, &since, "check");
	if (diag_exit_status(cx->diags) == STATUS_SYSTEM)
		return STATUS_SYSTEM;
	status = answer(cx, cfg);
	print(out, cx, cfg);
	/* They are told: what is reported from here on is about the run itself. */
	cx->diags = diags_new(cx->arena, cfg->set.strict);
	return status;
}
