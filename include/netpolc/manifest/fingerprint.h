/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fingerprint - whether objects are the ones that were written
 */
#ifndef NETPOLC_FINGERPRINT_H
#define NETPOLC_FINGERPRINT_H

#include <netpolc/manifest/cluster.h>

/* A number for all that cluster_write() writes: equal for equal objects, and for others
 * as good as never.  For files of this machine, and against no attacker. */
uint64_t cluster_fingerprint(const struct cluster *cl);

#endif
