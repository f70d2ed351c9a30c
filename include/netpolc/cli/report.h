/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report - a matrix as a page to look at in a browser
 *
 * One file that needs no other and no network.  What comes from manifests is in it as
 * JSON alone, which no script of the page makes markup of.
 */
#ifndef NETPOLC_REPORT_H
#define NETPOLC_REPORT_H

#include <netpolc/analysis/matrix.h>
#include <netpolc/base/buf.h>

/* findings: diagnostics as JSON, one a line. */
void report(struct ctx *cx, struct buf *out, const struct matrix *m,
	    const struct buf *findings);

/* The page before and behind its data; made of src/cli/report/ when netpolc is built. */
extern const char report_before[], report_behind[];

#endif
