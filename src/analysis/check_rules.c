/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the rules of a policy.  Out: those that say once more what another one says,
 * whatever pods there are.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/ranges.h>
#include <netpolc/policy/words.h>

struct key {
	uint32_t *at;
	size_t len, cap;
};

static void add_ids(struct checking *ck, struct key *key, const uint32_t *ids, size_t n)
{
	struct id_list sorted = { 0 };
	size_t count = key->len;

	*ARENA_PUSH(ck->scratch, key) = 0;
	for (size_t i = 0; i < n; i++)
		*ARENA_PUSH(ck->scratch, &sorted) = ids[i];
	ids_sort(sorted.at, sorted.len);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || sorted.at[i] != sorted.at[i - 1])
			*ARENA_PUSH(ck->scratch, key) = sorted.at[i];
	key->at[count] = (uint32_t)(key->len - count - 1);
}

static void add_ports(struct checking *ck, struct key *key,
		      const struct policy_rule *rule)
{
	for (enum protocol p = 0; p < PROTOCOLS; p++) {
		struct ranges ports = { 0 };

		for (size_t i = 0; i < rule->nports; i++)
			if (!rule->ports[i].name && rule->ports[i].protocol == p)
				*ARENA_PUSH(ck->scratch, &ports) =
					(struct range){ rule->ports[i].lo,
							rule->ports[i].hi };
		ranges_settle(&ports);
		*ARENA_PUSH(ck->scratch, key) = (uint32_t)ports.len;
		for (size_t i = 0; i < ports.len; i++)
			*ARENA_PUSH(ck->scratch, key) =
				(uint32_t)ports.at[i].lo << 16 | (uint32_t)ports.at[i].hi;
	}
}

/* All that a rule says, in one form. */
static struct key key_of(struct checking *ck, const struct policy_rule *rule,
			 const struct resolved_rule *resolved)
{
	struct key key = { 0 };

	*ARENA_PUSH(ck->scratch, &key) = rule->any_peer * 2u + rule->any_port;
	if (!rule->any_peer)
		add_ids(ck, &key, resolved->peers, resolved->npeers);
	if (!rule->any_port) {
		add_ids(ck, &key, resolved->names, resolved->nnames);
		add_ports(ck, &key, rule);
	}
	return key;
}

static void find_duplicates(struct checking *ck, uint32_t policy, enum direction d)
{
	const struct policy *p = &ck->cluster->policies[policy];
	struct words_index *known = words_index_new(ck->scratch);
	uint32_t *first = ARENA_ARRAY(ck->scratch, p->nrules[d], uint32_t);

	for (uint32_t r = 0; r < p->nrules[d]; r++) {
		const struct policy_rule *rule = &p->rules[d][r];
		size_t before = words_len(known);
		const struct words *words;
		struct diag *diag;
		struct key key;

		if (rule->invalid)
			continue;
		key = key_of(ck, rule, &ck->dc->sets->rules[d][policy][r]);
		words = words_intern(known, key.at, key.len);
		if (words_len(known) > before) {
			first[words->id] = r;
			continue;
		}
		if (!ck->duplicate[d][policy])
			ck->duplicate[d][policy] =
				ARENA_ARRAY(ck->cx->arena, p->nrules[d], bool);
		ck->duplicate[d][policy][r] = true;
		diag = diag_add(ck->cx->diags, DIAG_DUPLICATE_RULE, &rule->origin,
				"the rule allows the same as another one of the policy");
		diag_see(ck->cx->diags, diag, &p->rules[d][first[words->id]].origin,
			 "the other rule");
	}
}

void check_duplicates(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];

	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (p->isolates[d] && p->nrules[d] > 1)
			find_duplicates(ck, policy, d);
}
