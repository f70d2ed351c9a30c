/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof - assertions, put to the kernel
 *
 * Every connection of every assertion is sent through the compiled ruleset, in every
 * family that both ends have, and what arrives is compared with what was decided.  The
 * two must not differ: where they do, netpolc has a fault.
 *
 * Pods and workloads without an address are lent some (lend.h), so manifests that no
 * cluster has seen yet can be proven too.
 *
 * What never crosses the router has no packet that could tell: a pod and itself, a pod
 * and its own node, ends that share no family, and addresses that nobody forwards.
 */
#ifndef NETPOLC_PROOF_H
#define NETPOLC_PROOF_H

#include <netpolc/analysis/test_run.h>
#include <netpolc/lab/testbed.h>
#include <netpolc/nft/lower.h>

struct proof {
	size_t packets;
	size_t proven, unproven; /* connections, with a packet and without */
	size_t differing;	 /* packets whose fate was not what was decided */
};

/* A testbed to prove something in; NULL after reporting that the system forbids
 * namespaces.  No other thread may be about, where there is no root. */
struct testbed *proof_testbed(struct ctx *cx);

/* False after reporting that it cannot be had: the kernel refuses the ruleset.
 * Differences are reported as DIAG_KERNEL_DIFFERS. */
bool prove(struct ctx *cx, struct testbed *tb, const struct decisions *dc,
	   const struct test_run *run, struct proof *out);

/* The same with a testbed that has a ruleset, which is to be that of lent: the decisions
 * of dc's cluster with addresses for all pods. */
bool prove_loaded(struct ctx *cx, struct testbed *tb, const struct decisions *lent,
		  const struct test_run *run, struct proof *out);

#endif
