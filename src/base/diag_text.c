/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics come in, text for people goes out: a first line that editors and
 * grep understand, what it is about, the line itself and a marker under it.
 * Nothing that came from a manifest reaches the terminal unseen.
 */
#include "diag_writer.h"

#include <netpolc/base/paint.h>
#include <netpolc/base/visible.h>

#include <string.h>

#define MARGIN	   8 /* "   14 | " */
#define ROOM_LEAST 16
#define TAB	   8

static const char *color_of(enum diag_level level)
{
	return level >= DIAG_FAULT     ? PAINT_BOLD_RED
	       : level == DIAG_WARNING ? PAINT_BOLD_MAGENTA
				       : PAINT_BOLD_CYAN;
}

/* A line that begins with "::" is a command to the runners of GitHub, which read all
 * that is written, and pass over blanks of any alphabet: input must not begin so. */
static bool begins_oddly(const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._/<[";

	return !strchr(plain, text[0]);
}

/* "file:line:col: error: message", without the line's end. */
static void write_head(const struct diag_job *job, const struct diag *d)
{
	const char *file = diag_file(job, d);

	paint(job->out, job->style->color, PAINT_BOLD);
	if (file && begins_oddly(file))
		buf_puts(job->out, "./");
	visible_text(job->out, file ? file : "netpolc");
	if (file)
		buf_printf(job->out, ":%u", (unsigned)d->origin.at.line);
	if (file && d->origin.at.column)
		buf_printf(job->out, ":%u", (unsigned)d->origin.at.column);
	buf_puts(job->out, ": ");
	paint(job->out, job->style->color, color_of(d->level));
	buf_printf(job->out, "%s:", diag_level_name(d->level));
	paint(job->out, job->style->color, PAINT_NONE);
	buf_putc(job->out, ' ');
	visible_text(job->out, d->message);
}

/* The part of a quoted line that there is room for. */
struct part {
	size_t from; /* its first column, counted in code points from 1 */
	size_t room; /* columns of the terminal; SIZE_MAX: all is shown */
};

/* Columns of the terminal that a line fills; of tabs at most so many. */
static size_t width_of(const char *line)
{
	BUF_AUTO shown = { 0 };
	size_t len = strlen(line), width = 0;

	for (size_t i = 0; i < len;)
		width += line[i] == '\t' ? (i++, TAB)
					 : visible_char(&shown, line + i, len - i, &i);
	return width;
}

/* What is marked is in it, with a bit of what stands before. */
static struct part choose_part(const struct diag_job *job, const struct diag *d)
{
	size_t room = job->style->width, column = d->origin.at.column;

	room = room > MARGIN + ROOM_LEAST ? room - MARGIN : ROOM_LEAST;
	if (!job->style->width || width_of(d->quote) <= room)
		return (struct part){ 1, SIZE_MAX };
	return (struct part){ column > room / 2 ? column - room / 4 : 1, room - 2 };
}

/* Appends the quoted line; makes in marker what goes under it. */
static void write_quote(const struct diag_job *job, const struct diag *d,
			struct buf *marker)
{
	size_t len = strlen(d->quote), column = 1, marked = 0, used = 0, i = 0;
	size_t end = (size_t)d->origin.at.column +
		     (d->origin.at.width ? d->origin.at.width : 1);
	const struct part part = choose_part(job, d);
	BUF_AUTO left_out = { 0 };

	for (; column < part.from && i < len; column++)
		visible_char(&left_out, d->quote + i, len - i, &i);
	buf_puts(job->out, i ? "…" : "");
	buf_puts(marker, i ? " " : "");
	for (; i < len && used < part.room; column++) {
		bool before = column < d->origin.at.column;
		bool tab = d->quote[i] == '\t' && part.room == SIZE_MAX;
		size_t width = 1;

		if (d->quote[i] == '\t')
			buf_putc(job->out, tab ? d->quote[i++] : (i++, ' '));
		else
			width = visible_char(job->out, d->quote + i, len - i, &i);
		used += width;
		if (before && tab)
			buf_putc(marker, '\t');
		for (; !tab && before && width; width--)
			buf_putc(marker, ' ');
		for (; !before && column < end && width; width--)
			buf_putc(marker, marked++ ? '~' : '^');
	}
	buf_puts(job->out, i < len ? "…" : "");
	/* What is missing is missing behind the last character. */
	if (!marked)
		buf_putc(marker, '^');
}

static void write_excerpt(const struct diag_job *job, const struct diag *d)
{
	BUF_AUTO marker = { 0 };

	if (!d->quote || !d->origin.at.line)
		return;
	buf_printf(job->out, "%5u | ", (unsigned)d->origin.at.line);
	write_quote(job, d, &marker);
	buf_putc(job->out, '\n');
	if (!d->origin.at.column)
		return;
	buf_puts(job->out, "      | ");
	paint(job->out, job->style->color, PAINT_BOLD_GREEN);
	buf_puts(job->out, marker.at);
	paint(job->out, job->style->color, PAINT_NONE);
	buf_putc(job->out, '\n');
}

static void write_one(const struct diag_job *job, const struct diag *d)
{
	BUF_AUTO object = { 0 };

	write_head(job, d);
	buf_printf(job->out, " [%s]\n", diag_name(d->id));
	if (diag_print_object(&object, d))
		buf_printf(job->out, begins_oddly(object.at) ? "  '%s'\n" : "  %s\n",
			   object.at);
	write_excerpt(job, d);
	for (const struct diag *note = d->related; note; note = note->related) {
		write_head(job, note);
		buf_putc(job->out, '\n');
		write_excerpt(job, note);
	}
	if (diag_fix(d->id))
		buf_printf(job->out, "  fix: %s\n", diag_fix(d->id));
}

static void write_count(struct buf *out, size_t n, const char *what)
{
	buf_putu(out, n);
	buf_printf(out, " %s%s", what, n == 1 ? "" : "s");
}

static void write_closing(const struct diag_job *job, size_t errors)
{
	write_count(job->out, job->errors, "error");
	buf_puts(job->out, ", ");
	write_count(job->out, job->warnings, "warning");
	if (job->infos) {
		buf_puts(job->out, ", ");
		write_count(job->out, job->infos, "info");
	}
	if (errors < job->errors) {
		buf_puts(job->out, ", stopped after ");
		write_count(job->out, errors, "error");
	}
	if (job->style->closing)
		buf_printf(job->out, "; %s", job->style->closing);
	buf_putc(job->out, '\n');
}

void diag_write_text(const struct diag_job *job)
{
	size_t errors = 0;
	bool counted = false;

	for (size_t i = 0; i < job->len; i++) {
		write_one(job, job->at[i]);
		errors += job->at[i]->level >= DIAG_FAULT;
		counted |= job->at[i]->level >= DIAG_INFO;
	}
	if (counted)
		write_closing(job, errors);
}
