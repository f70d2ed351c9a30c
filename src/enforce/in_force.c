/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what a loaded table says of itself; out: the decisions behind it.
 */
#include <netpolc/enforce/in_force.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/run/pipeline.h>

#include <string.h>

/* The same pods, and nothing that isolates any. */
static const struct cluster *without_policies(struct arena *a, const struct cluster *cl)
{
	struct cluster *open = ARENA_NEW(a, struct cluster);

	*open = *cl;
	open->npolicies = 0;
	open->namespaces = ARENA_ARRAY(a, cl->nnamespaces, struct namespace);
	open->pods = ARENA_ARRAY(a, cl->npods, struct pod);
	for (size_t i = 0; i < cl->nnamespaces; i++) {
		open->namespaces[i] = cl->namespaces[i];
		open->namespaces[i].default_deny = false;
	}
	for (size_t i = 0; i < cl->npods; i++) {
		open->pods[i] = cl->pods[i];
		open->pods[i].invalid = false;
	}
	return open;
}

static void find(struct ctx *cx, const struct config *cfg, const struct delta *d,
		 const struct cluster *after, struct in_force *out)
{
	const bool absent = !d || d->dormant;
	const struct cluster *cl =
		absent ? without_policies(cx->arena, after)
		       : last_good_objects(cx, cfg, d->state.digest, &out->unknown);
	const struct ruleset *rs = NULL;

	if (cl)
		out->dc = pipeline_decide_cluster(cx, cfg, cl);
	if (out->dc && !absent)
		rs = pipeline_lower(cx, cfg, out->dc, DIAG_WARNING);
	if (rs && strcmp(rs->digest.at, d->state.digest) == 0)
		out->rs = rs;
	if (cl && !out->dc)
		out->unknown = "what was applied cannot be decided again";
}

struct in_force in_force_find(struct ctx *cx, const struct config *cfg,
			      const struct delta *d, const struct cluster *after)
{
	struct in_force out = { 0 };
	struct config quiet = *cfg;
	struct diags *const told = cx->diags;

	quiet.loudness = QUIET;
	cx->diags = diags_new(cx->arena, false);
	find(cx, &quiet, d, after, &out);
	cx->diags = told;
	return out;
}
