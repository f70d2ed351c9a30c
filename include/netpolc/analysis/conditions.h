/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conditions - a peer entry, taken apart for a reader
 *
 * What one peer of a rule asks of the other end, term by term, and how that end fares.
 * Nothing is decided by it: a peer matches exactly when all of its conditions hold, and
 * a test holds the two against each other.
 */
#ifndef NETPOLC_CONDITIONS_H
#define NETPOLC_CONDITIONS_H

#include <netpolc/policy/core.h>

enum condition_kind {
	CONDITION_POD,		  /* the other end is a pod that selectors can match */
	CONDITION_HOME,		  /* it is in the namespace of the policy */
	CONDITION_NAMESPACE_TERM, /* its namespace satisfies a term */
	CONDITION_POD_TERM,	  /* it satisfies a term */
	CONDITION_BLOCK,	  /* its address is in the block */
	CONDITION_EXCEPT,	  /* and not in this part of it */
};

struct condition {
	enum condition_kind kind;
	bool holds;
	const char *space; /* HOME: the policy's; with it and terms: the other end's */
	const char *home;
	const struct requirement *term; /* of a term */
	const char *value;		/* of the label with that key, or NULL */
	bool addressed;	   /* BLOCK: it has such an address; POD: it is but that */
	bool host_network; /* POD: that is why it is none */
	struct address address;
	const char *whose;  /* said in place of the address; NULL: nothing is */
	const char *block;  /* BLOCK and EXCEPT: as written */
	bool other_family;  /* BLOCK: all of it, but not that of the connection */
	enum family family; /* of the connection */
};

struct conditions {
	struct condition *at;
	size_t len, cap;
	size_t failed;
};

/* family: in which the connection is. */
struct conditions conditions_of(struct arena *a, const struct decisions *dc,
				const struct policy *policy,
				const struct policy_peer *peer,
				const struct endpoint *other, enum family family);

/* "label role=web, wanted role=frontend", or, where it holds, "label role=frontend". */
void condition_print(struct buf *out, const struct condition *c);

/* The halves of that: "label role=web", and "role=frontend" where there is more to say.
 */
void condition_print_found(struct buf *out, const struct condition *c);
void condition_print_wanted(struct buf *out, const struct condition *c);

/* A peer entry and how the other end fares. */
struct peer_story {
	const struct policy_peer *peer;
	struct conditions conditions;
};

/* Those that are nearest to matching first; of one rule, else in its order. */
void peer_stories_sort(struct peer_story *at, size_t n);

#endif
