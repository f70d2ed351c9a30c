/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cost - which look-up is used where, and what decides it
 *
 * The one place for it.  A row's peers are lists of addresses; each list takes the
 * first of these forms that its numbers allow:
 *
 *   shared  a pool that several rows allow is one set for all of them, in which each
 *           row excepts what it does not allow
 *   rules   few values need no set: a comparison is 30 ns, a hash look-up 75 to 100
 *   map     a map, or set, of the row's own, as long as sets last: those that save
 *           most elements come first
 *   pairs   all others are in one concatenated map for each family and direction
 *           (own address . peer), which is dearer by a third and has an element for
 *           each pod and peer
 *
 * A set of ranges is hash look-ups of prefixes of one or two lengths, as long as writing
 * the ranges out that way does not take too many: 110 to 210 ns however many there are.
 * Else an rbtree keeps it (170 ns for 5 ranges, 300 for 100), and from 128 on pipapo
 * (220 to 390 ns up to 10,000, more where the kernel has to save the vector registers
 * for a single packet).  From 2,000 on, three lengths are ahead of pipapo: 190 ns for
 * what is inside, 270 outside, and a tenth to a quarter of the prefixes that two take.
 *
 * Where ports differ, ranges need a map of verdicts, and Linux 6.1 checks all of it anew
 * for each way that leads there, from each pod and by each egress chain before it: 200
 * prefixes in place of 12 ranges made 100 pods load in 1.7 s, not 0.3.  So these are
 * written out only where there are hardly more prefixes than ranges.
 *
 * Tried and dropped: asking the middle one of three lengths first, and the longest only
 * where that says so, by a jump in place of its verdict (Waldvogel's search by length).
 * A packet from outside asks two sets then, not three, 80 ns less.  But it takes a map of
 * verdicts where sets do: with 23,000 elements, for 20 of 100 isolated pods, Linux 6.1
 * took 68 s to load what it loads in 2.4 s as sets; with 2,300, for 100, 11 s, not 0.3.
 *
 * Tried and dropped: one map of allowed pairs (source . destination) in front of all
 * look-ups, with --node.  It halves what an allowed pair costs that it decides alone,
 * but adds 100 ns to all other packets; on a node of the generator's cluster 69 of 100
 * allowed pairs are allowed by ports that any peer may use, which no such map holds
 * within 65,536 elements, so packets came out 4 to 30 % dearer, denied ones 29 %, and a
 * pod that changes was up to 49 elements instead of one or two.
 *
 * Sets are bounded because the kernel's work grows with the square of their number,
 * elements because they cost memory and about 3 us each to load; a ruleset that
 * would have more is refused (too-large) and the policies behind it are named.
 * Look-ups of a packet in one direction are bounded by 8: dispatch, hosts, shared
 * ones and their exceptions (together LOOKUPS_SHARED), nets (1 to 3) and self.  ICMPv6
 * is asked for neighbour discovery too, so nets are one look-up where the shared ones
 * are three, and two where they are two.
 */
#ifndef NETPOLC_COST_H
#define NETPOLC_COST_H

#include <stdbool.h>
#include <stddef.h>

/* Bounds on what is emitted; lower ones reach every form on small input. */
struct lower_limits {
	size_t sets;	     /* sets and maps in all, at most */
	size_t elements;     /* elements in all, at most; more is DIAG_TOO_LARGE */
	size_t share;	     /* a pool with at least so many addresses may be shared */
	size_t inline_hosts; /* so many peer addresses at most become rules */
	size_t inline_nets;  /* so many peer ranges at most become rules */
	size_t inline_ports; /* so many ranges of a protocol at most become rules */
	size_t exceptions;   /* so many of 100 shared addresses at most are excepted */
	size_t pipapo;	     /* so many ranges at least are kept by pipapo */
	size_t levels;	     /* prefixes of so many lengths at most, instead */
	size_t third;	     /* of three for so many ranges at least */
	size_t prefixes;     /* so many of them for each range at most */
};

/* Sets that rows of one class may ask for shared pools and their exceptions. */
#define LOOKUPS_SHARED 3

struct lower_limits cost_limits(void);

/* Sets limits as in "share=2,inline-hosts=0": the names above, with '-' for '_'.  False
 * at one that is unknown, or no number. */
bool cost_set_limits(struct lower_limits *limits, const char *text);

/* Whether a row with so many exceptions may use the pool's shared set. */
bool cost_may_share(const struct lower_limits *limits, size_t addresses,
		    size_t exceptions);

/* Elements that a row of so many pods then saves, against the concatenated map. */
size_t cost_share_saves(size_t addresses, size_t exceptions, size_t pods);

/* Sets that a shared pool makes a packet ask. */
unsigned cost_share_lookups(size_t exceptions);

/* How many levels a list of ranges may be written out in, when the row asks so many
 * shared sets, or may ask sets of ports (then it shares none). */
unsigned cost_levels(const struct lower_limits *limits, size_t ranges, unsigned shared,
		     bool port_sets);

/* How many prefixes it may then have, in sets or, where ports differ, in maps. */
size_t cost_level_prefixes(const struct lower_limits *limits, size_t ranges, bool map);

/* Prefixes in levels, of all lists together: many classes must not make too many.  So
 * many take 0.5 s to load, again after each change of the policy, which names its sets
 * anew, and 12 MB of memory; 10,000 mixed blocks make 100,000. */
#define LEVEL_PREFIXES 131072

/* Whether so many ranges are better kept by pipapo than by an rbtree. */
bool cost_prefers_pipapo(const struct lower_limits *limits, size_t ranges);

/* Elements that a list saves by a map of its own, against the concatenated map. */
size_t cost_map_saves(size_t elements, size_t pods);

#endif
