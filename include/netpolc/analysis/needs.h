/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * needs - which policies and rules make a difference
 *
 * A policy is needed when some decision would be another one without it: it alone
 * isolates a class of pods, or it alone lets an atom have a port.  A rule is needed when
 * it alone does.  This is asked of each class of pods once, with all its policies and
 * rules at a time: ports that only one of them gives to an atom are what needs it.
 */
#ifndef NETPOLC_NEEDS_H
#define NETPOLC_NEEDS_H

#include <netpolc/analysis/checking.h>

struct rule_need {
	bool gives; /* somebody something */
	bool needed;
};

struct policy_need {
	bool isolates; /* some class */
	bool needed;
	struct rule_need *rules[DIRECTIONS]; /* NULL where it isolates none */
	struct id_list classes[DIRECTIONS];  /* that it isolates */
};

/* By policy.  What would take too long to find out counts as needed, and so do overlaps
 * of which it is not sure that they make no difference, as ports for a pod itself. */
const struct policy_need *needs_find(struct checking *ck)
	__attribute__((returns_nonnull));

/* The ports that a rule gives to its peers, but for those that an egress rule names. */
const struct portset *needs_ports(struct checking *ck, const struct class *class,
				  const struct policy_rule *rule,
				  const struct resolved_rule *resolved);

#endif
