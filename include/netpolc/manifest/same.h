/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * same - canonical order, and what becomes of objects with one name
 *
 * Objects with equal kind, namespace and name that are equal in every field that
 * matters are one object; others are DIAG_DUPLICATE_OBJECT, and what --on-invalid
 * isolate keeps of them opens nothing.  Each function sorts its array, returns the
 * new length, and looks at content only where names are equal.
 */
#ifndef NETPOLC_SAME_H
#define NETPOLC_SAME_H

#include <netpolc/manifest/cluster.h>

size_t same_namespaces(struct ctx *cx, struct namespace *at, size_t n);
size_t same_pods(struct ctx *cx, const struct cluster *cl, struct pod *at, size_t n);
size_t same_nodes(struct ctx *cx, struct node_object *at, size_t n);
size_t same_policies(struct ctx *cx, const struct cluster *cl, struct policy *at,
		     size_t n);

/* Services that differ are warned about whatever --on-invalid says. */
size_t same_services(struct ctx *cx, struct service *at, size_t n);

#endif
