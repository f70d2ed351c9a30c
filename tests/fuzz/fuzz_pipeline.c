/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as manifests: they are refused with an error, or the core and the
 * simulated ruleset say what the oracle says.  Asked are the pods, the edges of
 * blocks and the ports that the input itself names.
 */
#include "../oracle/load.h"
#include "../oracle/witness.h"
#include "fuzz.h"
#include <netpolc/base/arena.h>

static const struct witness *const asked[] = { &witness_core, &witness_ruleset,
					       &witness_ruleset_sets,
					       &witness_ruleset_pools,
					       &witness_ruleset_few };

struct questions {
	struct oracle_end ends[14];
	uint16_t ports[8];
	size_t nends, nports;
};

static void add_address(struct questions *q, const struct cluster *cl, enum family f,
			u128 number)
{
	struct address a = { f, number & family_max(f) };

	if (q->nends < ARRAY_SIZE(q->ends))
		q->ends[q->nends++] = oracle_address(cl, a);
}

static void add_port(struct questions *q, unsigned port)
{
	if (q->nports < ARRAY_SIZE(q->ports))
		q->ports[q->nports++] = (uint16_t)port;
}

static void add_rule(struct questions *q, const struct cluster *cl,
		     const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->nports; i++) {
		add_port(q, rule->ports[i].lo);
		add_port(q, rule->ports[i].hi + 1u);
	}
	for (size_t i = 0; i < rule->npeers; i++) {
		struct range r;

		if (!rule->peers[i].block)
			continue;
		r = prefix_range(rule->peers[i].block->cidr);
		add_address(q, cl, rule->peers[i].block->cidr.base.family, r.hi);
		add_address(q, cl, rule->peers[i].block->cidr.base.family, r.hi + 1);
	}
}

static void collect(struct questions *q, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npods && i < ARRAY_SIZE(q->ends) - 4; i++) {
		q->ends[q->nends++] = oracle_pod(&cl->pods[i]);
		for (size_t n = 0; n < cl->pods[i].nports; n++)
			add_port(q, cl->pods[i].ports[n].number);
	}
	for (size_t i = 0; i < cl->npolicies; i++)
		for (int d = 0; d < DIRECTIONS; d++)
			for (size_t r = 0; r < cl->policies[i].nrules[d]; r++)
				add_rule(q, cl, &cl->policies[i].rules[d][r]);
	add_address(q, cl, FAMILY_IPV4, 0x09090909);
	add_port(q, 80);
}

static void ask(struct loaded_input *l, const struct oracle_probe *probe,
		const void *const prepared[])
{
	bool oracle = oracle_allows(l->cluster, &l->cx.set, probe);

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		const char *fault = NULL;
		enum testimony said =
			asked[i]->ask(prepared[i], l->cluster, probe, &fault);

		HOLDS(!fault);
		HOLDS(said == ABSTAINS || (said == SAYS_ALLOW) == oracle);
	}
}

/* A finished pod is no end that could be asked about. */
static bool is_there(const struct oracle_end *end)
{
	return !end->pod || !end->pod->finished;
}

static void check(struct loaded_input *l)
{
	const void *prepared[ARRAY_SIZE(asked)];
	struct questions q = { 0 };

	collect(&q, l->cluster);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		prepared[i] = asked[i]->prepare(asked[i], &l->cx, l->cluster);
	for (size_t i = 0; i < q.nends * q.nends; i++)
		for (size_t n = 0; n < q.nports * (PROTOCOLS + 1); n++) {
			struct oracle_probe probe = { q.ends[i / q.nends],
						      q.ends[i % q.nends],
						      n % (PROTOCOLS + 1),
						      q.ports[n / (PROTOCOLS + 1)] };

			if (is_there(&probe.source) && is_there(&probe.destination))
				ask(l, &probe, prepared);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct buf text = { .at = (char *)(uintptr_t)data, .len = size };

	for (unsigned i = 0; i < 3; i++) {
		struct settings set = settings_default();
		struct loaded_input l;

		set.isolate_invalid = i > 0;
		set.legacy = i == 2;
		set.allow_other_protocols = i == 1;
		load_text(&l, &set, &text);
		if (l.cluster)
			check(&l);
		loaded_free(&l);
	}
	return 0;
}
