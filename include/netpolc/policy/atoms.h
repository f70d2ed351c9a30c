/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atoms - the second half of classify: endpoints to atoms
 */
#ifndef NETPOLC_ATOMS_H
#define NETPOLC_ATOMS_H

#include <netpolc/policy/classify.h>

/* Fills everything in out that has to do with atoms.  scratch is reset. */
void atoms_build(struct arena *a, struct arena *scratch, const struct cluster *cl,
		 const struct pod_sets *sets, struct classes *out);

#endif
