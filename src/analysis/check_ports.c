/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the ports of a policy, by number.  Out: those that no pod concerned declares.
 *
 * Nothing has to be declared, so pods that declare no port at all say nothing.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/ranges.h>

/* What pods declare, asked about one port entry. */
struct asked {
	const struct policy_port *port;
	bool others; /* some port, though not this one */
	bool found;
};

static void ask_pods(struct checking *ck, const struct pod_set *pods, struct asked *q)
{
	struct range range = { q->port->lo, q->port->hi };
	const struct ranges wanted = { .at = &range, .len = 1 };

	if (!check_spend(ck, 4 * pods->len)) {
		q->found = true; /* not known */
		return;
	}
	for (size_t i = 0; i < pods->len && !q->found; i++) {
		const struct ranges *has = ck->cluster->pods[pods->at[i]].declared;

		for (enum protocol p = 0; has && p < PROTOCOLS; p++)
			q->others |= has[p].len > 0;
		q->found = has && ranges_meet(&has[q->port->protocol], &wanted);
	}
}

/* Of an ingress rule the subjects, of an egress rule the peers; who is outside of the
 * cluster declares nothing. */
static void ask_all(struct checking *ck, enum direction d, uint32_t policy, size_t rule,
		    struct asked *q)
{
	const struct pod_sets *sets = ck->dc->sets;
	const struct resolved_rule *resolved = &sets->rules[d][policy][rule];

	if (d == INGRESS) {
		ask_pods(ck, &sets->subjects[policy], q);
		return;
	}
	q->found = ck->cluster->policies[policy].rules[d][rule].any_peer;
	for (size_t i = 0; i < resolved->npeers && !q->found; i++) {
		const struct peer *peer = &sets->peers[resolved->peers[i]];

		q->found = peer->block;
		ask_pods(ck, &peer->pods, q);
	}
}

static void check_rule(struct checking *ck, enum direction d, uint32_t policy,
		       size_t index)
{
	const struct policy_rule *rule = &ck->cluster->policies[policy].rules[d][index];

	for (size_t i = 0; i < rule->nports && !rule->invalid; i++) {
		struct asked q = { .port = &rule->ports[i] };

		if (q.port->name || q.port->lo == 0)
			continue;
		ask_all(ck, d, policy, index, &q);
		if (q.found || !q.others)
			continue;
		diag_add(ck->cx->diags, DIAG_PORT_UNDECLARED, &q.port->origin,
			 "no %s declares %s port %u%s, but they declare others",
			 d == INGRESS ? "pod that the policy selects"
				      : "pod among the peers",
			 protocol_name(q.port->protocol), q.port->lo,
			 q.port->lo == q.port->hi ? "" : " or any other of the range");
	}
}

void check_ports(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];

	if (!check_is_on(ck, DIAG_PORT_UNDECLARED))
		return;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t r = 0; p->isolates[d] && r < p->nrules[d]; r++)
			check_rule(ck, d, policy, r);
}
