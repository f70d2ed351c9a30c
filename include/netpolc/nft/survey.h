/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey - what the loaded table is and has counted
 *
 * For who has no manifests: everything comes from the kernel.  Whether the table is
 * still what was applied is told by holding it against the digest in its state chain
 * (table_digest.h); rules that are others' are told as delta.h says.
 */
#ifndef NETPOLC_SURVEY_H
#define NETPOLC_SURVEY_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/nft/loaded.h>
#include <netpolc/nft/ruleset_state.h>

/* Pods that the same policies isolate in one direction. */
struct survey_class {
	const char *name; /* of its chain; printable, as all text here */
	enum direction direction;
	const char *policies; /* "a/x, b/y, +3 more", or "" */
	const struct loaded_counter *denied;
};

enum drift {
	DRIFT_NONE,
	DRIFT_FOUND,
	DRIFT_NAMELESS, /* found; and it says no more that it is ours: state is empty */
	DRIFT_UNKNOWN,	/* another layout, whose digest we do not know */
};

struct survey_classes {
	struct survey_class *at; /* most packets denied first */
	size_t len, cap;
};

struct survey_addresses {
	struct address *at;
	size_t len, cap;
};

struct survey {
	enum loaded owner; /* what follows is for LOADED_OURS */
	struct ruleset_state state;
	size_t isolated[FAMILIES]; /* addresses, in either direction */
	size_t nclasses[DIRECTIONS];
	size_t nsets, nelements; /* of named sets and maps */
	struct survey_classes classes;
	struct loaded_counter stray, midstream, spoofed;
	struct survey_addresses pods; /* isolated, in either direction */
	enum drift drift;
	bool audit;	 /* what is denied passes */
	bool late;	 /* it hooks postrouting */
	bool anti_spoof; /* forged sources of pods are dropped */
};

/* In the context's arena.  dir: of the cache (guess.h), or NULL.  False after reporting.
 */
bool survey_read(struct ctx *cx, const char *table, const char *dir, struct survey *out);

#endif
