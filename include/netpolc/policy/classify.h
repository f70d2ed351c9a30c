/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classify - pods to classes, endpoints to atoms
 *
 * A class, per direction: pods that the same policies isolate and whose named
 * ports (those that the ingress rules of these policies use) resolve equally.
 * Pods that nothing isolates have no class; with --node only pods of that node
 * get one.
 *
 * An atom: endpoints that are members of the same peers and resolve the port
 * names of egress rules equally.  Endpoints are the addresses of live pods, pods
 * without an address, in each family apart, and intervals of all other addresses.
 *
 * Numbers follow the canonical order of the cluster: the same objects give the
 * same classes and atoms.
 */
#ifndef NETPOLC_CLASSIFY_H
#define NETPOLC_CLASSIFY_H

#include <netpolc/policy/resolve.h>

#define NO_CLASS UINT32_MAX
#define NO_POD	 UINT32_MAX
#define NO_ATOM	 UINT32_MAX

struct class
{
	enum direction direction;
	struct pod_set pods; /* members, never empty */
	/* That isolate them, ascending; none where containment alone does, or in a
	 * default-deny namespace of --legacy. */
	const uint32_t *policies;
	size_t npolicies;
};

/* An address of a live pod. */
struct pod_address {
	u128 number;
	uint32_t pod;
	uint32_t atom;
};

/* All addresses of a family that no pod has, between lo and hi inclusive; pod
 * addresses inside are exceptions. */
struct interval {
	u128 lo, hi;
	uint32_t atom;
};

/* The atoms with pods that have a port name. */
struct named_atoms {
	const uint32_t *atoms;	      /* ascending */
	const struct ranges *numbers; /* parallel to atoms: what the name stands for */
	size_t len;
};

struct classes {
	struct class *at[DIRECTIONS];
	size_t len[DIRECTIONS];
	uint32_t *of_pod[DIRECTIONS]; /* by pod id: index into at[], or NO_CLASS */

	uint32_t natoms;
	struct pod_address *addresses[FAMILIES]; /* ascending by number */
	size_t naddresses[FAMILIES];
	struct interval *intervals[FAMILIES]; /* ascending; all of the family together */
	size_t nintervals[FAMILIES];
	/* By family and pod id: the atom of a pod that exists and has no address (it
	 * may be a hostNetwork one, which only a /0 block can match) in connections of
	 * that family, else NO_ATOM.  A /0 has it in its own family alone (A 70). */
	uint32_t *atom_of_pod[FAMILIES];

	/* By peer id: the atoms that are its members, ascending. */
	const uint32_t **peer_atoms;
	size_t *npeer_atoms;

	struct named_atoms *named; /* by egress port name */
};

/* What policies may come to; few of them can come to the square of what they are. */
struct classify_limits {
	size_t pairs; /* of a class and a policy that isolates it */
	size_t atoms; /* of all distinct peers together */
};

/* NULL after reporting DIAG_TOO_LARGE. */
const struct classes *classify(struct ctx *cx, const struct cluster *cl,
			       const struct pod_sets *sets);
const struct classes *classify_within(struct ctx *cx, const struct cluster *cl,
				      const struct pod_sets *sets,
				      const struct classify_limits *limits);

/* The pod address entry for an address, or NULL when no live pod has it. */
const struct pod_address *classes_find_address(const struct classes *cs,
					       struct address a);

/* How many pod addresses of the family are below number. */
size_t classes_addresses_below(const struct classes *cs, enum family f, u128 number);

/* The atom of an address that no live pod has. */
uint32_t classes_interval_atom(const struct classes *cs, struct address a);

/* The atom of any address. */
uint32_t classes_atom(const struct classes *cs, struct address a);

#endif
