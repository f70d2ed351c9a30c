/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands - what netpolc can be told to do
 *
 * main.c holds the table.  A command makes its output in out and reports into
 * cx->diags; main() writes out only if nothing was reported that refuses the run,
 * so a command never touches stdout or stderr.  The exceptions: query --probes
 * streams, and progress.h tells of what goes on.
 */
#ifndef NETPOLC_COMMANDS_H
#define NETPOLC_COMMANDS_H

#include <netpolc/run/config.h>
#include <netpolc/run/exit_status.h>

enum verb {
	VERB_COMPILE,
	VERB_APPLY,
	VERB_DIFF,
	VERB_DELETE,
	VERB_STATUS,
	VERB_QUERY,
	VERB_CHECK,
	VERB_TEST,
	VERB_MATRIX,
};

struct command {
	enum verb verb;
	const char *name;
	const char *synopsis;  /* what follows the options: "[INPUT...]", or "" */
	const char *help;      /* one line */
	bool manifests;	       /* takes inputs */
	const char *unchanged; /* said after errors: "nothing was written" */

	/* NULL when the options make sense together, else the mistake; may be NULL. */
	const char *(*mistake)(const struct config *cfg);

	/* STATUS_YES or STATUS_NO; what is in cx->diags afterwards may make it 2 or 3. */
	enum exit_status (*run)(struct ctx *cx, const struct config *cfg,
				struct buf *out);

	const char *example; /* a command line */
};

enum exit_status cmd_compile(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_apply(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_diff(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_delete(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_status(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_query(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_check(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_test(struct ctx *cx, const struct config *cfg, struct buf *out);
enum exit_status cmd_matrix(struct ctx *cx, const struct config *cfg, struct buf *out);

/* Of the options that say how packets are denied. */
const char *compile_mistake(const struct config *cfg);
const char *apply_mistake(const struct config *cfg);
const char *diff_mistake(const struct config *cfg);
const char *status_mistake(const struct config *cfg);
const char *query_mistake(const struct config *cfg);
const char *test_mistake(const struct config *cfg);

#endif
