/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of packets that nothing allows.  Each place that denies ends with the
 * same three steps: a log rule of its own, because a limit in the same rule would
 * change verdicts; a counter; and the verdict, which in audit mode is what an allowed
 * packet gets, so that the other direction is judged too.
 */
#include <netpolc/nft/lowering.h>

#include <netpolc/nft/logging.h>

#include <netinet/in.h>

#define LOGS_A_SECOND 10 /* for each place that denies */

static struct verdict denial(const struct lowering *l, struct verdict allow)
{
	return l->opt->audit ? allow : (struct verdict){ VERDICT_GOTO, l->denied };
}

/* Ends a rule that has matched what is to be logged. */
static void log_rule(struct lowering *l, struct rule *r, const char *prefix)
{
	rule_limit(l->rs, r, LOGS_A_SECOND);
	rule_log(l->rs, r, prefix,
		 l->opt->log == LOG_TO_GROUP ? (int)l->opt->log_group : LOG_SYSLOG);
}

void lower_denial(struct lowering *l, const struct place_in *in)
{
	const char *name = in->chain->name;
	struct ruleset *rs = l->rs;
	struct rule *r;

	r = chain_add_rule(rs, in->chain, in->origin);
	rule_counter(rs, rule_ct_state(rs, r, CT_INVALID), l->stray);
	rule_verdict(rs, r,
		     l->opt->audit ? l->allow[in->d]
				   : (struct verdict){ .kind = VERDICT_DROP });

	if (l->opt->log != LOG_OFF)
		log_rule(l, chain_add_rule(rs, in->chain, in->origin),
			 logging_prefix(l->arena, l->opt->table, name,
					direction_name(in->d)));
	r = chain_add_rule(rs, in->chain, in->origin);
	rule_counter(rs, r, ruleset_add_counter(rs, name));
	rule_verdict(rs, r, denial(l, l->allow[in->d]));
}

static struct rule *match_isolated(struct lowering *l, enum family f, enum direction d)
{
	struct rule *r = chain_add_rule(l->rs, l->midstream, NULL);

	return rule_lookup(l->rs, r, l->isolated[f], own_field(d, f), own_field(d, f));
}

/* A connection whose entry is gone has lost its direction: a segment that would
 * begin one anew counts as denied wherever an end is isolated. */
void lower_midstream(struct lowering *l)
{
	const struct verdict accept = { .kind = VERDICT_ACCEPT };
	struct counter *counter;
	const char *prefix;

	if (!l->isolated[FAMILY_IPV4] && !l->isolated[FAMILY_IPV6])
		return;
	l->midstream = ruleset_add_chain(l->rs, "midstream", NULL);
	l->midstream->about = "TCP that would begin in the middle of a connection";
	prefix = logging_prefix(l->arena, l->opt->table, l->midstream->name, NULL);
	counter = ruleset_add_counter(l->rs, "midstream");
	for (enum family f = 0; f < FAMILIES; f++) {
		for (enum direction d = 0; l->isolated[f] && d < DIRECTIONS; d++) {
			if (l->opt->log != LOG_OFF)
				log_rule(l, match_isolated(l, f, d), prefix);
			rule_verdict(
				l->rs,
				rule_counter(l->rs, match_isolated(l, f, d), counter),
				denial(l, accept));
		}
	}
}

void lower_denied(struct lowering *l)
{
	struct ruleset *rs = l->rs;
	struct rule *r;

	if (!l->denied)
		return;
	ruleset_move_last(rs, l->denied);
	r = chain_add_rule(rs, l->denied, NULL);
	if (!l->opt->reject) {
		rule_verdict(rs, r, (struct verdict){ .kind = VERDICT_DROP });
		return;
	}
	rule_reject(rs, rule_l4proto(rs, r, IPPROTO_TCP), true);
	rule_reject(rs, chain_add_rule(rs, l->denied, NULL), false);
}
