/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what makes a difference.  Out: policies and rules that make none, and what makes
 * them superfluous.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/analysis/needs.h>
#include <netpolc/base/arena.h>

/* Other policies that a message names. */
#define SHOWN 3

struct rule_at {
	uint32_t policy, rule;
};

static bool is_same(struct rule_at x, struct rule_at y)
{
	return x.policy == y.policy && x.rule == y.rule;
}

static bool is_later(struct rule_at x, struct rule_at y)
{
	return x.policy != y.policy ? x.policy > y.policy : x.rule > y.rule;
}

static const struct policy_rule *rule_of(const struct checking *ck, enum direction d,
					 struct rule_at at)
{
	return &ck->cluster->policies[at.policy].rules[d][at.rule];
}

/* ---- rules ------------------------------------------------------------------------ */

/* Whether every atom of a peer is one of the peers of the other rule. */
static bool has_atoms(struct checking *ck, const struct resolved_rule *other,
		      uint32_t peer)
{
	const struct classes *cs = ck->dc->classes;
	size_t n = cs->npeer_atoms[peer], missing = 0;
	uint32_t *left = ARENA_ARRAY(ck->scratch, n, uint32_t);

	for (size_t i = 0; i < n; i++)
		left[i] = cs->peer_atoms[peer][i];
	for (size_t k = 0; k < other->npeers && n > 0; k++) {
		const uint32_t *has = cs->peer_atoms[other->peers[k]];
		size_t nhas = cs->npeer_atoms[other->peers[k]];

		if (!check_spend(ck, 8 * n))
			return false;
		missing = 0;
		for (size_t i = 0; i < n; i++)
			if (!ids_find(has, nhas, left[i]))
				left[missing++] = left[i];
		n = missing;
	}
	return n == 0;
}

/* Whether the rule y of a class allows all that its rule x does; where that would take
 * more than comparing peers and ports, no. */
static bool covers_in(struct checking *ck, const struct class *class, struct rule_at y,
		      struct rule_at x)
{
	enum direction d = class->direction;
	const struct policy_rule *big = rule_of(ck, d, y), *small = rule_of(ck, d, x);
	const struct resolved_rule *bigs = &ck->dc->sets->rules[d][y.policy][y.rule];
	const struct resolved_rule *smalls = &ck->dc->sets->rules[d][x.policy][x.rule];

	if (big->invalid || !ids_find(class->policies, class->npolicies, y.policy) ||
	    (small->any_peer && !big->any_peer))
		return false;
	for (size_t i = 0; d == EGRESS && !big->any_port && i < smalls->nnames; i++)
		if (!ids_find(bigs->names, bigs->nnames, smalls->names[i]))
			return false;
	if (!portset_includes(needs_ports(ck, class, big, bigs),
			      needs_ports(ck, class, small, smalls)))
		return false;
	for (size_t k = 0; !big->any_peer && k < smalls->npeers; k++)
		if (!has_atoms(ck, bigs, smalls->peers[k]))
			return false;
	return true;
}

/* The same in all classes of a policy. */
static bool covers(struct checking *ck, const struct policy_need *need, enum direction d,
		   struct rule_at y, struct rule_at x)
{
	const struct id_list *classes = &need[x.policy].classes[d];

	for (size_t i = 0; i < classes->len; i++)
		if (!check_spend(ck, 64 + rule_of(ck, d, x)->nports +
					     rule_of(ck, d, y)->nports) ||
		    !covers_in(ck, &ck->dc->classes->at[d][classes->at[i]], y, x))
			return false;
	return true;
}

enum shadow { SHADOW_TOGETHER, SHADOW_MUTUAL, SHADOW_ONE };

/* Looks for one rule that covers x.  Of two that cover each other the earlier one is
 * not told of. */
static enum shadow find_shadow(struct checking *ck, const struct policy_need *need,
			       enum direction d, struct rule_at x, struct rule_at *out)
{
	const struct id_list *classes = &need[x.policy].classes[d];
	const struct class *class = &ck->dc->classes->at[d][classes->at[0]];
	enum shadow found = SHADOW_TOGETHER;

	for (size_t i = 0; i < class->npolicies; i++) {
		struct rule_at y = { class->policies[i], 0 };

		for (; y.rule < ck->cluster->policies[y.policy].nrules[d]; y.rule++) {
			if (is_same(x, y) || !covers(ck, need, d, y, x))
				continue;
			if (is_later(y, x) && covers(ck, need, d, x, y)) {
				found = SHADOW_MUTUAL;
				continue;
			}
			*out = y;
			return SHADOW_ONE;
		}
	}
	return found;
}

/* Whether some peer matches nobody.  That is a finding of its own, and its pods may be in
 * a part of the cluster that is not in the input: the rule may be there for them. */
