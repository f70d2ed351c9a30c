/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: pod sets.  Out: classes of pods, by direction; atoms.c adds the atoms.
 *
 * Pods start in one block; each policy splits off the pods that it isolates, each
 * named port that it uses on its subjects splits them by number.  What is left
 * together is a class.
 */
#include <netpolc/policy/classify.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/atoms.h>
#include <netpolc/policy/partition.h>
#include <netpolc/policy/port_groups.h>
#include <netpolc/policy/port_index.h>

#include <string.h>

struct classifier {
	struct arena *arena;
	struct arena *scratch;
	const struct settings *set;
	const struct cluster *cluster;
	const struct pod_sets *sets;
	enum direction direction;
	bool *isolated; /* by pod */
	struct partition *partition;
};

static bool is_enforced(const struct classifier *c, uint32_t pod)
{
	const char *node = c->cluster->pods[pod].node;

	return !c->set->node || (node && strcmp(node, c->set->node) == 0);
}

static void isolate(struct classifier *c, const struct pod_set *pods)
{
	for (size_t i = 0; i < pods->len; i++)
		c->isolated[pods->at[i]] = is_enforced(c, pods->at[i]);
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

		if (!name.name)
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
	for (size_t i = 0; i < c->cluster->npolicies; i++) {
		const struct policy *p = &c->cluster->policies[i];

		if (!takes_part(c, p))
			continue;
		isolate(c, &c->sets->subjects[i]);
		for (size_t r = 0; r < p->nrules[c->direction]; r++)
			split_by_ports(c, &p->rules[c->direction][r],
				       &c->sets->subjects[i]);
	}
}

/* The policies that isolate a class are those of its first pod.  Going through the
 * subjects of each policy costs what they are, however many policies and classes. */
static void name_policies(struct classifier *c, struct classes *out)
{
	const uint32_t *of_pod = out->of_pod[c->direction];
	size_t n = out->len[c->direction];
	struct class *at = out->at[c->direction];
	struct id_list *policies = ARENA_ARRAY(c->scratch, n, struct id_list);

	for (uint32_t i = 0; i < c->cluster->npolicies; i++) {
		const struct pod_set *subjects = &c->sets->subjects[i];

		if (!takes_part(c, &c->cluster->policies[i]))
			continue;
		for (size_t s = 0; s < subjects->len; s++) {
			uint32_t pod = subjects->at[s], class = of_pod[pod];

			if (class != NO_CLASS && at[class].pods.at[0] == pod)
				*ARENA_PUSH(c->arena, &policies[class]) = i;
		}
	}
	for (size_t i = 0; i < n; i++) {
		at[i].policies = policies[i].at;
		at[i].npolicies = policies[i].len;
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
	name_policies(c, out);
}

/* With --node a block may mix enforced pods and others: only the former count. */
static void classify_direction(struct classifier *c, struct classes *out)
{
	c->partition = partition_new(c->scratch, (uint32_t)c->cluster->npods);
	c->isolated = ARENA_ARRAY(c->scratch, c->cluster->npods, bool);
	isolate_unconditionally(c);
	split_by_policies(c);
	collect(c, out);
	arena_reset(c->scratch);
}

const struct classes *classify(struct ctx *cx, const struct cluster *cl,
			       const struct pod_sets *sets)
{
	struct classes *out = ARENA_NEW(cx->arena, struct classes);
	struct classifier c = { .arena = cx->arena,
				.set = &cx->set,
				.cluster = cl,
				.sets = sets,
				.scratch = arena_new() };

	for (c.direction = 0; c.direction < DIRECTIONS; c.direction++)
		classify_direction(&c, out);
	atoms_build(cx->arena, c.scratch, cl, sets, out);
	arena_free(c.scratch);
	return out;
}
