/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile: manifests come in, the text of the ruleset goes out, or what --dump
 * asks for of a stage on the way.
 */
#include <netpolc/cli/commands.h>
#include <netpolc/manifest/write.h>
#include <netpolc/nft/json.h>
#include <netpolc/nft/text.h>
#include <netpolc/run/pipeline.h>

static void dump_objects(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct cluster *cl = pipeline_read(cx, cfg);

	if (cl && cfg->dump == DUMP_MANIFESTS)
		cluster_write(out, cl, NULL);
	else if (cl)
		cluster_dump(out, cx, cl);
}

static void dump_decisions(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct decisions *dc = pipeline_decide(cx, cfg);

	if (dc)
		decisions_dump(out, dc);
}

static void print_ruleset(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	const struct ruleset *rs = pipeline_compile(cx, cfg, DIAG_WARNING);

	if (!rs)
		return;
	if (cfg->dump == DUMP_RULESET)
		ruleset_dump(out, rs);
	else if (cfg->output == OUTPUT_JSON)
		json_print(out, rs);
	else
		text_print(out, rs, NULL);
}

enum exit_status cmd_compile(struct ctx *cx, const struct config *cfg, struct buf *out)
{
	if (cfg->dump == DUMP_OBJECTS || cfg->dump == DUMP_MANIFESTS)
		dump_objects(cx, cfg, out);
	else if (cfg->dump == DUMP_DECISIONS)
		dump_decisions(cx, cfg, out);
	else
		print_ruleset(cx, cfg, out);
	return STATUS_YES;
}

const char *compile_mistake(const struct config *cfg)
{
	if (cfg->lower.late && cfg->lower.reject)
		return "at the hook postrouting nothing can be rejected";
	if (cfg->lower.late && cfg->lower.anti_spoof)
		return "at the hook postrouting nobody knows the way back, for "
		       "--anti-spoof";
	if (cfg->set.npod_cidrs && !cfg->set.deny_unknown)
		return "--pod-cidr says something only with --unknown-pods deny";
	return NULL;
}