static bool has_empty_peer(const struct checking *ck, enum direction d, struct rule_at at)
{
	const struct resolved_rule *rule = &ck->dc->sets->rules[d][at.policy][at.rule];

	for (size_t k = 0; k < rule->npeers; k++) {
		const struct peer *peer = &ck->dc->sets->peers[rule->peers[k]];

		if (!peer->block && peer->pods.len == 0)
			return true;
	}
	return false;
}

static void check_rule(struct checking *ck, const struct policy_need *need,
		       enum direction d, struct rule_at x)
{
	const struct policy *p = &ck->cluster->policies[x.policy];
	const bool *duplicate = ck->duplicate[d][x.policy];
	struct rule_at other;
	enum shadow found;
	struct diag *diag;

	if (need[x.policy].rules[d][x.rule].needed ||
	    !need[x.policy].rules[d][x.rule].gives || (duplicate && duplicate[x.rule]) ||
	    has_empty_peer(ck, d, x))
		return;
	found = find_shadow(ck, need, d, x, &other);
	if (found == SHADOW_MUTUAL)
		return;
	diag = diag_add(ck->cx->diags, DIAG_SHADOWED_RULE, &p->rules[d][x.rule].origin,
			"%s all that this rule does",
			found == SHADOW_ONE ? "another rule allows"
					    : "other rules together allow");
	if (found == SHADOW_ONE)
		diag_see(ck->cx->diags, diag, &rule_of(ck, d, other)->origin,
			 "the other rule, of policy %s",
			 ck->cluster->policies[other.policy].name);
}

/* ---- policies --------------------------------------------------------------------- */

static bool allows_nothing(const struct policy *p)
{
	return p->nrules[INGRESS] + p->nrules[EGRESS] == 0;
}

/* Whether another policy of the namespace can stand for one that selects all pods: it
 * has to hold for pods to come, and say no more than what it stands for. */
static bool has_deputy(const struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];
	bool found[DIRECTIONS] = { !p->isolates[INGRESS], !p->isolates[EGRESS] };

	for (uint32_t i = 0; i < ck->cluster->npolicies; i++) {
		const struct policy *q = &ck->cluster->policies[i];

		if (q->namespace != p->namespace || q == p || !policy_selects_all(q) ||
		    (allows_nothing(p) && !allows_nothing(q)))
			continue;
		for (enum direction d = 0; d < DIRECTIONS; d++)
			found[d] |= q->isolates[d];
	}
	return found[INGRESS] && found[EGRESS];
}

/* A rule that gives nobody anything is a mistake of its own; without it the policy
 * might be needed, and so it might with the pods that a peer is there for. */
static bool is_redundant(struct checking *ck, const struct policy_need *need,
			 uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];

	if (p->invalid || need->needed || !need->isolates)
		return false;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (uint32_t r = 0; need->rules[d] && r < p->nrules[d]; r++)
			if (!need->rules[d][r].gives ||
			    has_empty_peer(ck, d, (struct rule_at){ policy, r }))
				return false;
	if (!policy_selects_all(p))
		return true;
	return check_spend(ck, ck->cluster->npolicies) && has_deputy(ck, policy);
}

static void report_policy(struct checking *ck, const struct policy_need *need,
			  uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];
	enum direction d = need->classes[INGRESS].len > 0 ? INGRESS : EGRESS;
	const struct class *class = &ck->dc->classes->at[d][need->classes[d].at[0]];
	size_t shown = 0;
	struct diag *diag;

	diag = diag_add(ck->cx->diags, DIAG_REDUNDANT_POLICY, &p->origin,
			"without the policy every decision would be the same: others "
			"isolate its pods%s",
			allows_nothing(p) ? "" : ", and allow all that it allows");
	for (size_t i = 0; i < class->npolicies && shown < SHOWN; i++) {
		const struct policy *q = &ck->cluster->policies[class->policies[i]];

		if (q == p || (allows_nothing(q) && !allows_nothing(p)))
			continue;
		shown++;
		diag_see(ck->cx->diags, diag, &q->origin, "policy %s selects %s too",
			 q->name, class->pods.len > 1 ? "these pods" : "this pod");
	}
}

void check_redundancy(struct checking *ck)
{
	const struct policy_need *need;

	if (!check_is_on(ck, DIAG_REDUNDANT_POLICY) &&
	    !check_is_on(ck, DIAG_SHADOWED_RULE))
		return;
	need = needs_find(ck);
	for (uint32_t i = 0; i < ck->cluster->npolicies; i++) {
		if (is_redundant(ck, &need[i], i)) {
			report_policy(ck, &need[i], i);
			continue;
		}
		for (enum direction d = 0; d < DIRECTIONS; d++)
			for (uint32_t r = 0;
			     need[i].rules[d] && r < ck->cluster->policies[i].nrules[d];
			     r++) {
				check_rule(ck, need, d, (struct rule_at){ i, r });
				arena_reset(ck->scratch);
			}
	}
}
