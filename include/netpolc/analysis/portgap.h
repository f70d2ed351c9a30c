/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * portgap - the ports that one port set has and another lacks
 *
 * What a change opens or closes.  Unlike a port set it may be nothing but the
 * protocols that are not TCP, UDP or SCTP.  Gaps are interned: equal ones are one
 * pointer.
 */
#ifndef NETPOLC_PORTGAP_H
#define NETPOLC_PORTGAP_H

#include <netpolc/policy/portset.h>

struct portgap {
	bool others; /* protocols other than TCP, UDP and SCTP */
	struct ranges ports[PROTOCOLS];
	uint32_t id; /* counts from 0 in order of interning */
};

struct portgaps;

/* allow_others: other protocols pass wherever any packet can (--other-protocols). */
struct portgaps *portgaps_new(struct arena *a, bool allow_others)
	__attribute__((returns_nonnull));

/* What x has and y lacks; NULL when y has all of x.  A set that is NULL stands for ends
 * that no packet can connect.  Sets are told apart by their ids: all that are asked
 * about are of one struct portsets. */
const struct portgap *portgap_of(struct portgaps *all, const struct portset *x,
				 const struct portset *y);

/* "tcp 80, 443-445; other protocols", "everything", "everything but udp 53". */
void portgap_print(struct buf *out, const struct portgap *gap);

#endif
