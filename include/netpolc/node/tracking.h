/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracking - whether this machine tracks the connections of a family
 *
 * The kernel begins when a rule asks for it (address translation, a stateful rule),
 * for each network namespace and family apart.  How many connections it knows says
 * nothing: entries outlive the rule that they were made for.
 */
#ifndef NETPOLC_TRACKING_H
#define NETPOLC_TRACKING_H

#include <netpolc/base/prefix.h>

struct nlmsghdr;

/*
 * Asks for the hooks where connection tracking would be (nfnetlink_hook, Linux 5.14);
 * a kernel that does not tell of hooks is tried out, with a datagram of this machine
 * to itself.  False, too, where neither can be done.
 */
bool tracking_is_on(enum family f);

/* Whether a message of nfnetlink_hook is about connection tracking's own hook. */
bool tracking_is_hook(const struct nlmsghdr *message);

#endif
