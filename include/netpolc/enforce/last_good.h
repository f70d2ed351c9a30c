/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * last_good - what was applied last, kept in files
 *
 * TABLE.nft in the state directory is what compile prints, so that nft -f can load
 * it when the machine starts, before anything that makes pods.  Its time is that of
 * the last successful apply, whether or not that changed anything.  TABLE.json is what
 * it was made of: manifests (manifest/write.h), so that every command can tell what is
 * in force.  They are private files (private_file.h): always whole ones, and ours.
 *
 * The directory is made where it is missing.  With cfg->state_dir empty nothing is
 * kept.  No failure to keep it fails a run: the kernel enforces already.
 */
#ifndef NETPOLC_LAST_GOOD_H
#define NETPOLC_LAST_GOOD_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/nft/ruleset.h>
#include <netpolc/run/config.h>

#include <sys/types.h>
#include <time.h>

/* What is to be kept: a ruleset and the objects that it was made of.  Fill in the first
 * four, the rest is 0. */
struct last_good {
	struct ctx *cx;
	const struct config *cfg;
	const struct ruleset *rs;
	const struct cluster *cl;
	pid_t copy; /* that writes, or 0 */
	int line;   /* to the copy */
};

/* While the ruleset is still being brought into force a copy of the process writes what
 * differs, beside what is kept; this process does not wait for any disk before policy is
 * in force.  False where there can be no copy.  To be followed by one of the two below,
 * the first of which does what the copy could not. */
bool last_good_ahead(struct last_good *lg);

/* Call when the loaded table is the ruleset.  DIAG_LAST_GOOD says why it is not kept. */
void last_good_keep(struct last_good *lg);

/* Call when it is not: what is kept stays. */
void last_good_drop(struct last_good *lg);

/* Nothing is to be loaded at the next start. */
void last_good_forget(struct ctx *cx, const struct config *cfg);

/*
 * Appends the file to text and tells its time, if it holds the ruleset of that digest
 * (64 characters; the rest is ignored).  NULL, or why it cannot be had.  text may be
 * NULL.
 */
const char *last_good_read(const struct config *cfg, const char *digest, struct buf *text,
			   struct timespec *applied);

/*
 * Opens the file of the objects that the ruleset of that digest was made of, if by
 * settings like those of cfg, appends its path, and tells whether the ruleset only
 * audits.  NULL, or why it cannot be had; the path is told in either case, unless there
 * is no directory.
 */
const char *last_good_objects(const struct config *cfg, const char *digest,
			      struct buf *path, int *fd, bool *audit);

#endif
