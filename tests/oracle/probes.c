/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model in, questions out.  Ends are the pods and every address at which
 * something changes: of pods, of nodes, and at and just outside each edge of the
 * blocks and excepts.  Ports are those of rules and containers and their
 * neighbours.  All pairs would be too many, so a seeded sample is taken in which
 * at least one end is nearly always a pod.
 */
#include "generate.h"
#include <netpolc/base/arena.h>
#include <string.h>

struct end {
	const char *text;
	unsigned families; /* a bit each; all for what has no address */
};

struct ends {
	struct end *at;
	size_t len, cap;
};

struct numbers {
	uint16_t *at;
	size_t len, cap;
};

struct probing {
	struct arena *arena;
	struct random random;
	struct model *model;
	struct ends pods, addresses;
	struct numbers ports;
};

static void add_address(struct probing *pr, struct address a)
{
	char text[ADDRESS_TEXT];

	if (a.number > family_max(a.family))
		return;
	address_text(text, a);
	*ARENA_PUSH(pr->arena, &pr->addresses) =
		(struct end){ arena_printf(pr->arena, "%s", text), 1u << a.family };
}

static void add_edges(struct probing *pr, const struct model_cidr *c)
{
	struct address a = c->base;
	unsigned bits = (a.family == FAMILY_IPV4 ? 32 : 128) - c->length;
	u128 mask = bits == 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
	u128 low = c->base.number & ~mask, high = low | mask;
	u128 edges[] = { low, high, low - 1, high + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		if (i == 2 && low == 0)
			continue;
		if (i == 3 && high == family_max(a.family))
			continue;
		a.number = edges[i];
		add_address(pr, a);
	}
}

static void add_port(struct probing *pr, unsigned port)
{
	for (unsigned n = port - 1; n <= port + 1; n++)
		if (n >= 1 && n <= 65535)
			*ARENA_PUSH(pr->arena, &pr->ports) = (uint16_t)n;
	/* The edge itself more often than what is next to it. */
	*ARENA_PUSH(pr->arena, &pr->ports) = (uint16_t)port;
}

static void add_rule(struct probing *pr, const struct model_rule *rule)
{
	for (size_t i = 0; i < rule->npeers; i++) {
		const struct model_block *block = rule->peers[i].block;

		if (!block)
			continue;
		add_edges(pr, &block->cidr);
		for (size_t j = 0; j < block->nexcept; j++)
			add_edges(pr, &block->except[j]);
	}
	for (size_t i = 0; i < rule->nports; i++) {
		if (rule->ports[i].port)
			add_port(pr, rule->ports[i].port);
		if (rule->ports[i].end)
			add_port(pr, rule->ports[i].end);
	}
}

static bool is_over(const struct model_pod *pod)
{
	return pod->phase &&
	       (!strcmp(pod->phase, "Succeeded") || !strcmp(pod->phase, "Failed"));
}

static void add_pod(struct probing *pr, const struct model_pod *pod)
{
	const char *space = pr->model->namespaces[pod->namespace].name;
	unsigned families = 0;

	for (size_t i = 0; i < pod->naddresses; i++)
		add_address(pr, pod->addresses[i]);
	if (is_over(pod))
		return;
	if (strcmp(pod->kind, "Pod") != 0)
		space = arena_printf(pr->arena, "%s/%s", space, pod->kind);
	for (size_t i = 0; i < pod->naddresses; i++)
		families |= 1u << pod->addresses[i].family;
	*ARENA_PUSH(pr->arena, &pr->pods) =
		(struct end){ arena_printf(pr->arena, "%s/%s", space, pod->name),
			      families ? families : ~0u };
	for (size_t i = 0; i < pod->ncontainers; i++)
		for (size_t j = 0; j < pod->containers[i].nports; j++)
			add_port(pr, pod->containers[i].ports[j].number);
}

static void collect(struct probing *pr)
{
	static const struct address strangers[] = {
		{ FAMILY_IPV4, 0x08080808 }, { FAMILY_IPV6, (u128)0x20010db8 << 96 }
	};
	const struct model *m = pr->model;

	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++)
		add_address(pr, strangers[i]);
	for (size_t i = 0; i < m->npods; i++)
		add_pod(pr, &m->pods[i]);
	for (size_t i = 0; i < m->nnodes; i++)
		for (size_t j = 0; j < m->nodes[i].naddresses; j++)
			add_address(pr, m->nodes[i].addresses[j]);
	for (size_t i = 0; i < m->npolicies; i++)
		for (int d = 0; d < DIRECTIONS; d++)
			for (size_t r = 0; r < m->policies[i].nrules[d]; r++)
				add_rule(pr, &m->policies[i].rules[d][r]);
	add_port(pr, 80);
}

static struct end any_end(struct probing *pr, unsigned percent_pods)
{
	bool pod = pr->pods.len && random_chance(&pr->random, percent_pods);
	const struct ends *ends = pod ? &pr->pods : &pr->addresses;

	return ends->at[random_below(&pr->random, ends->len)];
}

/* Two ends; those that are one, or have no family in common, say little, so most
 * such pairs are drawn again. */
static void any_pair(struct probing *pr, struct model_probe *probe)
{
	bool outward = random_chance(&pr->random, 50);
	struct end a = { 0 }, b = { 0 };

	for (int tries = 0; tries < 4; tries++) {
		a = any_end(pr, outward ? 95 : 50);
		b = any_end(pr, outward ? 50 : 95);
		if ((a.families & b.families) && strcmp(a.text, b.text) != 0)
			break;
		if (random_chance(&pr->random, 10))
			break;
	}
	probe->source = a.text;
	probe->destination = b.text;
}

static void tag_probe(struct probing *pr, const struct model_probe *probe)
{
	if (!strcmp(probe->source, probe->destination))
		pr->model->tags[83] = true;
	if (!strcmp(probe->protocol, "none")) {
		pr->model->tags[86] = true;
		if (pr->model->tags[7])
			pr->model->tags[87] = true;
	}
	if (pr->model->nnodes)
		pr->model->tags[82] = true;
}

struct model_probe *generate_probes(struct arena *a, struct model *m, size_t n)
{
	static const char *const protocols[] = { "TCP", "TCP", "TCP",  "TCP", "TCP",
						 "UDP", "UDP", "SCTP", "none" };
	struct probing pr = { .arena = a,
			      .random = { m->seed ^ 0x70726f6265 },
			      .model = m };
	struct model_probe *probes = ARENA_ARRAY(a, n, struct model_probe);

	collect(&pr);
	for (size_t i = 0; i < n; i++) {
		any_pair(&pr, &probes[i]);
		probes[i].protocol = RANDOM_PICK(&pr.random, protocols);
		probes[i].port = pr.ports.at[random_below(&pr.random, pr.ports.len)];
		tag_probe(&pr, &probes[i]);
	}
	return probes;
}

/* Prefixes that never leave a host or a link, or name no host. */
bool kernel_forwards(struct address a)
{
	uint32_t ipv4 = (uint32_t)a.number;
	unsigned top = (unsigned)(a.number >> 118);

	if (a.family == FAMILY_IPV4)
		return ipv4 >> 24 != 0 && ipv4 >> 24 != 127 && ipv4 >> 29 != 7;
	return top != 0xfe80 >> 6 && top >> 2 != 0xff && a.number > 1 &&
	       a.number >> 32 != 0xffff;
}
