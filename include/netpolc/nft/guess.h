/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guess - the elements of a set, asked for or read
 *
 * A large set is asked whether it holds what it is thought to hold (loaded_holds()):
 * what it held when it was applied, which the cache knows although others have
 * committed since, or else what it is to hold.  The guess is never believed: where it
 * is wrong, all is read.
 */
#ifndef NETPOLC_GUESS_H
#define NETPOLC_GUESS_H

#include <netpolc/nft/cache.h>

struct guess {
	struct arena *arena; /* of the cache, which is opened when it is needed */
	const char *dir;     /* that it is in, or NULL */
	const char *table;
	const struct cache *cache;
	bool opened;
};

/* As loaded_elements().  want: what the set is to hold, or NULL. */
int guess_elements(struct guess *g, struct table_reader *l, const struct loaded_set *set,
		   const struct set *want, struct arena *a, struct loaded_elements *out);

#endif
