/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * partition - elements 0..n-1 in blocks, refined by splitting
 *
 * Partition refinement (Paige and Tarjan, "Three partition refinement
 * algorithms", 1987): elements that no split tells apart share a block.  A split
 * costs as much as the set that it is given has members, whatever n is.  This is
 * how pods fall into classes and endpoints into atoms.
 */
#ifndef NETPOLC_PARTITION_H
#define NETPOLC_PARTITION_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct partition;

/* All n elements in one block. */
struct partition *partition_new(struct arena *a, uint32_t n)
	__attribute__((returns_nonnull));

/* Separates the members of set (no repeats) from all others. */
void partition_split(struct partition *p, const uint32_t *set, size_t len);

/*
 * Numbers the blocks in the order of their smallest element: out[i] becomes the
 * block of element i.  Returns the number of blocks.
 */
uint32_t partition_number(const struct partition *p, struct arena *a, uint32_t *out);

#endif
