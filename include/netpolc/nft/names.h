/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names - what the items of the ruleset are called
 *
 * A name is made of what a thing is: a kind prefix, a readable part, and 80 bits
 * of a digest over everything that tells it from others of its kind.  It does not
 * change when pods come and go or when unrelated policies change.
 */
#ifndef NETPOLC_NFT_NAMES_H
#define NETPOLC_NFT_NAMES_H

#include <netpolc/policy/decide.h>

/* The chain and the counter of a class: "e-shop-…" or "i-shop-…". */
const char *name_class(struct arena *a, const struct decisions *dc,
		       const struct class *class);

/* The chain of a port set in a direction: "p-e-tcp80-…". */
const char *name_ports(struct arena *a, const struct portset *ports, enum direction d);

/* The set or map of a row's peers: what is "hosts", "nets", … */
const char *name_row(struct arena *a, const struct decisions *dc, const struct row *row,
		     enum direction d, enum family f, const char *what);

/* The set of the addresses of a pool, by its key. */
const char *name_pool(struct arena *a, const char *key, enum family f);

/* A set of port ranges of one protocol. */
const char *name_port_ranges(struct arena *a, const struct ranges *ranges,
			     enum protocol p);

#define NAME_NO_POLICY "no policy"

/* "shop/web, shop/db": the policies of a class, as many as a line about it has room
 * for, then "+5 more"; NAME_NO_POLICY where nothing but containment isolates it. */
const char *name_policies(struct arena *a, const struct decisions *dc,
			  const struct class *class);

#endif
