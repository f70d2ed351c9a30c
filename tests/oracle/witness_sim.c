/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ruleset as a witness: manifests are compiled, and packets walk through the
 * ruleset's structs.  Small clusters would only ever see the forms meant for small
 * clusters, so the same is done with limits that force the others.
 */
#include "sim.h"
#include "witness.h"
#include <netpolc/base/arena.h>
#include <netpolc/nft/lower.h>

struct prepared {
	const struct ruleset *ruleset;
	const bool *families;
};

static const void *prepare(struct ctx *cx, const struct cluster *cl,
			   const struct lower_options *options)
{
	struct prepared *p = ARENA_NEW(cx->arena, struct prepared);
	const struct pod_sets *sets = resolve(cx, cl);
	const struct classes *classes = classify(cx, cl, sets);

	p->ruleset = lower(cx, decide(cx, cl, sets, classes), options);
	p->families = cx->set.families;
	return p;
}

static const void *prepare_default(struct ctx *cx, const struct cluster *cl)
{
	struct lower_options options = lower_defaults();

	return prepare(cx, cl, &options);
}

static const void *prepare_sets(struct ctx *cx, const struct cluster *cl)
{
	struct lower_options options = lower_defaults();

	options.limits.share = 2;
	options.limits.inline_hosts = 0;
	options.limits.inline_nets = 0;
	options.limits.inline_ports = 0;
	return prepare(cx, cl, &options);
}

static const void *prepare_peers(struct ctx *cx, const struct cluster *cl)
{
	struct lower_options options = lower_defaults();

	/* Ports stay inline: a row with port sets may not share peers as well. */
	options.limits.share = 1;
	options.limits.inline_hosts = 0;
	return prepare(cx, cl, &options);
}

static const void *prepare_shared(struct ctx *cx, const struct cluster *cl)
{
	struct lower_options options = lower_defaults();

	options.limits.sets = 20;
	options.limits.inline_hosts = 0;
	options.limits.inline_nets = 0;
	return prepare(cx, cl, &options);
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

const struct witness witness_ruleset = { "ruleset", prepare_default, ask };
const struct witness witness_ruleset_sets = { "ruleset, all in sets", prepare_sets, ask };
const struct witness witness_ruleset_peers = { "ruleset, shared peers", prepare_peers,
					       ask };
const struct witness witness_ruleset_shared = { "ruleset, few sets", prepare_shared,
						ask };
