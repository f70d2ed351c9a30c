/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loaded - our table, as the kernel has it
 *
 * The only user of libmnl and libnftnl for nftables (loaded.c, loaded_elements.c,
 * loaded_asked.c): netlink dumps of one table of family inet as structs.  Rule bodies are
 * not understood; of a chain's rules only their number, the first one's comment, whether
 * the others carry the hash in it, the last handle and a hash of what they do are kept.
 *
 * Everything is in the arena given to loaded_open(), except elements, which are
 * in the arena given for them.  Each function returns 0 or a negative errno;
 * -EINTR means that something was changed meanwhile: open anew and start again.
 */
#ifndef NETPOLC_LOADED_H
#define NETPOLC_LOADED_H

#include <netpolc/base/ranges.h>

#include <stdint.h>

struct arena;
struct table_reader;

/* What kind of table is loaded under a name. */
enum loaded {
	LOADED_ABSENT,	 /* no table of that name */
	LOADED_FOREIGN,	 /* a table without our state chain */
	LOADED_SETTLING, /* ours, without any policy: a first load that did not end */
	LOADED_OURS,
	LOADED_UNKNOWN, /* the kernel would not say; reported */
};

struct loaded_chain {
	const char *name;
	bool base;
	unsigned hook;
	int priority;
	const char *type; /* of a base chain, "filter" */
	bool accept;	  /* policy of a base chain */
	size_t rules;
	/* Of its rules, 0 where they were not read: the highest handle, which is that of
	 * the one added last, as a table numbers whatever is added to it (a rule put in
	 * the place of another has that one's); and a hash of what they do, as this
	 * kernel and the nft that wrote them put it, which says nothing but whether it
	 * changed. */
	uint64_t youngest, bodies;
	/* One that is not the first lacks the hash in the comment of the first, or they
	 * are not what the cache knows (guess.h). */
	bool altered;
	const char *comment; /* of the first rule, or NULL */
};

#define LOADED_UNCOUNTED SIZE_MAX /* before Linux 6.16, or not read */

struct loaded_set {
	const char *name;
	uint32_t flags;	    /* NFT_SET_... */
	uint32_t key_type;  /* nft's number; loaded_form.h knows those of ours */
	uint32_t data_type; /* of maps */
	size_t count;	    /* of elements, where loaded_read() says; LOADED_UNCOUNTED */
};

struct loaded_element {
	u128 lo, hi, first; /* as in struct element */
	int32_t code;	    /* NF_DROP, NF_ACCEPT, NFT_GOTO, NFT_JUMP; of maps */
	const char *chain;  /* of goto and jump */
	bool end;	    /* only while they are read */
};

struct loaded_elements {
	struct loaded_element *at; /* ascending by first, lo */
	size_t len, cap;
	bool odd; /* there is one that no ruleset of ours can have */
};

struct loaded_chains {
	struct loaded_chain **at;
	size_t len, cap;
};

struct loaded_sets {
	struct loaded_set *at; /* named ones */
	size_t len, cap;
};

struct loaded_counter {
	const char *name;
	uint64_t packets, bytes;
};

struct loaded_counters {
	struct loaded_counter *at;
	size_t len, cap;
};

struct loaded_names {
	const char **at;
	size_t len, cap;
};

struct loaded_table {
	bool dormant;
	struct loaded_chains chains;
	struct loaded_sets sets;
	struct loaded_counters counters;
	struct loaded_names others; /* objects of kinds that we never make */
};

int loaded_open(struct table_reader **out, struct arena *a);
void loaded_close(struct table_reader *l);
void loaded_close_at_end(struct table_reader *l); /* of its arena */

/* The generation that the kernel's tables are in: each commit adds one. */
int loaded_generation(struct table_reader *l, uint32_t *out);

/* A number that no other network namespace has until the machine is booted again;
 * -ENOPROTOOPT before Linux 5.14. */
int loaded_namespace(const struct table_reader *l, uint64_t *out);

/* -ENOENT when there is none of that name. */
int loaded_exists(struct table_reader *l, const char *table, bool *dormant);

/* The comment of a chain's first rule, NULL when there is none. */
int loaded_comment(struct table_reader *l, const char *table, const char *chain,
		   const char **out);

int loaded_read(struct table_reader *l, const char *table, struct loaded_table *out);

/* The rules alone, of the chain, or with NULL of every one that has any, for
 * loaded_find(). */
int loaded_rules(struct table_reader *l, const char *table, const char *chain);

/* As if it had been read by l, too. */
void loaded_know(struct table_reader *l, struct loaded_chain *c);

/* The chain, as far as it was read; NULL when there is none of that name. */
struct loaded_chain *loaded_find(const struct table_reader *l, const char *chain);

/* Of a set that no ruleset of ours has, nothing is read but that it is odd. */
int loaded_elements(struct table_reader *l, const char *table,
		    const struct loaded_set *set, struct arena *a,
		    struct loaded_elements *out);

/*
 * Whether the set has these elements, each given once, and no others: found out by asking
 * for each, in time proportional to their number, where reading all takes the square of
 * it.  Only of sets without intervals that are counted; else, and where it is not known,
 * *out is false.
 */
int loaded_holds(struct table_reader *l, const char *table, const struct loaded_set *set,
		 const struct loaded_elements *these, bool *out);

typedef int loaded_fn(struct table_reader *l, void *to);

/*
 * Calls look with a reader until nothing was committed meanwhile, so that what it read
 * was all there at one moment; *generation is the one of that moment.  A few times at
 * most: then -EINTR.
 */
int loaded_look(struct arena *a, loaded_fn *look, void *to, uint32_t *generation);

#endif
