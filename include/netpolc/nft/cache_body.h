/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache_body - what a cache's file is made of
 *
 * Behind the header stand the counters of a table, its chains with what is known of
 * their rules, and its sets with their elements, first those that say whom the table
 * isolates: who wants to know only that need not read on.  Elements have one form only,
 * so sets with equal bytes are equal; but their verdicts number the chains of the file
 * that they are in.
 */
#ifndef NETPOLC_CACHE_BODY_H
#define NETPOLC_CACHE_BODY_H

#include <netpolc/nft/cache.h>

/* Where bytes go: len of them are there; with at being NULL they are only counted. */
struct cache_writer {
	uint8_t *at;
	size_t len;
};

/* There must be so much more room than is counted. */
#define CACHE_SLACK sizeof(u128)

struct cache_draft {
	const struct ruleset *rs;
	uint8_t *at; /* room for the header, the table and the sets; these are there */
	size_t len;
	size_t front;			  /* where the first sets end */
	struct cached_elements *elements; /* by id of set */
};

/* Appends counters and chains, with what l has read of the rules; NULL for nothing.  They
 * take the same room whatever that is. */
void cache_body_table(struct cache_writer *w, const struct ruleset *rs,
		      const struct table_reader *l);

/* Appends the sets of rs that dispatch (loaded_form_dispatches()), or the others, which
 * stand behind them.  elements: where those of each are, by its id; not while they are
 * counted. */
void cache_body_sets(struct cache_writer *w, const struct ruleset *rs, bool dispatch,
		     struct cached_elements *elements);

/* Fills loaded and elements from the bytes, which are pointed into; false when they
 * make no sense.  all: the other sets are there, too. */
bool cache_body_get(struct arena *a, const uint8_t *bytes, size_t len, bool all,
		    struct cache *out);

/* ---- elements of one set ---- */

struct cached_shape cached_shape(const struct set *s);

/* What len elements take. */
size_t cached_size(const struct cached_shape *shape, size_t len);

/* Puts the elements of s there, where CACHE_SLACK more bytes may be spoilt. */
void cached_put(uint8_t *to, const struct set *s);

#endif
