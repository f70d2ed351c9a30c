/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer - a verdict in words
 */
#ifndef NETPOLC_ANSWER_H
#define NETPOLC_ANSWER_H

#include <netpolc/analysis/ask.h>

/* A connection with its verdict; the texts are what names the ends. */
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

/* The pairs that the tally kept, a line each; so many of them are explained. */
void answer_pairs(struct ctx *cx, struct buf *out, const struct inquiry *q,
		  size_t explained);

/* The answer to what is expected to be allowed; where there are several pairs, a summary
 * and some of those. */
void answer_inquiry(struct ctx *cx, struct buf *out, const struct inquiry *q,
		    bool explain);

#endif
