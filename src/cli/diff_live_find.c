/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manifests come in; what is loaded, what it should be, and what lies between go out.
 */
#include <netpolc/cli/diff_live.h>

#include <netpolc/base/arena.h>
#include <netpolc/enforce/keep.h>
#include <netpolc/enforce/loss.h>
#include <netpolc/enforce/machine.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/readback.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/waiting.h>

#define ATTEMPTS 3 /* to look twice at one and the same table */

/* What is loaded must be ours, or there is nothing to compare; then it is told what apply
 * would refuse. */
static bool is_ours(struct ctx *cx, const struct config *cfg, const struct live *live)
{
	struct timespec since = progress_start();
	const char *table = live->rs->table;
	enum loaded owner = readback_owner(cx, table, CACHE_DIR);

	if (owner == LOADED_FOREIGN)
		diag_add(cx->diags, DIAG_FOREIGN_TABLE, NULL,
			 "table inet %s is not netpolc's", table);
	if (owner == LOADED_OURS)
		loss_foresee(cx, live->dc, table, CACHE_DIR);
	progress_stage(cfg, &since, "look");
	return owner != LOADED_FOREIGN && owner != LOADED_UNKNOWN;
}

/* What makes the loaded table rs; false after reporting. */
static bool read_delta(struct ctx *cx, const struct config *cfg, const char *stage,
		       struct arena *a, const struct ruleset *rs, struct readback *out)
{
	struct timespec since = progress_start();
	int err = readback_delta(a, rs, CACHE_DIR, out);

	progress_stage(cfg, &since, "%s", stage);
	if (err)
		readback_report(cx, err);
	return !err;
}

/* What the table allows that found was read of. */
static void compare_connections(struct ctx *cx, const struct config *cfg,
				const struct readback *found, struct live *live)
{
	WAITING_AUTO *waiting = waiting_begin(cfg, "comparing");
	struct timespec since = progress_start();

	live->before = in_force_find(cx, cfg, found->table, live->dc->cluster);
	if (live->before.enforced)
		live->cmp = compare(cx, live->before.enforced,
				    in_force_then(cx, cfg, live->dc));
	progress_stage(cfg, &since, "connections");
}

/* Looks at the loaded table; *again: it became another one meanwhile. */
static bool look(struct ctx *cx, const struct config *cfg, struct live *live, bool *again)
{
	struct readback found, drifted;

	*again = false;
	live->before = (struct in_force){ 0 };
	live->cmp = NULL;
	live->drift = NULL;
	if (!read_delta(cx, cfg, "compare", live->arena, live->rs, &found))
		return false;
	live->delta = found.delta;
	if (live_is_same(live)) {
		live->drift = live->delta;
		return true;
	}
	if (cfg->diff_form == DIFF_NFT)
		return true;
	compare_connections(cx, cfg, &found, live);
	if (!live->before.rs)
		return true;
	if (!read_delta(cx, cfg, "drift", live->drift_arena, live->before.rs, &drifted))
		return false;
	live->drift = drifted.delta;
	*again = drifted.generation != found.generation;
	return true;
}

bool live_find(struct ctx *cx, const struct config *cfg, struct live *live)
{
	struct config here = *cfg;
	bool again = true, good = true;

	*live = (struct live){ .dc = keep_decide(cx, cfg),
			       .arena = arena_new(),
			       .drift_arena = arena_new() };
	if (live->dc && machine_settle(cx, &here, live->dc->cluster, false))
		live->rs = pipeline_lower(cx, &here, live->dc, DIAG_WARNING);
	if (!live->rs || !is_ours(cx, &here, live))
		return false;
	for (int left = ATTEMPTS; left-- && again && good;)
		good = look(cx, &here, live, &again);
	return good;
}

void live_free(struct live *live)
{
	arena_free(live->arena);
	arena_free(live->drift_arena);
}
