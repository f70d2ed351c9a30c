/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix comes in, a graph for dot(1) goes out: groups are nodes, in a cluster for each
 * namespace, and what connects is an edge.
 *
 * Edges that all nodes have to one say nothing that its label could not: what everybody
 * may reach stands there, and who is open for everything is dashed.
 */
#include <netpolc/cli/matrix_out.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/visible.h>

#include <string.h>

/* Of ports on a label so many bytes are shown; with more edges than so many, none are:
 * labels would cover each other. */
#define PORTS	48
#define LABELED 100

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

static void put_ports(struct buf *out, const char *ports)
{
	BUF_AUTO some = { 0 };

	text_list(&some, ports, PORTS);
	put_quoted(out, some.at);
}

static void put_common(struct buf *out, const struct matrix_cell *common)
{
	BUF_AUTO ports = { 0 };

	matrix_ports(&ports, common);
	if (!strcmp(ports.at, "all")) {
		buf_puts(out, "\", style=\"filled,rounded,dashed\", tooltip=\"open for "
			      "everybody");
		return;
	}
	buf_puts(out, "\\nfrom everybody: ");
	put_ports(out, ports.at);
}

/* A namespace as a whole needs no frame around it. */
static bool in_cluster(const struct matrix *m, const struct matrix_end *end)
{
	return end->space && !m->by_namespace;
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

	if (m->by_namespace && end->space)
		buf_puts(&label, end->space);
	else
		matrix_short_label(&label, end);
	buf_printf(out, "%sn%u [label=\"", in_cluster(m, end) ? "    " : "  ",
		   (unsigned)id);
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
		const char *next = in_cluster(m, end) ? end->space : NULL;

		if (space && next != space)
			buf_puts(out, "  }\n");
		if (next && next != space) {
			buf_printf(out, "  subgraph cluster_%u {\n    label=\"",
				   (unsigned)id);
			put_quoted(out, next);
			buf_puts(out, "\"; style=\"filled,rounded\"; color=\"#d5dae1\"; "
				      "fillcolor=\"#f6f7f9\";\n");
		}
		space = next;
		put_node(out, m, id);
	}
	if (space)
		buf_puts(out, "  }\n");
}

/* ---- edges ---- */

static const char *color_of(const struct matrix_cell *cell, const char *ports)
{
	if (cell->extent == MATRIX_SOME)
		return "#5765cf";
	return strcmp(ports, "all") ? "#a06c00" : "#1f7a47";
}

static bool is_edge(const struct matrix_cell *cell)
{
	return is_pair(cell) && cell->ports;
}

static void put_edge(struct buf *out, const struct matrix *m, size_t from, size_t to,
		     bool labeled)
{
	const struct matrix_cell *cell = matrix_at(m, from, to);
	BUF_AUTO ports = { 0 };

	if (!is_edge(cell))
		return;
	matrix_ports(&ports, cell);
	buf_printf(out, "  n%u -> n%u [color=\"%s\"", (unsigned)m->from.ids[from],
		   (unsigned)m->to.ids[to], color_of(cell, ports.at));
	if (strcmp(ports.at, "all")) {
		buf_puts(out, labeled ? ", label=\"" : ", tooltip=\"");
		put_ports(out, ports.at);
		buf_puts(out, "\"");
	}
	buf_puts(out, cell->extent == MATRIX_SOME ? ", style=dotted];\n" : "];\n");
}

static size_t count_edges(const struct matrix *m, const bool *common)
{
	size_t n = 0;

	for (size_t j = 0; j < m->to.len; j++)
		for (size_t i = 0; !common[j] && i < m->from.len; i++)
			n += is_edge(matrix_at(m, i, j));
	return n;
}

void matrix_dot(struct buf *out, const struct matrix *m)
{
	struct arena *scratch = arena_new();
	bool *common = ARENA_ARRAY(scratch, m->to.len, bool), labeled;

	for (size_t j = 0; j < m->to.len; j++)
		common[j] = common_cell(m, j);
	labeled = count_edges(m, common) <= LABELED;
	buf_puts(out, "digraph netpolc {\n"
		      "  rankdir=LR;\n"
		      "  graph [fontname=\"sans-serif\", ranksep=1];\n"
		      "  node [shape=box, style=\"filled,rounded\", fillcolor=white, "
		      "color=\"#838d9b\", fontname=\"sans-serif\"];\n"
		      "  edge [fontname=\"sans-serif\", fontsize=10];\n");
	put_nodes(out, m);
	for (size_t j = 0; j < m->to.len; j++)
		for (size_t i = 0; !common[j] && i < m->from.len; i++)
			put_edge(out, m, i, j, labeled);
	buf_puts(out, "}\n");
	arena_free(scratch);
}
