/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_live - how the loaded table differs from what manifests make, in the forms that
 * people and programs read
 *
 * Connections that are opened and closed are told where it is known what the loaded
 * table was made of.  Then comes, in items, what other programs did to the table since:
 * pods that are isolated or not, chains that have other rules, by their policies, and
 * elements, by the pods that have the addresses.  Where either is not known, for nothing
 * was kept or options make another ruleset, items are all that apply would change.
 */
#ifndef NETPOLC_DIFF_LIVE_H
#define NETPOLC_DIFF_LIVE_H

#include <netpolc/analysis/compare.h>
#include <netpolc/base/buf.h>
#include <netpolc/enforce/in_force.h>
#include <netpolc/nft/delta.h>

struct live {
	const struct decisions *dc;
	const struct ruleset *rs;
	const struct delta *delta; /* NULL: no table of that name is loaded */
	struct in_force before;
	/* What packets meet before and afterwards; NULL: not known. */
	const struct comparison *cmp;
	const struct delta
		*drift; /* to before.rs, or to rs if that is the same; or NULL */
	struct arena *arena, *drift_arena; /* of delta and drift */
};

/* False after reporting.  Where nothing differs, and for -o nft, which does not tell of
 * it, before and cmp are empty.  live_free() in either case. */
bool live_find(struct ctx *cx, const struct config *cfg, struct live *live);
void live_free(struct live *live);

/* Whether the loaded table is the ruleset. */
bool live_is_same(const struct live *live);

void live_text(struct ctx *cx, struct buf *out, const struct live *live, bool color);
void live_json(struct ctx *cx, struct buf *out, const struct live *live);

/* What delta, which replaces nothing, does to a table that becomes rs, made of dc. */
struct live_items {
	const struct decisions *dc;
	const struct ruleset *rs;
	const struct delta *delta;
};

void live_items(struct buf *out, const struct live_items *items, bool color);

#endif
