/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix_miss - what keeps a group from being a peer of a rule
 *
 * The peers of a rule, none of which the group is, and of each the conditions that
 * fail, as explain.h has them for one connection.  Pods of a group behave alike, but need
 * not look alike: what is said is said of the first one.
 */
#ifndef NETPOLC_MATRIX_MISS_H
#define NETPOLC_MATRIX_MISS_H

#include <netpolc/analysis/conditions.h>
#include <netpolc/analysis/matrix.h>

struct matrix_miss {
	const struct peer_story *at; /* nearest first */
	size_t len;		     /* 0: some peer matches, or any does */
};

/* other is a group with one member.  The answer lives in a. */
struct matrix_miss matrix_miss(struct arena *a, const struct decisions *dc,
			       const struct policy *policy,
			       const struct policy_rule *rule,
			       const struct matrix_end *other);

#endif
