/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * validate - what only shows with all objects at hand
 *
 * Decode refuses what kube-apiserver would refuse in one object, and duplicates are
 * found when objects are put in order.  This stage adds what needs several kinds:
 * addresses that two live pods hold or that are a Node's, namespaces nobody
 * described, --node that names nothing.  It settles who owns an address (A 77), so
 * that afterwards no two live pods share one.
 */
#ifndef NETPOLC_VALIDATE_H
#define NETPOLC_VALIDATE_H

struct cluster;
struct ctx;

void validate(struct ctx *cx, struct cluster *cl);

#endif
