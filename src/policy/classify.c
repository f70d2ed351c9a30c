/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: pod sets.  Out: classes of pods, by direction; atoms.c adds the atoms.
 *
 * Pods start in one block; each policy splits off the pods that it isolates, each
 * named port that it uses on its subjects splits them by number.  What is left
 * together is a class.  Splitting by the same pods again changes nothing, so it is
 * done once for each set of subjects, however many policies have it.
 */
#include <netpolc/policy/classify.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/atoms.h>
#include <netpolc/policy/partition.h>
#include <netpolc/policy/port_groups.h>
#include <netpolc/policy/port_index.h>

/* 512 MiB of atoms; 10,000 policies on 100,000 pods have 250,000, and 60,000 pairs. */
static const struct classify_limits limits_default = {
	.pairs = (size_t)1 << 22,
	.atoms = (size_t)1 << 26,
};

/* Something that was done with a set of subjects. */
struct done {
	const uint32_t *subjects;
	const char *name; /* of a port; NULL: of none */
	enum protocol protocol;
	struct id_list classes; /* of their first pods, once they are known */
};

struct classifier {
	struct arena *arena;
	struct arena *scratch;
	const struct settings *set;
	struct diags *diags;
	const struct cluster *cluster;
	const struct pod_sets *sets;
	enum direction direction;
	bool *isolated; /* by pod */
	struct partition *partition;
	struct hashset *done;
	const struct classify_limits *limits;
	size_t pairs; /* of a class and a policy */
};

