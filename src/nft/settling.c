/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name and place of a table come in; a table with one rule goes out.
 */
#include <netpolc/nft/settling.h>

const struct ruleset *settling_ruleset(struct arena *a, const struct lower_options *opt)
{
	struct ruleset *rs = ruleset_new(a, opt->table, opt->priority);
	struct chain *forward = ruleset_add_chain(rs, "forward", NULL);
	struct rule *r = chain_add_rule(rs, forward, NULL);

	forward->base = true;
	forward->about = "nothing is denied here yet: connections are tracked";
	rule_verdict(rs, rule_ct_state(rs, r, CT_ESTABLISHED | CT_RELATED),
		     (struct verdict){ .kind = VERDICT_ACCEPT });
	rs->settling = true;
	ruleset_finish(rs);
	return rs;
}
