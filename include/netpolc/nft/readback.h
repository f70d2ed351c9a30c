/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readback - what is loaded, beside what should be
 *
 * Whose table is loaded, and what makes it a ruleset (as delta.h says): from the cache
 * where that stands for it, else from the kernel.
 */
#ifndef NETPOLC_READBACK_H
#define NETPOLC_READBACK_H

#include <netpolc/nft/delta.h>
#include <netpolc/nft/ruleset_state.h>

struct cache_draft;
struct ctx;

/* What kind of table is loaded under that name, family inet.  dir is that of the cache,
 * NULL not to use it: with it, a table of ours that another program emptied is ours. */
enum loaded readback_owner(struct ctx *cx, const char *table, const char *dir);

/* The same, by what its state chain says. */
enum loaded readback_owner_of(struct ruleset_state state);

struct readback {
	uint32_t generation; /* that all of it was read in */
	struct delta *delta; /* NULL where there is no table of that name */
	/* What is loaded, but for elements; NULL where that was not needed. */
	const struct loaded_table *table;
	bool cached;			 /* nothing was read: the cache says so */
	const struct cache_draft *draft; /* of the ruleset, if there was need of it */
};

/*
 * What makes the loaded table rs.  dir is that of the cache, NULL not to use it.  The
 * arena, which the delta lives in, is reset.  0 or a negative errno, not reported; -EINTR
 * when other programs' commits did not leave enough time between them.
 */
int readback_delta(struct arena *a, const struct ruleset *rs, const char *dir,
		   struct readback *out);

/* Whether the cache in dir says that rs is loaded; the cheapest answer there is. */
bool readback_is_known(const struct ruleset *rs, const char *dir);

/* Reports such an error. */
void readback_report(struct ctx *cx, int err);

/* Whether the loaded table is exactly rs.  why (may be NULL) gets one line that
 * names the first difference. */
bool readback_equal(struct ctx *cx, const struct ruleset *rs, struct buf *why);

#endif