static uint64_t hash_done(const void *item, uint64_t seed)
{
	const struct done *d = item;
	const uintptr_t key[] = { (uintptr_t)d->subjects, (uintptr_t)d->name,
				  d->protocol };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_done(const void *a, const void *b)
{
	const struct done *x = a, *y = b;

	return x->subjects == y->subjects && x->name == y->name &&
	       x->protocol == y->protocol;
}

static const struct hashset_type done_type = { hash_done, equal_done };

/* The note of what was done with the subjects; *fresh when it is made just now. */
static struct done *note(struct classifier *c, const struct pod_set *subjects,
			 const struct port_name *name, bool *fresh)
{
	struct done *d, probe = { .subjects = subjects->at,
				  .name = name->name,
				  .protocol = name->protocol };

	d = hashset_find(c->done, &probe);
	*fresh = !d;
	if (d)
		return d;
	d = ARENA_NEW(c->scratch, struct done);
	*d = probe;
	return hashset_add(c->done, d);
}

static void isolate(struct classifier *c, const struct pod_set *pods)
{
	for (size_t i = 0; i < pods->len; i++)
		c->isolated[pods->at[i]] =
			pod_is_on(&c->cluster->pods[pods->at[i]], c->set->node);
	partition_split(c->partition, pods->at, pods->len);
}

/* Contained pods, and those of a namespace that the 1.6 annotation isolates
 * (A 97), are isolated whether or not a policy selects them. */
static void isolate_unconditionally(struct classifier *c)
{
	struct id_list contained = { 0 }, denied = { 0 };

	for (uint32_t id = 0; id < c->cluster->npods; id++) {
		const struct pod *pod = &c->cluster->pods[id];

		if (!pod_is_live(pod))
			continue;
		if (pod->invalid)
			*ARENA_PUSH(c->scratch, &contained) = id;
		else if (c->set->legacy && c->direction == INGRESS &&
			 c->cluster->namespaces[pod->namespace].default_deny)
			*ARENA_PUSH(c->scratch, &denied) = id;
	}
	isolate(c, &(struct pod_set){ contained.at, contained.len });
	isolate(c, &(struct pod_set){ denied.at, denied.len });
}

/* In legacy mode policies act for ingress alone, and only in namespaces that the
 * annotation isolates. */
static bool takes_part(const struct classifier *c, const struct policy *p)
{
	if (c->set->legacy)
		return c->direction == INGRESS &&
		       c->cluster->namespaces[p->namespace].default_deny;
	return p->isolates[c->direction];
}

static struct pod_set pods_with_port(struct classifier *c, const struct pod_set *pods,
				     const struct port_name *name)
{
	const struct port_holders *h =
		port_index_find(c->sets->ports, name->name, name->protocol);

	return pod_set_intersect(c->scratch, pods,
				 &(struct pod_set){ h->pods.at, h->pods.len });
}

/* Ingress rules resolve port names on the subject: pods that differ part ways. */
static void split_by_ports(struct classifier *c, const struct policy_rule *rule,
			   const struct pod_set *subjects)
{
	if (c->direction != INGRESS || rule->invalid)
		return;
	for (size_t i = 0; i < rule->nports; i++) {
		const struct port_name name = { rule->ports[i].name,
						rule->ports[i].protocol };
		struct port_groups groups;
		struct pod_set pods;
		bool fresh;

		if (!name.name)
			continue;
		note(c, subjects, &name, &fresh);
		if (!fresh)
			continue;
		pods = pods_with_port(c, subjects, &name);
		groups = port_groups_of(c->scratch, c->cluster, &pods, &name);
		for (size_t g = 0; g < groups.len; g++)
			partition_split(c->partition, groups.at[g]->pods.at,
					groups.at[g]->pods.len);
	}
}

static void split_by_policies(struct classifier *c)
{
	static const struct port_name none = { 0 };

	for (size_t i = 0; i < c->cluster->npolicies; i++) {
		const struct policy *p = &c->cluster->policies[i];
		const struct pod_set *subjects = &c->sets->subjects[i];
		bool fresh;

		if (!takes_part(c, p) || subjects->len == 0)
			continue;
		note(c, subjects, &none, &fresh);
		if (fresh)
			isolate(c, subjects);
		for (size_t r = 0; r < p->nrules[c->direction]; r++)
			split_by_ports(c, &p->rules[c->direction][r], subjects);
	}
}

/* The classes whose first pods are among the subjects. */
static const struct id_list *classes_of(struct classifier *c, const struct classes *cs,
					const struct pod_set *subjects)
{
	static const struct port_name none = { 0 };
	const uint32_t *of_pod = cs->of_pod[c->direction];
	bool fresh;
	struct done *d = note(c, subjects, &none, &fresh);

	if (d->classes.at)
		return &d->classes;
	d->classes.at = ARENA_ARRAY(c->scratch, subjects->len, uint32_t);
	for (size_t i = 0; i < subjects->len; i++) {
		uint32_t class = of_pod[subjects->at[i]];

		if (class != NO_CLASS &&
		    cs->at[c->direction][class].pods.at[0] == subjects->at[i])
			d->classes.at[d->classes.len++] = class;
	}
	return &d->classes;
}

/* The same for a policy; NULL when it has none. */
static const struct id_list *classes_of_policy(struct classifier *c,
					       const struct classes *cs, size_t policy)
{
	if (!takes_part(c, &c->cluster->policies[policy]) ||
	    c->sets->subjects[policy].len == 0)
		return NULL;
	return classes_of(c, cs, &c->sets->subjects[policy]);
}

/* Returns how many policies are counted: all, unless the pairs become too many. */
static size_t count_policies(struct classifier *c, const struct classes *cs)
{
	struct class *at = cs->at[c->direction];

	for (size_t i = 0; i < c->cluster->npolicies; i++) {
		const struct id_list *classes = classes_of_policy(c, cs, i);

		for (size_t k = 0; classes && k < classes->len; k++)
			at[classes->at[k]].npolicies++;
		c->pairs += classes ? classes->len : 0;
		if (c->pairs > c->limits->pairs)
			return i;
	}
	return c->cluster->npolicies;
}

/* The policies that isolate a class are those of its first pod. */
static void name_policies(struct classifier *c, const struct classes *cs)
{
	struct class *at = cs->at[c->direction];
	size_t n = cs->len[c->direction];
	uint32_t **to = ARENA_ARRAY(c->scratch, n, uint32_t *);

	for (size_t i = 0; i < n; i++)
		at[i].policies = to[i] = ARENA_ARRAY(c->arena, at[i].npolicies, uint32_t);
	for (uint32_t i = 0; i < c->cluster->npolicies; i++) {
		const struct id_list *classes = classes_of_policy(c, cs, i);

		for (size_t k = 0; classes && k < classes->len; k++)
			*to[classes->at[k]]++ = i;
	}
}

/* Blocks of isolated pods become classes, numbered by their first pod. */
static void collect(struct classifier *c, struct classes *out)
{
	uint32_t n = (uint32_t)c->cluster->npods;
	uint32_t *block = ARENA_ARRAY(c->scratch, n, uint32_t);
	uint32_t nblocks = partition_number(c->partition, c->scratch, block);
	struct id_list *members = ARENA_ARRAY(c->scratch, nblocks, struct id_list);
	uint32_t *of_pod = ARENA_ARRAY(c->arena, n, uint32_t);
	struct class *at = ARENA_ARRAY(c->arena, nblocks, struct class);
	uint32_t nclasses = 0;

	for (uint32_t i = 0; i < n; i++)
		if (c->isolated[i])
			*ARENA_PUSH(c->arena, &members[block[i]]) = i;
	for (uint32_t i = 0; i < n; i++)
		of_pod[i] = NO_CLASS;
	for (uint32_t b = 0; b < nblocks; b++) {
		struct class *class = &at[nclasses];

		if (members[b].len == 0)
			continue;
		class->direction = c->direction;
		class->pods = (struct pod_set){ members[b].at, members[b].len };
		for (size_t i = 0; i < members[b].len; i++)
			of_pod[members[b].at[i]] = nclasses;
		nclasses++;
	}
	out->at[c->direction] = at;
	out->len[c->direction] = nclasses;
	out->of_pod[c->direction] = of_pod;
}

static bool too_many_pairs(struct classifier *c, const struct policy *p)
{
	diag_add(
		c->diags, DIAG_TOO_LARGE, &p->origin,
		"there would be more than %zu pairs of a class of pods and a policy that "
		"isolates it for %s; of this policy are the last",
		c->limits->pairs, direction_name(c->direction));
	return false;
}

/* With --node a block may mix enforced pods and others: only the former count.
 * False after reporting. */
static bool classify_direction(struct classifier *c, struct classes *out)
{
	size_t counted;

	c->done = hashset_new(c->scratch, &done_type);
	c->partition = partition_new(c->scratch, (uint32_t)c->cluster->npods);
	c->isolated = ARENA_ARRAY(c->scratch, c->cluster->npods, bool);
	isolate_unconditionally(c);
	split_by_policies(c);
	collect(c, out);
	counted = count_policies(c, out);
	if (counted < c->cluster->npolicies)
		return too_many_pairs(c, &c->cluster->policies[counted]);
	name_policies(c, out);
	arena_reset(c->scratch);
	return true;
}

/* Whether the resolved rules of a direction have the peer; then *out is the rule. */
static bool find_rule(const struct cluster *cl, const struct pod_sets *sets,
		      enum direction d, size_t peer, const struct policy_rule **out)
{
	for (size_t i = 0; i < cl->npolicies; i++)
		for (size_t r = 0; r < cl->policies[i].nrules[d]; r++)
			for (size_t k = 0; k < sets->rules[d][i][r].npeers; k++)
				if (sets->rules[d][i][r].peers[k] == peer) {
					*out = &cl->policies[i].rules[d][r];
					return true;
				}
	return false;
}

static void too_many_atoms(struct classifier *c, size_t peer)
{
	const struct policy_rule *rule = NULL;

	if (!find_rule(c->cluster, c->sets, INGRESS, peer, &rule))
		find_rule(c->cluster, c->sets, EGRESS, peer, &rule);
	diag_add(c->diags, DIAG_TOO_LARGE, rule ? &rule->origin : NULL,
		 "peers overlap in so many ways that together they would have more than "
		 "%zu parts; this rule has the last of them",
		 c->limits->atoms);
}

const struct classes *classify_within(struct ctx *cx, const struct cluster *cl,
				      const struct pod_sets *sets,
				      const struct classify_limits *limits)
{
	struct classes *out = ARENA_NEW(cx->arena, struct classes);
	struct classifier c = { .arena = cx->arena,
				.set = &cx->set,
				.cluster = cl,
				.sets = sets,
				.diags = cx->diags,
				.limits = limits,
				.scratch = arena_new() };
	bool good = true;
	size_t peer;

	for (c.direction = 0; good && c.direction < DIRECTIONS; c.direction++)
		good = classify_direction(&c, out);
	if (good &&
	    !atoms_build(cx->arena, c.scratch, cl, sets, out, limits->atoms, &peer)) {
		too_many_atoms(&c, peer);
		good = false;
	}
	arena_free(c.scratch);
	return good ? out : NULL;
}

const struct classes *classify(struct ctx *cx, const struct cluster *cl,
			       const struct pod_sets *sets)
{
	return classify_within(cx, cl, sets, &limits_default);
}
