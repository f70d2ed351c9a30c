/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer - a verdict in words
 */
#ifndef NETPOLC_ANSWER_H
#define NETPOLC_ANSWER_H

#include <netpolc/analysis/ask.h>

#include <jansson.h>

struct explanation;

/* A connection with its verdict; the texts are what names the ends. */
struct answered {
	const struct decisions *dc;
	const char *from_text, *to_text;
	struct endpoint from, to;
	struct probe_port port;
	struct answer answer;
	/* Where policy denies: of each family alone; REASON_NO_FAMILY where not both ends
	 * have it. */
	enum reason in[FAMILIES];
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

/* The same as one JSON object, and the pair of it. */
void answer_inquiry_json(struct ctx *cx, struct buf *out, const struct inquiry *q,
			 bool explain);
json_t *answer_pair_json(struct ctx *cx, const struct answered *q, bool explained);

/* ---- between the writers --------------------------------------------------------- */

/* The i-th pair that the tally kept, under the names of the question where that is all
 * of it. */
struct answered answer_pair(struct ctx *cx, const struct inquiry *q, size_t i);

/* Puts texts in the place of %f (source), %t (destination), %p (port) and %i (family). */
void answer_words(struct buf *out, const struct answered *q, const char *words);

/* An address, or a pod that has one. */
bool answer_has_address(const struct answered *q, const struct endpoint *e);

/* Whether policy had a say: some pairs are beyond it. */
bool answer_is_policy(const struct answered *q);

/* Whether it is explained in that family: where it is allowed, in those that allow it;
 * where it is denied, in all that both ends have. */
bool answer_tells_of(const struct answered *q, enum family f);

/* False where the end of that direction is not isolated. */
bool answer_explanation(struct ctx *cx, const struct answered *q, enum direction d,
			enum family f, struct explanation *e);

#endif
