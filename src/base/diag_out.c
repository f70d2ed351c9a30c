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

/* The findings that are to be shown, those that are not kept as one at the end. */
static void choose(struct diag_job *job, struct diags *ds, const struct diag **shown,
		   const struct diag *unshown)
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
	if (*unshown->message && unshown->level >= job->style->least)
		shown[job->len++] = unshown;
}

void diag_print(struct buf *out, struct diags *ds, const struct sources *sources,
		const struct diag_style *style)
{
	static void (*const writers[])(const struct diag_job *job) = {
		[DIAG_TEXT] = diag_write_text,	 [DIAG_JSON] = diag_write_json,
		[DIAG_SARIF] = diag_write_sarif, [DIAG_GITHUB] = diag_write_github,
		[DIAG_JUNIT] = diag_write_junit,
	};
	size_t len, unkept = 0;
	const struct diag **shown;
	struct diag_job job = { .out = out, .style = style, .sources = sources };
	char said[60] = "";

	for (enum diag_level level = DIAG_HIDDEN; level <= DIAG_SYSTEM; level++)
		if (level >= style->least)
			unkept += diag_unkept(ds, level);
	if (unkept)
		snprintf(said, sizeof(said), "%zu more findings are not shown", unkept);
	diag_sorted(ds, &len);
	job.at = shown = heap_resize(NULL, len + 1, sizeof(*shown));
	choose(&job, ds, shown,
	       &(struct diag){ .id = DIAG_UNSHOWN, .level = DIAG_NOTE, .message = said });
	writers[style->format](&job);
	free(shown);
}
