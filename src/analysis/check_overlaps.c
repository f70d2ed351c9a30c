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

/* ---- ports ------------------------------------------------------------------------ */

static bool is_every_port(const struct policy_port *p)
{
	return !p->name && p->lo == 0;
}

/* What may cover something comes before it: numbers before names, of those that begin
 * alike the widest, of equal ones the first of the rule. */
static int compare_ports(const void *a, const void *b)
{
	const struct policy_port *x = *(const struct policy_port *const *)a,
				 *y = *(const struct policy_port *const *)b;
	int order = (int)x->protocol - (int)y->protocol;

	if (!order)
		order = (x->name != NULL) - (y->name != NULL);
	if (!order && x->name)
		order = strcmp(x->name, y->name);
	if (!order && !x->name)
		order = x->lo != y->lo ? x->lo - y->lo : y->hi - x->hi;
	return order ? order : (x > y) - (x < y);
}

static bool port_covers(const struct policy_port *big, const struct policy_port *small)
{
	if (big->protocol != small->protocol)
		return false;
	if (is_every_port(big))
		return true;
	if (big->name || small->name)
		return big->name && small->name && strcmp(big->name, small->name) == 0;
	return big->lo <= small->lo && small->hi <= big->hi;
}

static void check_ports_of(struct checking *ck, const struct policy_rule *rule)
{
	const struct policy_port **sorted, *reach;

	if (rule->nports < 2 || !check_spend(ck, 32 * rule->nports))
		return;
	sorted = ARENA_ARRAY(ck->scratch, rule->nports, const struct policy_port *);
	for (size_t i = 0; i < rule->nports; i++)
		sorted[i] = &rule->ports[i];
	qsort(sorted, rule->nports, sizeof(*sorted), compare_ports);
	reach = sorted[0];
	for (size_t i = 1; i < rule->nports; i++) {
		struct diag *diag;

		if (!port_covers(reach, sorted[i])) {
			reach = sorted[i];
			continue;
		}
		diag = diag_add(ck->cx->diags, DIAG_SHADOWED_PORT, &sorted[i]->origin,
				"another port of the rule is or includes this one");
		diag_see(ck->cx->diags, diag, &reach->origin, "the other port");
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

static bool peer_covers(const struct checking *ck, const struct policy *home,
			const struct policy_peer *big, const struct policy_peer *small)
{
	return namespaces_cover(ck, home, big->namespaces, small->namespaces) &&
	       pods_cover(big->pods, small->pods);
}

/* Those of a rule that match somebody: who does not is a mistake of its own. */
static struct id_list find_selectors(struct checking *ck, const struct place_of_rule *at)
{
	struct id_list found = { 0 };

	for (uint32_t i = 0; i < at->resolved->npeers; i++)
		if (ck->dc->sets->peers[at->resolved->peers[i]].pods.len > 0)
			*ARENA_PUSH(ck->scratch, &found) = i;
	return found;
}

static void report_pods(struct checking *ck, const struct policy_peer *peer,
			const struct policy_peer *other)
{
	struct diag *diag =
		diag_add(ck->cx->diags, DIAG_SHADOWED_PEER, &peer->origin,
			 "another peer of the rule matches all pods that this one does");

	diag_see(ck->cx->diags, diag, &other->origin, "the other peer");
}

/* From the last to the first, so that of two that cover each other the first stays; what
 * is covered covers nothing that its own cover does not. */
static void check_pods_of(struct checking *ck, const struct place_of_rule *at)
{
	const struct policy_peer *peers = at->rule->peers;
	struct id_list left = find_selectors(ck, at);

	if (left.len < 2 || !check_spend(ck, left.len * left.len))
		return;
	for (size_t y = left.len; y-- > 0;)
		for (size_t x = 0; x < left.len; x++) {
			const struct policy_peer *small = &peers[left.at[y]];

			if (x == y ||
			    !peer_covers(ck, at->policy, &peers[left.at[x]], small))
				continue;
			report_pods(ck, small, &peers[left.at[x]]);
			left.len--;
			memmove(&left.at[y], &left.at[y + 1],
				(left.len - y) * sizeof(*left.at));
			break;
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
			check_ports_of(ck, at.rule);
			check_pods_of(ck, &at);
			check_blocks_of(ck, &at);
			arena_reset(ck->scratch);
		}
}
