/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel - writes to nftables
 *
 * The only user of libnftables.  A transaction goes into a memfd and is run by
 * file name, because errors in a buffer carry no line number; an error's line is
 * reported at the manifest line that it came from.  Nothing is ever listed here
 * (readback does that), and only our table is named.
 */
#ifndef NETPOLC_KERNEL_H
#define NETPOLC_KERNEL_H

#include <netpolc/nft/delta.h>

struct ctx;

/* How libnftables is called; tests put a fake here. */
struct kernel_ops {
	/* Runs the commands in the file; 0, or -1 with the library's messages in
	 * *errors (malloc'ed).  check: evaluate and ask the kernel, commit nothing.
	 * until: what was opened may be closed with that arena; NULL: now. */
	int (*run)(const char *path, bool check, struct arena *until, char **errors);
};
extern const struct kernel_ops kernel_libnftables;

/* Replaces the table by rs in one transaction.  False after reporting. */
bool kernel_replace(struct ctx *cx, const struct kernel_ops *ops,
		    const struct ruleset *rs, bool check);

/* Runs one of d's transactions.  False when it is refused; the first reason is
 * appended to refusal and not reported.  until as above: behind a commit, the first
 * netlink socket of nftables that is closed waits until no packet can be looking at what
 * was replaced (nf_tables_trans_destroy_flush_work() in the kernel), which takes longer
 * than the commit, and there may be something to do meanwhile. */
bool kernel_change(struct ctx *cx, const struct kernel_ops *ops, const struct delta *d,
		   const struct delta_operations *list, bool check, struct arena *until,
		   struct buf *refusal);

/* Runs nft syntax that was made before.  False after reporting. */
bool kernel_load(struct ctx *cx, const struct kernel_ops *ops, const struct buf *text,
		 bool check);

/* Deletes the table; absent is fine. */
bool kernel_delete(struct ctx *cx, const struct kernel_ops *ops, const char *table);

#endif
