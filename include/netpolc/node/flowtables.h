/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowtables - short cuts that others have laid around the forward hook
 *
 * A packet of a connection that is in a flowtable is forwarded where it comes in, so no
 * hook of IP sees it again.
 */
#ifndef NETPOLC_FLOWTABLES_H
#define NETPOLC_FLOWTABLES_H

struct arena;
struct nlmsghdr;

/* The first flowtable of the network namespace, "TABLE FLOWTABLE" as its owner named
 * them; NULL when there is none, or nobody tells. */
const char *flowtables_first(struct arena *a);

/* The same of a message of nf_tables, NULL when it is about something else. */
const char *flowtables_name(struct arena *a, const struct nlmsghdr *message);

#endif
