/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table_digest - one number for all that can be read back of a table
 *
 * A ruleset and the table that it was loaded as have the same digest: it covers
 * names, hooks, elements, and of a chain its first rule's comment, which begins with
 * the hash of its rules, and how many they are.  So a table can be held against the
 * digest in its state chain by whoever has no manifests.
 *
 * Add what there is in this order: counters, chains without state, and sets with
 * their elements, each kind by name, elements as ruleset_finish() leaves them.
 */
#ifndef NETPOLC_TABLE_DIGEST_H
#define NETPOLC_TABLE_DIGEST_H

#include <netpolc/nft/ruleset.h>

/* Elements are too many to be parts each. */
struct table_digest {
	struct digest digest;
	uint8_t at[4096];
	size_t len;
};

/* priority: of the base chain. */
void table_digest_begin(struct table_digest *t, const char *table, int priority);
void table_digest_counter(struct table_digest *t, const char *name);

/* comment: of the first rule, or NULL. */
void table_digest_chain(struct table_digest *t, const char *name, bool base, size_t rules,
			const char *comment);

/* Of s only the name and what elements look like counts. */
void table_digest_set(struct table_digest *t, const struct set *s);

/* An element of the set before; chain: the number of its verdict's among the chains
 * that were added. */
void table_digest_element(struct table_digest *t, const struct set *s,
			  const struct element *e, size_t chain);

struct digest_hex table_digest_end(struct table_digest *t);

#endif
