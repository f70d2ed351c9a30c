/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core as a witness: manifests to decisions to the look-up structure, the
 * way that `query` goes.
 */
#include "witness.h"
#include <netpolc/base/arena.h>
#include <netpolc/policy/core.h>

struct prepared {
	const struct core *core;
	const struct settings *set;
};

static const void *prepare(const struct witness *w, struct ctx *cx,
			   const struct cluster *cl)
{
	struct prepared *p = ARENA_NEW(cx->arena, struct prepared);
	const struct pod_sets *sets = resolve(cx, cl);
	const struct classes *classes = classify(cx, cl, sets);

	(void)w;
	p->core = core_build(cx, decide(cx, cl, sets, classes));
	p->set = &cx->set;
	return p;
}

static struct endpoint endpoint_of(const struct cluster *cl, const struct oracle_end *end)
{
	if (end->by_address)
		return (struct endpoint){ .address = end->address };
	return (struct endpoint){ .is_pod = true,
				  .pod = (uint32_t)(end->pod - cl->pods) };
}

/* It knows pods alone. */
static bool is_unknown(const struct prepared *p, const struct cluster *cl,
		       const struct oracle_end *end)
{
	return !end->pod && oracle_is_unknown(cl, p->set, end->address);
}

static enum testimony ask(const void *prepared, const struct cluster *cl,
			  const struct oracle_probe *probe, const char **fault)
{
	const struct prepared *p = prepared;
	struct endpoint from = endpoint_of(cl, &probe->source);
	struct endpoint to = endpoint_of(cl, &probe->destination);
	unsigned protocol =
		probe->protocol == ORACLE_OTHER ? PROTO_OTHER : probe->protocol;

	(void)fault;
	if (is_unknown(p, cl, &probe->source) || is_unknown(p, cl, &probe->destination))
		return ABSTAINS;
	return core_decide(p->core, &from, &to, protocol, probe->port).allow ? SAYS_ALLOW
									     : SAYS_DENY;
}

const struct witness witness_core = { "core", prepare, ask, NULL };
