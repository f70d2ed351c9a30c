/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * comparing - what the parts of compare share
 */
#ifndef NETPOLC_COMPARING_H
#define NETPOLC_COMPARING_H

#include <netpolc/analysis/compare.h>
#include <netpolc/analysis/outside.h>
#include <netpolc/analysis/portgap.h>
#include <netpolc/analysis/reach.h>
#include <netpolc/policy/ends.h>
#include <netpolc/policy/words.h>

/* What a group is made by; all words, so that it is its own key. */
struct profile {
	uint32_t outside;
	uint32_t on[SIDES];
	uint32_t class[DIRECTIONS][SIDES];
	uint32_t atom[SIDES][FAMILIES]; /* of families that are decided */
	uint32_t bare[SIDES];		/* pods without an address */
};

/* What decides what a subject may do, besides the peer. */
struct stance {
	uint32_t row[SIDES];	  /* or NO_ROW */
	uint32_t families[SIDES]; /* a bit each */
};

struct atom_key {
	uint32_t atom[SIDES][FAMILIES];
};

struct group_key {
	struct profile profile;
	uint32_t stance[DIRECTIONS]; /* ids in stances[] */
	uint32_t atoms;		     /* id in atom_keys */
	bool wide;		     /* outside: has an address that is no node's */
	uint32_t lone;		     /* outside: addresses of nodes */
	uint32_t itself;	     /* pods that are a pair with themselves alone */
};

/* A pod and an address or hostNetwork pod of its own node. */
struct own_pair {
	uint32_t pod; /* index into comparison.pods */
	uint32_t other;
	bool other_is_piece;
	uint32_t groups[2]; /* of the two */
	uint32_t on;	    /* a bit for each side */
};

struct own_pairs {
	struct own_pair *at; /* by groups */
	size_t len, cap;
};

/* A subject's peer that gained or lost ports by one cause. */
struct record {
	uint32_t cause, gap; /* ids */
	uint32_t peer;
};

/* All peers of a subject that are alike in that. */
struct strip {
	uint32_t cause, gap, peers; /* ids */
	uint32_t subject;
};

struct comparing {
	struct arena *arena;
	const struct settings *set;
	const struct decisions *dc[SIDES];
	struct comparison *out;

	struct common_pod *pods;
	size_t npods;
	struct pieces pieces[FAMILIES]; /* group: index into groups */
	struct end_group *groups;
	struct group_key *keys; /* parallel to groups */
	size_t ngroups;
	struct words_index *profiles, *stances[DIRECTIONS], *atom_keys;
	struct own_pairs own;

	struct portsets *portsets;
	const struct portset **copies[SIDES]; /* by the side's port set id; or NULL */
	struct portgaps *gaps;
	struct {
		const struct portgap **at;
		size_t len, cap;
	} gap_at; /* by id */

	struct words_index *causes; /* kind, gained, direction, side, then the refs */
	struct words_index *asked;  /* what the rules of a cell were asked for */
	struct id_list answers;	    /* parallel to asked: ids of causes */

	struct {
		struct record *at;
		size_t len, cap;
	} records; /* of the subject at hand */
	struct {
		struct strip *at;
		size_t len, cap;
	} strips;
	struct words_index *peers; /* of strips: ids of groups */
};

/* Fills pods, pieces and groups. */
void compare_ends(struct comparing *c);

/* Fills own; after compare_ends(). */
void compare_nodes(struct comparing *c);

/* How many pairs of an end of one group with an end of the other (in this direction)
 * do not always connect; SIZE_MAX: countless. */
size_t compare_pairs(const struct comparing *c, uint32_t from, uint32_t to);

/* The id of the cause that subject, a group, gained or lost ports to the atoms of a peer
 * (of the side that has the ports; NO_ATOM: not in that family) by isolation or its
 * rules, whichever it is. */
uint32_t compare_cause(struct comparing *c, enum direction d, bool gained,
		       uint32_t subject, const uint32_t atoms[FAMILIES],
		       const struct portgap *ports);

/* A cause that names no policy. */
uint32_t compare_bare_cause(struct comparing *c, enum cause_kind kind, enum direction d,
			    bool gained);

/* The cause with that id, spelt out. */
const struct cause *compare_spell(struct comparing *c, uint32_t id);

/* The pairs of own whose pod is of the group: *n of them; NULL where there is none. */
const struct own_pair *compare_own(const struct comparing *c, uint32_t group, size_t *n);

/* As portgap_of(), but the gap can be found by its id afterwards. */
const struct portgap *compare_gap(struct comparing *c, const struct portset *x,
				  const struct portset *y);

/* Adds a record of the subject at hand; the same one twice is one. */
void compare_record(struct comparing *c, uint32_t cause, const struct portgap *gap,
		    uint32_t peer);

/* That was all of the subject. */
void compare_end_subject(struct comparing *c, uint32_t subject);

/* Fills the changes of out. */
void compare_finish(struct comparing *c);

#endif
