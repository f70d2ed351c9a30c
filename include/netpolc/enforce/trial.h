/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trial - a ruleset that has to be confirmed
 *
 * What apply --try and apply --confirm do around the change itself.  Before it,
 * whatever is loaded is made ready to be put back, and a guardian (guardian.h) is
 * started; after it, the person at the terminal is asked.
 */
#ifndef NETPOLC_TRIAL_H
#define NETPOLC_TRIAL_H

#include <netpolc/nft/apply.h>
#include <netpolc/nft/readback.h>
#include <netpolc/run/config.h>
#include <netpolc/run/exit_status.h>

#include <time.h>

struct enforcement;
struct trial;

/* What waits to be confirmed in cfg's table. */
struct on_trial {
	bool waits;
	int process; /* 0: not known */
	bool timed;  /* it is known until when */
	struct timespec end;
	int error; /* nothing of this is known: why, as errno; else 0 */
};

struct on_trial trial_look(const struct config *cfg);

/* Whether nothing is on trial, and nobody but us can begin: call with the lock taken.
 * Reports until when it is.  A stranger in the place of a guardian is warned about, and
 * only keeps a trial from beginning. */
bool trial_may_change(struct ctx *cx, const struct config *cfg);

/* Before e->rs is applied.  NULL after reporting why what is loaded, or its absence,
 * could not be brought back. */
struct trial *trial_begin(struct ctx *cx, const struct config *cfg,
			  const struct enforcement *e, enum loaded owner);

/* Afterwards, and without the lock: waits for a key, for a confirmation from
 * elsewhere, or for the end; should the guardian be killed, puts the previous ruleset
 * back in its stead.  STATUS_NO: that is back. */
enum exit_status trial_end(struct ctx *cx, struct trial *trial,
			   enum apply_outcome outcome);

/* apply --confirm: only what is on trial is kept, not what else the table has become. */
enum exit_status trial_confirm(struct ctx *cx, const struct config *cfg);

#endif
