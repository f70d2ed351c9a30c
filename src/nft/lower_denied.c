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

void lower_log(struct lowering *l, struct chain *c, const struct origin *origin,
	       const char *prefix)
{
	struct rule *r;

	if (l->opt->log == LOG_OFF)
		return;
	r = rule_limit(l->rs, chain_add_rule(l->rs, c, origin), LOGS_A_SECOND);
	rule_log(l->rs, r, prefix,
		 l->opt->log == LOG_TO_GROUP ? (int)l->opt->log_group : LOG_SYSLOG);
}

/* What fits no connection may be late for one that lives, so no answer goes out, which
 * could end it. */
static void lower_stray(struct lowering *l, struct chain *c, const struct origin *origin,
			struct verdict allow)
{
	struct rule *r =
		rule_ct_state(l->rs, chain_add_rule(l->rs, c, origin), CT_INVALID);

	rule_verdict(l->rs, rule_counter(l->rs, r, l->stray),
		     l->opt->audit ? allow : (struct verdict){ .kind = VERDICT_DROP });
}

/* prefix: of what is logged */
static void lower_end(struct lowering *l, struct chain *c, const struct origin *origin,
		      const char *counter, const char *prefix, struct verdict allow)
{
	struct rule *r;

	lower_stray(l, c, origin, allow);
	lower_log(l, c, origin, prefix);
	r = rule_counter(l->rs, chain_add_rule(l->rs, c, origin),
			 ruleset_add_counter(l->rs, counter));
	rule_verdict(l->rs, r, denial(l, allow));
}

void lower_denial(struct lowering *l, const struct place_in *in)
{
	const char *name = in->chain->name;

	lower_end(l, in->chain, in->origin, name,
		  logging_prefix(l->arena, l->opt->table, name, direction_name(in->d)),
		  l->allow[in->d]);
}

/* A connection whose entry is gone has lost its direction, and what fits no connection
 * never had one: both are denied wherever an end is isolated, in either direction. */
static struct chain *lower_orphan(struct lowering *l)
{
	struct chain *c = ruleset_add_chain(l->rs, "orphan", NULL);

	c->about = "TCP of no connection that is known";
	lower_end(l, c, NULL, l->midstream->name,
		  logging_prefix(l->arena, l->opt->table, l->midstream->name, NULL),
		  (struct verdict){ .kind = VERDICT_ACCEPT });
	return c;
}

void lower_midstream(struct lowering *l)
{
	const struct chain *orphan;

	if (!l->isolated[FAMILY_IPV4] && !l->isolated[FAMILY_IPV6])
		return;
	l->midstream = ruleset_add_chain(l->rs, "midstream", NULL);
	l->midstream->about = "TCP that neither begins a connection nor belongs to one";
	orphan = lower_orphan(l);
	for (enum family f = 0; f < FAMILIES; f++) {
		for (enum direction d = 0; l->isolated[f] && d < DIRECTIONS; d++) {
			struct rule *r = chain_add_rule(l->rs, l->midstream, NULL);

			rule_lookup(l->rs, r, l->isolated[f], own_field(d, f),
				    own_field(d, f));
			rule_verdict(l->rs, r, (struct verdict){ VERDICT_GOTO, orphan });
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
