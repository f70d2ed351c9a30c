/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mismatch - why a selector matches nobody
 */
#ifndef NETPOLC_MISMATCH_H
#define NETPOLC_MISMATCH_H

#include <netpolc/base/buf.h>
#include <netpolc/manifest/cluster.h>

struct arena;

/* The labels of several pods or namespaces. */
struct label_sets {
	const struct labels **at;
	size_t len, cap;
};

/* Appends those of the live pods of a namespace. */
void labels_of_pods(struct arena *a, const struct cluster *cl, uint32_t namespace,
		    struct label_sets *out);

/* Why the selector matches none of them, of which there is one at least: as ": none has
 * app=wbe; did you mean app=web?". */
void mismatch_print(struct buf *out, const struct selector *sel,
		    const struct label_sets *labels);

#endif
