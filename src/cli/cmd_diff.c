/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: two clusters come in, the connections that one allows and the other does not go
 * out; or one comes in, and how the loaded table differs from it goes out.
 */
#include <netpolc/base/arena.h>
#include <netpolc/cli/color.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/diff.h>
#include <netpolc/cli/diff_live.h>
#include <netpolc/nft/delta_between.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/waiting.h>

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
	if (!cfg->nbases && !cfg->live)
		return "needs --from or --live";
	if (cfg->nbases && cfg->live)
		return "--live stands instead of --from";
	if (cfg->live && cfg->diff_form == DIFF_MARKDOWN)
		return "--output markdown goes with --from";
	if (count_stdin(cfg->bases, cfg->nbases) &&
	    count_stdin((const char *const *)cfg->inputs, cfg->ninputs))
		return "standard input cannot be both --from and INPUT";
	return compile_mistake(cfg);
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
			COUNTED(cl->npolicies));
}

/* What would make the ruleset of the one the ruleset of the other. */
static bool print_transaction(struct ctx *cx, const struct config *cfg,
			      const struct decisions *before,
			      const struct decisions *after, struct buf *out)
{
	const struct ruleset *old = pipeline_lower(cx, cfg, before, DIAG_WARNING);
	const struct ruleset *new = pipeline_lower(cx, cfg, after, DIAG_WARNING);
	const struct delta *d;

	if (!old || !new)
		return false;
	d = delta_between(cx->arena, old, new);
	delta_print_all(out, cx->arena, new, d);
	return !d->why;
}

static enum exit_status with_manifests(struct ctx *cx, const struct config *cfg,
				       struct buf *out)
{
	const struct cluster *before = read_bases(cx, cfg);
	const struct cluster *after = pipeline_read(cx, cfg);
	const struct decisions *dc[SIDES];
	const struct comparison *cmp;
	struct waiting *waiting;
	struct timespec since;

	if (!before || !after)
		return STATUS_REFUSED;
	dc[BEFORE] = pipeline_decide_cluster(cx, cfg, before);
	dc[AFTER] = pipeline_decide_cluster(cx, cfg, after);
	if (!dc[BEFORE] || !dc[AFTER])
		return STATUS_REFUSED;
	if (cfg->diff_form == DIFF_NFT)
		return print_transaction(cx, cfg, dc[BEFORE], dc[AFTER], out) ? STATUS_YES
									      : STATUS_NO;
	expect_ends(cx, before);
	expect_ends(cx, after);
	since = progress_start();
	waiting = waiting_begin(cfg, "comparing");
	cmp = compare(cx, dc[BEFORE], dc[AFTER]);
	waiting_end(waiting);
	progress_stage(cfg, &since, "compare: %zu group%s of ends, %zu change%s",
		       COUNTED(cmp->ngroups), COUNTED(cmp->nchanges));
	if (cfg->diff_form == DIFF_JSON)
		diff_json(cx, out, cmp);
	else if (cfg->diff_form == DIFF_MARKDOWN)
		diff_markdown(cx, out, cmp);
	else
		diff_text(cx, out, cmp, color_wanted(cfg, STDOUT_FILENO));
	return diff_is_empty(cmp) ? STATUS_YES : STATUS_NO;
}

static enum exit_status with_kernel(struct ctx *cx, const struct config *cfg,
				    struct buf *out)
{
	enum exit_status answer = STATUS_REFUSED;
	struct live live;

	if (live_find(cx, cfg, &live)) {
		if (cfg->diff_form == DIFF_NFT)
			delta_print_all(out, cx->arena, live.rs, live.delta);
		else if (cfg->diff_form == DIFF_JSON)
			live_json(cx, out, &live);
		else
			live_text(cx, out, &live, color_wanted(cfg, STDOUT_FILENO));
		answer = live_is_same(&live) ? STATUS_YES : STATUS_NO;
	}
	live_free(&live);
	return answer;
}

enum exit_status cmd_diff(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	return cfg->live ? with_kernel(cx, cfg, out) : with_manifests(cx, cfg, out);
}
