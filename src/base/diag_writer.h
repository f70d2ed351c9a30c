/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag_writer - what the writers of diagnostics share
 *
 * diag_print() sorts and leaves out; a writer gets the list that is left, and
 * appends its form of it to out.
 */
#ifndef NETPOLC_DIAG_WRITER_H
#define NETPOLC_DIAG_WRITER_H

#include <netpolc/base/diag_out.h>

struct diag_job {
	struct buf *out;
	const struct diag_style *style;
	const struct sources *sources;
	const struct diag *const *at; /* in order, nothing below style->least */
	size_t len;
	size_t errors, warnings, infos; /* of all there are */
};

/* The name of the input that d is about, or NULL. */
const char *diag_file(const struct diag_job *job, const struct diag *d);

/* "error", "warning", "info" or "note". */
const char *diag_level_name(enum diag_level level);

/* Appends "Kind space/name: path", as far as they are known; false when nothing
 * is. */
bool diag_print_object(struct buf *out, const struct diag *d);

void diag_write_text(const struct diag_job *job);
void diag_write_github(const struct diag_job *job);
void diag_write_junit(const struct diag_job *job);
void diag_write_json(const struct diag_job *job);
void diag_write_sarif(const struct diag_job *job);

#endif
