/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pod_set - pods by id, ascending
 *
 * A set costs what its members cost, whatever the size of the cluster, and the
 * pods of one namespace are a slice of it.
 */
#ifndef NETPOLC_POD_SET_H
#define NETPOLC_POD_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct pod_set {
	const uint32_t *at; /* indexes into cluster.pods */
	size_t len;
};

bool pod_set_has(const struct pod_set *set, uint32_t pod);

/* Whether they have a member in common. */
bool pod_sets_meet(const struct pod_set *x, const struct pod_set *y);
struct pod_set pod_set_intersect(struct arena *a, const struct pod_set *x,
				 const struct pod_set *y);

#endif
