/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What explanations and parties say agrees with the core, on random clusters.
 *
 * Of every probe: a peer matches exactly when all of its conditions hold; a verdict by
 * rules has a rule that allows in each isolated direction, and a denial has none.  And
 * the verdict for the source's address is among those for the members of a block around
 * it, whatever block that is.  And pods that are lent addresses keep their verdicts:
 * where neither had one, those of either family.
 *
 * usage: explain_witness --clusters N
 */
#include "generate.h"
#include "load.h"

#include <netpolc/analysis/explain.h>
#include <netpolc/analysis/party.h>
#include <netpolc/base/arena.h>
#include <netpolc/lab/lend.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PODS   12
#define PROBES 60

struct bench {
	struct ctx *cx;
	const struct decisions *dc;
	const struct core *core;
	const struct decisions
		*lent; /* of the same cluster with addresses for all pods */
	const struct core *lent_core;
	size_t explained, missed, blocks, bare, split; /* what was looked at */
};

static struct endpoint endpoint_of(const struct cluster *cl, const struct oracle_end *end)
{
	if (end->by_address)
		return (struct endpoint){ .address = end->address };
	return (struct endpoint){ .is_pod = true,
				  .pod = (uint32_t)(end->pod - cl->pods) };
}

static bool peer_agrees(const struct rule_story *s)
{
	if (!s->found.peer_matches) {
		for (size_t i = 0; i < s->npeers; i++)
			if (!s->peers[i].conditions.failed)
				return false;
		return true;
	}
	if (!s->found.peer)
		return s->npeers == 0;
	return s->npeers == 1 && !s->peers[0].conditions.failed;
}

/* In one direction and the family of the verdict. */
static bool direction_agrees(struct bench *b, enum direction d,
			     const struct endpoint *from, const struct endpoint *to,
			     const struct oracle_probe *p, struct verdict_of_core v)
{
	enum reason denial = d == EGRESS ? REASON_EGRESS : REASON_INGRESS;
	struct explanation e;

	if (v.reason != REASON_RULES && v.reason != denial)
		return true;
	if (!explain(b->cx, b->dc, d, from, to, p->protocol, p->port, v.family, &e))
		return v.reason == REASON_RULES;
	b->explained++;
	for (size_t i = 0; i < e.nrules; i++) {
		b->missed += !e.rules[i].found.peer_matches;
		if (!peer_agrees(&e.rules[i]))
			return false;
	}
	return (v.reason == REASON_RULES) == (e.nallowing > 0);
}

/* A block of any length around the source has a member with the source's verdict. */
static bool block_agrees(struct bench *b, const struct endpoint *from,
			 const struct endpoint *to, const struct oracle_probe *p,
			 struct random *r, bool allow)
{
	enum family f = from->address.family;
	unsigned length = (unsigned)random_below(r, family_bits(f) + 1);
	u128 hosts = length == family_bits(f) ? 0 : family_max(f) >> length;
	struct prefix block = { from->address, length };
	struct party party;

	block.base.number &= ~hosts;
	party = party_of_block(b->cx->arena, b->dc, block);
	b->blocks++;
	for (size_t i = 0; i < party.len; i++)
		if (core_decide(b->core, party_at(&party, i), to, p->protocol, p->port)
			    .allow == allow)
			return true;
	return false;
}

/* Whether it is a live pod that has no address of its own. */
static bool is_bare(const struct bench *b, const struct endpoint *e)
{
	const struct pod *pod = &b->dc->cluster->pods[e->is_pod ? e->pod : 0];

	return e->is_pod && pod_is_live(pod) && !pod->naddresses;
}

/* An address of nobody that a pod was lent. */
static bool is_lent(const struct bench *b, const struct endpoint *e)
{
	return !e->is_pod && classes_find_address(b->lent->classes, e->address) &&
	       !classes_find_address(b->dc->classes, e->address);
}

/* Whether it could not be lent an address of each family. */
static bool lacks_family(const struct bench *b, const struct endpoint *e)
{
	size_t n = e->is_pod ? b->lent->cluster->pods[e->pod].naddresses : 1;

	return n < (is_bare(b, e) ? FAMILIES : 1);
}

