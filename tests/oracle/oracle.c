/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cluster and probe in, verdict out.  The functions stand in the order in which
 * one would explain a NetworkPolicy aloud, from a label up to a connection; the
 * numbers are those of the statements that each function says in C.
 */
#include "oracle.h"
#include <string.h>

/* One end of one packet: the pod, if any, and the address in the packet's family.  A
 * pod that has no address yet (A 78) has but the family. */
struct party {
	const struct pod *pod;
	bool addressed;
	struct address address;
};

struct question {
	const struct cluster *cluster;
	const struct settings *set;
	struct party source, destination;
	unsigned protocol;
	uint16_t port;
};

static const char *label_value(const struct labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->len; i++)
		if (!strcmp(labels->at[i].key, key))
			return labels->at[i].value;
	return NULL;
}

static bool value_listed(const struct requirement *r, const char *value)
{
	for (size_t i = 0; i < r->nvalues; i++)
		if (!strcmp(r->values[i], value))
			return true;
	return false;
}

/* A 50-52, 56: an absent key satisfies NotIn; an empty value is a value. */
static bool requirement_holds(const struct requirement *r, const struct labels *labels)
{
	const char *value = label_value(labels, r->key);

	switch (r->op) {
	case SELECTOR_IN:
		return value && value_listed(r, value);
	case SELECTOR_NOT_IN:
		return !value || !value_listed(r, value);
	case SELECTOR_EXISTS:
		return value;
	case SELECTOR_NOT_EXISTS:
		return !value;
	}
	return false;
}

/* A 48, 49, 57: all requirements; none at all match everything. */
static bool selects(const struct selector *selector, const struct labels *labels)
{
	for (size_t i = 0; i < selector->len; i++)
		if (!requirement_holds(&selector->at[i], labels))
			return false;
	return true;
}

/* A 66, 70, 72, 78: by address alone, whoever holds it; excepts subtract from
 * this block only; what has no address is in all of the packet's family at most. */
static bool block_has(const struct ip_block *block, const struct party *who)
{
	if (!who->addressed)
		return oracle_cidr_is_all(block->cidr_text, who->address.family) &&
		       block->nexcept == 0;
	if (!oracle_cidr_has(block->cidr_text, who->address))
		return false;
	for (size_t i = 0; i < block->nexcept; i++)
		if (oracle_cidr_has(block->except_text[i], who->address))
			return false;
	return true;
}

/* A 46, 76, 80: a pod that policy sees as a pod. */
static bool is_policed_pod(const struct pod *p)
{
	return p && !p->finished && !p->host_network;
}

/* A 42-45: the pod's namespace matches, or is the policy's own; and its labels. */
static bool peer_selects(const struct cluster *cl, const struct policy *policy,
			 const struct policy_peer *peer, const struct pod *p)
{
	if (!is_policed_pod(p) || p->invalid)
		return false;
	if (peer->namespaces) {
		const struct namespace *space = &cl->namespaces[p->namespace];

		if (space->invalid || !selects(peer->namespaces, &space->labels))
			return false;
	} else if (p->namespace != policy->namespace) {
		return false;
	}
	return !peer->pods || selects(peer->pods, &p->labels);
}

/* A 39, 41: a peer is a block or selectors; one that is neither is nobody. */
static bool peer_matches(const struct cluster *cl, const struct policy *policy,
			 const struct policy_peer *peer, const struct party *who)
{
	if (peer->block)
		return block_has(peer->block, who);
	if (peer->pods || peer->namespaces)
		return peer_selects(cl, policy, peer, who->pod);
	return false;
}

/* A 30-38: a number is a number on any destination; a name is what the
 * destination pod's own containers say, for that protocol. */
static bool port_matches(const struct policy_port *port, const struct question *q)
{
	const struct pod *target = q->destination.pod;

	if (q->protocol != (unsigned)port->protocol)
		return false;
	if (!port->name)
		return q->port >= port->lo && q->port <= port->hi;
	if (!is_policed_pod(target))
		return false;
	for (size_t i = 0; i < target->nports; i++) {
		const struct named_port *have = &target->ports[i];

		if (!strcmp(have->name, port->name) && have->protocol == port->protocol &&
		    have->number == q->port)
			return true;
	}
	return false;
}

