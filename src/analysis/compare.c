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
	struct reach *own[SIDES], *theirs[SIDES];
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

/* What a row allows to the atoms. */
static struct reach cell(struct comparing *c, enum side s, const struct stance *stance,
			 const struct atom_key *key)
{
	struct reach reach = { 0 };

	for (enum family f = 0; f < FAMILIES; f++) {
		const struct portset *ports = portset_everything(c->portsets);

		if (!(stance->families[s] & 1u << f) || key->atom[s][f] == NO_ATOM)
			continue;
		if (stance->row[s] != NO_ROW)
			ports = copy_of(c, s,
					row_ports(c->dc[s]->all_rows[stance->row[s]],
						  key->atom[s][f]));
		reach_add(c->portsets, &reach, f, ports);
	}
	return reach;
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

static const struct reach *own_cell(const struct scan *scan, uint32_t peer, enum side s)
{
	return &scan->own[s][scan->c->keys[peer].atoms];
}

static const struct reach *their_cell(const struct scan *scan, uint32_t peer, enum side s)
{
	enum direction theirs = scan->direction == EGRESS ? INGRESS : EGRESS;

	return &scan->theirs[s][scan->c->keys[peer].stance[theirs]];
}

/* Whether neither has an address. */
static bool are_bare(const struct scan *scan, uint32_t peer, enum side s)
{
	return scan->c->keys[scan->subject].profile.bare[s] &&
	       scan->c->keys[peer].profile.bare[s];
}

/* What connects the subject with the peer; NULL: no packet can. */
static const struct portset *allowed(const struct scan *scan, uint32_t peer, enum side s)
{
	return reach_both(scan->c->portsets, own_cell(scan, peer, s),
			  their_cell(scan, peer, s), are_bare(scan, peer, s));
}

/* ---- pairs ---- */

static bool on_both(const struct comparing *c, uint32_t group)
{
	return c->groups[group].on[BEFORE] && c->groups[group].on[AFTER];
}

/* atoms: of the peer where it is allowed, in the families in question. */
static void record(struct scan *scan, uint32_t peer, bool gained,
		   const struct portgap *gap, const uint32_t atoms[FAMILIES])
{
	compare_record(scan->c,
		       compare_cause(scan->c, scan->direction, gained, scan->subject,
				     atoms, gap),
		       gap, peer);
}

/* What one side allows in the family, as far as this direction denies it there on the
 * other side, and no other family allows it. */
static const struct portgap *gap_in(const struct scan *scan, uint32_t peer, bool gained,
				    enum family f, const struct portset *allowing,
				    const struct portset *left)
{
	struct comparing *c = scan->c;
	enum side s = gained ? AFTER : BEFORE, denying = gained ? BEFORE : AFTER;
	const struct portset *now = reach_both_in(c->portsets, own_cell(scan, peer, s),
						  their_cell(scan, peer, s), f);

	if (!now)
		return NULL;
	return compare_gap(
		c, portset_intersect(c->portsets, now, allowing),
		portset_union(c->portsets, own_cell(scan, peer, denying)->in[f], left));
}

/* Where any family is enough for the side that denies: families apart, unless it is the
 * same in both. */
static void blame_families(struct scan *scan, uint32_t peer, bool gained,
			   const struct portset *allowing, const struct portset *left)
{
	const uint32_t *all = scan->c->keys[peer].profile.atom[gained ? AFTER : BEFORE];
	const struct portgap *gaps[FAMILIES];

	for (enum family f = 0; f < FAMILIES; f++)
		gaps[f] = gap_in(scan, peer, gained, f, allowing, left);
	if (gaps[FAMILY_IPV4] == gaps[FAMILY_IPV6] && gaps[FAMILY_IPV4]) {
		record(scan, peer, gained, gaps[FAMILY_IPV4], all);
		return;
	}
	for (enum family f = 0; f < FAMILIES; f++) {
		uint32_t atoms[FAMILIES] = { NO_ATOM, NO_ATOM };

		atoms[f] = all[f];
		if (gaps[f])
			record(scan, peer, gained, gaps[f], atoms);
	}
}

/* Ports that the subject gained or lost with the peer, as far as this direction is
 * what denies them on the other side. */
static void blame(struct scan *scan, uint32_t peer, bool gained,
		  const struct portset *allowing, const struct portset *left)
{
	struct comparing *c = scan->c;
	enum side s = gained ? AFTER : BEFORE, denying = gained ? BEFORE : AFTER;
	const struct portgap *gap;

	if (are_bare(scan, peer, denying)) {
		blame_families(scan, peer, gained, allowing, left);
		return;
	}
	gap = compare_gap(c, allowing, own_cell(scan, peer, denying)->all);
	if (!gap)
		return;
	if (meet(c, denying, scan->subject, peer))
		record(scan, peer, gained, gap, c->keys[peer].profile.atom[s]);
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
		blame(scan, peer, true, after, before);
		count(scan, peer, true, pairs);
	}
	if (compare_gap(c, before, after)) {
		blame(scan, peer, false, before, after);
		count(scan, peer, false, pairs);
	}
}

static bool may_differ(const struct scan *scan, uint32_t peer)
{
	return !reach_equal(own_cell(scan, peer, BEFORE), own_cell(scan, peer, AFTER)) ||
	       !reach_equal(their_cell(scan, peer, BEFORE),
			    their_cell(scan, peer, AFTER)) ||
	       are_bare(scan, peer, BEFORE) != are_bare(scan, peer, AFTER);
}

static void examine_all(struct scan *scan)
{
	for (uint32_t peer = 0; peer < scan->c->ngroups; peer++) {
		if (on_both(scan->c, peer) && may_differ(scan, peer))
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
		scan->own[s] =
			ARENA_ARRAY(scratch, words_len(c->atom_keys), struct reach);
		scan->theirs[s] =
			ARENA_ARRAY(scratch, words_len(c->stances[theirs]), struct reach);
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
