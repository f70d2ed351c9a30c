/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pod_ranges - which addresses are those of pods here, whether there is one or not
 *
 * What --pod-cidr says; else the podCIDRs of the Node object that --node names, or
 * without --node those of all Node objects.
 */
#ifndef NETPOLC_POD_RANGES_H
#define NETPOLC_POD_RANGES_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/manifest/ctx.h>

/* In the context's arena. */
struct ranges pod_ranges(struct ctx *cx, const struct cluster *cl, enum family f);

/* Whether a pod that has not finished has an address: such a pod is known. */
bool pod_is_known(const struct pod *p);

#endif
