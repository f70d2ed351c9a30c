/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain - the rules behind a verdict
 *
 * Names, for one direction of one connection, the policies that isolate the pod
 * and for each of their rules whether it allows, by what, and if not, what failed.  It
 * reads the same classes and atoms that the decision came from; it does not
 * evaluate policy a second way.
 */
#ifndef NETPOLC_EXPLAIN_H
#define NETPOLC_EXPLAIN_H

#include <netpolc/analysis/conditions.h>
#include <netpolc/analysis/portgap.h>
#include <netpolc/policy/core.h>

struct rule_finding {
	const struct policy *policy;
	const struct policy_rule *rule;
	bool peer_matches, port_matches; /* it allows when both hold */
	const struct policy_peer *peer;	 /* the peer entry that matched, or NULL (any) */
	const struct policy_port *port;	 /* the port entry that matched, or NULL (any) */
};

/* The same for a reader. */
struct rule_story {
	struct rule_finding found;
	/* The peer entry that matched; where none did all of them, nearest first. */
	const struct peer_story *peers;
	size_t npeers;
	const struct ranges *numbers; /* what each of the rule's ports stands for here */
	bool to_pod;   /* the destination is one: what is none has no names of ports */
	size_t failed; /* conditions; none where it allows */
};

struct explanation {
	enum direction direction;
	uint32_t pod;		  /* the isolated pod */
	const uint32_t *policies; /* that isolate it, ids */
	size_t npolicies;
	/* Allowing ones first, then nearest misses. */
	struct rule_story *rules;
	size_t nrules;
	size_t nallowing;
};

/* What the port entry that matched stands for: "http (8080)". */
void explain_port_match(struct buf *out, const struct rule_story *rule);

/* The ports of a rule that did not match, behind the one that was asked for: "port 80 is
 * not in 443, http (8080)". */
void explain_port_miss(struct buf *out, const struct rule_story *rule, unsigned protocol,
		       uint16_t port);

/* False when the pod of that direction is not isolated (or the end is no pod). */
bool explain(struct ctx *cx, const struct decisions *dc, enum direction d,
	     const struct endpoint *from, const struct endpoint *to, unsigned protocol,
	     uint16_t port, enum family family, struct explanation *out);

/* A rule by the id of its policy and its place in it. */
struct rule_ref {
	uint32_t policy, rule;
	bool in[FAMILIES]; /* of explain_cell(): in which it allows that */
};

struct rule_refs {
	struct rule_ref *at;
	size_t len, cap;
};

/* Appends the rules of a class that allow any of the wanted ports to any of the atoms
 * (by family; NO_ATOM: none), in canonical order. */
void explain_cell(struct arena *a, const struct decisions *dc, enum direction d,
		  uint32_t class, const uint32_t atoms[FAMILIES],
		  const struct portgap *wanted, struct rule_refs *out);

#endif