/* A 15-18: peers and ports, each absent list meaning everything. */
static bool rule_allows(const struct policy *policy, const struct policy_rule *rule,
			const struct question *q, const struct party *peer)
{
	bool peer_ok = rule->any_peer, port_ok = rule->any_port;

	if (rule->invalid)
		return false;
	for (size_t i = 0; i < rule->npeers; i++)
		peer_ok |= peer_matches(q->cluster, policy, &rule->peers[i], peer);
	for (size_t i = 0; i < rule->nports; i++)
		port_ok |= port_matches(&rule->ports[i], q);
	return peer_ok && port_ok;
}

/* --node: pods of other nodes are somebody else's to isolate. */
static bool is_enforced(const struct settings *set, const struct pod *p)
{
	if (!is_policed_pod(p))
		return false;
	return !set->node || (p->node && !strcmp(p->node, set->node));
}

/* A 97: in legacy mode the namespace isolates, for ingress only. */
static bool isolated_by_annotation(const struct question *q, const struct pod *p,
				   enum direction d)
{
	return d == INGRESS && q->cluster->namespaces[p->namespace].default_deny;
}

static bool prefix_has(const struct prefix *p, struct address a)
{
	unsigned width = p->base.family == FAMILY_IPV4 ? 32 : 128;

	if (p->base.family != a.family)
		return false;
	return !p->length ||
	       p->base.number >> (width - p->length) == a.number >> (width - p->length);
}

static bool is_pod_address(const struct cluster *cl, const struct settings *set,
			   struct address a)
{
	for (size_t i = 0; i < set->npod_cidrs; i++)
		if (prefix_has(&set->pod_cidrs[i], a))
			return true;
	for (size_t i = 0; i < cl->nnodes && !set->npod_cidrs; i++)
		for (size_t j = 0; j < cl->nodes[i].npod_cidrs; j++)
			if ((!set->node || !strcmp(set->node, cl->nodes[i].name)) &&
			    prefix_has(&cl->nodes[i].pod_cidrs[j], a))
				return true;
	return false;
}

bool oracle_is_unknown(const struct cluster *cl, const struct settings *set,
		       struct address a)
{
	if (!set->deny_unknown || !is_pod_address(cl, set, a))
		return false;
	for (size_t i = 0; i < cl->npods; i++)
		for (size_t j = 0; j < cl->pods[i].naddresses; j++)
			if (!cl->pods[i].finished &&
			    cl->pods[i].addresses[j].family == a.family &&
			    cl->pods[i].addresses[j].number == a.number)
				return false;
	return true;
}

/* A 1-14: what one end has to say.  Policies only ever allow; being selected by
 * any of them for this direction is what isolates. */
static bool end_allows(const struct question *q, enum direction d)
{
	const struct party *subject = d == EGRESS ? &q->source : &q->destination;
	const struct party *peer = d == EGRESS ? &q->destination : &q->source;
	const struct cluster *cl = q->cluster;
	bool isolated;

	if (!subject->pod && oracle_is_unknown(cl, q->set, subject->address))
		return false;
	if (!is_enforced(q->set, subject->pod))
		return true;
	if (subject->pod->invalid)
		return false;
	isolated = q->set->legacy && isolated_by_annotation(q, subject->pod, d);
	if (q->set->legacy && !isolated)
		return true;
	for (size_t i = 0; i < cl->npolicies; i++) {
		const struct policy *policy = &cl->policies[i];

		if (policy->namespace != subject->pod->namespace)
			continue;
		if (!q->set->legacy && !policy->isolates[d])
			continue;
		if (!selects(policy->subject, &subject->pod->labels))
			continue;
		isolated = true;
		for (size_t r = 0; r < policy->nrules[d]; r++)
			if (rule_allows(policy, &policy->rules[d][r], q, peer))
				return true;
	}
	return !isolated;
}

