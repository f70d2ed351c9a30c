/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix comes in, text for people goes out.
 *
 * While it fits, a grid: sources are rows, destinations are numbered columns.  Else
 * destinations that everybody reaches alike are told of together, and of the
 * sources, those that most have in common last.
 */
#include <netpolc/cli/matrix_out.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/paint.h>
#include <netpolc/cli/columns.h>
#include <netpolc/policy/words.h>

#include <stdlib.h>
#include <string.h>

#define GRID_COLUMNS 20
#define GAP	     2
#define WIDTH	     120 /* of a grid where there is no terminal */
#define WIDEST	     40	 /* what is wider in a list stands out */

struct table {
	struct buf *out;
	const struct matrix *m;
	const struct matrix_look *look;
	struct arena *scratch;
};

/* ---- cells ---- */

static size_t width_of_cell(const struct matrix_cell *cell)
{
	BUF_AUTO text = { 0 };

	matrix_ports(&text, cell);
	return text.len ? columns_of(text.at) : 0;
}

static const char *color_of(const struct matrix_cell *cell)
{
	if (!cell->ports)
		return PAINT_RED;
	return cell->extent == MATRIX_ALL ? PAINT_GREEN : PAINT_YELLOW;
}

/* Returns the columns that it fills. */
static size_t put_cell(const struct table *t, const struct matrix_cell *cell)
{
	bool plain = cell->extent == MATRIX_SELF || cell->extent == MATRIX_NONE;
	BUF_AUTO text = { 0 };
	size_t width;

	matrix_ports(&text, cell);
	paint(t->out, t->look->color && !plain, color_of(cell));
	width = text.len ? columns_put(t->out, text.at) : 0;
	paint(t->out, t->look->color && !plain, PAINT_NONE);
	return width;
}

/* ---- grid ---- */

struct grid {
	size_t labels;		      /* width of the first column */
	size_t columns[GRID_COLUMNS]; /* of the others */
	size_t all;
};

static void widen(size_t *width, size_t other)
{
	if (other > *width)
		*width = other;
}

static void widen_to_label(size_t *width, const struct matrix_end *end)
{
	BUF_AUTO label = { 0 };

	matrix_label(&label, end);
	widen(width, columns_of(label.at));
}

/* False when it has no room. */
static bool measure(const struct table *t, struct grid *g)
{
	const struct matrix *m = t->m;

	*g = (struct grid){ .labels = strlen("from") };
	if (m->to.len > GRID_COLUMNS || m->from.len > 3 * GRID_COLUMNS)
		return false;
	for (size_t i = 0; i < m->from.len; i++)
		widen_to_label(&g->labels, m->from.at[i]);
	for (size_t i = 0; i < m->to.len; i++)
		widen_to_label(&g->labels, m->to.at[i]);
	g->labels += strlen("12 ");
	g->all = g->labels;
	for (size_t j = 0; j < m->to.len; j++) {
		g->columns[j] = 2;
		for (size_t i = 0; i < m->from.len; i++)
			widen(&g->columns[j], width_of_cell(matrix_at(m, i, j)));
		g->all += GAP + g->columns[j];
	}
	return g->all <= (t->look->width ? t->look->width : WIDTH);
}

static bool same_sides(const struct matrix *m)
{
	for (size_t i = 0; i < m->from.len && i < m->to.len; i++)
		if (m->from.ids[i] != m->to.ids[i])
			return false;
	return m->from.len == m->to.len;
}

static size_t put_label(const struct table *t, size_t number,
			const struct matrix_end *end)
{
	size_t before = t->out->len, width;
	BUF_AUTO label = { 0 };

	if (number)
		buf_printf(t->out, "%2zu ", number);
	width = t->out->len - before;
	matrix_label(&label, end);
	return width + columns_put(t->out, label.at);
}

