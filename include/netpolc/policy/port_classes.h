/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port_classes - port sets as rows of bits
 *
 * What atoms are to endpoints, classes are to ports: ports that lie in the same
 * port sets are one.  A port finds its class by one table look-up, and whether a
 * set has it is one bit.  All other protocols together are one more class.
 */
#ifndef NETPOLC_PORT_CLASSES_H
#define NETPOLC_PORT_CLASSES_H

#include <netpolc/policy/portset.h>

struct port_classes {
	uint32_t *of_port[PROTOCOLS]; /* by port number: the class */
	uint32_t other;		      /* the class of PROTO_OTHER */
	size_t words;		      /* 64-bit words a port set */
	uint64_t *bits;		      /* by index of set, then class */
	size_t bytes;
};

/* The classes that sets[0..n-1] need; rows of bits are in this order.  NULL when all
 * rows would have more than so many words. */
const struct port_classes *port_classes_build(struct arena *a,
					      const struct portset *const *sets, size_t n,
					      size_t words);

static inline uint32_t port_class(const struct port_classes *pc, unsigned protocol,
				  uint16_t port)
{
	return protocol < PROTOCOLS ? pc->of_port[protocol][port] : pc->other;
}

static inline bool port_class_in(const struct port_classes *pc, size_t set,
				 uint32_t class)
{
	return pc->bits[set * pc->words + class / 64] >> (class % 64) & 1;
}

#endif
