/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query: manifests and a question come in, the answer goes out; or a stream of
 * questions, answered one by one.
 */
#include <netpolc/base/nearest.h>
#include <netpolc/cli/answer.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/probes.h>
#include <netpolc/run/pipeline.h>

#include <string.h>
#include <unistd.h>

static bool reads_stdin(const struct config *cfg)
{
	for (size_t i = 0; i < cfg->ninputs; i++)
		if (!strcmp(cfg->inputs[i], "-"))
			return true;
	return false;
}

const char *query_mistake(const struct config *cfg)
{
	bool any = cfg->from || cfg->to || cfg->port.text;
	bool all = cfg->from && cfg->to && cfg->port.text;

	if (cfg->probes && any)
		return "--probes stands instead of --from, --to and --port";
	if (cfg->probes && cfg->explain)
		return "--explain goes with --from, --to and --port";
	if (cfg->probes && cfg->output)
		return "the answers to --probes have one form";
	if (cfg->probes && !strcmp(cfg->probes, "-") && reads_stdin(cfg))
		return "standard input cannot be both probes and INPUT";
	if (!cfg->probes && !all)
		return "needs --from, --to and --port, or --probes";
	return NULL;
}

static void find(struct ctx *cx, struct asker *asker, const char *option,
		 const char *text, struct party *out)
{
	const char *why = ask_party(asker, out, text, strlen(text));

	if (why)
		diag_add(cx->diags, DIAG_BAD_ENDPOINT, NULL, "%s: '%s' %s%s", option,
			 text, why,
			 nearest_hint(cx->arena, ask_nearest(cx, asker, text)));
}

static enum exit_status answer_one(struct ctx *cx, const struct config *cfg,
				   struct asker *asker, struct buf *out)
{
	struct inquiry q = { .asker = asker,
			     .expected = true,
			     .from_text = cfg->from,
			     .to_text = cfg->to,
			     .port = cfg->port };

	find(cx, asker, "--from", cfg->from, &q.from);
	find(cx, asker, "--to", cfg->to, &q.to);
	if (diag_failed(cx->diags))
		return STATUS_REFUSED;
	if (!ask_port(&q.to, &q.port, &q.target) || !ask_parties(&q) || !q.tally.pairs) {
		BUF_AUTO why = { 0 };

		ask_no_such_port(&why, &q, cfg->to);
		diag_add(cx->diags, DIAG_BAD_ENDPOINT, NULL, "--port: %s", why.at);
		return STATUS_REFUSED;
	}
	if (cfg->output == OUTPUT_JSON)
		answer_inquiry_json(cx, out, &q, cfg->explain);
	else
		answer_inquiry(cx, out, &q, cfg->explain);
	return q.tally.contrary ? STATUS_NO : STATUS_YES;
}

enum exit_status cmd_query(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct decisions *dc = pipeline_decide(cx, cfg);
	struct asker *asker;

	if (!dc)
		return STATUS_REFUSED;
	asker = asker_new(cx, dc);
	if (!cfg->probes)
		return answer_one(cx, cfg, asker, out);
	probes_answer(cx, asker, cfg->probes, STDOUT_FILENO);
	return STATUS_YES;
}
