/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache - what we know to be loaded, without reading it back
 *
 * A file, one for each table name: the ruleset in normal form as it was found or made
 * equal to what is loaded, and the generation of the kernel's tables at that time.
 * While that is still the generation nobody has committed anything, and the file
 * stands for the table.  It is believed only for the network namespace it was made
 * in, since boot, and if its bytes are whole, it is ours and nobody else may write
 * it.  Whatever is wrong with it, the table is read back.
 */
#ifndef NETPOLC_CACHE_H
#define NETPOLC_CACHE_H

#include <netpolc/nft/loaded.h>
#include <netpolc/nft/ruleset.h>

#define CACHE_DIR "/run/netpolc" /* where apply has it */

/* Beyond so many elements nothing is kept: the file would be dear itself. */
#define CACHE_ELEMENTS 1000000

/* What an element of a set takes in the file. */
struct cached_shape {
	size_t first, last; /* bytes of the key's parts; first is 0 where it has one */
	bool intervals, map;
};

/* Elements of a set, as they stand in the file. */
struct cached_elements {
	const uint8_t *at;
	size_t len;
	struct cached_shape shape;
};

struct cache {
	uint32_t generation;
	struct digest_hex digest;	  /* of the ruleset that is loaded */
	struct loaded_table *loaded;	  /* but elements; see CACHE_APPLIED */
	struct cached_elements *elements; /* by set of loaded; for cache_element() */
};

struct cached_element {
	u128 lo, hi, first; /* as in struct element */
	enum verdict_kind verdict;
	size_t chain; /* in loaded->chains; their number where it leads to none */
};

enum cache_use {
	CACHE_DIGEST, /* loaded is NULL */
	CACHE_WHOLE,
	/* Whatever was committed since: how the loaded table was applied, without sets
	 * but those that lead isolated addresses to their classes. */
	CACHE_APPLIED,
	/* Whatever was committed since: whole, any table of ours, for a guess. */
	CACHE_GUESS,
};

/* NULL unless the file in dir stands for what is loaded under that name, as far as use
 * asks for that.  dir may be NULL: there is none then. */
struct cache *cache_open(struct arena *a, const char *dir, const char *table,
			 enum cache_use use);

/* The i-th element of that set, in the order of loaded_elements(); false where it is none
 * that a ruleset of ours can have. */
bool cache_element(const struct cache *c, size_t set, size_t i,
		   struct cached_element *out);

/* All elements of that set. */
void cache_elements(const struct cache *c, size_t set, struct arena *a,
		    struct loaded_elements *out);

/* What is to be written down of a ruleset, as far as that is known before it is loaded.
 */
struct cache_draft;

/* In the arena. */
const struct cache_draft *cache_draft(struct arena *a, const struct ruleset *rs)
	__attribute__((returns_nonnull));

/* What the cache's elements of a set are to those of the ruleset's set of that name;
 * nothing where that has none, or one of another type. */
struct cache_match {
	bool equal;
	/* Else, by place in the ruleset's: whether the cache has the same one; */
	bool *known;
	/* and the others that the cache has. */
	struct loaded_elements rest;
};

/* By set of c->loaded. */
const struct cache_match *cache_match(struct arena *a, const struct cache *c,
				      const struct cache_draft *draft);

struct cache_note {
	const struct ruleset *rs; /* is loaded */
	uint32_t generation;	  /* since then */
	/* What it was made of by our own commits alone, so that rules which were right
	 * need not be read; or NULL. */
	const struct loaded_table *before;
	const struct cache_draft *draft; /* of rs, or NULL to make it */
};

/* Notes that, in the memory of the draft, and what the rules are as the kernel has them,
 * of which nothing else tells afterwards.  NULL, or why it is not noted; then no file is
 * left.  until: what is open stays open as long, see kernel_change(). */
const char *cache_store(const char *dir, const struct cache_note *note,
			struct arena *until);

/* The table has been removed on purpose, and what it was is nobody's business. */
void cache_forget(const char *dir, const char *table);

#endif
