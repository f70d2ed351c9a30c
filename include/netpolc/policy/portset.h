/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * portset - which protocols and ports are allowed
 *
 * The value of a decision.  Per protocol a canonical set of port ranges, and one
 * bit for everything: all ports of every protocol, ICMP and the like too (a rule
 * without ports, A 17).  With that bit each protocol has 0-65535.
 *
 * Port sets are interned: equal sets are one pointer, unions and intersections are
 * remembered.
 */
#ifndef NETPOLC_PORTSET_H
#define NETPOLC_PORTSET_H

#include <netpolc/base/ranges.h>
#include <netpolc/manifest/cluster.h>

#define PORT_MAX 65535

/* Any protocol that is not TCP, UDP or SCTP, where a protocol is asked for. */
#define PROTO_OTHER PROTOCOLS

struct portset {
	bool everything;
	struct ranges ports[PROTOCOLS];
	uint32_t id; /* counts from 0 in order of interning; 0 is the empty set, 1
			everything */
};

struct portsets;

struct portsets *portsets_new(struct arena *a) __attribute__((returns_nonnull));
size_t portsets_len(const struct portsets *all);    /* ids are below it */
size_t portsets_ranges(const struct portsets *all); /* of all of them */
const struct portset *portset_none(const struct portsets *all);
const struct portset *portset_everything(const struct portsets *all);

/* The interned set with these ranges; the arrays are copied. */
const struct portset *portset_make(struct portsets *all,
				   const struct ranges ports[PROTOCOLS]);

/* The same for ranges in any order, which may overlap. */
const struct portset *portset_of_ranges(struct portsets *all,
					const struct ranges ports[PROTOCOLS]);

const struct portset *portset_union(struct portsets *all, const struct portset *x,
				    const struct portset *y);

/* The union of n sets at once; it is not remembered. */
const struct portset *portset_union_all(struct portsets *all,
					const struct portset *const *sets, size_t n);

const struct portset *portset_intersect(struct portsets *all, const struct portset *x,
					const struct portset *y);

/* The set of all that is equal to set, which may belong to others. */
const struct portset *portset_copy(struct portsets *all, const struct portset *set);

/* protocol is one of enum protocol, or PROTO_OTHER (then port is ignored). */
bool portset_contains(const struct portset *set, unsigned protocol, uint16_t port);

/* Whether set has all that other has; nothing is interned for it. */
bool portset_includes(const struct portset *set, const struct portset *other);

/* "tcp 80, 443-445; udp 53", "everything", "nothing". */
void portset_print(struct buf *out, const struct portset *set);

#endif
