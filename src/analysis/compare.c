/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: two sides in groups.  Out: what changed between them.
 *
 * Each direction is walked apart.  For a group as subject, what its own row allows to
 * each atom, and what the rows of all peers allow to its atom, stand in two arrays; a
 * pair of groups costs a few loads, and is looked at closely only where one of them
 * differs.  A subject's peers with the same cause and ports make a strip; strips that
 * have all of that in common make a change.
 */
#include <netpolc/analysis/compare.h>

#include <netpolc/analysis/comparing.h>
#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>

#include <stdlib.h>

struct scan {
	struct comparing *c;
	enum direction direction;
	uint32_t subject;
	/* What the subject's row allows, by atom key; what the peers' rows allow the
	 * subject's atoms, by stance. */
	const struct portset **own[SIDES], **theirs[SIDES];
	bool *outward[2]; /* by group: has lost (gained) a connection with outside */
};

/* ---- cells ---- */

static const struct portset *copy_of(struct comparing *c, enum side s,
				     const struct portset *set)
{
	const struct portset **copy = &c->copies[s][set->id];

	if (!*copy)
		*copy = portset_copy(c->portsets, set);
	return *copy;
}

/* What a row allows to the atoms, in all families that both have; NULL: they have none
 * in common. */
static const struct portset *cell(struct comparing *c, enum side s,
				  const struct stance *stance, const struct atom_key *key)
{
	const struct portset *ports = portset_everything(c->portsets);
	bool met = false;

	for (enum family f = 0; f < FAMILIES; f++) {
		if (!(stance->families[s] & 1u << f) || key->atom[s][f] == NO_ATOM)
			continue;
		met = true;
		if (stance->row[s] != NO_ROW)
			ports = portset_intersect(
				c->portsets, ports,
				copy_of(c, s,
					row_ports(c->dc[s]->all_rows[stance->row[s]],
						  key->atom[s][f])));
	}
	return met ? ports : NULL;
}

static const struct stance *stance_at(const struct comparing *c, enum direction d,
				      uint32_t id)
{
	return (const struct stance *)words_at(c->stances[d], id)->at;
}

static const struct atom_key *atoms_at(const struct comparing *c, uint32_t id)
{
	return (const struct atom_key *)words_at(c->atom_keys, id)->at;
}

static bool meet(const struct comparing *c, enum side s, uint32_t x, uint32_t y)
{
	const uint32_t *a = c->keys[x].profile.atom[s], *b = c->keys[y].profile.atom[s];

	for (enum family f = 0; f < FAMILIES; f++)
		if (a[f] != NO_ATOM && b[f] != NO_ATOM)
			return true;
	return false;
}

static void fill_own(struct scan *scan, uint32_t stance)
{
	struct comparing *c = scan->c;

	for (enum side s = 0; s < SIDES; s++)
		for (uint32_t i = 0; i < words_len(c->atom_keys); i++)
			scan->own[s][i] =
				cell(c, s, stance_at(c, scan->direction, stance),
				     atoms_at(c, i));
}

static void fill_theirs(struct scan *scan, uint32_t atoms)
{
	struct comparing *c = scan->c;
	enum direction theirs = scan->direction == EGRESS ? INGRESS : EGRESS;

	for (enum side s = 0; s < SIDES; s++)
		for (uint32_t i = 0; i < words_len(c->stances[theirs]); i++)
			scan->theirs[s][i] =
				cell(c, s, stance_at(c, theirs, i), atoms_at(c, atoms));
}

static const struct portset *own_cell(const struct scan *scan, uint32_t peer, enum side s)
{
	return scan->own[s][scan->c->keys[peer].atoms];
}

static const struct portset *their_cell(const struct scan *scan, uint32_t peer,
					enum side s)
{
	enum direction theirs = scan->direction == EGRESS ? INGRESS : EGRESS;

	return scan->theirs[s][scan->c->keys[peer].stance[theirs]];
}

/* What connects the subject with the peer; NULL: no packet can. */
static const struct portset *allowed(const struct scan *scan, uint32_t peer, enum side s)
{
	const struct portset *own = own_cell(scan, peer, s);

	return own ? portset_intersect(scan->c->portsets, own, their_cell(scan, peer, s))
		   : NULL;
}

/* ---- pairs ---- */

static bool on_both(const struct comparing *c, uint32_t group)
{
	return c->groups[group].on[BEFORE] && c->groups[group].on[AFTER];
}

