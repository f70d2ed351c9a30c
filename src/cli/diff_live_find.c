/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manifests come in; what is loaded, what it should be, and what lies between go out.
 */
#include <netpolc/cli/diff_live.h>

#include <netpolc/base/arena.h>
#include <netpolc/enforce/keep.h>
#include <netpolc/enforce/machine.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/readback.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/progress.h>

/* What makes the loaded table rs; false after reporting. */
static bool read_delta(struct ctx *cx, const struct config *cfg, struct arena *a,
		       const struct ruleset *rs, const struct delta **out)
{
	struct timespec since = progress_start();
	struct readback found;
	int err = readback_delta(a, rs, CACHE_DIR, &found);

	progress_stage(cfg, &since, "compare");
	if (err)
		readback_report(cx, err);
	else
		*out = found.delta;
	return !err;
}

/* What is loaded must be ours, or there is nothing to compare. */
static bool is_ours(struct ctx *cx, const struct config *cfg, const char *table)
{
	struct timespec since = progress_start();
	enum loaded owner = readback_owner(cx, table, CACHE_DIR);

	progress_stage(cfg, &since, "look");
	if (owner == LOADED_FOREIGN)
		diag_add(cx->diags, DIAG_FOREIGN_TABLE, NULL,
			 "table inet %s is not netpolc's", table);
	return owner != LOADED_FOREIGN && owner != LOADED_UNKNOWN;
}

/* Connections, and what was done to the table since it was applied. */
static bool compare_connections(struct ctx *cx, const struct config *cfg,
				struct live *live)
{
	struct timespec since = progress_start();

	live->before = in_force_find(cx, cfg, live->delta, live->dc->cluster);
	if (live->before.dc)
		live->cmp = compare(cx, live->before.dc, live->dc);
	progress_stage(cfg, &since, "connections");
	return !live->before.rs ||
	       read_delta(cx, cfg, live->arenas[1], live->before.rs, &live->drift);
}

bool live_find(struct ctx *cx, const struct config *cfg, struct live *live)
{
	struct config here = *cfg;

	*live = (struct live){ .dc = keep_decide(cx, cfg),
			       .arenas = { arena_new(), arena_new() } };
	if (live->dc && machine_settle(cx, &here, live->dc->cluster, false))
		live->rs = pipeline_lower(cx, &here, live->dc, DIAG_WARNING);
	if (!live->rs || !is_ours(cx, &here, live->rs->table) ||
	    !read_delta(cx, &here, live->arenas[0], live->rs, &live->delta))
		return false;
	if (cfg->diff_form == DIFF_NFT || live_is_same(live))
		return true;
	return compare_connections(cx, &here, live);
}

void live_free(struct live *live)
{
	for (size_t i = 0; i < ARRAY_SIZE(live->arenas); i++)
		arena_free(live->arenas[i]);
}
