/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: for each subject its records.  Out: changes, as few and as large as they can be
 * without saying more than the records do, in an order that depends on nothing but
 * what they say.
 */
#include <netpolc/analysis/comparing.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>

const struct portgap *compare_gap(struct comparing *c, const struct portset *x,
				  const struct portset *y)
{
	const struct portgap *gap = portgap_of(c->gaps, x, y);

	if (gap && gap->id == c->gap_at.len)
		*ARENA_PUSH(c->arena, &c->gap_at) = gap;
	return gap;
}

void compare_record(struct comparing *c, uint32_t cause, const struct portgap *gap,
		    uint32_t peer)
{
	*ARENA_PUSH(c->arena, &c->records) = (struct record){ cause, gap->id, peer };
}

static int compare_records(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->cause != y->cause)
		return x->cause < y->cause ? -1 : 1;
	if (x->gap != y->gap)
		return x->gap < y->gap ? -1 : 1;
	return (x->peer > y->peer) - (x->peer < y->peer);
}

void compare_end_subject(struct comparing *c, uint32_t subject)
{
	const struct record *r = c->records.at;
	size_t n = c->records.len;
	struct id_list peers = { 0 };

	if (n)
		qsort(c->records.at, n, sizeof(*r), compare_records);
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n || r[i + 1].cause != r[i].cause ||
			    r[i + 1].gap != r[i].gap;

		if (last || r[i + 1].peer != r[i].peer)
			*ARENA_PUSH(c->arena, &peers) = r[i].peer;
		if (!last)
			continue;
		*ARENA_PUSH(c->arena, &c->strips) =
			(struct strip){ r[i].cause, r[i].gap,
					words_intern(c->peers, peers.at, peers.len)->id,
					subject };
		peers.len = 0;
	}
	c->records.len = 0;
}

static int compare_strips(const void *a, const void *b)
{
	const struct strip *x = a, *y = b;

	if (x->cause != y->cause)
		return x->cause < y->cause ? -1 : 1;
	if (x->gap != y->gap)
		return x->gap < y->gap ? -1 : 1;
	if (x->peers != y->peers)
		return x->peers < y->peers ? -1 : 1;
	return (x->subject > y->subject) - (x->subject < y->subject);
}

static int compare_refs(const struct cause *x, const struct cause *y)
{
	for (size_t i = 0; i < x->nrefs && i < y->nrefs; i++) {
		const struct rule_ref *a = &x->refs[i], *b = &y->refs[i];

		if (a->policy != b->policy)
			return a->policy < b->policy ? -1 : 1;
		if (a->rule != b->rule)
			return a->rule < b->rule ? -1 : 1;
	}
	return (x->nrefs > y->nrefs) - (x->nrefs < y->nrefs);
}

static int compare_causes(const struct cause *x, const struct cause *y)
{
	if ((x->kind == CAUSE_POD) != (y->kind == CAUSE_POD))
		return x->kind == CAUSE_POD ? 1 : -1;
	if (x->gained != y->gained)
		return x->gained ? -1 : 1;
	if (x->direction != y->direction)
		return x->direction < y->direction ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return compare_refs(x, y);
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int order = x->cause == y->cause ? 0 : compare_causes(x->cause, y->cause);

	if (order)
		return order;
	if (x->subjects[0] != y->subjects[0])
		return x->subjects[0] < y->subjects[0] ? -1 : 1;
	if (x->peers[0] != y->peers[0])
		return x->peers[0] < y->peers[0] ? -1 : 1;
	return (x->ports->id > y->ports->id) - (x->ports->id < y->ports->id);
}

static bool same_but_subject(const struct strip *x, const struct strip *y)
{
	return x->cause == y->cause && x->gap == y->gap && x->peers == y->peers;
}

void compare_finish(struct comparing *c)
{
	size_t n = c->strips.len, nchanges = 0;
	struct change *changes = ARENA_ARRAY(c->arena, n, struct change);
	uint32_t *subjects = ARENA_ARRAY(c->arena, n, uint32_t);
	const struct cause **causes =
		ARENA_ARRAY(c->arena, words_len(c->causes), const struct cause *);

	if (n)
		qsort(c->strips.at, n, sizeof(*c->strips.at), compare_strips);
	for (size_t i = 0; i < n; i++) {
		const struct strip *s = &c->strips.at[i];
		const struct words *peers = words_at(c->peers, s->peers);

		subjects[i] = s->subject;
		if (i && same_but_subject(s - 1, s)) {
			changes[nchanges - 1].nsubjects++;
			continue;
		}
		if (!causes[s->cause])
			causes[s->cause] = compare_spell(c, s->cause);
		changes[nchanges++] = (struct change){ .cause = causes[s->cause],
						       .ports = c->gap_at.at[s->gap],
						       .subjects = &subjects[i],
						       .nsubjects = 1,
						       .peers = peers->at,
						       .npeers = peers->len };
	}
	if (nchanges)
		qsort(changes, nchanges, sizeof(*changes), compare_changes);
	c->out->changes = changes;
	c->out->nchanges = nchanges;
}
