/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree - a document, and the ways to write it
 *
 * Maps, lists and scalars, printed as block YAML, flow YAML or JSON.  In block
 * style single subtrees may turn to flow, and strings are quoted in this way or
 * that, as a seed says.
 */
#ifndef NETPOLC_TEST_TREE_H
#define NETPOLC_TEST_TREE_H

#include "model.h"
#include "random.h"

struct arena;

enum tree_kind { TREE_MAP, TREE_LIST, TREE_STRING, TREE_BARE };

struct tree {
	enum tree_kind kind;
	const char *key, *text;
	struct tree *first, *last, *next;
};

/* Adds a child; key is NULL in a list. */
struct tree *tree_add(struct arena *a, struct tree *parent, enum tree_kind kind,
		      const char *key, const char *text) __attribute__((returns_nonnull));

/* variation may be NULL: the plainest text. */
void tree_print(struct buf *out, const struct tree *root, enum notation notation,
		struct random *variation);

#endif
