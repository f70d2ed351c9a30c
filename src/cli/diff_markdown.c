/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison comes in, a comment for a merge request goes out: the verdict, then
 * tables of what is opened and closed.
 *
 * Forges refuse a comment that is too long (GitHub one of more than 65,536 characters),
 * so all of it has bounds: each piece of text, each list of ports, and the tables
 * together.
 */
#include <netpolc/cli/diff.h>

#include <netpolc/base/visible.h>

#include <ctype.h>
#include <string.h>

/* So many rows of one table, and policies of one row, are shown. */
#define ROWS	 50
#define POLICIES 5

/* Bytes: of one name or path, before escapes, of which the longest takes six; of ports;
 * and of all tables.  Beside these there are at most 40 pieces, 29 kB, and our words. */
#define PIECE 120
#define PORTS 200
#define ROOM  34000

/* "a-long-begin…the-end": what tells long names and paths apart is at either end. */
static void put_piece(struct buf *out, const char *text, size_t len)
{
	size_t head = text_fit(text, len, PIECE * 2 / 3), tail = len - PIECE / 3;

	if (len <= PIECE) {
		buf_add(out, text, len);
		return;
	}
	while (((unsigned char)text[tail] & 0xc0) == 0x80)
		tail++;
	buf_add(out, text, head);
	buf_puts(out, "…");
	buf_add(out, text + tail, len - tail);
}

/* Whatever Markdown or HTML could take for more than text stands behind a backslash or
 * as an entity; an at sign would call somebody. */
static void put_escaped(struct buf *out, const char *text)
{
	BUF_AUTO shown = { 0 }, piece = { 0 };

	visible_text(&shown, text);
	put_piece(&piece, shown.at, shown.len);
	for (size_t i = 0; i < piece.len; i++) {
		char c = piece.at[i];

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
	BUF_AUTO ports = { 0 };

	portgap_print(&ports, change->ports);
	buf_puts(w->out, "| ");
	diff_end(w, change, true);
	buf_puts(w->out, " | ");
	diff_end(w, change, false);
	buf_puts(w->out, " | ");
	text_list(w->out, ports.at, PORTS);
	buf_printf(w->out, " | %s: ", direction_name(change->cause->direction));
	print_cause(w, change->cause);
	buf_puts(w->out, " |\n");
}

/* Of the changes of pods that are on one side alone, or of the others. */
struct table {
	const char *title;
	bool pods, gained;
	size_t changes; /* in all */
	bool cut;
};

static bool is_of(const struct table *t, const struct change *change)
{
	return (change->cause->kind == CAUSE_POD) == t->pods &&
	       change->cause->gained == t->gained;
}

/* Of the rows those that room, in bytes, allows. */
static void print_table(const struct diff_words *w, struct table *t, size_t room)
{
	const size_t start = w->out->len;
	size_t rows = 0;

	if (!t->changes)
		return;
	buf_printf(w->out,
		   "\n**%s**\n\n| from | to | ports | because |\n"
		   "|---|---|---|---|\n",
		   t->title);
	for (size_t i = 0; i < w->cmp->nchanges && rows < ROWS; i++) {
		size_t before = w->out->len;

		if (!is_of(t, &w->cmp->changes[i]))
			continue;
		print_row(w, &w->cmp->changes[i]);
		if (w->out->len - start > room) {
			w->out->len = before;
			break;
		}
		rows++;
	}
	t->cut = rows < t->changes;
	if (t->cut)
		buf_printf(w->out, "\nand %zu more.\n", t->changes - rows);
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

enum { OPENED, CLOSED, ADDED, REMOVED, TABLES };

static void count_changes(const struct comparison *cmp, struct table tables[TABLES])
{
	for (size_t i = 0; i < cmp->nchanges; i++)
		for (size_t t = 0; t < TABLES; t++)
			tables[t].changes += is_of(&tables[t], &cmp->changes[i]);
}

/* What each table may have, so that the last is not the one that is left out. */
static size_t share_of(const struct table tables[TABLES])
{
	size_t n = 0;

	for (size_t t = 0; t < TABLES; t++)
		n += tables[t].changes > 0;
	return n ? ROOM / n : ROOM;
}

static bool is_cut(const struct table tables[TABLES])
{
	bool cut = false;

	for (size_t t = 0; t < TABLES; t++)
		cut = cut || tables[t].cut;
	return cut;
}

void diff_markdown(struct ctx *cx, struct buf *out, const struct comparison *cmp)
{
	struct table tables[] = {
		[OPENED] = { .title = "Opened", .gained = true },
		[CLOSED] = { .title = "Closed" },
		[ADDED] = { .title = "What added pods may do",
			    .pods = true,
			    .gained = true },
		[REMOVED] = { .title = "What removed pods could do", .pods = true },
	};
	const struct diff_words w = {
		.cx = cx, .cmp = cmp, .out = out, .put = put_escaped
	};
	size_t share;

	count_changes(cmp, tables);
	share = share_of(tables);
	buf_printf(out, "### Network policy: %s\n", verdict(cmp));
	print_table(&w, &tables[OPENED], share);
	print_table(&w, &tables[CLOSED], share);
	print_pods(&w, AFTER);
	print_table(&w, &tables[ADDED], share);
	print_pods(&w, BEFORE);
	print_table(&w, &tables[REMOVED], share);
	if (diff_is_empty(cmp))
		return;
	buf_putc(out, '\n');
	diff_summary(&w);
	buf_puts(out, ".\n");
	if (is_cut(tables))
		buf_puts(out,
			 "\nRows were left out; `netpolc diff -o json` with the same "
			 "inputs has all of them.\n");
}
