/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the rules of a policy.  Out: ports and peers that another entry of the same rule
 * covers, and ipBlocks of which nothing is left.
 *
 * What covers does so whatever pods there will be: a selector that asks for less, a
 * block with all of the addresses.  That two selectors match the same pods today is no
 * mistake of who wrote them.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>
#include <string.h>

/* A rule, and where it stands. */
struct place_of_rule {
	const struct policy *policy;
	const struct policy_rule *rule;
	const struct resolved_rule *resolved;
};

#define NO_ENTRY SIZE_MAX

/* By entry: one that covers it, or NO_ENTRY.  Without those that are covered the rule is
 * the same: of two that cover each other the later one is. */
static size_t *find_covered(struct checking *ck, const struct place_of_rule *at, size_t n,
			    bool (*covers)(const struct checking *ck,
					   const struct place_of_rule *at, size_t big,
					   size_t small))
{
	size_t *by = ARENA_ARRAY(ck->scratch, n, size_t);

	for (size_t i = 0; i < n; i++)
		by[i] = NO_ENTRY;
	for (size_t y = n; y-- > 0 && check_spend(ck, n);)
		for (size_t x = 0; x < n && by[y] == NO_ENTRY; x++)
			if (x != y && by[x] == NO_ENTRY && covers(ck, at, x, y))
				by[y] = x;
	return by;
}

/* ---- ports ------------------------------------------------------------------------ */

static bool is_every_port(const struct policy_port *p)
{
	return !p->name && p->lo == 0;
}

static bool port_covers(const struct checking *ck, const struct place_of_rule *at,
			size_t x, size_t y)
{
	const struct policy_port *big = &at->rule->ports[x], *small = &at->rule->ports[y];

	(void)ck;
	if (big->protocol != small->protocol)
		return false;
	if (is_every_port(big))
		return true;
	if (big->name || small->name)
		return big->name && small->name && strcmp(big->name, small->name) == 0;
	return big->lo <= small->lo && small->hi <= big->hi;
}

static void check_ports_of(struct checking *ck, const struct place_of_rule *at)
{
	const struct policy_port *ports = at->rule->ports;
	size_t n = at->rule->nports;
	const size_t *by = n > 1 ? find_covered(ck, at, n, port_covers) : NULL;

	for (size_t i = 0; by && i < n; i++) {
		struct diag *diag;

		if (by[i] == NO_ENTRY)
			continue;
		diag = diag_add(ck->cx->diags, DIAG_SHADOWED_PORT, &ports[i].origin,
				"another port of the rule is or includes this one");
		diag_see(ck->cx->diags, diag, &ports[by[i]].origin, "the other port");
	}
}

/* ---- peers that are pods ---------------------------------------------------------- */

static bool namespaces_cover(const struct checking *ck, const struct policy *home,
			     const struct selector *big, const struct selector *small)
{
	const struct namespace *own = &ck->cluster->namespaces[home->namespace];

	if (!big || !small)
		return !small &&
		       (!big || (!own->invalid && selector_matches(big, &own->labels)));
	return selector_implies(small, big);
}

/* An absent selector of pods is an empty one. */
static bool pods_cover(const struct selector *big, const struct selector *small)
{
	static const struct selector everything = { 0 };

	return selector_implies(small ? small : &everything, big ? big : &everything);
}

static bool peer_covers(const struct checking *ck, const struct place_of_rule *at,
			size_t x, size_t y)
{
	const struct policy_peer *big = &at->rule->peers[x], *small = &at->rule->peers[y];
	const struct pod_set *pods = &ck->dc->sets->peers[at->resolved->peers[y]].pods;

	/* One that matches nobody is a mistake of its own. */
	return !big->block && !small->block && pods->len > 0 &&
	       namespaces_cover(ck, at->policy, big->namespaces, small->namespaces) &&
	       pods_cover(big->pods, small->pods);
}

static void check_pods_of(struct checking *ck, const struct place_of_rule *at)
{
	size_t n = at->resolved->npeers;
	const size_t *by = find_covered(ck, at, n, peer_covers);

	for (size_t i = 0; i < n; i++) {
		struct diag *diag;

		if (by[i] == NO_ENTRY)
			continue;
		diag = diag_add(ck->cx->diags, DIAG_SHADOWED_PEER,
				&at->rule->peers[i].origin,
				"another peer of the rule matches all pods that this one "
				"does");
		diag_see(ck->cx->diags, diag, &at->rule->peers[by[i]].origin,
			 "the other peer");
	}
}

