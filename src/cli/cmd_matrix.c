/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix: manifests come in, who reaches whom on what goes out.
 */
#include <netpolc/analysis/check.h>
#include <netpolc/base/terminal.h>
#include <netpolc/cli/color.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/matrix_out.h>
#include <netpolc/cli/report.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/waiting.h>

#include <unistd.h>

/* What check would say, as JSON; as there, it is told where it is asked for. */
static void find_mistakes(struct ctx *cx, const struct config *cfg,
			  const struct decisions *dc, struct buf *out)
{
	const struct diag_style style = { .format = DIAG_JSON, .least = DIAG_INFO };

	check(cx, dc);
	diag_print(out, cx->diags, &cx->sources, &style);
	cx->diags = diags_new(cx->arena, cfg->set.strict);
}

static void print(struct ctx *cx, const struct config *cfg, const struct matrix *m,
		  struct buf *out)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "writing");
	const struct matrix_look look = { terminal_width(STDOUT_FILENO),
					  color_wanted(cfg, STDOUT_FILENO) };
	BUF_AUTO findings = { 0 };

	switch (cfg->matrix_form) {
	case MATRIX_TABLE:
		matrix_table(out, m, &look);
		break;
	case MATRIX_CSV:
		matrix_csv(out, m);
		break;
	case MATRIX_JSON:
		matrix_json(out, m);
		break;
	case MATRIX_DOT:
		matrix_dot(out, m);
		break;
	case MATRIX_HTML:
		find_mistakes(cx, cfg, m->ends->dc, &findings);
		report(cx, out, m, &findings);
		break;
	}
}

static const struct matrix *make(struct ctx *cx, const struct config *cfg,
				 const struct decisions *dc)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "filling the matrix");
	struct timespec since = progress_start();
	const struct matrix_ends *ends = matrix_ends(cx, dc);
	struct matrix_choice choice = { .by = cfg->by };
	const struct matrix *m;

	if (cfg->from)
		choice.from = matrix_choose(cx, ends, "--from", cfg->from);
	if (cfg->to)
		choice.to = matrix_choose(cx, ends, "--to", cfg->to);
	m = diag_failed(cx->diags) ? NULL : matrix(cx, ends, &choice);
	if (m)
		progress_stage(cfg, &since, "matrix: %zu group%s of ends, %zu shown",
			       COUNTED(ends->len), m->ngroups);
	return m;
}

enum exit_status cmd_matrix(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct decisions *dc;
	const struct matrix *m;

	cx->set.pitfalls = cfg->matrix_form == MATRIX_HTML;
	dc = pipeline_decide(cx, cfg);
	m = dc ? make(cx, cfg, dc) : NULL;
	if (!m)
		return STATUS_REFUSED;
	print(cx, cfg, m, out);
	return STATUS_YES;
}
