/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline - manifests in, decisions or a ruleset out
 *
 * The stages in their order; the first file to read.  Each function yields NULL
 * when the run is refused, the reasons being in cx->diags.
 */
#ifndef NETPOLC_PIPELINE_H
#define NETPOLC_PIPELINE_H

#include <netpolc/policy/decide.h>
#include <netpolc/run/config.h>

/* Read and validated. */
const struct cluster *pipeline_read(struct ctx *cx, const struct config *cfg);

/* The same for other inputs than the config has. */
const struct cluster *pipeline_read_from(struct ctx *cx, const struct config *cfg,
					 char *const inputs[], size_t n);

/* Read, validated and decided. */
const struct decisions *pipeline_decide(struct ctx *cx, const struct config *cfg);

/* The steps behind reading. */
const struct decisions *pipeline_decide_cluster(struct ctx *cx, const struct config *cfg,
						const struct cluster *cluster);

/* All of it.  Policies without a single pod are reported at level no_pods, or above it
 * with --strict: a lost input looks like that. */
const struct ruleset *pipeline_compile(struct ctx *cx, const struct config *cfg,
				       enum diag_level no_pods);

/* The last step alone, for who needs the decisions too. */
const struct ruleset *pipeline_lower(struct ctx *cx, const struct config *cfg,
				     const struct decisions *dc, enum diag_level no_pods);

#endif