static void print_grid(const struct table *t, const struct grid *g)
{
	const struct matrix *m = t->m;
	bool same = same_sides(m);

	for (size_t j = 0; !same && j < m->to.len; j++) {
		buf_puts(t->out, j ? "   " : "to ");
		put_label(t, j + 1, m->to.at[j]);
		buf_putc(t->out, '\n');
	}
	buf_puts(t->out, same ? "from \\ to" : "from");
	columns_pad(t->out, strlen(same ? "from \\ to" : "from"), g->labels);
	for (size_t j = 0; j < m->to.len; j++) {
		size_t before = t->out->len;

		columns_pad(t->out, 0, GAP);
		buf_printf(t->out, "%zu", j + 1);
		if (j + 1 < m->to.len)
			columns_pad(t->out, t->out->len - before, GAP + g->columns[j]);
	}
	buf_putc(t->out, '\n');
	for (size_t i = 0; i < m->from.len; i++) {
		columns_pad(t->out, put_label(t, same ? i + 1 : 0, m->from.at[i]),
			    g->labels);
		for (size_t j = 0; j < m->to.len; j++) {
			size_t width;

			columns_pad(t->out, 0, GAP);
			width = put_cell(t, matrix_at(m, i, j));
			if (j + 1 < m->to.len)
				columns_pad(t->out, width, g->columns[j]);
		}
		columns_end(t->out);
	}
}

/* ---- list ---- */

/* What a cell says, as a number: equal ones say the same.  0: of no interest. */
static uint32_t value_of(const struct matrix_cell *cell)
{
	uint32_t ports = cell->ports ? cell->ports->id + 1 : 0;

	if (cell->extent == MATRIX_NONE)
		return 0;
	return 1 + 2 * ports + (cell->extent == MATRIX_SOME);
}

/* A value of a column, and who has it. */
struct value {
	uint32_t value;
	size_t first, sources; /* the first source, and how many */
};

/* What the value says to all who have it. */
static struct matrix_cell spoken_cell(const struct matrix *m, const struct value *v,
				      size_t to)
{
	struct matrix_cell cell = *matrix_at(m, v->first, to);

	if (cell.extent == MATRIX_SELF)
		cell.extent = MATRIX_ALL;
	return cell;
}

