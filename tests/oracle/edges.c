/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cluster comes in, what is worth asking about goes out.
 */
#include "edges.h"

#include <netpolc/base/arena.h>
#include <string.h>

void edges_add_address(struct edges *e, struct address a)
{
	*ARENA_PUSH(e->arena, &e->addresses) = a;
}

void edges_add_port(struct edges *e, unsigned protocol, u128 number)
{
	*ARENA_PUSH(e->arena, &e->ports) =
		(struct asked_port){ protocol, (uint16_t)number };
}

static void add_prefix(struct edges *e, struct prefix p)
{
	struct range r = prefix_range(p);
	enum family f = p.base.family;

	edges_add_address(e, (struct address){ f, r.lo });
	edges_add_address(e, (struct address){ f, r.hi });
	if (r.lo)
		edges_add_address(e, (struct address){ f, r.lo - 1 });
	if (r.hi != family_max(f))
		edges_add_address(e, (struct address){ f, r.hi + 1 });
}

static void add_rule(struct edges *e, const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->npeers; i++) {
		const struct ip_block *block = rule->peers[i].block;

		if (!block)
			continue;
		add_prefix(e, block->cidr);
		for (size_t x = 0; x < block->nexcept; x++)
			add_prefix(e, block->except[x]);
	}
	for (size_t i = 0; i < rule->nports; i++) {
		const struct policy_port *p = &rule->ports[i];

		if (p->name)
			continue;
		edges_add_port(e, p->protocol, p->lo);
		edges_add_port(e, p->protocol, p->hi);
		edges_add_port(e, p->protocol, p->hi + 1u);
	}
}

void edges_add_cluster(struct edges *e, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npolicies; i++)
		for (int d = 0; d < DIRECTIONS; d++)
			for (size_t r = 0; r < cl->policies[i].nrules[d]; r++)
				add_rule(e, &cl->policies[i].rules[d][r]);
	for (size_t i = 0; i < cl->npods; i++)
		for (size_t p = 0; p < cl->pods[i].nports; p++)
			edges_add_port(e, cl->pods[i].ports[p].protocol,
				       cl->pods[i].ports[p].number);
	for (size_t i = 0; i < cl->nnodes; i++)
		for (size_t a = 0; a < cl->nodes[i].naddresses; a++)
			edges_add_address(e, cl->nodes[i].addresses[a]);
}

/* Moves a choice of at most most things of size bytes to the beginning. */
static size_t sample(struct random *r, void *at, size_t n, size_t size, size_t most)
{
	char *things = at, spare[64];

	for (size_t i = 0; i < most && i < n; i++) {
		size_t j = i + random_below(r, n - i);

		memcpy(spare, things + i * size, size);
		memcpy(things + i * size, things + j * size, size);
		memcpy(things + j * size, spare, size);
	}
	return n < most ? n : most;
}

void edges_sample_addresses(struct edges *e, struct random *r, size_t n)
{
	e->addresses.len =
		sample(r, e->addresses.at, e->addresses.len, sizeof(*e->addresses.at), n);
}

void edges_sample_ports(struct edges *e, struct random *r, size_t n)
{
	struct asked_port last = e->ports.at[e->ports.len - 1];

	e->ports.len = sample(r, e->ports.at, e->ports.len - 1, sizeof(last), n - 1);
	e->ports.at[e->ports.len++] = last;
}
