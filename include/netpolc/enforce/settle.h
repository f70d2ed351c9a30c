/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settle - time for connections to become known
 *
 * Where nothing tracked connections, those under way look as if they began in their
 * middle, and policies would end them.  So connections are tracked for a while before
 * the first policies are loaded, where there may be any.
 */
#ifndef NETPOLC_SETTLE_H
#define NETPOLC_SETTLE_H

#include <netpolc/nft/loaded.h>
#include <netpolc/run/config.h>

enum settled {
	SETTLED_NOT,	     /* there was no need to */
	SETTLED,	     /* a table without policy is loaded */
	SETTLED_INTERRUPTED, /* by a signal, which is pending; the table is as it was */
	SETTLED_FAILED,	     /* reported; the table is as it was */
};

/* Waits, if need be, with SIGHUP, SIGINT and SIGTERM blocked.  owner is what is loaded
 * now; rs is what will be, and the kernel is asked first whether it takes that. */
enum settled settle(struct ctx *cx, const struct config *cfg, enum loaded owner,
		    const struct ruleset *rs);

/* Policies did not follow: what settle() loaded goes, if nothing was there before. */
void settle_undo(struct ctx *cx, const struct config *cfg, enum loaded owner);

#endif
