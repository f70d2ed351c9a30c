/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isolation - whom the loaded table isolates, in which direction, by which policies
 *
 * From the cache where that knows how the table was applied, whatever others have done
 * to it since; else from the kernel.
 */
#ifndef NETPOLC_ISOLATION_H
#define NETPOLC_ISOLATION_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/nft/loaded.h>

struct isolated {
	u128 number;
	size_t chain; /* in the isolation's chains; their number where it has none */
};

struct isolated_list {
	struct isolated *at; /* ascending by number */
	size_t len, cap;
};

struct isolation {
	struct isolated_list addresses[FAMILIES][DIRECTIONS];
	/* All of the table.  Comments of those that addresses lead to list the policies:
	 * loaded_form_policies(). */
	struct loaded_chains chains;
};

/* In the arena; nothing where there is no table.  dir is that of the cache, NULL not to
 * use it.  False after reporting. */
bool isolation_read(struct ctx *cx, struct arena *a, const char *table, const char *dir,
		    struct isolation *out);

/* Whom the table isolated that was applied last, whatever is loaded now: false where the
 * cache does not know. */
bool isolation_recall(struct arena *a, const char *table, const char *dir,
		      struct isolation *out);

#endif
