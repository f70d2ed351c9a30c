/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a loaded table; out: the decisions behind it.
 *
 * The run goes on with its own settings and diagnostics: what is read here was told of
 * when it was applied, and is taken as it was then.
 */
#include <netpolc/enforce/in_force.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/private_file.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>
#include <netpolc/run/pipeline.h>

#include <string.h>

/* For the same pods, of which nothing isolates any. */
static const struct decisions *decide_open(struct ctx *cx, const struct config *cfg,
					   const struct cluster *cl)
{
	struct arena *a = cx->arena;
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
	return pipeline_decide_cluster(cx, cfg, open);
}

/* A file is never changed, but another one may take its place. */
static const struct cluster *read_applied(struct ctx *cx, const struct config *cfg,
					  const char *digest, const char **unknown,
					  bool *audit)
{
	const struct cluster *cl = NULL;
	BUF_AUTO name = { 0 };
	FD_AUTO fd = -1;
	const char *why = last_good_objects(cfg, digest, &name, &fd, audit);
	char *path = arena_strndup(cx->arena, name.len ? name.at : "", name.len);

	if (!why)
		cl = pipeline_read_from(cx, cfg, &path, 1);
	if (!why && !cl)
		why = "it cannot be read";
	else if (!why && !private_file_is(fd, path))
		why = "another one was put in its place";
	if (why)
		*unknown = *path ? arena_printf(cx->arena, "'%s': %s", path, why) : why;
	return why ? NULL : cl;
}

static void find_applied(struct ctx *cx, const struct config *cfg,
			 const struct loaded_table *table, struct in_force *out)
{
	const struct loaded_chain *chain = loaded_form_state(table);
	const struct ruleset_state state =
		ruleset_state_parse(chain ? chain->comment : NULL);
	bool audit;
	const struct cluster *cl =
		read_applied(cx, cfg, state.digest, &out->unknown, &audit);
	const struct ruleset *rs = NULL;

	if (!cl)
		return;
	out->dc = pipeline_decide_cluster(cx, cfg, cl);
	out->enforced = audit ? decide_open(cx, cfg, cl) : out->dc;
	if (out->dc)
		rs = pipeline_lower(cx, cfg, out->dc, DIAG_WARNING);
	if (rs && strcmp(rs->digest.at, state.digest) == 0)
		out->rs = rs;
	if (!out->enforced)
		out->unknown = "what was applied cannot be decided again";
}

struct in_force in_force_find(struct ctx *cx, const struct config *cfg,
			      const struct loaded_table *table,
			      const struct cluster *after)
{
	const struct settings settings = cx->set;
	struct diags *const told = cx->diags;
	struct config quiet = *cfg;
	struct in_force out = { 0 };

	quiet.loudness = QUIET;
	cx->set.isolate_invalid = true;
	cx->set.strict = cx->set.pitfalls = false;
	cx->set.nexcludes = 0;
	cx->diags = diags_new(cx->arena, false);
	if (!table || table->dormant)
		out.enforced = decide_open(cx, &quiet, after);
	else
		find_applied(cx, &quiet, table, &out);
	cx->diags = told;
	cx->set = settings;
	return out;
}

const struct decisions *in_force_then(struct ctx *cx, const struct config *cfg,
				      const struct decisions *dc)
{
	struct config quiet = *cfg;

	quiet.loudness = QUIET;
	return cfg->lower.audit ? decide_open(cx, &quiet, dc->cluster) : dc;
}
