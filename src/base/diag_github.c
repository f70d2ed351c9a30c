/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics come in, workflow commands of GitHub Actions go out.  A command is
 * one line; what would end it, or one of its properties, is written as %XX.
 */
#include "diag_writer.h"

#include <netpolc/base/visible.h>

#include <string.h>

static void put_escaped(struct buf *out, const char *text, const char *special)
{
	for (; *text; text++)
		if (strchr(special, *text))
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
		else
			buf_putc(out, *text);
}

static void put_property(struct buf *out, const char *text)
{
	put_escaped(out, text, "%\r\n:,");
}

static void put_place(const struct diag_job *job, const struct diag *d)
{
	const struct place *at = &d->origin.at;
	const char *file = diag_file(job, d);

	if (!file)
		return;
	buf_puts(job->out, "file=");
	put_property(job->out, file);
	buf_printf(job->out, ",line=%u,", (unsigned)at->line);
	if (at->column)
		buf_printf(job->out, "col=%u,", (unsigned)at->column);
	if (at->column && at->width)
		buf_printf(job->out, "endColumn=%u,", (unsigned)(at->column + at->width));
}

/* All that text form says in several lines, as one text. */
static void say(const struct diag_job *job, const struct diag *d, struct buf *message)
{
	BUF_AUTO object = { 0 };

	visible_text(message, d->message);
	if (diag_print_object(&object, d))
		buf_printf(message, "\n%s", object.at);
	for (const struct diag *note = d->related; note; note = note->related) {
		const char *file = diag_file(job, note);

		buf_putc(message, '\n');
		if (file) {
			visible_text(message, file);
			buf_printf(message, ":%u: ", (unsigned)note->origin.at.line);
		}
		visible_text(message, note->message);
	}
	if (diag_fix(d->id))
		buf_printf(message, "\nfix: %s", diag_fix(d->id));
}

void diag_write_github(const struct diag_job *job)
{
	for (size_t i = 0; i < job->len; i++) {
		const struct diag *d = job->at[i];
		BUF_AUTO message = { 0 };

		say(job, d, &message);
		buf_printf(job->out, "::%s ",
			   d->level < DIAG_WARNING ? "notice"
						   : diag_level_name(d->level));
		put_place(job, d);
		buf_printf(job->out, "title=netpolc [%s]::", diag_name(d->id));
		put_escaped(job->out, message.len ? message.at : "", "%\r\n");
		buf_putc(job->out, '\n');
	}
}
