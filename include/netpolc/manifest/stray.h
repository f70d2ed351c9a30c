/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stray - what stands beside manifests in a directory
 *
 * A repository holds package.json, values for templates, workflows, assertions for
 * netpolc test.  Such a document is passed over where a directory was named and not
 * the file: it lacks kind or apiVersion, and has nothing that any manifest has.  What
 * may be the rest of a manifest is never taken for one of these.
 */
#ifndef NETPOLC_STRAY_H
#define NETPOLC_STRAY_H

#include <stdbool.h>

struct ctx;
struct decoder;
struct diag;
struct draft;
struct event;
struct node;

/* True after noting that the mapping root, read with object_shape, which lacks kind or
 * apiVersion, is passed over. */
bool stray_object(struct decoder *d, const struct node *root);

/* Reads what begins with e and is no mapping, a document or an item of a list, where an
 * object is due.  That is an error, unless it is a document to pass over.  False when the
 * stream ended inside. */
bool stray_value(struct decoder *d, const struct event *e, bool is_document);

/* Adds to what is wrong with a document in a directory how to pass it over. */
void stray_hint(const struct decoder *d, struct diag *diag);

/* Once, behind all input. */
void stray_report(struct ctx *cx, const struct draft *draft);

#endif
