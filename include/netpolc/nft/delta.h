/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delta - what has to change for a loaded table to be a ruleset
 *
 * Both sides are in normal form, so a walk over the two finds what only one has.
 * Chains are equal by the content hash in their first rule's comment and by their
 * rule count, elements by value.  That chains are not equal all the same shows in three
 * ways: a rule does not carry that hash; or it is younger than the one that we wrote
 * last, which is the state chain's; or the cache knows that they were something else.
 * The result is a list of operations, as many as the change has; what is equal on both
 * sides is not touched, and its counters go on counting.  A chain that changed is emptied
 * and filled again under its name, and a named counter outlives that.
 *
 * Inside a transaction nothing may refer to what is not there: elements go before
 * the chains they lead to, and chains come before the elements that lead to them.
 *
 * A transaction takes effect at one moment, but a packet that is under way just
 * then may be judged by the rules of before and meet an element of afterwards.
 * That element must not lead it into a chain that had no rules before: it would
 * come out at the end of it, undecided.  So where elements of a map that stays lead
 * to chains that are new, the new chains go first, in a transaction of their own
 * that no packet notices.  Between the two the table is neither what it was nor what it
 * is to be; apply.h says how it does not stay that way.
 *
 * Everything is in the arena given, except what points into the ruleset.
 */
#ifndef NETPOLC_DELTA_H
#define NETPOLC_DELTA_H

#include <netpolc/nft/loaded.h>
#include <netpolc/nft/text.h>

/* In the order in which they stand in a transaction. */
enum delta_kind {
	DELTA_DELETE_ELEMENT,
	DELTA_FLUSH_SET,
	DELTA_FLUSH_CHAIN,
	DELTA_DELETE_SET,
	DELTA_DELETE_CHAIN,
	DELTA_DELETE_COUNTER,
	DELTA_ADD_COUNTER,
	DELTA_ADD_CHAIN, /* without its rules */
	DELTA_ADD_SET,	 /* without its elements */
	DELTA_ADD_ELEMENT,
	DELTA_ADD_RULE,
};
#define DELTA_KINDS (DELTA_ADD_RULE + 1)

struct delta_operation {
	enum delta_kind kind;
	const char *name;	       /* of the counter, set or chain */
	bool map;		       /* of a set */
	const struct set *set;	       /* wanted; NULL for DELTA_DELETE_SET */
	const struct element *element; /* its verdict counts only when it is added */
	const struct chain *chain;     /* wanted; NULL when it is not */
	const struct rule *rule;
};

struct delta_operations {
	struct delta_operation *at; /* ascending by kind */
	size_t len, cap;
};

struct delta {
	const struct ruleset *rs;
	/* One line: the first difference; NULL when there is none. */
	const char *why;
	/* What differs cannot be changed in place: the whole table has to go. */
	bool replace;
	/* Two transactions, each may be empty. */
	struct delta_operations first, then;
};

/* All operations. */
size_t delta_len(const struct delta *d);

/*
 * Compares everything but elements.  Then delta_elements() for each loaded set that
 * delta_set() names, unless its elements are known to be the same, then delta_finish().
 */
struct delta *delta_new(struct arena *a, const struct ruleset *rs,
			const struct loaded_table *table)
	__attribute__((returns_nonnull));

/* The set that the loaded one is to become; NULL when its elements do not matter. */
const struct set *delta_set(const struct delta *d, const struct loaded_set *loaded);

/* have is in its order, and need not outlive the call.  known: by place in want, the
 * elements that are loaded as they are, and are not in have; NULL for none. */
void delta_elements(struct delta *d, const struct set *want,
		    const struct loaded_elements *have, const bool *known);

void delta_finish(struct delta *d);

/*
 * The operations as nft syntax, one transaction; nothing for none.  What is added
 * stands in one block, which libnftables runs without reading elements that are
 * loaded.  lines (may be NULL) are in the arena.
 */
void delta_print(struct buf *out, struct arena *a, const struct ruleset *rs,
		 const struct delta_operations *ops, struct text_lines *lines);

/* All that makes a table rs: two transactions if d takes two, nothing where nothing
 * differs, and the whole table where that has to be replaced or, d being NULL, is not
 * there. */
void delta_print_all(struct buf *out, struct arena *a, const struct ruleset *rs,
		     const struct delta *d);

#endif
