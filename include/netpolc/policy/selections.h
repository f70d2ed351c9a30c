/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * selections - the pods that selectors select
 *
 * Each distinct pair of selectors is evaluated once, and equal sets of pods are one
 * set: the same pointer.  So policies that select alike cost as much as one of them.
 */
#ifndef NETPOLC_SELECTIONS_H
#define NETPOLC_SELECTIONS_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/policy/pod_set.h>

struct selections;

/* For the selectors of all policies of cl; everything is in a. */
struct selections *selections_new(struct arena *a, const struct cluster *cl)
	__attribute__((returns_nonnull));

/* The pods that match pods (NULL: all) in the namespaces that match namespaces (NULL:
 * in home alone). */
struct pod_set selections_get(struct selections *s, const struct selector *pods,
			      const struct selector *namespaces, uint32_t home);

/* Members of all distinct sets so far. */
size_t selections_members(const struct selections *s);

void selections_free(struct selections *s);

#endif
