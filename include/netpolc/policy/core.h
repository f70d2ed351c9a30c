/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core - the look-up structure: (source, destination, protocol, port) → verdict
 *
 * Read-only, built once from the decisions; whoever wants a verdict asks it and
 * evaluates nothing itself.  It decides what A 78, 79, 82, 83 say beyond rows: own node,
 * a pod to itself, families (all that both ends have must allow; where neither has an
 * address, one of them).
 */
#ifndef NETPOLC_CORE_H
#define NETPOLC_CORE_H

#include <netpolc/policy/decide.h>

struct core;

/* One end of a connection.  An address that a live pod has means that pod, with
 * the family fixed. */
struct endpoint {
	bool is_pod;
	uint32_t pod;		/* if is_pod */
	struct address address; /* else */
};

enum reason {
	REASON_OPEN,	    /* neither end is isolated in its direction */
	REASON_RULES,	    /* isolated, and allowed by rules */
	REASON_OWN_NODE,    /* a pod and its own node */
	REASON_SELF,	    /* a pod and itself */
	REASON_PROTOCOL,    /* --other-protocols allow */
	REASON_EGRESS,	    /* denied: source isolated, no egress rule allows */
	REASON_INGRESS,	    /* denied: destination isolated, no ingress rule allows */
	REASON_NO_FAMILY,   /* denied: the ends share no IP family */
	REASON_NO_ENDPOINT, /* denied: a finished pod does not exist */
};

struct verdict_of_core {
	bool allow;
	enum reason reason;
	enum family family; /* in which it was decided; the denying one if denied */
	/* By policy: all families in which it was decided so.  Of several that both ends
	 * have, the first that denies ends it. */
	bool in[FAMILIES];
	bool apart; /* neither has an address, and the families have other reasons */
};

/* What it holds, in bytes. */
struct core_size {
	size_t ends;	  /* what is known of each pod */
	size_t addresses; /* the locator */
	size_t matrix;	  /* 4 for each (row, atom) */
	size_t ports;	  /* port classes, and the bits of the port sets */
};

const struct core *core_build(struct ctx *cx, const struct decisions *dc)
	__attribute__((returns_nonnull));

/* With a matrix of at most so many cells, and so many words of bits for port sets;
 * where it had more, rows are searched. */
const struct core *core_build_within(struct ctx *cx, const struct decisions *dc,
				     size_t cells, size_t words)
	__attribute__((returns_nonnull));

/* protocol: enum protocol or PROTO_OTHER. */
struct verdict_of_core core_decide(const struct core *core, const struct endpoint *from,
				   const struct endpoint *to, unsigned protocol,
				   uint16_t port);

/* The reason of one family alone, for a pair that policy decides; REASON_NO_FAMILY where
 * not both ends have it. */
enum reason core_reason_in(const struct core *core, const struct endpoint *from,
			   const struct endpoint *to, unsigned protocol, uint16_t port,
			   enum family family);

/* Has memory bring what is known of a pod that will be asked about soon. */
void core_expect(const struct core *core, uint32_t pod);

struct core_size core_size(const struct core *core);

#endif
