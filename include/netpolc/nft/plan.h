/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan - which look-up answers for which peers
 *
 * The first half of lower.  For every row, in each direction and family, the peers
 * that have more than everybody, as addresses: hosts (pods, where the ranges around
 * them do not already say the same) and nets (everything else).  And for each of
 * these lists its form, so that sets stay within the limit: few values are rules;
 * the lists that many pods use get a set or map of their own; the rest shares one
 * concatenated map (own address . peer) per family and direction.
 *
 * A large pool of pods that several rows allow is one address set for all of them,
 * asked after the row's own look-ups, which then only hold who has more; who has less
 * is an exception, a list of its own.  A row may ask LOOKUPS_SHARED such sets, those of
 * exceptions included; one that needs sets of ports asks none.  cost.h says which form
 * is whose.
 */
#ifndef NETPOLC_PLAN_H
#define NETPOLC_PLAN_H

#include <netpolc/nft/levels.h>
#include <netpolc/nft/lower.h>

enum list_form { LIST_EMPTY, LIST_RULES, LIST_MAP, LIST_LEVELS, LIST_PAIRS };

/* Addresses lo-hi, both inclusive (a host has lo == hi), may use ports. */
struct peer_range {
	u128 lo, hi;
	const struct portset *ports;
};

struct peer_list {
	enum list_form form;
	struct peer_range *at; /* ascending, disjoint */
	size_t len, cap;
	struct levels levels; /* of LIST_LEVELS */
};

/* A pool whose addresses of a family may be one set for all rows that allow them. */
struct shared_pool {
	const char *key; /* as peers have it */
	uint32_t id;	 /* in the order of peers */
	enum family family;
	const uint32_t *atoms; /* of the peers of the input that it is the pool of */
	size_t natoms;
	size_t addresses;
	size_t rows;  /* that could use it, in both directions */
	size_t saves; /* elements, against a concatenated map */
	bool granted; /* worth a set */
	bool used;    /* by a row */
};

/* What a row allows to all of a shared pool but these. */
struct shared_use {
	const struct shared_pool *pool;
	const struct portset *ports;
	struct peer_list except; /* each with ports, which it may not use */
};

/* What one row says in one direction and family. */
struct row_plan {
	size_t pods; /* addresses of the classes that use it; 0: it is not needed */
	const struct class *class;		  /* the first of these classes */
	struct shared_use shared[LOOKUPS_SHARED]; /* largest first */
	size_t nshared;
	struct peer_list hosts, nets;
};

struct plan {
	struct row_plan *rows[DIRECTIONS][FAMILIES]; /* by row id */
	size_t sets; /* maps that the plan gives out, the concatenated ones included */
};

/* Whether the class needs a chain: a row that gives everything to everybody is as
 * good as no isolation. */
bool plan_needs_chain(const struct decisions *dc, enum direction d, size_t class);

/* Whether that is so for the class of the pod, in that direction or in either. */
bool plan_isolates_for(const struct decisions *dc, enum direction d, size_t pod);
bool plan_isolates(const struct decisions *dc, size_t pod);

/* The ports that all of a list may use, or NULL when they differ. */
const struct portset *peer_list_ports(const struct peer_list *list);

/* NULL after reporting that it would be too large. */
const struct plan *plan_build(struct ctx *cx, const struct decisions *dc,
			      const struct lower_limits *limits);

#endif
