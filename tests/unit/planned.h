/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * planned - a small cluster as a plan, with limits that are low
 */
#ifndef NETPOLC_TEST_PLANNED_H
#define NETPOLC_TEST_PLANNED_H

#include "manifests.h"

#include <netpolc/nft/plan.h>

static const struct lower_limits tight = {
	.sets = 512, .elements = 1000, .share = 1000, .inline_ports = 8
};

/* Sets that are always counted: see plan.c. */
#define FIXED 21

#define WEB(n) POD("m", "web" #n, "app: web", "10.0.1." #n)
#define DB(n)  POD("m", "db" #n, "app: db", "10.0.2." #n)
#define WEBS   WEB(1) WEB(2) WEB(3) WEB(4)
#define DBS    DB(1) DB(2)
/* Subjects: x has one pod, yy has three. */
#define SUBJECTS                                                                         \
	POD("m", "x1", "app: x", "10.0.0.1")                                             \
	POD("m", "yy1", "app: yy", "10.0.0.11")                                          \
	POD("m", "yy2", "app: yy", "10.0.0.12")                                          \
	POD("m", "yy3", "app: yy", "10.0.0.13")
#define PODS SUBJECTS WEBS DBS

#define ON(app, rules)                                                                   \
	POLICY("m", "on-" app,                                                           \
	       "podSelector: {matchLabels: {app: " app "}}, ingress: [" rules "]")
#define FROM(list)		"{from: [" list "]}"
#define FROM_PORTS(list, ports) "{from: [" list "], ports: [" ports "]}"
#define APP(app)		"{podSelector: {matchLabels: {app: " app "}}}"
#define BLOCK(text)		"{ipBlock: {" text "}}"

static inline const struct plan *plan_of(struct run *r, const char *text,
					 const struct lower_limits *limits)
{
	run_decide(r, NULL, text);
	return plan_build(&r->cx, r->dc, limits);
}

static inline const struct row_plan *ingress4(const struct run *r,
					      const struct plan *plan, const char *pod)
{
	return &plan->rows[INGRESS][FAMILY_IPV4][row_of(r, INGRESS, pod)->id];
}

static inline const char *list_text(struct run *r, enum family f,
				    const struct peer_list *list)
{
	BUF_AUTO out = { 0 };

	for (size_t i = 0; i < list->len; i++) {
		const struct peer_range *p = &list->at[i];

		buf_puts(&out, i ? " | " : "");
		address_print(&out, (struct address){ f, p->lo });
		if (p->hi != p->lo) {
			buf_puts(&out, "-");
			address_print(&out, (struct address){ f, p->hi });
		}
		buf_printf(&out, " %s", ports_text(r, p->ports));
	}
	return arena_strndup(r->cx.arena, out.at ? out.at : "", out.len);
}

#endif
