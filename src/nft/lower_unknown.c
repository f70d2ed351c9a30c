/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that pods here can have, but no pod of the input has: a pod that has just
 * started is isolated until it is known.  As a source an address is one of those only
 * where it is routed back to whence the packet came, so not from outside; those of the
 * machine itself (gateways, tunnels) never are, and are never routed back.
 *
 * At the hook postrouting nobody knows the way back, and a source may come from anywhere.
 *
 * Asked behind the dispatch maps, so that packets of isolated pods never come here.
 */
#include <netpolc/nft/lowering.h>

#include <netpolc/manifest/pod_ranges.h>

#include <netinet/in.h>

static void add_known(struct lowering *l, enum family f)
{
	const struct cluster *cl = l->dc->cluster;

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *pod = &cl->pods[i];

		for (size_t a = 0; pod_is_known(pod) && a < pod->naddresses; a++) {
			const u128 n = pod->addresses[a].number;

			if (pod->addresses[a].family == f &&
			    ranges_contain(&l->pod_ranges[f], n))
				set_add(l->rs,
					lowering_need(l, &l->known[f], "known", f, 1,
						      false, false,
						      "pods of here that are known"),
					(struct element){ .lo = n, .hi = n });
		}
	}
}

/* More than one range is a set: what packets of others pay does not grow. */
static void add_ranges(struct lowering *l, enum family f)
{
	const struct ranges *ranges = &l->pod_ranges[f];

	for (size_t i = 0; ranges->len > 1 && i < ranges->len; i++)
		set_add(l->rs,
			lowering_need(l, &l->podcidrs[f], "podcidrs", f, 1, true, false,
				      "addresses that pods of here can have"),
			(struct element){ .lo = ranges->at[i].lo,
					  .hi = ranges->at[i].hi });
}

void lower_known(struct lowering *l)
{
	for (enum family f = 0; f < FAMILIES && l->cx->set.deny_unknown; f++) {
		if (!l->cx->set.families[f])
			continue;
		l->pod_ranges[f] = pod_ranges(l->cx, l->dc->cluster, f);
		add_ranges(l, f);
		add_known(l, f);
	}
}

bool lowering_has_unknown(const struct lowering *l)
{
	return l->pod_ranges[FAMILY_IPV4].len || l->pod_ranges[FAMILY_IPV6].len;
}

void lower_unknown(struct lowering *l, enum direction d)
{
	static const struct origin nowhere = { 0 };
	struct place_in in = { .origin = &nowhere, .d = d };
	struct rule *r;

	if (!lowering_has_unknown(l))
		return;
	in.chain =
		ruleset_add_chain(l->rs, d == EGRESS ? "e-unknown" : "i-unknown", NULL);
	in.chain->about = "addresses of pods that are not known";
	in.chain->policies = "--unknown-pods deny";
	l->unknown[d] = in.chain;
	if (l->pod_ranges[FAMILY_IPV6].len) {
		r = chain_add_rule(l->rs, in.chain, NULL);
		rule_l4proto(l->rs, r, IPPROTO_ICMPV6);
		rule_verdict(l->rs, r, (struct verdict){ VERDICT_JUMP, l->discovery });
	}
	lower_denial(l, &in);
}

void lower_unknown_dispatch(struct lowering *l, struct chain *c, enum direction d,
			    enum family f)
{
	const struct ranges *ranges = &l->pod_ranges[f];
	const enum field own = own_field(d, f);
	struct rule *r;

	if (!ranges->len)
		return;
	r = chain_add_rule(l->rs, c, NULL);
	if (l->podcidrs[f])
		rule_lookup(l->rs, r, l->podcidrs[f], own, own);
	else
		rule_range(l->rs, r, own, ranges->at[0].lo, ranges->at[0].hi);
	if (l->known[f])
		rule_negate(rule_lookup(l->rs, r, l->known[f], own, own));
	if (d == EGRESS && !l->opt->late)
		rule_routed_back(l->rs, r);
	else
		rule_negate(rule_local(l->rs, r, own));
	rule_verdict(l->rs, r, (struct verdict){ VERDICT_GOTO, l->unknown[d] });
}
