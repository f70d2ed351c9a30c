/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * testbed - a ruleset's verdict on real packets
 *
 * Three network namespaces: packets leave the source, a router that has the
 * ruleset forwards them or not, and the sink sees which arrive.  Neither needs an
 * address, so a packet may be from and to any.
 *
 * A verdict is certain: behind each batch goes a packet that no ruleset sees, and
 * when that has arrived, what has not was dropped.  Every probe is a connection of
 * its own (unless it says its source port, or its protocol has none and is not
 * ICMP); connections are forgotten when a ruleset is loaded, and when source ports
 * run out after some ten thousand probes.
 *
 * Needs root, or user namespaces: then the process is in a new one ever after.
 * The machine's own network is never touched.
 */
#ifndef NETPOLC_TESTBED_H
#define NETPOLC_TESTBED_H

#include <netpolc/lab/packet.h>
#include <netpolc/nft/apply.h>

struct ctx;
struct testbed;

/* NULL when it cannot be had here; *why_not says why. */
struct testbed *testbed_open(struct ctx *cx, const char **why_not);
void testbed_close(struct testbed *tb);

/* Replaces the router's ruleset.  False after reporting. */
bool testbed_load(struct testbed *tb, const struct ruleset *rs);

/* The same, but live connections stay.  Not at once where the process is not root. */
bool testbed_swap(struct testbed *tb, const struct ruleset *rs);

/* Applies what differs only. */
bool testbed_update(struct testbed *tb, const struct ruleset *rs,
		    struct apply_result *result);

/* Sends the probes in order; arrived[i] says whether the i-th came through.  False
 * after reporting, when the testbed itself fails. */
bool testbed_send(struct testbed *tb, const struct packet_probe *probes, size_t n,
		  bool *arrived);

/* Whether a router forwards packets from and to such an address at all: not
 * loopback, multicast, link-local and the like. */
bool testbed_carries(struct address a);

#endif
