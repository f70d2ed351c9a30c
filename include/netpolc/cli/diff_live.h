/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_live - how the loaded table differs from what manifests make, in the forms that
 * people and programs read
 *
 * Rules are never read back, so nothing is said of connections: it is told which pods
 * become isolated or no longer are, which classes get other rules, by their policies,
 * and which peers sets gain and lose, by the pods that have the addresses.
 */
#ifndef NETPOLC_DIFF_LIVE_H
#define NETPOLC_DIFF_LIVE_H

#include <netpolc/base/buf.h>
#include <netpolc/nft/delta.h>
#include <netpolc/policy/decide.h>

struct live {
	const struct decisions *dc;
	const struct ruleset *rs;
	const struct delta *delta; /* NULL: no table of that name is loaded */
};

/* Whether the loaded table is the ruleset. */
bool live_is_same(const struct live *live);

void live_text(struct buf *out, const struct live *live, bool color);
void live_json(struct buf *out, const struct live *live);

#endif
