/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle - what NetworkPolicies mean, slowly and plainly
 *
 * Written from the numbered statements of meaning alone and read beside them:
 * every question is answered policy by policy, rule by rule, peer by peer, with
 * nothing computed beforehand.  It shares no code with the stages that it
 * judges: selectors, CIDR texts, containment and named ports are its own.
 */
#ifndef NETPOLC_TEST_ORACLE_H
#define NETPOLC_TEST_ORACLE_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/manifest/ctx.h>

/* A pod, by index or through one of its addresses, or an address of no live pod. */
struct oracle_end {
	const struct pod *pod; /* NULL: an address that no live pod has */
	bool by_address;       /* the address fixes the family */
	struct address address;
};

/* A protocol that is not TCP, UDP or SCTP; it has no ports. */
#define ORACLE_OTHER PROTOCOLS

struct oracle_probe {
	struct oracle_end source, destination;
	unsigned protocol; /* enum protocol, or ORACLE_OTHER */
	uint16_t port;
};

struct oracle_end oracle_pod(const struct pod *p);

/* An address that a live pod holds means that pod. */
struct oracle_end oracle_address(const struct cluster *cl, struct address a);

bool oracle_allows(const struct cluster *cl, const struct settings *set,
		   const struct oracle_probe *probe);

/* A 89: --unknown-pods deny isolates the address: one that pods of this node can have,
 * and no pod of the input has. */
bool oracle_is_unknown(const struct cluster *cl, const struct settings *set,
		       struct address a);

/* True when the address is in the CIDR, both as texts mean them (A 63-71). */
bool oracle_cidr_has(const char *cidr, struct address a);

/* True when the CIDR is every address of the family. */
bool oracle_cidr_is_all(const char *cidr, enum family f);

/* Reads an address; false when the text is none. */
bool oracle_read_address(struct address *out, const char *text);

#endif
