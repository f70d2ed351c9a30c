/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics come in, the list that is to be shown goes out to the writer of
 * the form asked for.
 */
#include "diag_writer.h"

#include <netpolc/base/arena.h>
#include <netpolc/base/source.h>
#include <netpolc/base/visible.h>

#include <stdio.h>
#include <stdlib.h>

const char *diag_file(const struct diag_job *job, const struct diag *d)
{
	const struct place *at = &d->origin.at;

	return at->line && job->sources ? source_name(job->sources, at->file) : NULL;
}

const char *diag_level_name(enum diag_level level)
{
	return level >= DIAG_FAULT     ? "error"
	       : level == DIAG_WARNING ? "warning"
	       : level == DIAG_INFO    ? "info"
				       : "note";
}

bool diag_print_object(struct buf *out, const struct diag *d)
{
	const struct object *o = d->origin.object;
	size_t before = out->len;

	if (o && o->kind)
		visible_text(out, o->kind);
	if (o && (o->space || o->name)) {
		if (out->len > before)
			buf_putc(out, ' ');
		if (o->space) {
			visible_text(out, o->space);
			buf_putc(out, '/');
		}
		visible_text(out, o->name ? o->name : "?");
	}
	if (d->origin.path && *d->origin.path) {
		if (out->len > before)
			buf_puts(out, ": ");
		visible_text(out, d->origin.path);
	}
	return out->len > before;
}

/* The findings that are to be shown. */
static void choose(struct diag_job *job, struct diags *ds, const struct diag **shown)
{
	size_t len;
	const struct diag *const *all = diag_sorted(ds, &len);

	for (enum diag_level level = DIAG_FAULT; level <= DIAG_SYSTEM; level++)
		job->errors += diag_unkept(ds, level);
	job->warnings = diag_unkept(ds, DIAG_WARNING);
	job->infos = diag_unkept(ds, DIAG_INFO);
	for (size_t i = 0; i < len; i++) {
		job->errors += all[i]->level >= DIAG_FAULT;
		job->warnings += all[i]->level == DIAG_WARNING;
		job->infos += all[i]->level == DIAG_INFO;
		if (all[i]->level >= job->style->least)
			shown[job->len++] = all[i];
	}
}

/* Leaves out what is behind the last error that is wanted; returns how many. */
static size_t cut(struct diag_job *job)
{
	size_t errors = 0, max = job->style->max_errors, all = job->len;

	if (!max)
		return 0;
	for (job->len = 0; job->len < all && errors < max; job->len++)
		errors += job->at[job->len]->level >= DIAG_FAULT;
	return all - job->len;
}

static size_t count_unkept(const struct diags *ds, enum diag_level least)
{
	size_t unkept = 0;

	for (enum diag_level level = DIAG_HIDDEN; level <= DIAG_SYSTEM; level++)
		if (level >= least)
			unkept += diag_unkept(ds, level);
	return unkept;
}

void diag_print(struct buf *out, struct diags *ds, const struct sources *sources,
		const struct diag_style *style)
{
	static void (*const writers[])(const struct diag_job *job) = {
		[DIAG_TEXT] = diag_write_text,	 [DIAG_JSON] = diag_write_json,
		[DIAG_SARIF] = diag_write_sarif, [DIAG_GITHUB] = diag_write_github,
		[DIAG_JUNIT] = diag_write_junit,
	};
	char said[60];
	const struct diag rest = { .id = DIAG_UNSHOWN,
				   .level = DIAG_NOTE,
				   .message = said };
	struct diag_job job = { .out = out, .style = style, .sources = sources };
	const struct diag **shown;
	size_t len, left_out, unkept = count_unkept(ds, style->least);

	diag_sorted(ds, &len);
	job.at = shown = heap_resize(NULL, len + 1, sizeof(*shown));
	choose(&job, ds, shown);
	left_out = cut(&job);
	/* Text counts all in its last line, and says where it stopped. */
	if (style->format == DIAG_TEXT)
		left_out = 0;
	if (left_out || (unkept && rest.level >= style->least)) {
		snprintf(said, sizeof(said), "%zu more finding%s not shown",
			 left_out + unkept, left_out + unkept == 1 ? " is" : "s are");
		shown[job.len++] = &rest;
	}
	writers[style->format](&job);
	free(shown);
}
