/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock - one writer of a table at a time
 *
 * The lock is a listening Unix socket of abstract name "netpolc/TABLE" (identity.h).  Who
 * waits connects to it, and is woken by the end of that connection.
 *
 * A stranger who has the name is waited for, too, but not obeyed: then the table is
 * changed without the lock.  Two that change it at once still leave it as one of them
 * wants it, because each looks whether another commit came between; that nobody could
 * change it any more would be worse.
 */
#ifndef NETPOLC_LOCK_H
#define NETPOLC_LOCK_H

#include <netpolc/run/config.h>

/*
 * Takes the lock of cfg->lower.table, waiting up to cfg->lock_timeout seconds.  The
 * handle, for close(); -1 after reporting who has it.  Warns when it is a stranger.
 */
int lock_take(struct ctx *cx, const struct config *cfg)
	__attribute__((warn_unused_result));

#endif
