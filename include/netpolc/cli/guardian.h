/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guardian - puts a ruleset back unless told not to
 *
 * A process of its own, in a session of its own, that outlives whoever started it
 * and the terminal it was started from.  It has all that it needs in memory before
 * anything is changed.  A ruleset is on trial exactly as long as there is a Unix
 * socket of abstract name "netpolc/TABLE/try", which the guardian has.
 *
 * The time runs from the moment when the caller says that the change is committed,
 * or is gone without having said anything.  SIGTERM ends it early.
 */
#ifndef NETPOLC_GUARDIAN_H
#define NETPOLC_GUARDIAN_H

#include <netpolc/cli/options.h>
#include <netpolc/nft/ruleset.h>

struct guardian_job {
	const struct config *cfg;
	const struct ruleset *rs; /* on trial */
	struct buf previous;	  /* nft syntax; empty: there was no table */
};

/* One byte each, from the caller or, GUARDIAN_KEEP and GUARDIAN_ASK, from anybody;
 * only root and the guardian's own user may have it keep something. */
enum guardian_request {
	GUARDIAN_ASK = 'a',	  /* how long will it last? */
	GUARDIAN_COMMITTED = 'c', /* the time runs from now */
	GUARDIAN_KEEP = 'k',
	GUARDIAN_QUIT = 'q',	/* nothing was changed */
	GUARDIAN_RESTORE = 'r', /* at once */
};

/* The first byte of what it says; reasons and warnings stand behind it. */
enum guardian_answer {
	GUARDIAN_READY = 'R',	   /* when it has begun */
	GUARDIAN_RUNNING = 'U',	   /* "PID TIME", when it will end */
	GUARDIAN_KEPT = 'K',	   /* perhaps with a warning */
	GUARDIAN_RESTORED = 'B',   /* the previous ruleset is back */
	GUARDIAN_FAILED = 'F',	   /* it is not, and why */
	GUARDIAN_FORBIDDEN = 'N',  /* that user may not have it keep anything */
	GUARDIAN_UNREACHED = '\0', /* there is none */
};
#define GUARDIAN_BYTES 512 /* of an answer, at most, with a NUL */

/*
 * Starts one; its process, and in *caller the socket for requests and for how it
 * ends.  Returns when it is ready.  lock is what it must not keep open.  A negative
 * errno; -EADDRINUSE where one is there already.
 */
pid_t guardian_start(const struct guardian_job *job, int lock, int *caller);

/* Asks the guardian of cfg's table.  GUARDIAN_UNREACHED also when it says nothing for
 * wait_ms; then errno is ETIMEDOUT, else ECONNREFUSED. */
enum guardian_answer guardian_ask(const struct config *cfg, enum guardian_request request,
				  int wait_ms, char answer[GUARDIAN_BYTES]);

#endif
