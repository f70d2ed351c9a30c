/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * party - one end of a question, as the endpoints that it stands for
 *
 * A party is an endpoint, or all pods that match a selector, or all that is behind a
 * Service, or all addresses of a CIDR.  What is said of all addresses is said of as
 * few as tell them apart: each that a live pod or a Node has, and of all others one of
 * each atom, because decisions know no more of these than their atom.
 */
#ifndef NETPOLC_PARTY_H
#define NETPOLC_PARTY_H

#include <netpolc/policy/core.h>

struct party {
	const struct endpoint *at; /* NULL: one alone */
	struct endpoint one;
	size_t len;
	const struct service *service; /* whose pods they are, or NULL */
};

const struct endpoint *party_at(const struct party *p, size_t i);

/* The live pods and workloads of the namespace that sel matches; perhaps none. */
struct party party_of_pods(struct arena *a, const struct cluster *cl,
			   const struct namespace *ns, const struct selector *sel);

/* The pods behind a Service that has a selector; perhaps none.  A pod of the host's
 * network may be behind one, too; one that is terminating only where no other is, or
 * where the Service publishes what is not ready (EndpointConditions ready, serving). */
struct party party_of_service(struct arena *a, const struct cluster *cl,
			      const struct service *service);

struct party party_of_block(struct arena *a, const struct decisions *dc,
			    struct prefix block);

#endif
