/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel as a witness: the ruleset of a cluster is loaded into the testbed's
 * router, and a probe is as many packets as its ends have pairs of addresses.
 */
#include "../oracle/witness.h"
#include "../sim/sim.h"
#include "namespace.h"

#include <netinet/in.h>
#include <netpolc/base/arena.h>
#include <netpolc/lab/testbed.h>
#include <netpolc/nft/lower.h>
#include <stdlib.h>

#define PAIRS 64

struct prepared {
	const struct ruleset *ruleset;
	const bool *families;
	const struct settings *set;
};

/* One router serves all clusters, one after the other. */
static struct {
	struct ctx cx;
	struct testbed *testbed;
} shared;

struct packets {
	struct packet_probe at[PAIRS];
	bool arrived[PAIRS];
	size_t len;
	bool uncarried; /* one that no router forwards */
};

static struct testbed *testbed(void)
{
	struct settings set = settings_default();
	const char *why_not;

	if (shared.testbed)
		return shared.testbed;
	ctx_init(&shared.cx, &set);
	shared.testbed = testbed_open(&shared.cx, &why_not);
	if (!shared.testbed)
		skip_test(why_not);
	return shared.testbed;
}

/* Every form that a look-up can have, by turns. */
static struct lower_options options_for(const struct cluster *cl)
{
	static const char *const limits[] = { NULL,	    LIMITS_SETS,   LIMITS_POOLS,
					      LIMITS_RULES, LIMITS_LEVELS, LIMITS_THIRD,
					      LIMITS_FEW };
	const char *chosen = limits[cl->npods % ARRAY_SIZE(limits)];
	struct lower_options options = lower_defaults();

	if (chosen && !cost_set_limits(&options.limits, chosen))
		abort();
	return options;
}

static const void *prepare(const struct witness *w, struct ctx *cx,
			   const struct cluster *cl)
{
	struct prepared *p = ARENA_NEW(cx->arena, struct prepared);
	const struct pod_sets *sets = resolve(cx, cl);
	const struct classes *classes = classify(cx, cl, sets);
	struct lower_options options = options_for(cl);
	const struct ruleset *rs = lower(cx, decide(cx, cl, sets, classes), &options);

	(void)w;
	if (rs && testbed_load(testbed(), rs))
		p->ruleset = rs;
	p->families = cx->set.families;
	p->set = &cx->set;
	return p;
}

static struct sim_end end_of(const struct oracle_end *end)
{
	return (struct sim_end){ end->pod, end->by_address, end->address };
}

static const struct address *addresses(const struct oracle_end *end, size_t *n)
{
	bool all = end->pod && !end->by_address;

	*n = all ? end->pod->naddresses : 1;
	return all ? end->pod->addresses : &end->address;
}

static void add_packet(struct packets *packets, const struct oracle_probe *probe,
		       struct address from, struct address to)
{
	static const unsigned numbers[] = {
		[PROTO_TCP] = IPPROTO_TCP,
		[PROTO_UDP] = IPPROTO_UDP,
		[PROTO_SCTP] = IPPROTO_SCTP,
		[ORACLE_OTHER] = IPPROTO_ICMP,
	};

	if (!testbed_carries(from) || !testbed_carries(to) || packets->len == PAIRS) {
		packets->uncarried = true;
		return;
	}
	packets->at[packets->len++] = (struct packet_probe){
		.from = from,
		.to = to,
		.protocol = numbers[probe->protocol],
		.port = probe->port,
	};
}

static void add_pairs(struct packets *packets, const struct oracle_probe *probe,
		      const bool families[FAMILIES])
{
	size_t nfrom, nto;
	const struct address *from = addresses(&probe->source, &nfrom);
	const struct address *to = addresses(&probe->destination, &nto);

	for (size_t i = 0; i < nfrom; i++)
		for (size_t j = 0; j < nto; j++)
			if (from[i].family == to[j].family && families[from[i].family])
				add_packet(packets, probe, from[i], to[j]);
}

static enum testimony ask(const void *prepared, const struct cluster *cl,
			  const struct oracle_probe *probe, const char **fault)
{
	const struct prepared *p = prepared;
	struct sim_end from = end_of(&probe->source), to = end_of(&probe->destination);
	unsigned protocol = probe->protocol == ORACLE_OTHER ? SIM_OTHER : probe->protocol;
	struct packets packets = { .len = 0 };

	if (!p->ruleset) {
		*fault = "the kernel took no ruleset";
		return ABSTAINS;
	}
	/* The testbed has no interface of pods, from which they could come. */
	if (!probe->source.pod && oracle_is_unknown(cl, p->set, probe->source.address))
		return ABSTAINS;
	/* What no packet can tell is the same for all that ask with packets. */
	if (sim_probe(p->ruleset, cl, &from, &to, protocol, probe->port, p->families,
		      NULL) == SIM_SILENT)
		return ABSTAINS;
	add_pairs(&packets, probe, p->families);
	if (packets.uncarried)
		return ABSTAINS;
	if (!testbed_send(testbed(), packets.at, packets.len, packets.arrived)) {
		*fault = "the testbed failed";
		return ABSTAINS;
	}
	for (size_t i = 0; i < packets.len; i++)
		if (!packets.arrived[i])
			return SAYS_DENY;
	return packets.len ? SAYS_ALLOW : SAYS_DENY;
}

static const struct witness witness_kernel = { "kernel", prepare, ask, NULL };

const struct witness *const witnesses[] = { &witness_core, &witness_kernel, NULL };
