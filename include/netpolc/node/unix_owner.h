/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unix_owner - whose a Unix socket is that listens under a name
 *
 * For when it cannot be connected to and asked itself.  sock_diag(7) tells, since Linux
 * 5.3, if the kernel has unix_diag.
 */
#ifndef NETPOLC_UNIX_OWNER_H
#define NETPOLC_UNIX_OWNER_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* The user of the socket in this network namespace.  0 or a negative errno; -ENOENT when
 * there is none. */
int unix_owner(const struct sockaddr_un *name, socklen_t len, uid_t *out);

#endif
