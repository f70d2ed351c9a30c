/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces - a ruleset as many small transactions
 *
 * A transaction has to fit into the buffer of a netlink socket, and only the machine's
 * own root may have a large one.  Where nobody relies on the table being replaced at
 * once, in a network namespace that was made for it, it can come piece by piece: first
 * all that has a name, then the elements, then the rules.
 */
#ifndef NETPOLC_PIECES_H
#define NETPOLC_PIECES_H

#include <netpolc/nft/kernel.h>

/* Replaces the table by rs.  False after reporting; then the table is half there. */
bool pieces_load(struct ctx *cx, const struct kernel_ops *ops, const struct ruleset *rs);

#endif
