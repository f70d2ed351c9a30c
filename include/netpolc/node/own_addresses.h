/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * own_addresses - what this machine answers to
 *
 * Packets from and to these addresses are not forwarded, so no policy sees them.
 */
#ifndef NETPOLC_OWN_ADDRESSES_H
#define NETPOLC_OWN_ADDRESSES_H

#include <netpolc/base/prefix.h>

struct arena;

/* Of all links of the network namespace, and the loopback ranges; in the arena.  0 or
 * a negative errno. */
int own_addresses(struct arena *a, struct ranges out[FAMILIES]);

#endif
