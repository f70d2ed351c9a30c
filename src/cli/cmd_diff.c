/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: two clusters come in, the connections that one allows and the other does not go
 * out.
 */
#include <netpolc/base/arena.h>
#include <netpolc/cli/color.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/diff.h>
#include <netpolc/cli/pipeline.h>
#include <netpolc/cli/progress.h>

#include <string.h>
#include <unistd.h>

static size_t count_stdin(const char *const inputs[], size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += !strcmp(inputs[i], "-");
	return found;
}

const char *diff_mistake(const struct config *cfg)
{
	if (!cfg->nbases)
		return "needs --from";
	if (count_stdin(cfg->bases, cfg->nbases) &&
	    count_stdin((const char *const *)cfg->inputs, cfg->ninputs))
		return "standard input cannot be both --from and INPUT";
	return NULL;
}

static const struct cluster *read_bases(struct ctx *cx, const struct config *cfg)
{
	char **inputs = ARENA_ARRAY(cx->arena, cfg->nbases, char *);

	for (size_t i = 0; i < cfg->nbases; i++)
		inputs[i] =
			arena_strndup(cx->arena, cfg->bases[i], strlen(cfg->bases[i]));
	return pipeline_read_from(cx, cfg, inputs, cfg->nbases);
}

/* Without anybody to connect, any two sets of policies are equal. */
static void expect_ends(struct ctx *cx, const struct cluster *cl)
{
	if (cl->npolicies && !cl->npods)
		diag_add(
			cx->diags, DIAG_NO_PODS, &cl->policies[0].origin,
			"%zu NetworkPolicy object%s, but neither Pod nor workload: there "
			"is nothing to compare",
			cl->npolicies, cl->npolicies == 1 ? "" : "s");
}

enum exit_status cmd_diff(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct cluster *before = read_bases(cx, cfg);
	const struct cluster *after = pipeline_read(cx, cfg);
	const struct comparison *cmp;
	struct timespec since;

	if (!before || !after)
		return STATUS_REFUSED;
	expect_ends(cx, before);
	expect_ends(cx, after);
	since = progress_start();
	cmp = compare(cx, pipeline_decide_cluster(cx, cfg, before),
		      pipeline_decide_cluster(cx, cfg, after));
	progress_stage(cfg, &since, "compare: %zu groups of ends, %zu changes",
		       cmp->ngroups, cmp->nchanges);
	if (cfg->diff_form == DIFF_JSON)
		diff_json(cx, out, cmp);
	else if (cfg->diff_form == DIFF_MARKDOWN)
		diff_markdown(cx, out, cmp);
	else
		diff_text(cx, out, cmp, color_wanted(cfg, STDOUT_FILENO));
	return diff_is_empty(cmp) ? STATUS_YES : STATUS_NO;
}
