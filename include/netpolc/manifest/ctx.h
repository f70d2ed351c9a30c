/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctx - what every stage is given
 *
 * One of these exists per run.  Stages allocate from its arena, report into its
 * diags and read its settings; they hold no other state.  The settings are those
 * that say what manifests mean.
 */
#ifndef NETPOLC_CTX_H
#define NETPOLC_CTX_H

#include <netpolc/base/prefix.h>
#include <netpolc/base/source.h>

#include <stdbool.h>

struct arena;
struct buf;
struct diags;
struct intern;

/* Families, and as many more as anybody merges by hand. */
#define POD_CIDRS_MAX 16

/* How many --exclude. */
#define EXCLUDES_MAX 64

struct settings {
	const char *default_namespace; /* of objects that name none */
	const char *node;	       /* only its pods are enforced; NULL: all */
	bool strict;
	bool isolate_invalid;	    /* --on-invalid isolate */
	bool legacy;		    /* isolation by the 1.6 annotation */
	bool allow_other_protocols; /* --other-protocols allow */
	bool families[FAMILIES];    /* which are decided; both unless --family */
	bool deny_unknown;	    /* --unknown-pods deny: pod_ranges.h says of which */
	struct prefix pod_cidrs[POD_CIDRS_MAX]; /* --pod-cidr */
	size_t npod_cidrs;
	const char *excludes[EXCLUDES_MAX]; /* of directories of manifests: glob.h */
	size_t nexcludes;
	bool pitfalls; /* report what is valid and easily misread, too */
};

struct ctx {
	struct arena *arena;
	struct intern *intern;
	struct diags *diags;
	struct sources sources;
	struct settings set;
	/* The run has changed the system: should it fail now, it must not say that
	 * nothing was changed. */
	bool changed;
};

/* Default settings, an empty everything; the arena is the context's own. */
void ctx_init(struct ctx *cx, const struct settings *set);
void ctx_free(struct ctx *cx);

/* Appends what makes them other than the default as far as decisions depend on it, as
 * options: " --node n1 --family 4". */
void settings_print(struct buf *out, const struct settings *set);

/* What settings are before any option: namespace "default", both families. */
struct settings settings_default(void);

#endif
