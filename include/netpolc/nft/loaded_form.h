/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loaded_form - what our rulesets look like when they are loaded
 *
 * The one place that knows how a set's type and shape, a verdict and the hook of a
 * chain are written down as numbers, by nft and by the kernel: each in one direction
 * and in the other.
 */
#ifndef NETPOLC_LOADED_FORM_H
#define NETPOLC_LOADED_FORM_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/nft/loaded.h>
#include <netpolc/nft/ruleset.h>

/* The set as the kernel would tell of it, but for NFT_SET_CONCAT. */
struct loaded_set loaded_form_set(const struct set *s);

/* What elements of the loaded set look like, as a set without any.  False for what no
 * set of ours is. */
bool loaded_form_shape(const struct loaded_set *s, struct set *out);

/* Whether elements of both look the same. */
bool loaded_form_alike(const struct loaded_set *a, const struct loaded_set *b);

/* Whether both have as many rules, and the first says the same of them. */
bool loaded_form_same_rules(const struct loaded_chain *a, const struct loaded_chain *b);

/* The chain that says whose table it is, or NULL. */
const struct loaded_chain *loaded_form_state(const struct loaded_table *t);

/* Whether the comment of its first rule is what a chain of ours has. */
bool loaded_form_marks(const struct loaded_chain *c);

/* Whether that comment is what a rule of the chain behind its first has if it is ours:
 * the hash that the first one's begins with.  comment: NULL for none. */
bool loaded_form_marked(const struct loaded_chain *c, const char *comment);

/* Whether a rule of the chain is another program's: the chain is altered, or the rule is
 * younger than that of the state chain, which we write last whenever we write one.
 * state: NULL where the table has none. */
bool loaded_form_altered(const struct loaded_chain *c, const struct loaded_chain *state);

/* The elements of s as they would be loaded. */
struct loaded_elements loaded_form_elements(struct arena *a, const struct set *s);

/* The same, of a set that is loaded and one that is wanted. */
bool loaded_form_same(const struct loaded_set *have, const struct set *want);

/* Which family's isolated addresses the set of that name holds; FAMILIES for others. */
enum family loaded_form_isolated(const char *set);

/* Whether the set of that name leads isolated addresses to their classes, and which. */
bool loaded_form_dispatches(const char *set, enum family *f, enum direction *d);

/* By name, so that they can be found. */
void loaded_form_sort_chains(struct loaded_chains *chains);

/* The place of the chain of that name in sorted ones; their number if there is none. */
size_t loaded_form_chain(const struct loaded_chains *sorted, const char *name);

/* The policies that the first rule's comment lists, "a/x, b/y, +3 more", for the chain of
 * a class; else whatever stands there, or "". */
const char *loaded_form_policies(const struct loaded_chain *c);

/* NF_..., NFT_...; of VERDICT_NONE what plain sets have. */
int32_t loaded_form_code(enum verdict_kind kind);

/* VERDICT_NONE for codes that we never use. */
enum verdict_kind loaded_form_verdict(int32_t code);

/* Makes the chain a base chain of ours. */
void loaded_form_hook(struct loaded_chain *c, int priority);

/* Whether a base chain is hooked as ours are, at whatever priority. */
bool loaded_form_hooked(const struct loaded_chain *c);

#endif