/* Ports that the subject gained or lost with the peer, as far as this direction is
 * what denies them on the other side. */
static void blame(struct scan *scan, uint32_t peer, bool gained,
		  const struct portset *allowing)
{
	struct comparing *c = scan->c;
	enum side denying = gained ? BEFORE : AFTER;
	const struct portgap *gap =
		compare_gap(c, allowing, own_cell(scan, peer, denying));

	if (!gap)
		return;
	if (meet(c, denying, scan->subject, peer))
		compare_record(c,
			       compare_cause(c, scan->direction, gained, scan->subject,
					     peer, gap),
			       gap, peer);
	else if (scan->direction == EGRESS)
		compare_record(c, compare_bare_cause(c, CAUSE_FAMILY, EGRESS, gained),
			       gap, peer);
}

/* Each changed pair is met once as source and destination. */
static void count(struct scan *scan, uint32_t peer, bool gained, size_t pairs)
{
	struct comparing *c = scan->c;

	if (scan->direction != EGRESS)
		return;
	if (c->groups[peer].outside)
		scan->outward[gained][scan->subject] = true;
	else if (c->groups[scan->subject].outside)
		scan->outward[gained][peer] = true;
	else
		c->out->pairs[gained] += pairs;
}

static void examine(struct scan *scan, uint32_t peer)
{
	struct comparing *c = scan->c;
	bool out = scan->direction == EGRESS;
	const struct portset *before = allowed(scan, peer, BEFORE);
	const struct portset *after = allowed(scan, peer, AFTER);
	size_t pairs;

	if (before == after)
		return;
	pairs = compare_pairs(c, out ? scan->subject : peer, out ? peer : scan->subject);
	if (!pairs)
		return;
	if (compare_gap(c, after, before)) {
		blame(scan, peer, true, after);
		count(scan, peer, true, pairs);
	}
	if (compare_gap(c, before, after)) {
		blame(scan, peer, false, before);
		count(scan, peer, false, pairs);
	}
}

static void examine_all(struct scan *scan)
{
	for (uint32_t peer = 0; peer < scan->c->ngroups; peer++) {
		if (own_cell(scan, peer, BEFORE) == own_cell(scan, peer, AFTER) &&
		    their_cell(scan, peer, BEFORE) == their_cell(scan, peer, AFTER))
			continue;
		if (on_both(scan->c, peer))
			examine(scan, peer);
	}
}

/* All that connects the subject, which exists on one side alone.  With others of its
 * kind, what goes out of either is listed. */
static void list_all(struct scan *scan)
{
	struct comparing *c = scan->c;
	enum side s = c->groups[scan->subject].on[AFTER] ? AFTER : BEFORE;
	uint32_t cause = compare_bare_cause(c, CAUSE_POD, scan->direction, s == AFTER);

	for (uint32_t peer = 0; peer < c->ngroups; peer++) {
		const struct portgap *gap;

		if (!c->groups[peer].on[s] || !compare_pairs(c, scan->subject, peer) ||
		    (scan->direction == INGRESS && !on_both(c, peer)))
			continue;
		gap = compare_gap(c, allowed(scan, peer, s), NULL);
		if (gap)
			compare_record(c, cause, gap, peer);
	}
}

/* What connects a pod and its own node. */
static const struct portset *allowed_own(const struct scan *scan,
					 const struct own_pair *own, enum side s)
{
	if (!(own->on & 1u << s))
		return allowed(scan, own->groups[1], s);
	return meet(scan->c, s, own->groups[0], own->groups[1])
		       ? portset_everything(scan->c->portsets)
		       : NULL;
}

static void examine_own(struct scan *scan, const struct own_pair *own)
{
	struct comparing *c = scan->c;
	uint32_t peer = own->groups[1];
	const struct portset *before = allowed_own(scan, own, BEFORE);
	const struct portset *after = allowed_own(scan, own, AFTER);

	for (int gained = 0; gained < 2; gained++) {
		const struct portgap *gap = gained ? compare_gap(c, after, before)
						   : compare_gap(c, before, after);

		if (!gap)
			continue;
		compare_record(c,
			       compare_bare_cause(c, CAUSE_NODE, scan->direction, gained),
			       gap, peer);
		if (c->groups[peer].outside)
			scan->outward[gained][scan->subject] = true;
		else
			c->out->pairs[gained]++;
	}
}

