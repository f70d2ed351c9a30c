/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anchors - values of a YAML document, kept for its aliases
 *
 * An anchored value is recorded as the events that it is and replayed where an
 * alias stands.  What is replayed inside another anchored value is recorded
 * again, so a record never refers to another one: nothing recurses, and the
 * budgets of event.h bound both time and memory.
 *
 * Names are those of one document; the budgets count over the whole stream.
 */
#ifndef NETPOLC_ANCHORS_H
#define NETPOLC_ANCHORS_H

#include <netpolc/manifest/event.h>

struct arena;
struct anchors;

enum alias_state {
	ALIAS_FOUND,
	ALIAS_UNKNOWN,
	ALIAS_INSIDE, /* the value of its own anchor */
};

struct anchors *anchors_new(struct arena *a) __attribute__((returns_nonnull));
void anchors_free(struct anchors *as);

/* Forgets all names: a document has ended. */
void anchors_reset(struct anchors *as);

/* Takes note of an event that was read; name is its anchor's, or NULL.  False when
 * the budget is spent. */
bool anchors_record(struct anchors *as, const struct event *e, const char *name);

/* Begins to replay a value. */
enum alias_state anchors_alias(struct anchors *as, const char *name);

/* The next event of the value being replayed; NULL when there is none left.
 * Exceeding the budget is told by *spent. */
const struct event *anchors_replay(struct anchors *as, bool *spent);

#endif
