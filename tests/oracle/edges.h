/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edges - the ports and addresses at which the policies of a cluster change their mind
 */
#ifndef NETPOLC_TEST_EDGES_H
#define NETPOLC_TEST_EDGES_H

#include "random.h"

#include <netpolc/manifest/cluster.h>

struct arena;

struct asked_port {
	unsigned protocol; /* or ORACLE_OTHER */
	uint16_t number;
};

struct edges {
	struct arena *arena;
	struct {
		struct address *at;
		size_t len, cap;
	} addresses;
	struct {
		struct asked_port *at;
		size_t len, cap;
	} ports;
};

/* All of rules, named ports and nodes, with repeats; pods may have the addresses. */
void edges_add_cluster(struct edges *e, const struct cluster *cl);
void edges_add_address(struct edges *e, struct address a);
void edges_add_port(struct edges *e, unsigned protocol, u128 number);

/* Keeps at most n ports, chosen at random; the last one always. */
void edges_sample_ports(struct edges *e, struct random *r, size_t n);
void edges_sample_addresses(struct edges *e, struct random *r, size_t n);

#endif
