/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag_out - diagnostics in the forms that people and programs read
 *
 * text is for people (grep-friendly first line, quoted line, caret), json one
 * object a line, sarif one SARIF 2.1.0 log, github workflow commands, junit one test
 * suite.  A writer formats; it decides nothing.
 */
#ifndef NETPOLC_DIAG_OUT_H
#define NETPOLC_DIAG_OUT_H

#include <netpolc/base/buf.h>
#include <netpolc/base/diag.h>

enum diag_format { DIAG_TEXT, DIAG_JSON, DIAG_SARIF, DIAG_GITHUB, DIAG_JUNIT };

struct diag_style {
	enum diag_format format;
	enum diag_level least; /* leave out what is below */
	size_t max_errors;     /* stop after so many errors; 0: never */
	size_t width;	       /* text only: columns of the terminal; 0: there is none */
	bool color;
	enum diag_level fails; /* junit only: what is a failure, from this level on */
	const char *closing; /* said behind the counts, "nothing was written"; or NULL */
};

void diag_print(struct buf *out, struct diags *ds, const struct sources *sources,
		const struct diag_style *style);

#endif
