/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glob - patterns for what stands below a directory
 *
 * As in a .gitignore: one without a '/' is about names at any depth, one with a '/'
 * about paths from the directory on, and "**" stands for any number of directories.
 * A '/' at the end says nothing more.
 */
#ifndef NETPOLC_GLOB_H
#define NETPOLC_GLOB_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct glob {
	const char **at; /* for fnmatch(3): what stands between the slashes */
	size_t len, cap;
};

/* In the arena; false for a text without any part. */
bool glob_parse(struct arena *a, struct glob *out, const char *text);

/* path is relative to the directory, without '/' at either end. */
bool glob_matches(const struct glob *g, const char *path);

#endif
