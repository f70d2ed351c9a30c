/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ids - ascending arrays of ids
 *
 * Pods, atoms and names are numbers, and a set of them is an ascending array.
 */
#ifndef NETPOLC_IDS_H
#define NETPOLC_IDS_H

#include <stddef.h>
#include <stdint.h>

struct id_list {
	uint32_t *at;
	size_t len, cap;
};

void ids_sort(uint32_t *ids, size_t n);

/* How many of them are below id. */
size_t ids_below(const uint32_t *ids, size_t n, uint32_t id);

/* The place of id, or NULL. */
const uint32_t *ids_find(const uint32_t *ids, size_t n, uint32_t id);

#endif
