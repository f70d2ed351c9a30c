/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * selector - label selectors, interned
 *
 * metav1.LabelSelector in canonical form: matchLabels entries are In with one
 * value; requirements are sorted by key, operator and values, values sorted and
 * without repeats.  Equal selectors are one pointer.  The empty selector has no
 * requirement and matches everything; a nil selector is a NULL pointer and its
 * meaning is the caller's.
 */
#ifndef NETPOLC_SELECTOR_H
#define NETPOLC_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct hashset;

/* metav1.LabelSelectorOperator */
enum selector_operator {
	SELECTOR_IN,
	SELECTOR_NOT_IN,
	SELECTOR_EXISTS,
	SELECTOR_NOT_EXISTS
};
#define SELECTOR_OPERATORS (SELECTOR_NOT_EXISTS + 1)
const char *selector_operator_name(enum selector_operator op); /* "NotIn" */

struct requirement {
	const char *key; /* interned */
	enum selector_operator op;
	const char *const *values; /* interned, sorted by text; none for (Not)Exists */
	size_t nvalues;
};

struct selector {
	const struct requirement *at;
	size_t len;
};

/* Interned strings, sorted by key text; no key twice. */
struct label {
	const char *key, *value;
};

struct labels {
	const struct label *at;
	size_t len;
};

/* The value of key (interned), or NULL. */
const char *labels_get(const struct labels *labels, const char *key);

/* A hashset of canonical selectors. */
struct hashset *selectors_new(struct arena *a);

/* Brings reqs into canonical form (sorting it in place) and interns it. */
const struct selector *selector_intern(struct arena *a, struct hashset *selectors,
				       struct requirement *reqs, size_t n)
	__attribute__((returns_nonnull));

/* The plain meaning, for one label map; label_index has the fast way. */
bool selector_matches(const struct selector *sel, const struct labels *labels);

/* Whether b matches all labels that a does, whatever they are.  Requirements are compared
 * one by one: false where several of a's together would be needed. */
bool selector_implies(const struct selector *a, const struct selector *b);

#endif
