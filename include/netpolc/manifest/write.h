/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * write - objects as manifests
 *
 * A List in JSON, one object a line, that cluster_read() makes the same objects of:
 * those that policy is about (Namespace, Node, Pod and what makes pods, NetworkPolicy),
 * with the fields that matter to it.  Services are left out.
 *
 * What was contained (--on-invalid isolate) reads as what became of it: rules that are
 * invalid are gone from their policy, an invalid policy is one without them, and an
 * invalid Pod or Namespace has labels that no reader takes, so that it takes --on-invalid
 * isolate to read it, and it is contained again.
 */
#ifndef NETPOLC_WRITE_H
#define NETPOLC_WRITE_H

#include <netpolc/manifest/cluster.h>

struct buf;

/* note, unless NULL, is the List's only annotation, "netpolc", in the first line. */
void cluster_write(struct buf *out, const struct cluster *cl, const char *note);

#endif
