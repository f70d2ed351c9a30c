/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guardian - puts a ruleset back unless told not to
 *
 * A process of its own, in a session of its own, that outlives whoever started it
 * and the terminal it was started from.  It has all that it needs in memory before
 * anything is changed.  A ruleset is on trial exactly as long as a guardian listens
 * under the name "netpolc/TABLE/try" (identity.h); strangers who listen there are none.
 *
 * The time runs from the moment when the caller says that the change is committed,
 * or is gone without having said anything.  SIGTERM ends it early.
 *
 * Both ends of a connection look who the other one is.  Each answer and request is one
 * message.
 */
#ifndef NETPOLC_GUARDIAN_H
#define NETPOLC_GUARDIAN_H

#include <netpolc/enforce/identity.h>
#include <netpolc/nft/ruleset.h>
#include <netpolc/run/config.h>

#define GUARDIAN_SUFFIX "/try"

struct guardian_job {
	const struct config *cfg;
	const struct ruleset *rs; /* on trial */
	const struct cluster *cl; /* that it was made of */
	struct buf previous;	  /* nft syntax; empty: there was no table */
};

/* One byte each, from the caller or, GUARDIAN_KEEP, from whoever connects. */
enum guardian_request {
	GUARDIAN_COMMITTED = 'c', /* the time runs from now */
	GUARDIAN_KEEP = 'k',
	GUARDIAN_QUIT = 'q',	/* nothing was changed */
	GUARDIAN_RESTORE = 'r', /* at once */
};

/* The first byte of what it says; reasons and warnings stand behind it.  Whoever
 * connects is greeted with GUARDIAN_RUNNING, and from then on is heard; or with
 * GUARDIAN_FORBIDDEN, and is not. */
enum guardian_answer {
	GUARDIAN_RUNNING = 'U',	   /* the time when it will end, in seconds */
	GUARDIAN_KEPT = 'K',	   /* perhaps with a warning */
	GUARDIAN_CHANGED = 'C',	   /* not kept: another table is there; it goes on */
	GUARDIAN_RESTORED = 'B',   /* the previous ruleset is back */
	GUARDIAN_FAILED = 'F',	   /* it is not, and why */
	GUARDIAN_FOREIGN = 'X',	   /* nor is it: another's table is there, left alone */
	GUARDIAN_FORBIDDEN = 'N',  /* that user may not have it keep anything */
	GUARDIAN_UNREACHED = '\0', /* nothing was said */
};
#define GUARDIAN_BYTES 512 /* of an answer, at most, with a NUL */

/*
 * Starts one; its process, and in *caller the socket for requests and for how it
 * ends.  Returns when it is ready.  lock is what it must not keep open.  A negative
 * errno; -EADDRINUSE where the name is taken.
 */
pid_t guardian_start(const struct guardian_job *job, int lock, int *caller);

/* What the guardian does in the end, for when it is gone.  False after reporting. */
bool guardian_put_back(struct ctx *cx, const struct guardian_job *job);

/* Who has the name. */
enum guardian_presence {
	GUARDIAN_ABSENT,
	GUARDIAN_PRESENT,
	GUARDIAN_STRANGER, /* no guardian, whatever it says */
	GUARDIAN_UNKNOWN,  /* it could not be asked: there may be a guardian */
};

struct guardian_reply {
	int error; /* GUARDIAN_UNKNOWN: why, as errno; else 0 */
	struct identity from;
	char said[GUARDIAN_BYTES];
};

/*
 * Asks the guardian of cfg's table how long it will last, and has it keep what is on
 * trial.  wait_ms is for being heard; to keep something may take longer.  reply->said is
 * empty when we were not heard, and then we will not be; and GUARDIAN_RUNNING although
 * it was to keep something when the guardian ended meanwhile.
 */
enum guardian_presence guardian_ask(const struct config *cfg, bool keep, int wait_ms,
				    struct guardian_reply *reply);

#endif
