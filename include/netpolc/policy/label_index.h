/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * label_index - from labels to pods, or to namespaces
 *
 * An inverted index, limited to the keys and values that selectors ask for.  A
 * selector is answered by intersecting lists; nothing is tried against a selector.
 *
 * Use: want() every selector, list() or fill() once, then select().
 */
#ifndef NETPOLC_LABEL_INDEX_H
#define NETPOLC_LABEL_INDEX_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/policy/ids.h>

struct label_index;

struct label_index *label_index_new(struct arena *a) __attribute__((returns_nonnull));
void label_index_want(struct label_index *ix, const struct selector *sel);

/* Lists what has these labels; ids must ascend. */
void label_index_list(struct label_index *ix, const struct labels *labels, uint32_t id);

/* Lists the pods that selectors can match: live, not contained. */
void label_index_fill(struct label_index *ix, const struct cluster *cl);

/* Ids from lo up to hi, which is not one of them. */
struct id_run {
	uint32_t lo, hi;
};

/* The ids in the n runs, which ascend and lie apart, that sel matches; ascending. */
struct id_list label_index_select(const struct label_index *ix,
				  const struct selector *sel, const struct id_run *runs,
				  size_t n, struct arena *a);

#endif
