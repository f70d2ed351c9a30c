/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolve - selectors to pod sets
 *
 * Each distinct selector and peer of the input is evaluated once, over an
 * inverted index from labels to pods.
 *
 * Only live pods (pod_is_live()) appear, and no contained invalid one: what policy
 * selects those is not known, so classify isolates them altogether.
 */
#ifndef NETPOLC_RESOLVE_H
#define NETPOLC_RESOLVE_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/policy/pod_set.h>

struct arena;
struct ctx;
struct port_index;

/*
 * A distinct peer of the input: pods, or addresses.
 *
 * Its pool is what it selects from: the peer without what it excludes (NotIn,
 * DoesNotExist).  "All namespaces but shop" and "all namespaces but test" have the
 * pool "all namespaces".
 */
struct peer {
	const char *key;  /* canonical text: says what the peer is; unique */
	const char *pool; /* the pool's, the same pointer where equal; NULL: a block */
	bool block;
	struct pod_set pods;	 /* unless block */
	enum family family;	 /* of a block */
	struct ranges addresses; /* of a block: cidr without its excepts */
	bool whole;		 /* a block that is a /0 without except */
};

/* A port name that rules of one direction use. */
struct port_name {
	const char *name;
	enum protocol protocol;
};

struct port_names {
	struct port_name *at;
	size_t len, cap;
};

/* What resolve knows of one rule; parallel to policy->rules[d]. */
struct resolved_rule {
	const uint32_t *peers; /* ids into pod_sets.peers */
	size_t npeers;
	const uint32_t *names; /* of its ports: ids into pod_sets.names, ascending */
	size_t nnames;
};

struct pod_sets {
	struct peer *peers;
	size_t npeers;
	struct pod_set *subjects; /* per policy: pods it selects, in its namespace */
	struct resolved_rule **rules[DIRECTIONS]; /* per policy: its rules */
	struct port_names names[DIRECTIONS];
	struct port_index *ports; /* who has them */
};

/* NULL after reporting DIAG_TOO_LARGE: selectors that differ by a pod each have sets
 * that together are the square of what was written. */
const struct pod_sets *resolve(struct ctx *cx, const struct cluster *cl);

/* With at most so many members of all distinct sets of pods, or little more. */
const struct pod_sets *resolve_within(struct ctx *cx, const struct cluster *cl,
				      size_t members);

/* The container ports of that name and protocol: *n of them, ascending by
 * number; NULL when there is none. */
const struct named_port *pod_ports_named(const struct pod *pod, const char *name,
					 enum protocol protocol, size_t *n);

/* The port numbers that pod gives to (name, protocol): every such containerPort. */
struct ranges pod_port_numbers(struct arena *a, const struct pod *pod, const char *name,
			       enum protocol protocol);

#endif
