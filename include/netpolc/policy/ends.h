/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ends - pods as rows and atoms
 *
 * All that decisions know of one end of a connection: which rows hold what it may
 * do, and in which cells of other rows it is.
 */
#ifndef NETPOLC_ENDS_H
#define NETPOLC_ENDS_H

#include <netpolc/policy/decide.h>

#define NO_ROW UINT32_MAX

struct end {
	uint32_t pod;		  /* that policy knows it as, or NO_POD */
	uint32_t row[DIRECTIONS]; /* row ids, or NO_ROW: not isolated */
	uint32_t atom[FAMILIES];  /* or NO_ATOM: no address of the family */
	bool bare;		  /* a pod without an address */
};

/* A finished pod is nobody; one without an address is of both families, because it
 * will be of whatever family the other end has. */
struct end end_of_pod(const struct decisions *dc, uint32_t pod);

#endif
