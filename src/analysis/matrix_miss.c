/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rule and a group come in, what fails of each peer goes out.
 */
#include <netpolc/analysis/matrix_miss.h>

#include <netpolc/base/arena.h>

/* Of a pod without an address nobody knows that it has not. */
static bool has_family(const struct decisions *dc, const struct matrix_end *end,
		       enum family f)
{
	return end->space
		       ? pod_address_in(&dc->cluster->pods[end->members->pod], f) != NULL
		       : end->addresses[f].len > 0;
}

/* A block is held against an address of its own family, where there is one. */
static enum family family_of(const struct decisions *dc, const struct policy_peer *peer,
			     const struct matrix_end *end)
{
	enum family wanted = peer->block ? peer->block->cidr.base.family : FAMILY_IPV4;

	if (has_family(dc, end, wanted))
		return wanted;
	return wanted == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4;
}

/* All addresses of a group outside fare alike, so one of them stands for it. */
static struct endpoint endpoint_of(const struct matrix_end *end, enum family f)
{
	if (end->space)
		return (struct endpoint){ .is_pod = true, .pod = end->members->pod };
	return (struct endpoint){ .address = { f, end->addresses[f].at[0].lo } };
}

struct matrix_miss matrix_miss(struct arena *a, const struct decisions *dc,
			       const struct policy *policy,
			       const struct policy_rule *rule,
			       const struct matrix_end *other)
{
	struct peer_story *at = ARENA_ARRAY(a, rule->npeers, struct peer_story);

	if (rule->any_peer)
		return (struct matrix_miss){ 0 };
	for (size_t i = 0; i < rule->npeers; i++) {
		const struct policy_peer *peer = &rule->peers[i];
		enum family f = family_of(dc, peer, other);
		const struct endpoint end = endpoint_of(other, f);
		struct conditions c = conditions_of(a, dc, policy, peer, &end, f);

		if (!c.failed)
			return (struct matrix_miss){ 0 };
		for (size_t k = 0; k < c.len; k++)
			c.at[k].whose = "it";
		at[i] = (struct peer_story){ peer, c };
	}
	peer_stories_sort(at, rule->npeers);
	return (struct matrix_miss){ at, rule->npeers };
}
