/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks - the policy of the benchmark of ipBlocks
 *
 * Blocks of /16 to /32, most of them /24, all over the IPv4 addresses; one of ten that
 * are shorter has two excepts.  The same state makes the same blocks.
 */
#ifndef BENCH_BLOCKS_H
#define BENCH_BLOCKS_H

#include "gen.h"

#include <netpolc/base/buf.h>
#include <netpolc/base/ranges.h>

struct arena;

/* A unicast address that no pod has; pods have theirs in 10.0.0.0/8. */
u128 blocks_address(struct gen *random);

/* The manifests of one pod, which so many blocks may reach; their addresses go into
 * *inside. */
void blocks_manifests(struct gen *random, struct arena *a, struct buf *out,
		      unsigned blocks, struct ranges *inside);

#endif
