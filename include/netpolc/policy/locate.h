/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * locate - from an address to its pod or atom
 *
 * Addresses of pods are in an open-addressing hash table; all others fall into
 * intervals, of which there are few.  For IPv4 a table of the top 16 bits leaves
 * the few intervals of one /16 to search (DXR: Zec, Rizzo and Mikuc, "DXR: towards
 * a billion routing lookups per second in software", 2012).  For IPv6 no bits tell
 * apart so well, and lower bounds lie in the order of a breadth-first walk through
 * the search tree (Eytzinger's layout: Khuong and Morin, "Array layouts for
 * comparison-based searching", 2017): no branch, and the next lines are fetched
 * ahead.
 */
#ifndef NETPOLC_LOCATE_H
#define NETPOLC_LOCATE_H

#include <netpolc/policy/classify.h>

struct locator;

const struct locator *locator_build(struct arena *a, const struct classes *cs)
	__attribute__((returns_nonnull));

/* The atom of any address; *pod becomes the live pod that has it, or NO_POD. */
uint32_t locate(const struct locator *l, struct address a, uint32_t *pod);

size_t locator_bytes(const struct locator *l);

#endif
