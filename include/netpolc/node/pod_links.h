/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pod_links - the interfaces behind which the pods of this machine are
 *
 * Those of routes that lead to a pod without a gateway.  A pod that is reached by one
 * is another machine's; so is one whose address only the default route covers.
 */
#ifndef NETPOLC_POD_LINKS_H
#define NETPOLC_POD_LINKS_H

#include <netpolc/node/routes.h>

struct pod_link {
	const struct link *link;
	bool families[FAMILIES]; /* of the pods behind it */
};

struct pod_links {
	struct pod_link *at; /* by the names of links, each once */
	size_t len, cap;
};

/* Finds them in the arena that the routes are in.  0 or a negative errno. */
int pod_links_find(struct arena *a, struct routes *r, const struct address *pods,
		   size_t n, struct pod_links *out);

#endif
