/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lowering - what the parts of lower share
 *
 * lower.c makes the frame and the class chains, lower_peers.c the look-ups of
 * peers inside them, lower_ports.c the matches of ports, lower_denied.c what becomes
 * of packets that nothing allows, lower_unknown.c what isolates pods that are not known,
 * lower_spoof.c what drops forged sources.  All append to the one ruleset under
 * construction.
 */
#ifndef NETPOLC_LOWERING_H
#define NETPOLC_LOWERING_H

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/lower.h>
#include <netpolc/nft/plan.h>

struct lowering {
	struct ctx *cx;
	struct arena *arena;
	const struct decisions *dc;
	const struct lower_options *opt;
	const struct plan *plan;
	struct ruleset *rs;
	size_t port_sets; /* sets that port chains may still take */
	/* By id of port set; NULL: none yet. */
	const struct chain **port_chains[DIRECTIONS];

	struct chain *forward;
	struct chain *ingress, *midstream, *discovery, *denied; /* NULL unless needed */
	struct counter *stray;
	struct set *dispatch[DIRECTIONS][FAMILIES], *self[FAMILIES], *isolated[FAMILIES];
	struct pairs {
		struct set *set;
		struct chain *chain;
	} pairs[DIRECTIONS][FAMILIES], net_pairs[DIRECTIONS][FAMILIES];
	struct set *except[DIRECTIONS][FAMILIES];
	struct ranges pod_ranges[FAMILIES]; /* with unknown pods to be denied, or empty */
	struct set *known[FAMILIES], *podcidrs[FAMILIES]; /* NULL unless needed */
	struct chain *unknown[DIRECTIONS];
	struct chain *spoof; /* NULL unless needed */
	struct verdict allow[DIRECTIONS];
};

/* The class chain at hand. */
struct place_in {
	struct chain *chain;
	const struct class *class;
	const struct origin *origin;
	enum direction d;
};

/* The field that holds the pod's own address, and the one that holds the peer's. */
enum field own_field(enum direction d, enum family f);
enum field peer_field(enum direction d, enum family f);

/* A new set with that name, which must not be taken. */
struct set *lowering_set(struct lowering *l, const char *name,
			 const struct origin *origin, enum family f, unsigned nkeys,
			 bool intervals, bool map);

/* *set, made when it is first needed: an empty one is never asked. */
struct set *lowering_need(struct lowering *l, struct set **set, const char *name,
			  enum family f, unsigned nkeys, bool intervals, bool map,
			  const char *about);

/* So few ranges are asked for in place: cheaper than a jump. */
bool ports_are_simple(const struct portset *ports);

/* Adds the match of a range of ports, 0-65535 being the protocol alone. */
struct rule *match_ports(struct lowering *l, struct rule *r, enum protocol p,
			 const struct range *range);

/* Appends rules to c that end with done for each of the ports. */
void lower_ports(struct lowering *l, struct chain *c, const struct origin *origin,
		 const struct portset *ports, struct verdict done);

/* What a look-up that finds ports says: everything at once, or ask the port chain. */
struct verdict port_verdict(struct lowering *l, const struct place_in *in,
			    const struct portset *ports);

/* Ends the class chain: what has come here is denied. */
void lower_denial(struct lowering *l, const struct place_in *in);

/* Whether there are addresses of unknown pods to be denied, once lower_known() has made
 * the sets that tell. */
bool lowering_has_unknown(const struct lowering *l);
void lower_known(struct lowering *l);

/* The chain that denies them, and the rule that leads there. */
void lower_unknown(struct lowering *l, enum direction d);
void lower_unknown_dispatch(struct lowering *l, struct chain *c, enum direction d,
			    enum family f);

/* The log rule of a place that denies, if there is to be one. */
void lower_log(struct lowering *l, struct chain *c, const struct origin *origin,
	       const char *prefix);

/* The first rule of forward, and the chains that drop what has a forged source. */
void lower_spoof(struct lowering *l);

/* The chain midstream, where a pod is isolated. */
void lower_midstream(struct lowering *l);

/* Puts the chain denied at the end and fills it. */
void lower_denied(struct lowering *l);

/* Appends the look-ups of a row's peers to the class chain. */
void lower_peers(struct lowering *l, const struct place_in *in, enum family f,
		 const struct row *row);

#endif
