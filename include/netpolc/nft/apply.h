/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply - makes the loaded table a ruleset
 *
 * Reads what is loaded, sends the difference, and looks whether another program's
 * commit came in between: the generation is read before and after, and each commit
 * adds one.  If so, reads and sends again; after APPLY_ATTEMPTS of these the table
 * is replaced as a whole, as it is where the difference is refused or cannot be sent.
 *
 * A difference of two transactions, and whatever has to follow, is sent by a detached
 * copy of the process (detached.h), so that nobody who kills this one stops it between
 * them.  Where the copy is killed instead, the table is read and sent again; where there
 * can be none, or it fails, this process does it all, and reports.
 */
#ifndef NETPOLC_APPLY_H
#define NETPOLC_APPLY_H

#include <netpolc/nft/kernel.h>

#define APPLY_ATTEMPTS 3

enum apply_outcome {
	APPLY_FAILED, /* reported */
	APPLY_UNCHANGED,
	APPLY_CHANGED,
	APPLY_REPLACED,
};

struct apply_result {
	enum apply_outcome outcome;
	size_t operations; /* known to be sent, when changed */
	const char *why;   /* the first difference, or NULL */
	/* Why the table was replaced although it was there, or NULL. */
	const char *fallback;
	const char *uncached; /* why what was done is not in the cache, or NULL */
};

/* What takes time; an attempt has several. */
enum apply_step {
	APPLY_COMPARED,	 /* what is loaded was read */
	APPLY_COMMITTED, /* a transaction, or it was checked or refused */
	APPLY_CACHED,	 /* or could not be */
};

struct apply_options {
	bool check;	   /* the kernel looks at it and commits nothing */
	bool foreign;	   /* the table is not ours: replace it */
	const char *cache; /* the directory of cache.h; NULL: no cache */
	/* Netlink sockets by which a difference was sent stay open until that is given
	 * back, see kernel_change(); NULL: until apply_ruleset() returns. */
	struct arena *until;
	/* Called behind each step, with arg; may be NULL. */
	void (*on_step)(void *arg, enum apply_step step);
	void *arg;
};

/* Strings in the result are in the context's arena.  ops may be called in the copy, and
 * what they note in memory that is not shared is lost; on_step is not. */
struct apply_result apply_ruleset(struct ctx *cx, const struct kernel_ops *ops,
				  const struct ruleset *rs,
				  const struct apply_options *opt);

#endif
