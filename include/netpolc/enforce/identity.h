/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity - sockets of a name, and who is at their other end
 *
 * The names are abstract: their scope is the network namespace, as a table's is, and
 * they are gone with the process that has them, however that ends.  But any process of
 * the namespace may take one.  So a name proves nothing; the kernel says who listens
 * under it, and only root and our own user are believed: they could change the table
 * themselves.
 */
#ifndef NETPOLC_IDENTITY_H
#define NETPOLC_IDENTITY_H

#include <netpolc/base/buf.h>

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct identity {
	pid_t process; /* 0: it cannot be seen from this PID namespace; IDENTITY_UNTOLD */
	uid_t user;    /* as this user namespace has it */
};

/* Of a process whose user alone is known. */
#define IDENTITY_UNTOLD (-1)

/* Nobody has said yet who it is. */
#define IDENTITY_UNKNOWN ((struct identity){ .user = (uid_t)-1 })

/* The abstract name "netpolc/TABLE", with suffix behind it. */
socklen_t identity_name(struct sockaddr_un *out, const char *table, const char *suffix);

/* Who connected, or who listens: as it was when they called connect() or listen(). */
struct identity identity_of(int fd);

/* Users of other user namespaces are no number of ours but the overflow one, so they
 * are strangers unless that is our own. */
bool identity_is_trusted(const struct identity *p);

/* "process 12, 'netpolc apply'", where a long command line is cut; of a stranger also the
 * user. */
void identity_describe(struct buf *out, const struct identity *p);

#endif
