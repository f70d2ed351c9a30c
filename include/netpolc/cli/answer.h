/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer - a verdict in words
 */
#ifndef NETPOLC_ANSWER_H
#define NETPOLC_ANSWER_H

#include <netpolc/cli/ask.h>

/* A question with its answer; from_text and to_text are as the user wrote them. */
struct answered {
	const struct decisions *dc;
	const char *from_text, *to_text;
	struct endpoint from, to;
	struct probe_port port;
	struct answer answer;
};

/* One line: allow or deny, and why. */
void answer_print(struct buf *out, const struct answered *q);

/* For each direction the policies that isolate and the rules that allow, or those
 * that came into question, with file and line. */
void answer_explain(struct ctx *cx, struct buf *out, const struct answered *q);

#endif
