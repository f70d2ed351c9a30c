/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atoms - the second half of classify: endpoints to atoms
 */
#ifndef NETPOLC_ATOMS_H
#define NETPOLC_ATOMS_H

#include <netpolc/policy/classify.h>

/* Fills everything in out that has to do with atoms.  scratch is reset.  False when
 * all peers together would have more than most atoms; *peer is one that has many. */
bool atoms_build(struct arena *a, struct arena *scratch, const struct cluster *cl,
		 const struct pod_sets *sets, struct classes *out, size_t most,
		 size_t *peer);

#endif
