/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach - what one direction of a connection allows, family by family
 *
 * A connection has the ports that its egress and its ingress allow: in all families
 * that both ends have, or in any where neither has an address (core.h).
 */
#ifndef NETPOLC_REACH_H
#define NETPOLC_REACH_H

#include <netpolc/base/prefix.h>
#include <netpolc/policy/portset.h>

struct reach {
	const struct portset *in[FAMILIES]; /* NULL: the ends do not meet in it */
	const struct portset *all;	    /* of in; NULL: they do not meet */
};

/* Notes that so much is allowed in the family; begins with a zeroed reach. */
void reach_add(struct portsets *sets, struct reach *reach, enum family f,
	       const struct portset *ports);

static inline bool reach_equal(const struct reach *x, const struct reach *y)
{
	return x->in[FAMILY_IPV4] == y->in[FAMILY_IPV4] &&
	       x->in[FAMILY_IPV6] == y->in[FAMILY_IPV6];
}

/* What both directions allow in the family; NULL: the ends do not meet in it. */
const struct portset *reach_both_in(struct portsets *sets, const struct reach *x,
				    const struct reach *y, enum family f);

/* What connects the ends; NULL: nothing can.  bare: neither has an address. */
const struct portset *reach_both(struct portsets *sets, const struct reach *x,
				 const struct reach *y, bool bare);

#endif
