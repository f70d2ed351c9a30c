/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock - one writer of a table at a time
 *
 * The lock is a listening Unix socket of abstract name "netpolc/TABLE": its scope
 * is the network namespace, as the table's is, and it is gone with the process that
 * has it, however that ends.  Who waits connects to it, and is woken by the end of
 * that connection; the kernel says which process is at the other end.
 */
#ifndef NETPOLC_LOCK_H
#define NETPOLC_LOCK_H

#include <netpolc/cli/options.h>

#include <sys/socket.h>
#include <sys/un.h>

/* The abstract name "netpolc/TABLE", with suffix behind it. */
socklen_t lock_address(struct sockaddr_un *out, const char *table, const char *suffix);

/*
 * Takes the lock of cfg->lower.table, waiting up to cfg->lock_timeout seconds.  The
 * handle, for close(); -1 after reporting who has it.
 */
int lock_take(struct ctx *cx, const struct config *cfg)
	__attribute__((warn_unused_result));

#endif
