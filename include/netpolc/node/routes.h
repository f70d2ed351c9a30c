/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * routes - by which interface this machine reaches an address
 *
 * The node layer's only user of rtnetlink.  Asks the kernel for one address after the
 * other, so the size of the routing table does not matter.  Everything is in the arena
 * given to routes_open(), and in the network namespace of that moment.
 */
#ifndef NETPOLC_ROUTES_H
#define NETPOLC_ROUTES_H

#include <netpolc/base/prefix.h>

struct arena;
struct routes;

struct link {
	const char *name;
	unsigned index;
	bool bridge; /* a Linux bridge, not a port of one */
};

/* The way to an address. */
struct way {
	const struct link *link; /* NULL: there is none, or it is the machine's own */
	/* By a route for less than everything, and without a gateway: whoever has the
	 * address is at the link's other end. */
	bool direct;
};

/* Both return 0 or a negative errno. */
int routes_open(struct routes **out, struct arena *a);
int routes_find(struct routes *r, struct address to, struct way *out);
void routes_close(struct routes *r);

/* Whether there is any Linux bridge. */
bool routes_bridged(const struct routes *r);

/* NULL when there is none of that name. */
const struct link *routes_link(const struct routes *r, const char *name);

#endif