/* A 82: an address of the Node object that the pod's nodeName names. */
static bool is_own_node(const struct cluster *cl, const struct pod *p,
			const struct party *other)
{
	if (!p || !p->node || !other->addressed)
		return false;
	for (size_t i = 0; i < cl->nnodes; i++) {
		const struct node_object *node = &cl->nodes[i];

		if (strcmp(node->name, p->node) != 0)
			continue;
		for (size_t j = 0; j < node->naddresses; j++)
			if (node->addresses[j].family == other->address.family &&
			    node->addresses[j].number == other->address.number)
				return true;
	}
	return false;
}

/* A contained pod may be two that claim one name: each is itself alone. */
static bool is_one_address(const struct party *source, const struct party *destination)
{
	return !source->addressed || !destination->addressed ||
	       (source->address.family == destination->address.family &&
		source->address.number == destination->address.number);
}

/* One packet.  A 12, 82, 83, 86. */
static bool packet_allowed(const struct question *q)
{
	const struct pod *from = q->source.pod, *to = q->destination.pod;

	if (from && from == to && is_one_address(&q->source, &q->destination))
		return true;
	if (is_own_node(q->cluster, from, &q->destination) ||
	    is_own_node(q->cluster, to, &q->source))
		return true;
	if (q->protocol == ORACLE_OTHER && q->set->allow_other_protocols)
		return true;
	return end_allows(q, EGRESS) && end_allows(q, INGRESS);
}

/* A 78: a pod that no cluster has given an address. */
static bool is_unborn(const struct oracle_end *end)
{
	return end->pod && !end->by_address && end->pod->naddresses == 0;
}

/* How many addresses the end can use, and the i-th: a pod without any counts
 * once, as a party without address that takes part in any family. */
static size_t end_parties(const struct oracle_end *end)
{
	if (!end->pod || end->by_address || is_unborn(end))
		return 1;
	return end->pod->naddresses;
}

static struct party end_party(const struct oracle_end *end, size_t i, enum family f)
{
	if (!end->pod || end->by_address)
		return (struct party){ end->pod, true, end->address };
	if (is_unborn(end))
		return (struct party){ .pod = end->pod, .address = { .family = f } };
	return (struct party){ end->pod, true, end->pod->addresses[i] };
}

struct oracle_end oracle_pod(const struct pod *p)
{
	return (struct oracle_end){ .pod = p };
}

struct oracle_end oracle_address(const struct cluster *cl, struct address a)
{
	struct oracle_end end = { .by_address = true, .address = a };

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *p = &cl->pods[i];

		for (size_t j = 0; is_policed_pod(p) && j < p->naddresses; j++)
			if (p->addresses[j].family == a.family &&
			    p->addresses[j].number == a.number)
				end.pod = p;
	}
	return end;
}

/* Whether all packets of the family between the ends are allowed; *met counts them, up
 * to the first that is not. */
static bool family_allows(const struct cluster *cl, const struct settings *set,
			  const struct oracle_probe *probe, enum family f, size_t *met)
{
	for (size_t i = 0; i < end_parties(&probe->source); i++) {
		for (size_t j = 0; j < end_parties(&probe->destination); j++) {
			struct question q = { cl,
					      set,
					      end_party(&probe->source, i, f),
					      end_party(&probe->destination, j, f),
					      probe->protocol,
					      probe->port };

			if (q.source.address.family != f ||
			    q.destination.address.family != f)
				continue;
			/* A pod as a whole to itself does not leave the address. */
			if (q.source.pod && q.source.pod == q.destination.pod && i != j &&
			    !probe->source.by_address && !probe->destination.by_address)
				continue;
			++*met;
			if (!packet_allowed(&q))
				return false;
		}
	}
	return true;
}

/* A 70, 78, 79: every family that both ends have is decided, and all must allow.  If
 * neither has an address yet they may come to meet in one family alone, so one that
 * allows is enough. */
bool oracle_allows(const struct cluster *cl, const struct settings *set,
		   const struct oracle_probe *probe)
{
	size_t common = 0, allowing = 0;

	for (enum family f = 0; f < FAMILIES; f++) {
		size_t met = 0;
		bool allows = set->families[f] && family_allows(cl, set, probe, f, &met);

		common += met > 0;
		allowing += met > 0 && allows;
	}
	if (is_unborn(&probe->source) && is_unborn(&probe->destination))
		return allowing > 0;
	return common > 0 && allowing == common;
}
