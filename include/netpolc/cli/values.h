/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * values - what options take that is more than a word of a list
 */
#ifndef NETPOLC_VALUES_H
#define NETPOLC_VALUES_H

#include <netpolc/run/config.h>

/* A name that nft takes for a table: no version of it may read the name as a
 * keyword, since keywords cannot be quoted. */
bool table_name_is_good(const char *name);

/* A chain priority as nft users write it for the forward hook: "-1", "filter",
 * "filter - 1", "mangle+5".  False when it is none. */
bool priority_parse(int *out, const char *text);

/* "NAME", "no-NAME" or "error=NAME"; a NAME that itself begins with no- is meant as it
 * stands.  False when there is no such finding. */
bool warning_parse(enum warning warnings[DIAG_COUNT], const char *text);

#endif
