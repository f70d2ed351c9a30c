/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * label_index - from labels to pods
 *
 * An inverted index over the pods that selectors can match (live, not contained),
 * limited to the keys and values that selectors ask for.  A selector is answered
 * by intersecting lists; no pod is tried against a selector.
 *
 * Use: want() every selector, fill() once, then select().
 */
#ifndef NETPOLC_LABEL_INDEX_H
#define NETPOLC_LABEL_INDEX_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/policy/ids.h>

struct label_index;

struct label_index *label_index_new(struct arena *a) __attribute__((returns_nonnull));
void label_index_want(struct label_index *ix, const struct selector *sel);
void label_index_fill(struct label_index *ix, const struct cluster *cl);

/* Appends to out (in a) the pods with ids in [lo, hi) that sel matches. */
void label_index_select(const struct label_index *ix, struct arena *scratch,
			const struct selector *sel, uint32_t lo, uint32_t hi,
			struct arena *a, struct id_list *out);

#endif
