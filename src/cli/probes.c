/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a probe file come in, the same lines with verdicts go out.
 *
 * What was read is answered and written before more is read.  Lines stay where
 * they are in the buffer: a column is a slice of it.
 *
 * In a large cluster most time would go into waiting for memory.  Lines are therefore
 * taken in batches, in steps; each step asks memory for what the next one looks at.
 */
#include <netpolc/cli/probes.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/nearest.h>
#include <netpolc/base/source.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* A longer line is answered if its four columns are within. */
#define LINE_MAX_BYTES (256 << 10)
#define COLUMNS	       4
/* Of a bad column a message quotes so much. */
#define QUOTE_MAX 100
/* So many bad ends are told what may have been meant: each is looked for among all. */
#define SUGGESTIONS_MAX 20
/* Enough for memory to be busy, few enough to stay in the first cache. */
#define BATCH 16

struct column {
	const char *at;
	size_t len;
};

struct probe {
	const char *text;
	uint32_t line;
	size_t ncolumns; /* from and to are theirs if it has them all */
	struct column columns[COLUMNS];
	struct party from, to;
	const char *from_fault, *to_fault; /* or NULL */
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
	size_t suggestions;
	char in[LINE_MAX_BYTES];
	size_t held;
	struct probe batch[BATCH];
	size_t nbatch;
};

static const char *const column_names[COLUMNS] = { "source", "destination", "protocol",
						   "port" };

__attribute__((format(printf, 3, 4))) static bool
bad(struct prober *p, const struct probe *probe, const char *format, ...)
{
	const struct origin origin = { .at = { .file = source_file(p->source),
					       .line = probe->line } };
	va_list ap;

	va_start(ap, format);
	diag_vadd(p->cx->diags, DIAG_BAD_PROBE, &origin, format, ap);
	va_end(ap);
	return false;
}

static bool bad_column(struct prober *p, const struct probe *probe, size_t i,
		       const char *why)
{
	const struct column *c = &probe->columns[i];

	return bad(p, probe, "%s '%.*s'%s %s", column_names[i],
		   (int)(c->len < QUOTE_MAX ? c->len : QUOTE_MAX), c->at,
		   c->len < QUOTE_MAX ? "" : "…", why);
}

static bool bad_end(struct prober *p, const struct probe *probe, size_t i,
		    const char *why)
{
	const struct column *c = &probe->columns[i];
	struct arena *a = p->cx->arena;
	const char *near;

	if (c->len >= QUOTE_MAX || p->suggestions == SUGGESTIONS_MAX)
		return bad_column(p, probe, i, why);
	p->suggestions++;
	near = ask_nearest(p->cx, p->asker, arena_strndup(a, c->at, c->len));
	return bad_column(p, probe, i,
			  arena_printf(a, "%s%s", why, nearest_hint(a, near)));
}

/* Cuts the line at its tabs; returns how many of the columns are there. */
static size_t split(struct column c[COLUMNS], const char *line, size_t len)
{
	size_t n = 0;

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

static bool read_probe(struct prober *p, const struct probe *probe,
		       struct probe_port *port)
{
	const struct column *c = probe->columns;

	if (probe->ncolumns < COLUMNS)
		return bad(p, probe, "the line has %zu of the columns %s",
			   probe->ncolumns,
			   "source, destination, protocol and port, separated by tabs");
	if (probe->from_fault)
		return bad_end(p, probe, 0, probe->from_fault);
	if (probe->to_fault)
		return bad_end(p, probe, 1, probe->to_fault);
	if (!probe_protocol(&port->protocol, c[2].at, c[2].len))
		return bad_column(p, probe, 2, "is not TCP, UDP or SCTP");
	if (!probe_number_or_name(port, c[3].at, c[3].len))
		return bad_column(p, probe, 3, "is no number 1-65535 and no port name");
	return true;
}

static const char *verdict(struct prober *p, const struct probe *probe)
{
	struct inquiry q;

	if (!read_probe(p, probe, &q.port))
		return "error";
	q.asker = p->asker;
	q.from = probe->from;
	q.to = probe->to;
	q.expected = true;
	if (!ask_port(&q.to, &q.port, &q.target) || !ask_parties(&q) || !q.tally.pairs) {
		bad_column(p, probe, 3, "is no port of the destination");
		return "error";
	}
	return q.tally.contrary ? "deny" : "allow";
}

/* ---- a batch ---- */

static void expect_parties(const struct prober *p, bool item)
{
	for (size_t i = 0; i < p->nbatch; i++) {
		const struct probe *probe = &p->batch[i];

		for (size_t j = 0; j < 2 && j < probe->ncolumns; j++)
			ask_expect(p->asker, probe->columns[j].at, probe->columns[j].len,
				   item);
	}
}

static void find_parties(struct prober *p)
{
	for (size_t i = 0; i < p->nbatch; i++) {
		struct probe *probe = &p->batch[i];
		const struct column *c = probe->columns;

		if (probe->ncolumns < COLUMNS)
			continue;
		probe->from_fault = ask_party(p->asker, &probe->from, c[0].at, c[0].len);
		probe->to_fault = ask_party(p->asker, &probe->to, c[1].at, c[1].len);
	}
}

static void answer_batch(struct prober *p)
{
	expect_parties(p, false);
	expect_parties(p, true);
	find_parties(p);
	for (size_t i = 0; i < p->nbatch; i++) {
		const struct probe *probe = &p->batch[i];
		const struct column *last = &probe->columns[probe->ncolumns - 1];

		buf_add(&p->out, probe->text,
			(size_t)(last->at + last->len - probe->text));
		buf_add(&p->out, "\t\t\t\t", COLUMNS + 1 - probe->ncolumns);
		buf_puts(&p->out, verdict(p, probe));
		buf_putc(&p->out, '\n');
	}
	p->nbatch = 0;
}

static void take_line(struct prober *p, const char *line, size_t len)
{
	struct probe *probe = &p->batch[p->nbatch];

	if (len && line[len - 1] == '\r')
		len--;
	if (!len || line[0] == '#')
		return;
	probe->text = line;
	probe->line = p->line;
	probe->ncolumns = split(probe->columns, line, len);
	if (++p->nbatch == BATCH)
		answer_batch(p);
}

/* ---- the file ---- */

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
			take_line(p, line, (size_t)(newline - line));
		p->overlong = newline == end && !last;
		line = newline == end ? end : newline + 1;
	}
	answer_batch(p);
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
