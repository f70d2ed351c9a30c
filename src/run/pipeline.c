/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manifests in, ruleset out: the order of the stages.  Every stage reports all
 * that it can find before the next one is refused.
 */
#include <netpolc/run/pipeline.h>

#include <netpolc/base/buf.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/waiting.h>

/* Of each there are two pods. */
static size_t count_workloads(const struct cluster *cl)
{
	size_t n = 0;

	for (size_t i = 0; i < cl->npods; i++)
		n += cl->pods[i].workload && !cl->pods[i].replica;
	return n;
}

const struct cluster *pipeline_read_from(struct ctx *cx, const struct config *cfg,
					 char *const inputs[], size_t n)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "reading manifests");
	struct timespec since = progress_start();
	struct cluster *cluster = cluster_read(cx, inputs, n);
	size_t nworkloads = count_workloads(cluster);

	progress_stage(cfg, &since,
		       "read: %zu file%s, %zu namespace%s, %zu pod%s, %zu workload%s, "
		       "%zu node%s, %zu polic%s",
		       COUNTED(cx->sources.len), COUNTED(cluster->nnamespaces),
		       COUNTED(cluster->npods - 2 * nworkloads), COUNTED(nworkloads),
		       COUNTED(cluster->nnodes), cluster->npolicies,
		       cluster->npolicies == 1 ? "y" : "ies");
	if (cx->sources.nexcluded)
		progress_tell(cfg, "excluded: %zu", cx->sources.nexcluded);
	validate(cx, cluster);
	progress_stage(cfg, &since, "validate");
	return diag_failed(cx->diags) ? NULL : cluster;
}

const struct cluster *pipeline_read(struct ctx *cx, const struct config *cfg)
{
	return pipeline_read_from(cx, cfg, cfg->inputs, cfg->ninputs);
}

const struct decisions *pipeline_decide_cluster(struct ctx *cx, const struct config *cfg,
						const struct cluster *cluster)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "deciding");
	const struct decisions *decisions;
	const struct pod_sets *sets;
	const struct classes *classes;
	struct timespec since = progress_start();

	sets = resolve(cx, cluster);
	if (!sets)
		return NULL;
	progress_stage(cfg, &since, "resolve: %zu distinct peer%s",
		       COUNTED(sets->npeers));
	classes = classify(cx, cluster, sets);
	if (!classes)
		return NULL;
	progress_stage(cfg, &since,
		       "classify: %zu ingress and %zu egress class%s, %zu atom%s",
		       classes->len[INGRESS], classes->len[EGRESS],
		       classes->len[EGRESS] == 1 ? "" : "es", COUNTED(classes->natoms));
	decisions = decide(cx, cluster, sets, classes);
	if (!decisions)
		return NULL;
	progress_stage(cfg, &since, "decide: %zu distinct row%s",
		       COUNTED(decisions->nrows));
	return decisions;
}

const struct decisions *pipeline_decide(struct ctx *cx, const struct config *cfg)
{
	const struct cluster *cluster = pipeline_read(cx, cfg);

	return cluster ? pipeline_decide_cluster(cx, cfg, cluster) : NULL;
}

/* A workload is no pod: it stands for some only in analysis.  Nor is a pod that has
 * finished: it does not exist. */
static bool has_pods(const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npods; i++)
		if (!cl->pods[i].workload && !cl->pods[i].finished)
			return true;
	return false;
}

static void expect_pods(struct ctx *cx, const struct cluster *cl, enum diag_level level)
{
	if (cl->npolicies && !has_pods(cl))
		diag_add_level(cx->diags, DIAG_NO_PODS, level, &cl->policies[0].origin,
			       "%zu NetworkPolicy object%s, but not a single Pod: "
			       "nothing would be enforced",
			       COUNTED(cl->npolicies));
}

const struct ruleset *pipeline_lower(struct ctx *cx, const struct config *cfg,
				     const struct decisions *dc, enum diag_level no_pods)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "making the ruleset");
	struct lower_options opt = cfg->lower;
	const struct ruleset *rs;
	struct timespec since;

	expect_pods(cx, dc->cluster, no_pods);
	if (diag_failed(cx->diags))
		return NULL;
	if (opt.late && !cfg->priority_given)
		opt.priority = LATE_PRIORITY;
	if (cfg->npod_interfaces) {
		opt.pod_links = cfg->pod_interfaces;
		opt.npod_links = cfg->npod_interfaces;
	}
	since = progress_start();
	rs = lower(cx, dc, &opt);
	if (rs)
		progress_stage(cfg, &since,
			       "lower: %zu chain%s, %zu set%s, %zu element%s",
			       COUNTED(rs->nchains), COUNTED(ruleset_count_sets(rs)),
			       COUNTED(ruleset_elements(rs)));
	return rs;
}

const struct ruleset *pipeline_compile(struct ctx *cx, const struct config *cfg,
				       enum diag_level no_pods)
{
	const struct decisions *dc = pipeline_decide(cx, cfg);

	return dc ? pipeline_lower(cx, cfg, dc, no_pods) : NULL;
}
