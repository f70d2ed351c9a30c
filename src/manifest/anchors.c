/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anchors - events of anchored values in, the same events out for each alias
 *
 * One log holds the events of all anchored values of a document in order; an
 * anchor is a stretch of it, and that of an inner anchor lies within that of the
 * outer one.
 */
#include <netpolc/manifest/anchors.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <string.h>

#define REPLAYED_MAX	  10000000
#define REPLAYED_TEXT_MAX ((size_t)64 << 20)
#define RECORDED_MAX	  ((size_t)16 << 20)
#define CHUNK		  256 /* events */

/* The latest value with a name. */
struct anchor {
	const char *name;
	size_t first, end; /* in the log; end is 0 while the value is open */
	size_t opened;	   /* which of the values with this name it is */
};

struct open_value {
	struct anchor *anchor;
	size_t opened;
	unsigned depth;
};

struct anchors {
	struct arena *arena; /* of what a document has */
	struct hashset *names;
	struct {
		struct event **at; /* chunks, so that growing copies nothing */
		size_t len, cap;
	} chunks;
	size_t events;
	struct {
		struct open_value *at;
		size_t len, cap;
	} open;
	unsigned depth;	  /* within the outermost open value */
	size_t next, end; /* what is being replayed */
	size_t opened, recorded, replayed, replayed_text;
};

static uint64_t anchor_hash(const void *item, uint64_t seed)
{
	const struct anchor *anchor = item;

	return hash_bytes(anchor->name, strlen(anchor->name), seed);
}

static bool anchor_equal(const void *a, const void *b)
{
	const struct anchor *left = a, *right = b;

	return strcmp(left->name, right->name) == 0;
}

static const struct hashset_type anchor_type = { anchor_hash, anchor_equal };

struct anchors *anchors_new(struct arena *a)
{
	struct anchors *as = ARENA_NEW(a, struct anchors);

	as->arena = arena_new();
	return as;
}

void anchors_free(struct anchors *as)
{
	arena_free(as->arena);
}

void anchors_reset(struct anchors *as)
{
	if (!as->names)
		return;
	arena_reset(as->arena);
	*as = (struct anchors){
		.arena = as->arena,
		.recorded = as->recorded,
		.replayed = as->replayed,
		.replayed_text = as->replayed_text,
	};
}

static struct event *logged(const struct anchors *as, size_t i)
{
	return &as->chunks.at[i / CHUNK][i % CHUNK];
}

static void define(struct anchors *as, const char *name)
{
	struct anchor key = { .name = name }, *anchor;

	if (!as->names)
		as->names = hashset_new(as->arena, &anchor_type);
	anchor = hashset_find(as->names, &key);
	if (!anchor) {
		anchor = ARENA_NEW(as->arena, struct anchor);
		anchor->name = arena_strndup(as->arena, name, strlen(name));
		hashset_add(as->names, anchor);
		as->recorded += sizeof(*anchor) + strlen(name);
	}
	anchor->first = as->events;
	anchor->end = 0;
	anchor->opened = ++as->opened;
	*ARENA_PUSH(as->arena, &as->open) =
		(struct open_value){ anchor, anchor->opened, as->depth };
}

/* Appends e, whose text is the log's own, and closes the values it completes. */
static bool append(struct anchors *as, const struct event *e)
{
	as->recorded += sizeof(*e);
	if (as->recorded > RECORDED_MAX)
		return false;
	if (as->events % CHUNK == 0)
		*ARENA_PUSH(as->arena, &as->chunks) =
			ARENA_ARRAY(as->arena, CHUNK, struct event);
	*logged(as, as->events++) = *e;

	if (e->type == EVENT_SEQUENCE || e->type == EVENT_MAPPING)
		as->depth++;
	else if (e->type == EVENT_CLOSE)
		as->depth--;
	while (as->open.len > 0 && as->open.at[as->open.len - 1].depth == as->depth) {
		const struct open_value *value = &as->open.at[--as->open.len];

		if (value->anchor->opened == value->opened)
			value->anchor->end = as->events;
	}
	return true;
}

bool anchors_record(struct anchors *as, const struct event *e, const char *name)
{
	struct event kept;

	if (!name && as->open.len == 0)
		return true;
	kept = *e;
	if (name)
		define(as, name);
	if (e->type == EVENT_SCALAR) {
		as->recorded += e->len + 1;
		if (as->recorded > RECORDED_MAX)
			return false;
		kept.text = arena_strndup(as->arena, e->text, e->len);
	}
	return append(as, &kept);
}

enum alias_state anchors_alias(struct anchors *as, const char *name)
{
	struct anchor key = { .name = name }, *anchor;

	anchor = as->names ? hashset_find(as->names, &key) : NULL;
	if (!anchor)
		return ALIAS_UNKNOWN;
	if (anchor->end == 0)
		return ALIAS_INSIDE;
	as->next = anchor->first;
	as->end = anchor->end;
	return ALIAS_FOUND;
}

const struct event *anchors_replay(struct anchors *as, bool *spent)
{
	const struct event *e;

	*spent = false;
	if (as->next == as->end)
		return NULL;
	e = logged(as, as->next++);
	as->replayed++;
	as->replayed_text += e->len;
	*spent = as->replayed > REPLAYED_MAX || as->replayed_text > REPLAYED_TEXT_MAX ||
		 (as->open.len > 0 && !append(as, e));
	return e;
}
