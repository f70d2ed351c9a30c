/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draft - a cluster while objects are still coming in
 *
 * Decode appends here in the order of input.  A namespace index in a draft's pods
 * and policies counts spaces, the names seen so far; cluster_read() puts all in
 * canonical order at the end and turns those into indexes of the cluster's
 * namespaces.
 */
#ifndef NETPOLC_DRAFT_H
#define NETPOLC_DRAFT_H

#include <netpolc/manifest/cluster.h>

struct hashset;

/* A namespace name that an object stands in. */
struct space {
	const char *name;
	uint32_t index; /* in the draft's spaces */
};

/* How many objects of a kind were skipped, and where the first stood. */
struct skipped {
	const char *group, *kind; /* interned */
	struct origin first;
	size_t count;
};

struct draft {
	struct {
		struct namespace *at;
		size_t len, cap;
	} namespaces; /* Namespace objects */
	struct {
		struct pod *at;
		size_t len, cap;
	} pods;
	struct {
		struct node_object *at;
		size_t len, cap;
	} nodes;
	struct {
		struct policy *at;
		size_t len, cap;
	} policies;
	struct {
		struct service *at;
		size_t len, cap;
	} services;
	struct {
		struct foreign *at;
		size_t len, cap;
	} foreign;
	struct {
		struct space **at;
		size_t len, cap;
	} spaces;
	struct {
		struct skipped **at;
		size_t len, cap;
	} skipped;
	struct hashset *space_names, *skipped_kinds, *selectors;
	struct origin first_stray; /* a document that is no manifest, and passed over */
	size_t strays;
	size_t objects; /* of any kind */
};

/* The index of the space with that interned name. */
uint32_t draft_space(struct draft *draft, struct ctx *cx, const char *name);

/* Counts an object of a kind that is not used. */
void draft_skip(struct draft *draft, struct ctx *cx, const char *group, const char *kind,
		const struct origin *where);

#endif
