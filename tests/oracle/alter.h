/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alter - the changes that people make to a cluster
 *
 * Two equal models come in and are made to differ, in what they say or only in how
 * they say it.
 */
#ifndef NETPOLC_TEST_ALTER_H
#define NETPOLC_TEST_ALTER_H

#include "model.h"
#include "random.h"

struct arena;

/* A few changes of any kind, to either model. */
void alter(struct arena *a, struct random *r, struct model *before, struct model *after);

/* Only what changes no connection: another text, policies that are split in two, labels
 * that nothing selects. */
void alter_words(struct arena *a, struct random *r, struct model *m);

#endif
