/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ruleset as a witness: manifests are compiled, and packets walk through the
 * ruleset's structs.  Each of its witnesses has limits that force other forms.
 */
#include "sim.h"
#include "witness.h"
#include <netpolc/base/arena.h>
#include <netpolc/nft/lower.h>

struct prepared {
	const struct ruleset *ruleset;
	const bool *families;
};

static const void *lower_with(const struct witness *w, struct ctx *cx,
			      const struct cluster *cl, struct lower_options options)
{
	struct prepared *p = ARENA_NEW(cx->arena, struct prepared);
	const struct pod_sets *sets = resolve(cx, cl);
	const struct classes *classes = classify(cx, cl, sets);

	if (!w->limits || cost_set_limits(&options.limits, w->limits))
		p->ruleset = lower(cx, decide(cx, cl, sets, classes), &options);
	p->families = cx->set.families;
	return p;
}

static const void *prepare(const struct witness *w, struct ctx *cx,
			   const struct cluster *cl)
{
	return lower_with(w, cx, cl, lower_defaults());
}

static const void *prepare_audit(const struct witness *w, struct ctx *cx,
				 const struct cluster *cl)
{
	struct lower_options options = lower_defaults();

	options.audit = true;
	options.log = LOG_TO_SYSLOG;
	return lower_with(w, cx, cl, options);
}

static struct sim_end end_of(const struct oracle_end *end)
{
	return (struct sim_end){ end->pod, end->by_address, end->address };
}

static enum testimony ask(const void *prepared, const struct cluster *cl,
			  const struct oracle_probe *probe, const char **fault)
{
	const struct prepared *p = prepared;
	struct sim_end from = end_of(&probe->source), to = end_of(&probe->destination);
	unsigned protocol = probe->protocol == ORACLE_OTHER ? SIM_OTHER : probe->protocol;

	if (!p->ruleset) {
		*fault = "no ruleset was made";
		return ABSTAINS;
	}
	switch (sim_probe(p->ruleset, cl, &from, &to, protocol, probe->port, p->families,
			  fault)) {
	case SIM_ALLOW:
		return SAYS_ALLOW;
	case SIM_DENY:
		return SAYS_DENY;
	case SIM_SILENT:
		break;
	}
	return ABSTAINS;
}

const struct witness witness_ruleset = { "ruleset", prepare, ask, NULL };
const struct witness witness_ruleset_sets = { "ruleset, all in sets", prepare, ask,
					      LIMITS_SETS };
const struct witness witness_ruleset_pools = { "ruleset, shared pools", prepare, ask,
					       LIMITS_POOLS };
const struct witness witness_ruleset_rules = { "ruleset, exceptions as rules", prepare,
					       ask, LIMITS_RULES };
const struct witness witness_ruleset_levels = { "ruleset, ranges in levels", prepare, ask,
						LIMITS_LEVELS };
const struct witness witness_ruleset_third = { "ruleset, ranges in three levels", prepare,
					       ask, LIMITS_THIRD };
const struct witness witness_ruleset_few = { "ruleset, few sets", prepare, ask,
					     LIMITS_FEW };
const struct witness witness_ruleset_audit = { "ruleset, audited", prepare_audit, ask,
					       NULL };