static int compare_values(const void *a, const void *b)
{
	const struct value *x = a, *y = b;

	if (x->sources != y->sources)
		return x->sources < y->sources ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

/* Cells are padded to this: what is wider stands out. */
static size_t list_width(const struct table *t, size_t widest)
{
	size_t most = WIDEST;

	if (t->look->width && t->look->width / 2 < most)
		most = t->look->width / 2;
	return widest < most ? widest : most;
}

/* A cell at the beginning of a line of a list; returns the column behind it. */
static size_t put_listed_cell(const struct table *t, const struct matrix_cell *cell,
			      size_t pad_to)
{
	BUF_AUTO text = { 0 };
	size_t column;

	matrix_ports(&text, cell);
	buf_puts(t->out, "    ");
	paint(t->out, t->look->color, color_of(cell));
	column = columns_break(t->out, t->look->width, 0, text.at, 4);
	paint(t->out, t->look->color, PAINT_NONE);
	columns_pad(t->out, column, 4 + pad_to);
	return column < 4 + pad_to ? 4 + pad_to : column;
}

/* Of a column, in which it may be the last value, its cells padded to a width. */
static void print_value(const struct table *t, const uint32_t *column, size_t to,
			const struct value *v, size_t pad_to, bool last)
{
	const struct matrix *m = t->m;
	bool *wanted = ARENA_ARRAY(t->scratch, m->from.len, bool);
	struct matrix_cell cell = spoken_cell(m, v, to);
	BUF_AUTO set = { 0 };
	size_t at;

	for (size_t i = 0; i < m->from.len; i++)
		wanted[i] = column[i] == v->value;
	at = put_listed_cell(t, &cell, pad_to);
	buf_puts(&set, "from ");
	if (last)
		buf_puts(&set, m->from.narrowed ? "the others" : "everybody else");
	else
		matrix_set(&set, &m->from, wanted);
	columns_break(t->out, t->look->width, GAP, set.at, at);
	buf_putc(t->out, '\n');
}

static struct value *values_of(const struct table *t, const uint32_t *column, size_t *n)
{
	size_t len = t->m->from.len;
	struct value *values = ARENA_ARRAY(t->scratch, len, struct value);

	*n = 0;
	for (size_t i = 0; i < len; i++) {
		size_t k = 0;

		if (!column[i])
			continue;
		while (k < *n && values[k].value != column[i])
			k++;
		if (k == *n)
			values[(*n)++] = (struct value){ column[i], i, 0 };
		values[k].sources++;
	}
	if (*n)
		qsort(values, *n, sizeof(*values), compare_values);
	return values;
}

/* The source that is the destination alone, or SIZE_MAX. */
static size_t find_self(const struct matrix *m, size_t to)
{
	for (size_t i = 0; i < m->from.len; i++)
		if (matrix_at(m, i, to)->extent == MATRIX_SELF)
			return i;
	return SIZE_MAX;
}

/* Of n destinations, of which to is the first. */
static void print_block(const struct table *t, const struct words *words,
			const bool *wanted, size_t to, size_t n)
{
	uint32_t *column = ARENA_ARRAY(t->scratch, words->len, uint32_t);
	size_t self = n == 1 ? find_self(t->m, to) : SIZE_MAX, width = 0;
	BUF_AUTO set = { 0 };
	struct value *values;

	matrix_set(&set, &t->m->to, wanted);
	paint(t->out, t->look->color, PAINT_BOLD);
	buf_puts(t->out, "to ");
	columns_break(t->out, t->look->width, 0, set.at, strlen("to "));
	paint(t->out, t->look->color, PAINT_NONE);
	buf_putc(t->out, '\n');
	memcpy(column, words->at, words->len * sizeof(*column));
	if (self != SIZE_MAX)
		column[self] = 0;
	values = values_of(t, column, &n);
	/* What is of no interest goes with the most. */
	if (self != SIZE_MAX && n)
		column[self] = values[n - 1].value;
	for (size_t i = 0; i < n; i++) {
		struct matrix_cell cell = spoken_cell(t->m, &values[i], to);

		widen(&width, width_of_cell(&cell));
	}
	for (size_t i = 0; i < n; i++)
		print_value(t, column, to, &values[i], list_width(t, width),
			    n > 1 && i + 1 == n);
	if (!n)
		buf_puts(t->out, "    nobody is asked about\n");
}

static void print_list(const struct table *t)
{
	const struct matrix *m = t->m;
	struct arena *arena = arena_new();
	struct words_index *columns = words_index_new(arena);
	uint32_t *ids = ARENA_ARRAY(arena, m->to.len, uint32_t);
	uint32_t *column = ARENA_ARRAY(arena, m->from.len, uint32_t);
	bool *wanted = ARENA_ARRAY(arena, m->to.len, bool);
	size_t n;

	for (size_t j = 0; j < m->to.len; j++) {
		for (size_t i = 0; i < m->from.len; i++)
			column[i] = value_of(matrix_at(m, i, j));
		ids[j] = words_intern(columns, column, m->from.len)->id;
	}
	/* Numbers were given in the order of destinations. */
	for (uint32_t id = 0, j = 0; id < words_len(columns); id++) {
		while (ids[j] != id)
			j++;
		n = 0;
		for (size_t k = 0; k < m->to.len; k++)
			n += wanted[k] = ids[k] == id;
		print_block(t, words_at(columns, id), wanted, j, n);
		arena_reset(t->scratch);
	}
	arena_free(arena);
}

void matrix_table(struct buf *out, const struct matrix *m, const struct matrix_look *look)
{
	struct table t = { out, m, look, arena_new() };
	struct grid grid;

	if (measure(&t, &grid))
		print_grid(&t, &grid);
	else
		print_list(&t);
	if (m->by_namespace)
		buf_printf(out,
			   "%zu groups of pods and addresses are shown by namespace; "
			   "--from and --to show them\n",
			   m->ends->len);
	arena_free(t.scratch);
}
