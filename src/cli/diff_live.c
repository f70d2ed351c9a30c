/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a loaded table decides and what it should be come in, text for a terminal goes
 * out: connections that change, what is not as it was applied, and a line about all.
 */
#include <netpolc/cli/diff_live.h>

#include <netpolc/base/paint.h>
#include <netpolc/base/visible.h>
#include <netpolc/cli/diff.h>

bool live_is_same(const struct live *live)
{
	return live->delta && !live->delta->why;
}

static bool is_drifted(const struct live *live)
{
	return live->drift && live->drift->why;
}

/* What other programs did to the table since it was applied. */
static void print_drift(struct buf *out, const struct live *live, bool color)
{
	const struct live_items items = { live->before.dc, live->before.rs, live->drift };

	if (!is_drifted(live))
		return;
	paint(out, color, PAINT_BOLD);
	buf_printf(out, "table inet %s is not what was applied: ", live->rs->table);
	visible_text(out, live->drift->why);
	paint(out, color, PAINT_NONE);
	buf_putc(out, '\n');
	if (live->drift->replace)
		buf_putc(out, '\n');
	else
		live_items(out, &items, color);
}

/* "table inet netpolc differs, 3 operations"; and why, unless that has been told. */
static void print_table(struct buf *out, const struct live *live)
{
	const struct ruleset *rs = live->rs;
	const struct delta *d = live->delta;

	buf_printf(out, "table inet %s ", rs->table);
	if (!d) {
		buf_printf(out, "is not loaded: %zu chain%s, %zu set%s, %zu element%s",
			   COUNTED(rs->nchains), COUNTED(ruleset_count_sets(rs)),
			   COUNTED(ruleset_elements(rs)));
		return;
	}
	if (d->replace)
		buf_puts(out, "would be replaced");
	else
		buf_printf(out, "differs, %zu operation%s", COUNTED(delta_len(d)));
	if (live->before.rs && !d->replace)
		return;
	buf_puts(out, ": ");
	visible_text(out, d->why);
}

static void print_summary(struct ctx *cx, struct buf *out, const struct live *live)
{
	if (live->cmp) {
		const struct diff_words words = diff_visible(cx, out, live->cmp);

		if (is_drifted(live))
			buf_puts(out, "against what was applied: ");
		diff_summary(&words);
		buf_puts(out, "; ");
	}
	print_table(out, live);
	if (!live->cmp) {
		buf_puts(out, "; what it allows is not known: ");
		visible_text(out, live->before.unknown);
	}
	buf_putc(out, '\n');
}

void live_text(struct ctx *cx, struct buf *out, const struct live *live, bool color)
{
	const struct live_items all = { live->dc, live->rs, live->delta };

	if (live_is_same(live)) {
		buf_printf(out, "table inet %s is what it should be\n", live->rs->table);
		return;
	}
	if (live->cmp)
		diff_changes(cx, out, live->cmp, color);
	if (live->before.rs)
		print_drift(out, live, color);
	else if (live->delta && !live->delta->replace)
		live_items(out, &all, color);
	print_summary(cx, out, live);
}
