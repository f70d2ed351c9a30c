/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port_groups - pods by the numbers they give to a port name
 *
 * Named ports resolve on each pod apart (A 30-32).  Pods with the same
 * numbers form one group; pods without the name are in none.
 */
#ifndef NETPOLC_PORT_GROUPS_H
#define NETPOLC_PORT_GROUPS_H

#include <netpolc/policy/ids.h>
#include <netpolc/policy/resolve.h>

struct port_group {
	struct ranges numbers; /* never empty */
	struct id_list pods;
};

struct port_groups {
	struct port_group **at; /* in the order of their first pod */
	size_t len, cap;
};

/* Groups the pods with these ids; everything made is in a. */
struct port_groups port_groups_of(struct arena *a, const struct cluster *cl,
				  const struct pod_set *pods,
				  const struct port_name *name);

#endif
