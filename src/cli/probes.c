/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a probe file come in, the same lines with verdicts go out.
 *
 * What was read is answered and written before more is read.  Lines stay where
 * they are in the buffer: a column is a slice of it.
 */
#include <netpolc/cli/probes.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/source.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* A longer line is answered if its four columns are within. */
#define LINE_MAX_BYTES (256 << 10)
#define COLUMNS	       4
/* Of a bad column a message quotes so much. */
#define QUOTE_MAX 100

struct column {
	const char *at;
	size_t len;
};

struct prober {
	struct ctx *cx;
	struct asker *asker;
	struct source *source;
	int fd;
	struct buf out;
	uint32_t line;
	bool overlong; /* the rest of a line that filled the buffer is to be dropped */
	bool broken;   /* nothing can be written */
	char in[LINE_MAX_BYTES];
	size_t held;
};

static const char *const column_names[COLUMNS] = { "source", "destination", "protocol",
						   "port" };

__attribute__((format(printf, 2, 3))) static bool bad(struct prober *p,
						      const char *format, ...)
{
	const struct origin origin = { .at = { .file = source_file(p->source),
					       .line = p->line } };
	va_list ap;

	va_start(ap, format);
	diag_vadd(p->cx->diags, DIAG_BAD_PROBE, &origin, format, ap);
	va_end(ap);
	return false;
}

static bool bad_column(struct prober *p, size_t i, const struct column *c,
		       const char *why)
{
	return bad(p, "%s '%.*s'%s %s", column_names[i],
		   (int)(c->len < QUOTE_MAX ? c->len : QUOTE_MAX), c->at,
		   c->len < QUOTE_MAX ? "" : "…", why);
}

/* Cuts the line at its tabs; returns how many of the columns are there. */
static size_t split(struct column c[COLUMNS], const char *line, size_t len)
{
	size_t n = 0;

	memset(c, 0, COLUMNS * sizeof(*c));
	for (;;) {
		const char *tab = memchr(line, '\t', len);

		c[n].at = line;
		c[n++].len = tab ? (size_t)(tab - line) : len;
		if (!tab || n == COLUMNS)
			return n;
		len -= (size_t)(tab + 1 - line);
		line = tab + 1;
	}
}

static bool read_probe(struct prober *p, const struct column c[COLUMNS], size_t n,
		       struct party *from, struct party *to, struct probe_port *port)
{
	const char *why;

	if (n < COLUMNS)
		return bad(p, "the line has %zu of the columns %s", n,
			   "source, destination, protocol and port, separated by tabs");
	why = ask_party(p->asker, from, c[0].at, c[0].len);
	if (why)
		return bad_column(p, 0, &c[0], why);
	why = ask_party(p->asker, to, c[1].at, c[1].len);
	if (why)
		return bad_column(p, 1, &c[1], why);
	if (!probe_protocol(&port->protocol, c[2].at, c[2].len))
		return bad_column(p, 2, &c[2], "is not TCP, UDP or SCTP");
	if (!probe_number_or_name(port, c[3].at, c[3].len))
		return bad_column(p, 3, &c[3], "is no number 1-65535 and no port name");
	return true;
}

static const char *verdict(struct prober *p, const struct column c[COLUMNS], size_t n)
{
	struct inquiry q;

	q.asker = p->asker;
	q.expected = true;
	if (!read_probe(p, c, n, &q.from, &q.to, &q.port))
		return "error";
	if (!ask_port(&q.to, &q.port, &q.target) || !ask_parties(&q) || !q.tally.pairs) {
		bad_column(p, 3, &c[3], "is no port of the destination");
		return "error";
	}
	return q.tally.contrary ? "deny" : "allow";
}

static void answer_line(struct prober *p, const char *line, size_t len)
{
	struct column c[COLUMNS];
	size_t n;

	if (len && line[len - 1] == '\r')
		len--;
	if (!len || line[0] == '#')
		return;
	n = split(c, line, len);
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_add(&p->out, c[i].at ? c[i].at : "", c[i].len);
		buf_putc(&p->out, '\t');
	}
	buf_puts(&p->out, verdict(p, c, n));
	buf_putc(&p->out, '\n');
}

static void write_out(struct prober *p)
{
	int error = p->out.len ? buf_write(&p->out, p->fd) : 0;

	p->out.len = 0;
	if (!error)
		return;
	p->broken = true;
	diag_add(p->cx->diags, DIAG_OUTPUT, NULL, "cannot write standard output: %s",
		 strerror(-error));
}

/* Answers every whole line in the buffer, at the end of input the last one too. */
static void answer_lines(struct prober *p, bool last)
{
	const char *line = p->in, *end = p->in + p->held;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		bool whole =
			newline || last || (line == p->in && p->held == sizeof(p->in));

		if (!whole)
			break;
		if (!newline)
			newline = end;
		p->line += !p->overlong;
		if (!p->overlong)
			answer_line(p, line, (size_t)(newline - line));
		p->overlong = newline == end && !last;
		line = newline == end ? end : newline + 1;
	}
	p->held = (size_t)(end - line);
	memmove(p->in, line, p->held);
}

void probes_answer(struct ctx *cx, struct asker *asker, const char *file, int out_fd)
{
	struct prober *p = ARENA_NEW(cx->arena, struct prober);
	size_t got = 1;

	p->source = source_open(&cx->sources, cx->diags, sources_add(&cx->sources, file));
	if (!p->source)
		return;
	p->cx = cx;
	p->asker = asker;
	p->fd = out_fd;
	while (got && !p->broken) {
		got = source_read(p->source, p->in + p->held, sizeof(p->in) - p->held);
		p->held += got;
		answer_lines(p, !got);
		write_out(p);
	}
	buf_free(&p->out);
	source_close(p->source);
}
