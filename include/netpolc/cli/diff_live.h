/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_live - how the loaded table differs from what manifests make, in the forms that
 * people and programs read
 *
 * Connections that are opened and closed are told where it is known what the loaded
 * table was made of; then, what other programs did to it since.  Where it is not known,
 * it is told what would be done to the table: which pods become isolated or no longer
 * are, which classes get other rules, by their policies, and which peers sets gain and
 * lose, by the pods that have the addresses.
 */
#ifndef NETPOLC_DIFF_LIVE_H
#define NETPOLC_DIFF_LIVE_H

#include <netpolc/analysis/compare.h>
#include <netpolc/base/buf.h>
#include <netpolc/enforce/in_force.h>

struct live {
	const struct decisions *dc;
	const struct ruleset *rs;
	const struct delta *delta; /* NULL: no table of that name is loaded */
	struct in_force before;
	const struct comparison *cmp; /* of before.dc and dc; NULL without the former */
	const struct delta *drift;    /* to before.rs; NULL without that */
	struct arena *arenas[2];      /* of delta and drift */
};

/* False after reporting.  Without cmp and drift where nothing differs, and for -o nft,
 * which tells of neither.  live_free() in either case. */
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
