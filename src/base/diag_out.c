/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics come in, the list that is to be shown goes out to the writer of
 * the form asked for.
 */
#include "diag_writer.h"

#include <netpolc/base/arena.h>
#include <netpolc/base/source.h>
#include <netpolc/base/visible.h>

#include <stdlib.h>

const char *diag_file(const struct diag_job *job, const struct diag *d)
{
	const struct place *at = &d->origin.at;

	return at->line && job->sources ? source_name(job->sources, at->file) : NULL;
}

const char *diag_level_name(enum diag_level level)
{
	return level >= DIAG_ERROR ? "error" : level == DIAG_WARNING ? "warning" : "note";
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

void diag_print(struct buf *out, struct diags *ds, const struct sources *sources,
		const struct diag_style *style)
{
	static void (*const writers[])(const struct diag_job *job) = {
		[DIAG_TEXT] = diag_write_text,
		[DIAG_JSON] = diag_write_json,
		[DIAG_SARIF] = diag_write_sarif,
		[DIAG_GITHUB] = diag_write_github,
	};
	size_t len;
	const struct diag *const *all = diag_sorted(ds, &len);
	const struct diag **shown = heap_resize(NULL, len, sizeof(*shown));
	struct diag_job job = {
		.out = out, .style = style, .sources = sources, .at = shown
	};

	for (size_t i = 0; i < len; i++) {
		job.errors += all[i]->level >= DIAG_ERROR;
		job.warnings += all[i]->level == DIAG_WARNING;
		if (all[i]->level >= style->least)
			shown[job.len++] = all[i];
	}
	writers[style->format](&job);
	free(shown);
}
