/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bypass - traffic of pods that never comes to our hook
 *
 * What two pods on one Linux bridge say to each other is forwarded by the bridge, and
 * comes to the hooks of IP only if br_netfilter hands it over.  What IPVS balances is
 * received and sent by the machine itself, so it is never forwarded.
 */
#ifndef NETPOLC_BYPASS_H
#define NETPOLC_BYPASS_H

#include <netpolc/node/pod_links.h>

/* Whether bridges hand packets of the family over: the sysctl
 * net.bridge.bridge-nf-call-iptables or -ip6tables. */
bool bypass_is_filtered(enum family f);

/* The first bridge that pods of the family are behind, if bridges do not hand its packets
 * over; else NULL. */
const char *bypass_bridge(const struct pod_links *links, enum family f);

/* Whether IPVS balances here: kube-proxy's link, or any virtual server. */
bool bypass_ipvs(const struct routes *r);

#endif
