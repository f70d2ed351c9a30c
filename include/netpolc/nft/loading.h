/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loading - what the parts of loaded share
 *
 * loaded.c asks for the table, its chains, rules, sets and objects,
 * loaded_elements.c for what is in the sets, and loaded_asked.c whether something is.
 * A dump is a request, and a function that adds each message of the answer to the
 * structs.
 */
#ifndef NETPOLC_LOADING_H
#define NETPOLC_LOADING_H

#include <netpolc/nft/loaded.h>

#include <netpolc/base/hashset.h>

struct mnl_socket;
struct nlattr;
struct nlmsghdr;
struct set;

struct table_reader {
	struct arena *arena;
	struct mnl_socket *nl;
	char *bytes;
	uint32_t seq;
	unsigned port;
	struct hashset *chains; /* struct loaded_chain by name */
};

/* What is being dumped, and where it goes. */
struct loading_dump {
	struct table_reader *l;
	const char *table;
	struct loaded_table *to;
	struct arena *arena; /* of elements */
	struct loaded_elements *elements;
	const struct set *shape;    /* of the set that elements are in */
	struct loaded_chain *chain; /* of the rule or element before */
	const char *comment;	    /* of the one rule asked for */
	bool seen;
	uint32_t number; /* the one number asked for */
};

typedef int loading_fn(const struct nlmsghdr *nlh, void *to);

#define LOADING_ATTRIBUTES 32
struct loading_attributes {
	const struct nlattr *at[LOADING_ATTRIBUTES];
};

struct loading_attributes loading_attributes(const struct nlmsghdr *nlh);
struct loading_attributes loading_nested(const struct nlattr *nest);

/* 0 and "" for no attribute. */
uint32_t loading_number(const struct nlattr *attr);
const char *loading_text(const struct nlattr *attr);
const char *loading_copy(struct arena *a, const struct nlattr *attr);

/* The beginning of a request, to which attributes can be added. */
struct nlmsghdr *loading_request(struct table_reader *l, uint16_t type, uint16_t flags);

/* Sends it, and calls each for every message of the answer. */
int loading_ask(struct table_reader *l, const struct nlmsghdr *nlh, loading_fn *each,
		void *to);

/* NULL when the table has no chain of that name.  Message after message names the same
 * few, so the one before is looked at first. */
struct loaded_chain *loading_chain(struct loading_dump *d, const char *name);

/* The element at attr.  False for what no set of ours has. */
bool loading_element(struct loading_dump *d, const struct nlattr *attr,
		     struct loaded_element *out);

/* Parts of keys begin at whole words: what bytes take. */
size_t loading_words(size_t bytes);

#endif
