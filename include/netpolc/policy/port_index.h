/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port_index - from port names to pods
 *
 * For each (name, protocol) of a container port the pods that have it, and the
 * places of the name in the lists of names that rules use.  A name is found by
 * hash, so input that names thousands of ports costs no more than their number.
 *
 * Only pods that selectors can match are listed (live, not contained).
 */
#ifndef NETPOLC_PORT_INDEX_H
#define NETPOLC_PORT_INDEX_H

#include <netpolc/base/ranges.h>
#include <netpolc/manifest/cluster.h>
#include <netpolc/policy/ids.h>

#define NO_PORT_NAME UINT32_MAX

struct port_holders {
	const char *name;
	enum protocol protocol;
	struct id_list pods;	 /* ascending */
	uint32_t id[DIRECTIONS]; /* in pod_sets.names, or NO_PORT_NAME */
	bool located;		 /* what follows is known */
	bool unplaced;		 /* one has no address yet: it may get any */
	struct ranges addresses[FAMILIES];
};

struct port_index;

struct port_index *port_index_build(struct arena *a, const struct cluster *cl)
	__attribute__((returns_nonnull));

/* The entry of a name, made if there is none: while rules are resolved. */
struct port_holders *port_index_add(struct port_index *ix, const char *name,
				    enum protocol protocol)
	__attribute__((returns_nonnull));

/* The entry of a name, or NULL when neither a pod nor a resolved rule has it. */
const struct port_holders *port_index_find(const struct port_index *ix, const char *name,
					   enum protocol protocol);

/* Finds out where the pods of an entry are, if that is not known. */
void port_index_locate(struct port_index *ix, struct port_holders *h);

#endif
