/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare - two decisions to the connections that one allows and the other does not
 *
 * Connections are compared, not policies: whatever is written differently and means
 * the same is no difference.  A connection is what goes from one end to another on a
 * port; its ends are pods, which are the same on both sides when namespace, kind and
 * name are, and addresses that no pod has on either side.  It is allowed when the
 * source's egress and the destination's ingress are, in every family that both ends
 * have.  A pod and itself, and a pod and its own node, always are.
 *
 * Ends that behave alike on both sides form a group.  A change is a product: each of
 * its subjects with each of its peers, on all of its ports, but for pairs that always
 * connect.  It names one direction of policy that made the difference; where both did,
 * there is a change for either.
 *
 * Pods that exist on one side only are no change of policy.  What they may reach, and
 * what may reach them, is listed apart, as changes with CAUSE_POD.
 */
#ifndef NETPOLC_COMPARE_H
#define NETPOLC_COMPARE_H

#include <netpolc/analysis/explain.h>
#include <netpolc/policy/ids.h>

enum side { BEFORE, AFTER };
#define SIDES 2

/* A pod of either side, or a workload, whose two pods are one here. */
struct common_pod {
	uint32_t id[SIDES]; /* index into the side's cluster.pods, or NO_POD */
	uint32_t group;
};

/* Ends that are alike on both sides, and exist on the same ones. */
struct end_group {
	bool on[SIDES];
	bool outside;	     /* addresses that no pod has; else pods */
	struct id_list pods; /* into comparison.pods, ascending */
	enum family family;  /* of the addresses */
	struct ranges addresses;
};

enum cause_kind {
	CAUSE_ISOLATION, /* the policies isolate the subject on one side alone */
	CAUSE_RULES,	 /* both sides isolate it; the rules allow on one side alone */
	CAUSE_FAMILY,	 /* the ends share an IP family on one side alone */
	CAUSE_NODE, /* a pod and its own node, which meet as such on one side alone */
	CAUSE_POD,  /* an end exists on one side alone */
};

/* Stands for a whole policy in a rule_ref. */
#define NO_RULE UINT32_MAX

struct cause {
	enum cause_kind kind;
	bool gained; /* allowed after and not before; else the reverse */
	enum direction direction;
	enum side side; /* that the refs are of */
	/* The rules, or with CAUSE_ISOLATION the policies (none where the subject is
	 * isolated though no policy selects it), ascending. */
	const struct rule_ref *refs;
	size_t nrefs;
};

struct change {
	const struct cause *cause;
	const struct portgap *ports;
	/* Indexes into groups, ascending.  Subjects are sources for EGRESS and
	 * destinations for INGRESS; with CAUSE_NODE, only pairs of a
	 * pod and its own node are meant, and only those with that cause. */
	const uint32_t *subjects, *peers;
	size_t nsubjects, npeers;
};

struct comparison {
	const struct decisions *dc[SIDES];
	const struct common_pod *pods; /* by namespace, name and kind */
	size_t npods;
	const struct end_group *groups; /* by first pod; those outside last */
	size_t ngroups;
	/* By cause: gained ones first, CAUSE_POD last; then by subjects and peers. */
	const struct change *changes;
	size_t nchanges;

	/* [false]: lost, [true]: gained.  Pairs of pods, and pods that have a changed
	 * connection with outside addresses. */
	size_t pairs[2], outward[2];
	size_t only[SIDES]; /* pods that exist on one side alone */
};

/* Both made with cx, from the same settings. */
const struct comparison *compare(struct ctx *cx, const struct decisions *before,
				 const struct decisions *after)
	__attribute__((returns_nonnull));

/* The pod as the later side that has it knows it; *cl becomes that side's cluster. */
const struct pod *compared_pod(const struct comparison *cmp, uint32_t index,
			       const struct cluster **cl);

#endif
