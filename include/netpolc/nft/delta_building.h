/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delta_building - what the parts of delta share
 *
 * delta_chains.c compares chains and their rules, delta.c all else.  Operations are
 * collected by kind; those that make what is not loaded yet apart, as they may have to
 * go first.
 */
#ifndef NETPOLC_DELTA_BUILDING_H
#define NETPOLC_DELTA_BUILDING_H

#include <netpolc/nft/delta.h>

enum turn { FRESH, CHANGE, TURNS };

struct building {
	struct delta delta; /* first: callers see nothing else */
	struct arena *arena;
	const struct loaded_table *table;
	const struct loaded_chain *state; /* NULL: the table has none */
	bool *fresh;			  /* by id of chain: it is not loaded yet */
	bool ahead;			  /* what is fresh has to go first */
	bool vague;			  /* what makes the difference is not known yet */
	struct delta_operations kinds[TURNS][DELTA_KINDS];
};

/* Notes what differs, unless something else is known to. */
__attribute__((format(printf, 2, 3))) void building_differs(struct building *b,
							    const char *format, ...);

void building_add(struct building *b, enum turn turn, struct delta_operation op);

/* ---- two sides by name ---- */

/* Pointers to items that begin with their names. */
struct side {
	const void **at;
	size_t len;
};

/* Room for so many items, which the caller puts there in any order. */
struct side building_side(struct building *b, size_t len);

const char *building_name(const void *item);

/* want or have is NULL where only the other side has the name. */
typedef void pair_fn(struct building *b, const void *want, const void *have);

/* Meets each name once, in order. */
void building_walk(struct building *b, struct side want, struct side have, pair_fn *pair);

/* ---- parts ---- */

void delta_chains(struct building *b);

#endif
