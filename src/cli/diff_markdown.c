/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison comes in, a comment for a merge request goes out: the verdict, then
 * tables of what is opened and closed.
 */
#include <netpolc/cli/diff.h>

#include <netpolc/base/visible.h>

#include <ctype.h>
#include <string.h>

/* So many rows of one table, and policies of one row, are shown. */
#define ROWS	 50
#define POLICIES 5

/* Whatever Markdown or HTML could take for more than text stands behind a backslash or
 * as an entity; an at sign would call somebody. */
static void put_escaped(struct buf *out, const char *text)
{
	BUF_AUTO shown = { 0 };

	visible_text(&shown, text);
	for (size_t i = 0; i < shown.len; i++) {
		char c = shown.at[i];

		if (strchr("<>&\"'@|\\`", c))
			buf_printf(out, "&#%u;", (unsigned)(unsigned char)c);
		else if (ispunct((unsigned char)c) && !strchr("/.-:,;", c))
			buf_printf(out, "\\%c", c);
		else
			buf_putc(out, c);
	}
}

static void print_cause(const struct diff_words *w, const struct cause *cause)
{
	buf_puts(w->out, diff_cause(cause));
	for (size_t i = 0; i < cause->nrefs && i < POLICIES; i++) {
		buf_puts(w->out, i ? ", " : " ");
		diff_ref(w, cause, i);
	}
	if (cause->nrefs > POLICIES)
		buf_printf(w->out, " and %zu more", cause->nrefs - POLICIES);
}

static void print_row(const struct diff_words *w, const struct change *change)
{
	buf_puts(w->out, "| ");
	diff_end(w, change, true);
	buf_puts(w->out, " | ");
	diff_end(w, change, false);
	buf_puts(w->out, " | ");
	portgap_print(w->out, change->ports);
	buf_printf(w->out, " | %s: ", direction_name(change->cause->direction));
	print_cause(w, change->cause);
	buf_puts(w->out, " |\n");
}

/* The changes of pods that are on one side alone, or the others. */
static void print_table(const struct diff_words *w, const char *title, bool pods,
			bool gained)
{
	size_t rows = 0;

	for (size_t i = 0; i < w->cmp->nchanges; i++) {
		const struct change *change = &w->cmp->changes[i];

		if ((change->cause->kind == CAUSE_POD) != pods ||
		    change->cause->gained != gained)
			continue;
		if (!rows++)
			buf_printf(w->out,
				   "\n**%s**\n\n| from | to | ports | because |\n"
				   "|---|---|---|---|\n",
				   title);
		if (rows <= ROWS)
			print_row(w, change);
	}
	if (rows > ROWS)
		buf_printf(w->out, "\nand %zu more.\n", rows - ROWS);
}

static void print_pods(const struct diff_words *w, enum side side)
{
	if (!w->cmp->only[side])
		return;
	buf_printf(w->out, "\nPods %s: ", side == AFTER ? "added" : "removed");
	diff_only(w, side);
	buf_puts(w->out, ".\n");
}

static const char *verdict(const struct comparison *cmp)
{
	bool opened = cmp->pairs[true] || cmp->outward[true];
	bool closed = cmp->pairs[false] || cmp->outward[false];

	if (diff_is_empty(cmp))
		return "No connection is opened or closed";
	if (opened && closed)
		return "Connections are opened and closed";
	if (opened)
		return "Connections are opened, none is closed";
	if (closed)
		return "Connections are closed, none is opened";
	return "Pods come or go; between the others nothing is opened or closed";
}

void diff_markdown(struct ctx *cx, struct buf *out, const struct comparison *cmp)
{
	const struct diff_words w = {
		.cx = cx, .cmp = cmp, .out = out, .put = put_escaped
	};

	buf_printf(out, "### Network policy: %s\n", verdict(cmp));
	print_table(&w, "Opened", false, true);
	print_table(&w, "Closed", false, false);
	print_pods(&w, AFTER);
	print_table(&w, "What added pods may do", true, true);
	print_pods(&w, BEFORE);
	print_table(&w, "What removed pods could do", true, false);
	if (diff_is_empty(cmp))
		return;
	buf_putc(out, '\n');
	diff_summary(&w);
	buf_puts(out, ".\n");
}
