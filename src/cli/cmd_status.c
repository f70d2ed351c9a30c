/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status: what the kernel has under the table's name is read, and nothing else but
 * the time of the ruleset that was kept.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/cli/status.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/enforce/machine.h>
#include <netpolc/nft/cache.h>

enum exit_status cmd_status(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	static void (*const writers[])(struct buf * out, const struct status *st) = {
		[OUTPUT_TEXT] = status_text,
		[OUTPUT_JSON] = status_json,
		[OUTPUT_PROMETHEUS] = status_prometheus,
	};
	struct status st = { .table = cfg->lower.table };
	bool loaded;

	if (!survey_read(cx, st.table, CACHE_DIR, &st.survey))
		return STATUS_SYSTEM;
	loaded = st.survey.owner == LOADED_OURS;
	if (loaded) {
		st.unknown =
			last_good_read(cfg, st.survey.state.digest, NULL, &st.applied);
		machine_survey(cx, &st.survey, &st.machine);
		st.trial = trial_look(cfg);
	}
	if (loaded && cfg->prefix)
		return status_prefix(out, &st, cfg->prefix, cfg->output) ? STATUS_YES
									 : STATUS_NO;
	writers[cfg->output](out, &st);
	return loaded ? STATUS_YES : STATUS_NO;
}

const char *status_mistake(const struct config *cfg)
{
	if (cfg->prefix && cfg->output == OUTPUT_PROMETHEUS)
		return "a class that --prefix finds is no metric";
	return NULL;
}
