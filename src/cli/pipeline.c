/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manifests in, ruleset out: the order of the stages.  Every stage reports all
 * that it can find before the next one is refused.
 */
#include <netpolc/cli/pipeline.h>

#include <netpolc/manifest/validate.h>

#include <stdio.h>
#include <time.h>

/* Tells what a stage made and how long it took, under --verbose. */
__attribute__((format(printf, 3, 4))) static void
tell(const struct config *cfg, struct timespec *since, const char *format, ...)
{
	struct timespec now;
	double took;
	va_list ap;

	clock_gettime(CLOCK_MONOTONIC, &now);
	took = (double)(now.tv_sec - since->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - since->tv_nsec) / 1e6;
	*since = now;
	/* In the other forms a program reads stderr. */
	if (cfg->loudness < VERBOSE || cfg->diagnostics != DIAG_TEXT)
		return;
	fprintf(stderr, "netpolc: %8.1f ms  ", took);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

const struct cluster *pipeline_read(struct ctx *cx, const struct config *cfg)
{
	struct timespec since;
	struct cluster *cluster;

	clock_gettime(CLOCK_MONOTONIC, &since);
	cluster = cluster_read(cx, cfg->inputs, cfg->ninputs);
	tell(cfg, &since,
	     "read: %zu files, %zu namespaces, %zu pods, %zu nodes, %zu policies",
	     cx->sources.len, cluster->nnamespaces, cluster->npods, cluster->nnodes,
	     cluster->npolicies);
	validate(cx, cluster);
	tell(cfg, &since, "validate");
	return diag_failed(cx->diags) ? NULL : cluster;
}

const struct decisions *pipeline_decide(struct ctx *cx, const struct config *cfg)
{
	const struct cluster *cluster = pipeline_read(cx, cfg);
	const struct decisions *decisions;
	const struct pod_sets *sets;
	const struct classes *classes;
	struct timespec since;

	if (!cluster)
		return NULL;
	clock_gettime(CLOCK_MONOTONIC, &since);
	sets = resolve(cx, cluster);
	tell(cfg, &since, "resolve: %zu distinct peers", sets->npeers);
	classes = classify(cx, cluster, sets);
	tell(cfg, &since, "classify: %zu ingress and %zu egress classes, %u atoms",
	     classes->len[INGRESS], classes->len[EGRESS], (unsigned)classes->natoms);
	decisions = decide(cx, cluster, sets, classes);
	tell(cfg, &since, "decide: %zu distinct rows", decisions->nrows);
	return decisions;
}

/* A workload is no pod: it stands for some only in analysis. */
static bool has_pods(const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npods; i++)
		if (!cl->pods[i].workload)
			return true;
	return false;
}

static void expect_pods(struct ctx *cx, const struct cluster *cl, enum diag_level level)
{
	struct diag *d;

	if (!cl->npolicies || has_pods(cl))
		return;
	d = diag_add(cx->diags, DIAG_NO_PODS, &cl->policies[0].origin,
		     "%zu NetworkPolicy object%s, but not a single Pod: nothing would be "
		     "enforced",
		     cl->npolicies, cl->npolicies == 1 ? "" : "s");
	diag_set_level(cx->diags, d, level);
}

const struct ruleset *pipeline_lower(struct ctx *cx, const struct config *cfg,
				     const struct decisions *dc, enum diag_level no_pods)
{
	const struct ruleset *rs;
	struct timespec since;

	expect_pods(cx, dc->cluster, no_pods);
	if (diag_failed(cx->diags))
		return NULL;
	clock_gettime(CLOCK_MONOTONIC, &since);
	rs = lower(cx, dc, &cfg->lower);
	if (rs)
		tell(cfg, &since, "lower: %zu chains, %zu sets, %zu elements",
		     rs->nchains, ruleset_count_sets(rs), ruleset_elements(rs));
	return rs;
}

const struct ruleset *pipeline_compile(struct ctx *cx, const struct config *cfg,
				       enum diag_level no_pods)
{
	const struct decisions *dc = pipeline_decide(cx, cfg);

	return dc ? pipeline_lower(cx, cfg, dc, no_pods) : NULL;
}