/* What the addresses say that two pods were lent, in any family that is decided. */
static bool lent_allows(struct bench *b, const struct endpoint *from,
			const struct endpoint *to, const struct oracle_probe *p)
{
	const struct pod *pods = b->lent->cluster->pods;
	size_t allowing = 0, decided = 0;

	for (enum family f = 0; f < FAMILIES; f++) {
		const struct endpoint x = { .address = pods[from->pod].addresses[f] };
		const struct endpoint y = { .address = pods[to->pod].addresses[f] };

		if (!b->cx->set.families[f])
			continue;
		decided++;
		allowing += core_decide(b->lent_core, &x, &y, p->protocol, p->port).allow;
	}
	b->split += allowing > 0 && allowing < decided;
	return allowing > 0;
}

static bool lent_agrees(struct bench *b, const struct endpoint *from,
			const struct endpoint *to, const struct oracle_probe *p,
			bool allow)
{
	if ((!is_bare(b, from) && !is_bare(b, to)) || lacks_family(b, from) ||
	    lacks_family(b, to) || is_lent(b, from) || is_lent(b, to))
		return true;
	b->bare++;
	if (is_bare(b, from) && is_bare(b, to))
		return lent_allows(b, from, to, p) == allow;
	return core_decide(b->lent_core, from, to, p->protocol, p->port).allow == allow;
}

static bool probe_agrees(struct bench *b, const struct oracle_probe *p, struct random *r)
{
	struct endpoint from = endpoint_of(b->dc->cluster, &p->source);
	struct endpoint to = endpoint_of(b->dc->cluster, &p->destination);
	struct verdict_of_core v = core_decide(b->core, &from, &to, p->protocol, p->port);

	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (!direction_agrees(b, d, &from, &to, p, v))
			return false;
	return lent_agrees(b, &from, &to, p, v.allow) &&
	       (from.is_pod || block_agrees(b, &from, &to, p, r, v.allow));
}

static const struct decisions *decide_all(struct ctx *cx, const struct cluster *cl)
{
	const struct pod_sets *sets = resolve(cx, cl);

	return decide(cx, cl, sets, classify(cx, cl, sets));
}

/* False when a probe of this cluster is explained wrongly. */
static bool try_cluster(uint64_t seed, struct bench *totals)
{
	struct arena *a = arena_new();
	struct model *m = generate(a, seed, PODS);
	struct model_probe *probes = generate_probes(a, m, PROBES);
	const struct settings set = m->set;
	struct random r = { seed };
	struct loaded_input in;
	BUF_AUTO text = { 0 };
	bool good = true;

	model_text(&text, a, m);
	load_text(&in, &set, &text);
	if (in.cluster) {
		const struct test_run nothing = { .len = 0 };
		struct bench b = *totals;

		b.cx = &in.cx;
		b.dc = decide_all(&in.cx, in.cluster);
		b.core = core_build(&in.cx, b.dc);
		b.lent = decide_all(&in.cx, lend_addresses(&in.cx, b.dc, &nothing));
		b.lent_core = core_build(&in.cx, b.lent);
		for (size_t i = 0; good && i < PROBES; i++) {
			struct oracle_probe p;

			if (find_probe(in.cluster, &probes[i], &p) &&
			    p.protocol != ORACLE_OTHER)
				good = probe_agrees(&b, &p, &r);
			if (!good)
				printf("seed %llu: %s %s %s %u\n%s\n",
				       (unsigned long long)seed, probes[i].source,
				       probes[i].destination, probes[i].protocol,
				       probes[i].port, text.at);
		}
		*totals = b;
	}
	loaded_free(&in);
	arena_free(a);
	return good;
}

int main(int argc, char *argv[])
{
	size_t clusters = argc == 3 && !strcmp(argv[1], "--clusters")
				  ? strtoul(argv[2], NULL, 10)
				  : 0;
	struct bench b = { .explained = 0 };

	for (uint64_t seed = 1; seed <= clusters; seed++)
		if (!try_cluster(seed, &b))
			return EXIT_FAILURE;
	printf("%zu directions explained, %zu rules whose peers did not match, %zu "
	       "blocks, %zu connections of pods without an address, %zu in one family\n",
	       b.explained, b.missed, b.blocks, b.bare, b.split);
	return b.explained && b.missed && b.blocks && b.bare && b.split ? EXIT_SUCCESS
									: EXIT_FAILURE;
}
