/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guess - what the cache knows of a table that others may have changed since
 *
 * What a rule does is not compared with a ruleset, so one in the place of another that
 * has its comment, too, looks like it; but the cache knows what rules did when they were
 * loaded.
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

/* Notes as altered the chains that l has read whose rules are not those that the cache
 * knows, although the comment of the first one says so. */
void guess_rules(struct guess *g, const struct table_reader *l);

/* Whether a table that l has read, with a state chain that does not say whose it is, is
 * the one that was applied, as `flush table` or a change to that chain leave it: nobody
 * else's rules are in it, as all bear our marks or the cache knows them; and there are
 * some, or the cache knows that there was a table of ours in this network. */
bool guess_remains(struct guess *g, const struct table_reader *l,
		   const struct loaded_table *table);

/* As loaded_elements().  want: what the set is to hold, or NULL. */
int guess_elements(struct guess *g, struct table_reader *l, const struct loaded_set *set,
		   const struct set *want, struct arena *a, struct loaded_elements *out);

#endif
