/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sums - what atoms are given, and what it comes to
 *
 * While port sets are given to atoms only who got what is noted; atoms that got the
 * same share one note.  Their union is then computed once, and from all parts at once:
 * the sets that lie on the way to it would be the square of it.
 */
#ifndef NETPOLC_SUMS_H
#define NETPOLC_SUMS_H

#include <netpolc/policy/ids.h>
#include <netpolc/policy/portset.h>

struct sums;

/* For atoms below natoms.  Notes are in scratch, and gone with what it is reset of:
 * sums_begin() then comes first. */
struct sums *sums_new(struct arena *a, struct arena *scratch, struct portsets *portsets,
		      uint32_t natoms) __attribute__((returns_nonnull));

/* Begins anew, with nothing given to any atom. */
void sums_begin(struct sums *s);

/* Costs least when an atom is given equal sets one after the other, and neighbours
 * the same. */
void sums_give(struct sums *s, uint32_t atom, const struct portset *ports);

/* The atoms that were given something, in the order in which they first were. */
const struct id_list *sums_atoms(const struct sums *s);

/* The union of all that one of these was given. */
const struct portset *sums_total(struct sums *s, uint32_t atom);

#endif
