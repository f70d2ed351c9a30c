/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: two sides.  Out: the ends that they have in common or alone, in groups.
 *
 * Pods of both sides are merged by name.  Addresses that no pod has are cut at every
 * edge of either side, and at node addresses, which are special to some pods.  What has
 * the same profile, classes and atoms of both sides, is one group.
 */
#include <netpolc/analysis/comparing.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* ---- pods ---- */

static const struct pod *pod_at(const struct comparing *c, enum side s, size_t i)
{
	return &c->dc[s]->cluster->pods[i];
}

/* The next pod that exists and is not the second of a workload. */
static size_t next_pod(const struct comparing *c, enum side s, size_t i)
{
	while (i < c->dc[s]->cluster->npods &&
	       (pod_at(c, s, i)->finished || pod_at(c, s, i)->replica))
		i++;
	return i;
}

static int order_pods(const struct comparing *c, size_t i, size_t j)
{
	const struct pod *x = pod_at(c, BEFORE, i), *y = pod_at(c, AFTER, j);
	int order = strcmp(c->dc[BEFORE]->cluster->namespaces[x->namespace].name,
			   c->dc[AFTER]->cluster->namespaces[y->namespace].name);

	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->kind, y->kind);
}

/* Both lists are in the order of names already. */
static void merge_pods(struct comparing *c)
{
	size_t n[SIDES] = { c->dc[BEFORE]->cluster->npods, c->dc[AFTER]->cluster->npods };
	size_t i = next_pod(c, BEFORE, 0), j = next_pod(c, AFTER, 0);

	c->pods = ARENA_ARRAY(c->arena, n[BEFORE] + n[AFTER], struct common_pod);
	while (i < n[BEFORE] || j < n[AFTER]) {
		struct common_pod *pod = &c->pods[c->npods++];
		int order = i == n[BEFORE] ? 1 : j == n[AFTER] ? -1 : order_pods(c, i, j);

		pod->id[BEFORE] = order <= 0 ? (uint32_t)i : NO_POD;
		pod->id[AFTER] = order >= 0 ? (uint32_t)j : NO_POD;
		if (order <= 0)
			i = next_pod(c, BEFORE, i + 1);
		if (order >= 0)
			j = next_pod(c, AFTER, j + 1);
	}
}

static void profile_side(const struct comparing *c, struct profile *p, enum side s,
			 uint32_t pod)
{
	struct end end = { .atom = { NO_ATOM, NO_ATOM } };

	p->on[s] = pod != NO_POD;
	if (pod != NO_POD)
		end = end_of_pod(c->dc[s], pod);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		p->class[d][s] =
			pod == NO_POD ? NO_CLASS : c->dc[s]->classes->of_pod[d][pod];
	for (enum family f = 0; f < FAMILIES; f++)
		p->atom[s][f] = c->set->families[f] ? end.atom[f] : NO_ATOM;
	p->bare[s] = end.bare;
}

/* ---- addresses ---- */

static struct profile profile_of_piece(const struct comparing *c, enum family f,
				       const struct piece *piece)
{
	struct profile p = { .outside = 1 };

	for (enum side s = 0; s < SIDES; s++) {
		p.on[s] = 1;
		p.class[INGRESS][s] = p.class[EGRESS][s] = NO_CLASS;
		p.atom[s][FAMILY_IPV4] = p.atom[s][FAMILY_IPV6] = NO_ATOM;
		p.atom[s][f] = classes_interval_atom(c->dc[s]->classes,
						     (struct address){ f, piece->lo });
	}
	return p;
}

/* ---- groups ---- */

static uint32_t row_of(const struct comparing *c, const struct profile *p,
		       enum direction d, enum side s)
{
	uint32_t class = p->class[d][s];

	return class == NO_CLASS ? NO_ROW : c->dc[s]->rows[d][class]->id;
}

static void fill_key(struct comparing *c, struct group_key *key)
{
	struct profile *p = &key->profile;
	struct atom_key atoms;

	memcpy(atoms.atom, p->atom, sizeof(atoms.atom));
	key->atoms = words_intern(c->atom_keys, (const uint32_t *)&atoms,
				  sizeof(atoms) / sizeof(uint32_t))
			     ->id;
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		struct stance stance = { { 0 }, { 0 } };

		for (enum side s = 0; s < SIDES; s++) {
			stance.row[s] = row_of(c, p, d, s);
			for (enum family f = 0; f < FAMILIES; f++)
				if (p->atom[s][f] != NO_ATOM)
					stance.families[s] |= 1u << f;
		}
		key->stance[d] = words_intern(c->stances[d], (const uint32_t *)&stance,
					      sizeof(stance) / sizeof(uint32_t))
					 ->id;
	}
}

/* The group of a profile, begun if there is none; there is room for it. */
static uint32_t group_of(struct comparing *c, const struct profile *p)
{
	uint32_t id = words_intern(c->profiles, (const uint32_t *)p,
				   sizeof(*p) / sizeof(uint32_t))
			      ->id;

	if (id < c->ngroups)
		return id;
	c->ngroups++;
	c->keys[id].profile = *p;
	c->groups[id].outside = p->outside;
	for (enum side s = 0; s < SIDES; s++)
		c->groups[id].on[s] = p->on[s];
	fill_key(c, &c->keys[id]);
	return id;
}

static void group_pod(struct comparing *c, uint32_t index)
{
	struct common_pod *pod = &c->pods[index];
	enum side known = pod->id[AFTER] == NO_POD ? BEFORE : AFTER;
	struct profile p = { 0 };

	for (enum side s = 0; s < SIDES; s++)
		profile_side(c, &p, s, pod->id[s]);
	pod->group = group_of(c, &p);
	*ARENA_PUSH(c->arena, &c->groups[pod->group].pods) = index;
	c->keys[pod->group].itself += !pod_at(c, known, pod->id[known])->workload;
	if (!p.on[BEFORE] || !p.on[AFTER])
		c->out->only[known]++;
}

static void group_piece(struct comparing *c, enum family f, struct piece *piece)
{
	struct profile p = profile_of_piece(c, f, piece);
	struct end_group *group;

	piece->group = group_of(c, &p);
	group = &c->groups[piece->group];
	group->family = f;
	ranges_add(c->arena, &group->addresses, (struct range){ piece->lo, piece->hi });
	c->keys[piece->group].lone += piece->lone;
	c->keys[piece->group].wide |= !piece->lone;
}

void compare_ends(struct comparing *c)
{
	size_t most;

	merge_pods(c);
	for (enum family f = 0; f < FAMILIES; f++)
		if (c->set->families[f])
			c->pieces[f] = outside_pieces(c->arena, f, c->dc, SIDES);
	c->profiles = words_index_new(c->arena);
	c->atom_keys = words_index_new(c->arena);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		c->stances[d] = words_index_new(c->arena);
	most = c->npods + c->pieces[FAMILY_IPV4].len + c->pieces[FAMILY_IPV6].len;
	c->groups = ARENA_ARRAY(c->arena, most, struct end_group);
	c->keys = ARENA_ARRAY(c->arena, most, struct group_key);
	for (uint32_t i = 0; i < c->npods; i++)
		group_pod(c, i);
	for (enum family f = 0; f < FAMILIES; f++)
		for (size_t i = 0; i < c->pieces[f].len; i++)
			group_piece(c, f, &c->pieces[f].at[i]);
}
