/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of pods with a source address that is not theirs: it is not routed back to
 * the interface that the packet came from.  Asked before connection tracking, or a
 * forged packet could ride on another pod's live exchange.  Of what fails, only that
 * from interfaces of pods is dropped, so outside traffic may be routed as it likes; it
 * is never rejected, as the answer would go to a stranger.
 */
#include <netpolc/nft/lowering.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/logging.h>

#include <netinet/in.h>

/* What network plugins call the near ends of pods' cables, and bridges of pods. */
static const char *const usual_links[] = { "veth*", "cali*", "cni*", "cbr*",
					   "lxc*",  "eni*",  "azv*" };

static struct chain *lower_spoofed(struct lowering *l)
{
	struct chain *c = ruleset_add_chain(l->rs, "spoofed", NULL);
	struct rule *r;

	c->about = "sources that are not of the pod";
	lower_log(
		l, c, NULL,
		logging_prefix(l->arena, l->opt->table, c->name, direction_name(EGRESS)));
	r = rule_counter(l->rs, chain_add_rule(l->rs, c, NULL),
			 ruleset_add_counter(l->rs, c->name));
	if (!l->opt->audit) /* else back to forward, to be judged */
		rule_verdict(l->rs, r, (struct verdict){ .kind = VERDICT_DROP });
	return c;
}

static void add_links(struct lowering *l, const char *const *links, size_t n,
		      const struct chain *spoofed)
{
	for (size_t i = 0; i < n; i++)
		rule_verdict(l->rs,
			     rule_iifname(l->rs, chain_add_rule(l->rs, l->spoof, NULL),
					  links[i]),
			     (struct verdict){ VERDICT_GOTO, spoofed });
}

void lower_spoof(struct lowering *l)
{
	struct chain *spoofed;
	struct rule *r;

	if (!l->opt->anti_spoof)
		return;
	l->spoof = ruleset_add_chain(l->rs, "spoof", NULL);
	l->spoof->about = "sources that are not routed back: forged, if by a pod";
	spoofed = lower_spoofed(l);
	if (l->discovery) {
		r = rule_l4proto(l->rs, chain_add_rule(l->rs, l->spoof, NULL),
				 IPPROTO_ICMPV6);
		rule_verdict(l->rs, r, (struct verdict){ VERDICT_JUMP, l->discovery });
	}
	if (l->opt->npod_links)
		add_links(l, l->opt->pod_links, l->opt->npod_links, spoofed);
	else
		add_links(l, usual_links, ARRAY_SIZE(usual_links), spoofed);
	r = rule_negate(rule_routed_back(l->rs, chain_add_rule(l->rs, l->forward, NULL)));
	rule_verdict(l->rs, r, (struct verdict){ VERDICT_JUMP, l->spoof });
}
