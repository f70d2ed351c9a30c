/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is loaded comes in; if that is no policy, a wait goes out.
 */
#include <netpolc/enforce/settle.h>

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/settling.h>
#include <netpolc/node/forwarded.h>
#include <netpolc/node/tracking.h>
#include <netpolc/run/progress.h>
#include <netpolc/run/signals.h>

/* A run that did not get further than this has made connections tracked, but nobody
 * knows for how long. */
static bool needs(enum family f, enum loaded owner)
{
	return forwarded_any(f) && (owner == LOADED_SETTLING || !tracking_is_on(f));
}

static bool any_needs(const struct ctx *cx, const struct config *cfg, enum loaded owner)
{
	static const char *const names[] = { "", "IPv4", "IPv6", "IPv4 and IPv6" };
	unsigned which = 0;

	for (enum family f = 0; f < FAMILIES; f++)
		if (cx->set.families[f] && needs(f, owner))
			which |= 1u << f;
	if (which)
		progress_say(cfg,
			     "nothing has tracked connections in %s: they are tracked "
			     "from now on, and policies follow in %lu s, so that those "
			     "under way go on (--settle)",
			     names[which], cfg->settle);
	return which;
}

static bool load(struct ctx *cx, const struct config *cfg)
{
	return kernel_replace(cx, &kernel_libnftables,
			      settling_ruleset(cx->arena, &cfg->lower), false);
}

void settle_undo(struct ctx *cx, const struct config *cfg, enum loaded owner)
{
	if (owner == LOADED_ABSENT)
		kernel_delete(cx, &kernel_libnftables, cfg->lower.table);
}

enum settled settle(struct ctx *cx, const struct config *cfg, enum loaded owner,
		    const struct ruleset *rs)
{
	if (owner == LOADED_OURS || cfg->dry_run || !cfg->settle ||
	    !any_needs(cx, cfg, owner))
		return SETTLED_NOT;
	if (!kernel_replace(cx, &kernel_libnftables, rs, true) || !load(cx, cfg))
		return SETTLED_FAILED;
	if (signals_wait(cfg->settle) || owner == LOADED_FOREIGN)
		return SETTLED;
	settle_undo(cx, cfg, owner);
	return SETTLED_INTERRUPTED;
}
