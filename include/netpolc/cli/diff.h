/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff - a comparison in the forms that people and programs read
 *
 * text and markdown are for people: of what is long they show the beginning and say how
 * much is left.  json has everything.
 */
#ifndef NETPOLC_DIFF_H
#define NETPOLC_DIFF_H

#include <netpolc/analysis/compare.h>
#include <netpolc/base/buf.h>

#include <jansson.h>

void diff_text(struct ctx *cx, struct buf *out, const struct comparison *cmp, bool color);

/* The text without its last line, which is diff_summary(). */
void diff_changes(struct ctx *cx, struct buf *out, const struct comparison *cmp,
		  bool color);
void diff_markdown(struct ctx *cx, struct buf *out, const struct comparison *cmp);
void diff_json(struct ctx *cx, struct buf *out, const struct comparison *cmp);

/* What diff_json() writes. */
json_t *diff_object(struct ctx *cx, const struct comparison *cmp);

/* Whether anything at all is to be told. */
bool diff_is_empty(const struct comparison *cmp);

/* What the printers share.  Whatever comes from manifests goes through put. */
struct diff_words {
	struct ctx *cx;
	const struct comparison *cmp;
	struct buf *out;
	void (*put)(struct buf *out, const char *text);
};

/* For a terminal. */
struct diff_words diff_visible(struct ctx *cx, struct buf *out,
			       const struct comparison *cmp);

/* "shop/web" or "shop/Deployment/web", as it is. */
void diff_pod(struct buf *out, const struct comparison *cmp, uint32_t pod);

/* The sources or destinations of a change: "shop/web", "12 pods (shop/a, shop/b, …)",
 * "outside (10.0.0.0/8)". */
void diff_end(const struct diff_words *w, const struct change *change, bool source);

/* "no longer isolated by", "allowed by", …, without the policies. */
const char *diff_cause(const struct cause *cause);

/* "shop/db spec.ingress[0] (head.yaml:7)" */
void diff_ref(const struct diff_words *w, const struct cause *cause, size_t i);

/* The pods that only that side has: "shop/a, shop/b, … and 3 more". */
void diff_only(const struct diff_words *w, enum side side);

/* "2 pairs of pods opened, …", with the policies responsible, on one line without its
 * end. */
void diff_summary(const struct diff_words *w);

#endif
