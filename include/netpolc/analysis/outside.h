/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside - the addresses that no pod has, in pieces
 *
 * What decisions tell apart is never in one piece: pieces are cut at the edges of the
 * intervals of one or more decisions, and at addresses of nodes, which are special to
 * the pods that run there.  Stretches that pods fill are left out.
 */
#ifndef NETPOLC_OUTSIDE_H
#define NETPOLC_OUTSIDE_H

#include <netpolc/policy/decide.h>

struct piece {
	u128 lo, hi;	/* inclusive; some of it pods may have */
	uint32_t group; /* for the caller */
	bool lone;	/* one address of a node */
};

struct pieces {
	struct piece *at; /* ascending */
	size_t len, cap;
};

/* The pieces of a family for the n decisions together. */
struct pieces outside_pieces(struct arena *a, enum family f,
			     const struct decisions *const dc[], size_t n);

#endif
