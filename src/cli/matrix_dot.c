/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix comes in, a graph for dot(1) goes out: groups are nodes, in a cluster for each
 * namespace, and what connects is an edge.
 *
 * Edges that all nodes have to one say nothing that its label could not: what everybody
 * may reach stands there, and who is open for everything is dashed.
 */
#include <netpolc/cli/matrix_out.h>

#include <netpolc/base/visible.h>

#include <string.h>

/* Inside of double quotes; of a label a backslash would begin an escape. */
static void put_quoted(struct buf *out, const char *text)
{
	BUF_AUTO shown = { 0 };

	visible_text(&shown, text);
	for (const char *c = shown.len ? shown.at : ""; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *c);
	}
}

/* ---- what everybody has ---- */

static bool is_pair(const struct matrix_cell *cell)
{
	return cell->extent == MATRIX_ALL || cell->extent == MATRIX_SOME;
}

/* The cell that all sources have in common for the destination; NULL: they differ, or
 * nobody reaches it. */
static const struct matrix_cell *common_cell(const struct matrix *m, size_t to)
{
	const struct matrix_cell *first = NULL;

	for (size_t i = 0; i < m->from.len; i++) {
		const struct matrix_cell *cell = matrix_at(m, i, to);

		if (!is_pair(cell))
			continue;
		if (!cell->ports || cell->extent == MATRIX_SOME ||
		    (first && first->ports != cell->ports))
			return NULL;
		first = cell;
	}
	return first;
}

/* ---- nodes ---- */

static void put_common(struct buf *out, const struct matrix_cell *common)
{
	BUF_AUTO ports = { 0 };

	matrix_ports(&ports, common);
	if (!strcmp(ports.at, "all")) {
		buf_puts(out, "\", style=dashed, tooltip=\"open for everybody");
		return;
	}
	buf_puts(out, "\\nfrom everybody: ");
	put_quoted(out, ports.at);
}

/* The place of a group among the destinations, or SIZE_MAX. */
static size_t place_of(const struct matrix *m, uint32_t id)
{
	for (size_t j = 0; j < m->to.len; j++)
		if (m->to.ids[j] == id)
			return j;
	return SIZE_MAX;
}

static void put_node(struct buf *out, const struct matrix *m, uint32_t id)
{
	const struct matrix_end *end = m->groups[id];
	size_t to = place_of(m, id);
	const struct matrix_cell *common = to == SIZE_MAX ? NULL : common_cell(m, to);
	BUF_AUTO label = { 0 };

	matrix_short_label(&label, end);
	buf_printf(out, "%sn%u [label=\"", end->space ? "    " : "  ", (unsigned)id);
	put_quoted(out, label.at);
	if (common)
		put_common(out, common);
	buf_printf(out, "\"%s];\n", end->space ? "" : ", shape=ellipse");
}

/* Groups of a namespace follow each other. */
static void put_nodes(struct buf *out, const struct matrix *m)
{
	const char *space = NULL;

	for (uint32_t id = 0; id < m->ngroups; id++) {
		const struct matrix_end *end = m->groups[id];

		if (id && space && end->space != space)
			buf_puts(out, "  }\n");
		if (end->space && end->space != space) {
			buf_printf(out, "  subgraph cluster_%u {\n    label=\"",
				   (unsigned)id);
			put_quoted(out, end->space);
			buf_puts(out, "\";\n");
		}
		space = end->space;
		put_node(out, m, id);
	}
	if (space)
		buf_puts(out, "  }\n");
}

/* ---- edges ---- */

static void put_edge(struct buf *out, const struct matrix *m, size_t from, size_t to)
{
	const struct matrix_cell *cell = matrix_at(m, from, to);
	BUF_AUTO ports = { 0 };

	if (!is_pair(cell) || !cell->ports)
		return;
	matrix_ports(&ports, cell);
	buf_printf(out, "  n%u -> n%u", (unsigned)m->from.ids[from],
		   (unsigned)m->to.ids[to]);
	if (strcmp(ports.at, "all")) {
		buf_puts(out, " [label=\"");
		put_quoted(out, ports.at);
		buf_printf(out, "\"%s]",
			   cell->extent == MATRIX_SOME ? ", style=dotted" : "");
	}
	buf_puts(out, ";\n");
}

void matrix_dot(struct buf *out, const struct matrix *m)
{
	buf_puts(out, "digraph netpolc {\n"
		      "  rankdir=LR;\n"
		      "  node [shape=box, fontname=\"sans-serif\"];\n"
		      "  edge [fontname=\"sans-serif\", fontsize=10];\n");
	put_nodes(out, m);
	for (size_t j = 0; j < m->to.len; j++) {
		size_t sources = common_cell(m, j) ? 0 : m->from.len;

		for (size_t i = 0; i < sources; i++)
			put_edge(out, m, i, j);
	}
	buf_puts(out, "}\n");
}
