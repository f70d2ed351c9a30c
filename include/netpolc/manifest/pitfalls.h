/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pitfalls - what is valid and easily misread
 *
 * An empty list that allows everything, a field of which nothing remains in the typed
 * object: findings that only the tree of an object shows.  They change nothing.
 */
#ifndef NETPOLC_PITFALLS_H
#define NETPOLC_PITFALLS_H

struct decoder;
struct manifest;

/* Reports those of an object that has no fault; not for --legacy, where they would
 * mean something else. */
void find_pitfalls(struct decoder *d, const struct manifest *m, const char *api_version);

#endif
