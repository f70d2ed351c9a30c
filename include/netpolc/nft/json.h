/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json - a ruleset as libnftables JSON (libnftables-json(5))
 *
 * The same table as text prints, for nft -j -f.  Large element lists are written
 * as they come, not built as one tree.
 */
#ifndef NETPOLC_NFT_JSON_H
#define NETPOLC_NFT_JSON_H

#include <netpolc/nft/ruleset.h>

void json_print(struct buf *out, const struct ruleset *rs);

#endif
