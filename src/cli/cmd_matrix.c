/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix: manifests come in, who reaches whom on what goes out.
 */
#include <netpolc/cli/color.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/matrix_out.h>
#include <netpolc/cli/pipeline.h>
#include <netpolc/cli/progress.h>

#include <sys/ioctl.h>
#include <unistd.h>

/* For what is no terminal. */
#define WIDTH 120

static size_t width_of_output(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH;
	return size.ws_col;
}

enum exit_status cmd_matrix(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct decisions *dc = pipeline_decide(cx, cfg);
	struct timespec since = progress_start();
	struct matrix_choice choice = { .by = cfg->by };
	const struct matrix_ends *ends;
	const struct matrix *m;

	if (!dc)
		return STATUS_REFUSED;
	ends = matrix_ends(cx, dc);
	if (cfg->from)
		choice.from = matrix_choose(cx, ends, "--from", cfg->from);
	if (cfg->to)
		choice.to = matrix_choose(cx, ends, "--to", cfg->to);
	m = diag_failed(cx->diags) ? NULL : matrix(cx, ends, &choice);
	if (!m)
		return STATUS_REFUSED;
	progress_stage(cfg, &since, "matrix: %zu groups of ends, %zu shown", ends->len,
		       m->ngroups);
	if (cfg->matrix_form == MATRIX_JSON)
		matrix_json(out, m);
	else if (cfg->matrix_form == MATRIX_CSV)
		matrix_csv(out, m);
	else
		matrix_table(out, m,
			     &(struct matrix_look){ width_of_output(),
						    color_wanted(cfg, STDOUT_FILENO) });
	return STATUS_YES;
}