static void examine_own_pairs(struct scan *scan)
{
	size_t n;
	const struct own_pair *own = compare_own(scan->c, scan->subject, &n);

	for (size_t i = 0; i < n; i++)
		if (on_both(scan->c, own[i].groups[1]))
			examine_own(scan, &own[i]);
}

/* ---- walking ---- */

static int compare_subjects(const void *a, const void *b, void *arg)
{
	const struct scan *scan = arg;
	const uint32_t *x = a, *y = b;
	uint32_t sx = scan->c->keys[*x].stance[scan->direction];
	uint32_t sy = scan->c->keys[*y].stance[scan->direction];

	if (sx != sy)
		return sx < sy ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

static void walk_subject(struct scan *scan)
{
	fill_theirs(scan, scan->c->keys[scan->subject].atoms);
	if (on_both(scan->c, scan->subject)) {
		examine_all(scan);
		examine_own_pairs(scan);
	} else {
		list_all(scan);
	}
	compare_end_subject(scan->c, scan->subject);
}

/* Subjects of one stance follow each other: their own cells are the same. */
static void walk(struct scan *scan)
{
	struct comparing *c = scan->c;
	enum direction theirs = scan->direction == EGRESS ? INGRESS : EGRESS;
	struct arena *scratch = arena_new();
	uint32_t *order = ARENA_ARRAY(scratch, c->ngroups, uint32_t);
	uint32_t stance = UINT32_MAX;

	for (enum side s = 0; s < SIDES; s++) {
		scan->own[s] = ARENA_ARRAY(scratch, words_len(c->atom_keys),
					   const struct portset *);
		scan->theirs[s] = ARENA_ARRAY(scratch, words_len(c->stances[theirs]),
					      const struct portset *);
	}
	for (uint32_t i = 0; i < c->ngroups; i++)
		order[i] = i;
	if (c->ngroups)
		qsort_r(order, c->ngroups, sizeof(*order), compare_subjects, scan);
	for (size_t i = 0; i < c->ngroups; i++) {
		const struct group_key *key = &c->keys[order[i]];

		if (i == 0 || key->stance[scan->direction] != stance)
			fill_own(scan, key->stance[scan->direction]);
		stance = key->stance[scan->direction];
		scan->subject = order[i];
		walk_subject(scan);
	}
	arena_free(scratch);
}

static void walk_both(struct comparing *c)
{
	struct scan scan = { .c = c };

	for (int gained = 0; gained < 2; gained++)
		scan.outward[gained] = ARENA_ARRAY(c->arena, c->ngroups, bool);
	for (scan.direction = 0; scan.direction < DIRECTIONS; scan.direction++)
		walk(&scan);
	for (int gained = 0; gained < 2; gained++)
		for (size_t i = 0; i < c->ngroups; i++)
			if (scan.outward[gained][i])
				c->out->outward[gained] += c->groups[i].pods.len;
}

const struct pod *compared_pod(const struct comparison *cmp, uint32_t index,
			       const struct cluster **cl)
{
	const struct common_pod *pod = &cmp->pods[index];
	enum side s = pod->id[AFTER] == NO_POD ? BEFORE : AFTER;

	*cl = cmp->dc[s]->cluster;
	return &cmp->dc[s]->cluster->pods[pod->id[s]];
}

const struct comparison *compare(struct ctx *cx, const struct decisions *before,
				 const struct decisions *after)
{
	struct comparison *out = ARENA_NEW(cx->arena, struct comparison);
	struct comparing c = {
		.arena = cx->arena, .set = &cx->set, .dc = { before, after }, .out = out
	};

	c.portsets = portsets_new(cx->arena);
	c.gaps = portgaps_new(cx->arena, cx->set.allow_other_protocols);
	c.causes = words_index_new(cx->arena);
	c.asked = words_index_new(cx->arena);
	c.peers = words_index_new(cx->arena);
	for (enum side s = 0; s < SIDES; s++) {
		out->dc[s] = c.dc[s];
		c.copies[s] = ARENA_ARRAY(cx->arena, portsets_len(c.dc[s]->portsets),
					  const struct portset *);
	}
	compare_ends(&c);
	compare_nodes(&c);
	out->pods = c.pods;
	out->npods = c.npods;
	out->groups = c.groups;
	out->ngroups = c.ngroups;
	walk_both(&c);
	compare_finish(&c);
	return out;
}
