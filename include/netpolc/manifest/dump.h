/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump - objects as stable text
 *
 * One line for the object, indented lines for its fields.  Without a ctx nothing
 * is said of where things stand, so that two objects have equal text exactly when
 * they are equal in every field that matters.
 */
#ifndef NETPOLC_DUMP_H
#define NETPOLC_DUMP_H

#include <netpolc/manifest/cluster.h>

void dump_namespace(struct buf *out, const struct ctx *cx, const struct namespace *ns);
void dump_pod(struct buf *out, const struct ctx *cx, const struct cluster *cl,
	      const struct pod *p);
void dump_node(struct buf *out, const struct ctx *cx, const struct node_object *n);
void dump_service(struct buf *out, const struct ctx *cx, const struct service *s);
void dump_policy(struct buf *out, const struct ctx *cx, const struct cluster *cl,
		 const struct policy *p);

#endif
