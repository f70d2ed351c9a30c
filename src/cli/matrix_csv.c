/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix comes in, a line for each cell goes out, as RFC 4180 has them.
 */
#include <netpolc/cli/matrix_out.h>

#include <string.h>

static void put_field(struct buf *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static void put_label(struct buf *out, const struct matrix_end *end)
{
	BUF_AUTO label = { 0 };

	matrix_label(&label, end);
	put_field(out, label.at);
	buf_putc(out, ',');
}

static void put_cell(struct buf *out, const struct matrix_cell *cell)
{
	BUF_AUTO ports = { 0 };

	if (!cell->ports) {
		buf_puts(out, "deny,\r\n");
		return;
	}
	portgap_print(&ports, cell->ports);
	buf_puts(out, cell->extent == MATRIX_SOME ? "some," : "allow,");
	put_field(out, ports.at);
	buf_puts(out, "\r\n");
}

void matrix_csv(struct buf *out, const struct matrix *m)
{
	buf_puts(out, "from,to,verdict,ports\r\n");
	for (size_t i = 0; i < m->from.len; i++)
		for (size_t j = 0; j < m->to.len; j++) {
			const struct matrix_cell *cell = matrix_at(m, i, j);

			if (cell->extent == MATRIX_SELF || cell->extent == MATRIX_NONE)
				continue;
			put_label(out, m->from.at[i]);
			put_label(out, m->to.at[j]);
			put_cell(out, cell);
		}
}
