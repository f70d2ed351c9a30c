/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_parts - what the data of a report is made of
 */
#ifndef NETPOLC_REPORT_PARTS_H
#define NETPOLC_REPORT_PARTS_H

#include <netpolc/analysis/matrix.h>

#include <jansson.h>

/* What a browser shows as what it is; null for NULL. */
json_t *report_text(const char *text);

/* A set of families as a number: 1 for IPv4, and 2 for IPv6. */
unsigned report_families(const bool in[FAMILIES]);

/* The groups of a matrix, by id. */
json_t *report_groups(const struct matrix *m);

/*
 * Policies, and for each of their rules what keeps each group from being a peer of it, as
 * numbers of conditions.  What there is no room for is null.
 */
struct report_misses;

/* room: for so many pairs of a peer and a group. */
struct report_misses *report_misses_new(struct ctx *cx, const struct matrix *m,
					size_t room) __attribute__((returns_nonnull));
json_t *report_policy(struct report_misses *misses, const struct policy *policy);

/* The conditions that the policies until now refer to: texts, and for each condition
 * two of them, what was found and what was wanted.  Given up. */
json_t *report_conditions(struct report_misses *misses);

#endif
