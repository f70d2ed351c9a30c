/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison comes in, text for a terminal goes out: what changed, by the policies
 * that made the difference, and a line about all of it.
 */
#include <netpolc/cli/diff.h>

#include <netpolc/base/paint.h>

/* So many causes, changes of one, and policies of one are shown. */
#define CAUSES	 100
#define CHANGES	 10
#define POLICIES 10

struct printer {
	struct diff_words words;
	struct buf *out;
	const struct comparison *cmp;
	bool color;
};

static void print_change(const struct printer *p, const struct change *change)
{
	paint(p->out, p->color, change->cause->gained ? PAINT_GREEN : PAINT_RED);
	buf_puts(p->out, change->cause->gained ? "  + " : "  - ");
	buf_puts(p->out, "from ");
	diff_end(&p->words, change, true);
	buf_puts(p->out, " to ");
	diff_end(&p->words, change, false);
	buf_puts(p->out, ": ");
	portgap_print(p->out, change->ports);
	paint(p->out, p->color, PAINT_NONE);
	buf_putc(p->out, '\n');
}

static void print_cause(const struct printer *p, const struct cause *cause)
{
	paint(p->out, p->color, PAINT_BOLD);
	buf_printf(p->out, "%s for %s: %s", cause->gained ? "opened" : "closed",
		   direction_name(cause->direction), diff_cause(cause));
	paint(p->out, p->color, PAINT_NONE);
	buf_putc(p->out, '\n');
	for (size_t i = 0; i < cause->nrefs && i < POLICIES; i++) {
		buf_puts(p->out, "    NetworkPolicy ");
		diff_ref(&p->words, cause, i);
		buf_putc(p->out, '\n');
	}
	if (cause->nrefs > POLICIES)
		buf_printf(p->out, "    and %zu more\n", cause->nrefs - POLICIES);
}

/* The changes from i on that have one cause; returns where they end. */
static size_t print_changes(const struct printer *p, size_t i)
{
	const struct cause *cause = p->cmp->changes[i].cause;
	size_t shown = 0, more = 0;

	for (; i < p->cmp->nchanges && p->cmp->changes[i].cause == cause; i++)
		if (shown < CHANGES) {
			print_change(p, &p->cmp->changes[i]);
			shown++;
		} else {
			more++;
		}
	if (more)
		buf_printf(p->out, "    and %zu more\n", more);
	return i;
}

static size_t print_policy(const struct printer *p)
{
	size_t i = 0, causes = 0;

	while (i < p->cmp->nchanges && p->cmp->changes[i].cause->kind != CAUSE_POD) {
		const struct cause *cause = p->cmp->changes[i].cause;

		if (++causes <= CAUSES) {
			print_cause(p, cause);
			i = print_changes(p, i);
			buf_putc(p->out, '\n');
			continue;
		}
		while (i < p->cmp->nchanges && p->cmp->changes[i].cause == cause)
			i++;
	}
	if (causes > CAUSES)
		buf_printf(p->out, "and %zu more causes\n\n", causes - CAUSES);
	return i;
}

static void print_pods(const struct printer *p, size_t i, enum side side)
{
	if (!p->cmp->only[side])
		return;
	paint(p->out, p->color, PAINT_BOLD);
	buf_printf(p->out, "pods %s: ", side == AFTER ? "added" : "removed");
	paint(p->out, p->color, PAINT_NONE);
	diff_only(&p->words, side);
	buf_putc(p->out, '\n');
	while (i < p->cmp->nchanges)
		if (p->cmp->changes[i].cause->gained == (side == AFTER))
			i = print_changes(p, i);
		else
			i++;
	buf_putc(p->out, '\n');
}

void diff_changes(struct ctx *cx, struct buf *out, const struct comparison *cmp,
		  bool color)
{
	const struct printer p = {
		.words = diff_visible(cx, out, cmp),
		.out = out,
		.cmp = cmp,
		.color = color,
	};
	size_t pods = print_policy(&p);

	print_pods(&p, pods, AFTER);
	print_pods(&p, pods, BEFORE);
}

void diff_text(struct ctx *cx, struct buf *out, const struct comparison *cmp, bool color)
{
	const struct diff_words words = diff_visible(cx, out, cmp);

	diff_changes(cx, out, cmp, color);
	diff_summary(&words);
	buf_putc(out, '\n');
}