/* ---- peers that are addresses ----------------------------------------------------- */

/* A block of a rule.  Prefixes nest or are apart, so when they are sorted, those around
 * one are on a stack. */
struct block {
	const struct policy_peer *peer;
	const struct peer *resolved;
	struct range cidr;
	u128 size; /* of what its excepts leave, less one */
	size_t index;
};

struct blocks {
	struct block *at;
	size_t len, cap;
};

static u128 size_of(const struct ranges *r)
{
	u128 size = r->len - 1;

	for (size_t i = 0; i < r->len; i++)
		size += r->at[i].hi - r->at[i].lo;
	return size;
}

/* What may cover something comes before it. */
static int compare_blocks(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	if (x->resolved->family != y->resolved->family)
		return x->resolved->family < y->resolved->family ? -1 : 1;
	if (x->cidr.lo != y->cidr.lo)
		return x->cidr.lo < y->cidr.lo ? -1 : 1;
	if (x->cidr.hi != y->cidr.hi)
		return x->cidr.hi > y->cidr.hi ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static bool block_covers(struct checking *ck, const struct block *big,
			 const struct block *small)
{
	const struct peer *x = big->resolved, *y = small->resolved;

	if (!check_spend(ck, 8 + x->addresses.len + y->addresses.len))
		return false;
	return ranges_difference(ck->scratch, &y->addresses, &x->addresses).len == 0;
}

static void report_block(struct checking *ck, const struct policy_peer *peer,
			 const struct policy_peer *other)
{
	struct diag *diag =
		diag_add(ck->cx->diags, DIAG_SHADOWED_PEER, &peer->origin,
			 "another ipBlock of the rule has all addresses that '%s' has",
			 peer->block->cidr_text);

	diag_see(ck->cx->diags, diag, &other->origin, "the other ipBlock");
}

static void check_stacked(struct checking *ck, const struct blocks *blocks)
{
	const struct block **around =
		ARENA_ARRAY(ck->scratch, blocks->len, const struct block *);
	size_t depth = 0;

	for (size_t i = 0; i < blocks->len; i++) {
		const struct block *b = &blocks->at[i];
		size_t k;

		while (depth > 0 &&
		       (around[depth - 1]->resolved->family != b->resolved->family ||
			around[depth - 1]->cidr.hi < b->cidr.lo))
			depth--;
		for (k = 0; k < depth && !block_covers(ck, around[k], b); k++)
			continue;
		if (k < depth)
			report_block(ck, b->peer, around[k]->peer);
		else
			around[depth++] = b;
	}
}

static void check_blocks_of(struct checking *ck, const struct place_of_rule *at)
{
	struct blocks blocks = { 0 };

	for (size_t i = 0; i < at->resolved->npeers; i++) {
		const struct policy_peer *peer = &at->rule->peers[i];
		const struct peer *resolved =
			&ck->dc->sets->peers[at->resolved->peers[i]];

		if (!peer->block)
			continue;
		if (resolved->addresses.len == 0) {
			diag_add(ck->cx->diags, DIAG_PEER_NOBODY, &peer->origin,
				 "the excepts of ipBlock '%s' leave nothing of it",
				 peer->block->cidr_text);
			continue;
		}
		*ARENA_PUSH(ck->scratch, &blocks) =
			(struct block){ peer, resolved, prefix_range(peer->block->cidr),
					size_of(&resolved->addresses), i };
	}
	if (blocks.len == 0 || !check_spend(ck, 32 * blocks.len))
		return;
	qsort(blocks.at, blocks.len, sizeof(*blocks.at), compare_blocks);
	check_stacked(ck, &blocks);
}

void check_overlaps(struct checking *ck, uint32_t policy)
{
	struct place_of_rule at = { .policy = &ck->cluster->policies[policy] };

	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t r = 0; at.policy->isolates[d] && r < at.policy->nrules[d];
		     r++) {
			at.rule = &at.policy->rules[d][r];
			at.resolved = &ck->dc->sets->rules[d][policy][r];
			if (at.rule->invalid)
				continue;
			check_ports_of(ck, &at);
			check_pods_of(ck, &at);
			check_blocks_of(ck, &at);
			arena_reset(ck->scratch);
		}
}
