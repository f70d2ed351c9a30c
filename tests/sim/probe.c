/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends of a connection come in, packets go through the simulator, one answer comes
 * out: what the ruleset says to a question about pods rather than packets.
 */
#include "sim.h"

#include <netinet/in.h>
#include <string.h>

/* Neither TCP, UDP nor SCTP, and of no interest to neighbour discovery. */
#define OTHER_PROTOCOL IPPROTO_GRE

struct question {
	const struct ruleset *rs;
	unsigned protocol;
	uint16_t port;
	const bool *families;
	const char *broken;
};

static bool has_node_address(const struct cluster *cl, const char *node, struct address a)
{
	for (size_t i = 0; i < cl->nnodes; i++) {
		const struct node_object *n = &cl->nodes[i];

		for (size_t j = 0; j < n->naddresses && strcmp(n->name, node) == 0; j++)
			if (address_equal(n->addresses[j], a))
				return true;
	}
	return false;
}

/* A pod and its own node: such packets never cross the forward hook. */
static bool is_own_node(const struct cluster *cl, const struct pod *pod, struct address a)
{
	return pod && pod->node && has_node_address(cl, pod->node, a);
}

static const struct address *end_addresses(const struct sim_end *end, size_t *n)
{
	*n = end->pod && !end->by_address ? end->pod->naddresses : 1;
	return end->pod && !end->by_address ? end->pod->addresses : &end->address;
}

static enum sim_answer ask(struct question *q, struct address from, struct address to)
{
	static const uint8_t numbers[] = {
		[PROTO_TCP] = IPPROTO_TCP,
		[PROTO_UDP] = IPPROTO_UDP,
		[PROTO_SCTP] = IPPROTO_SCTP,
		[SIM_OTHER] = OTHER_PROTOCOL,
	};
	struct packet p = {
		.family = from.family,
		.saddr = from.number,
		.daddr = to.number,
		.protocol = numbers[q->protocol],
		.dport = q->port,
		.tcp_flags = TCP_SYN,
		.state = CT_NEW,
	};
	struct sim_result r = sim_run(q->rs, &p);

	bool audit = !ruleset_chain(q->rs, "denied");
	bool denied = audit ? r.ncounters > 0 : r.verdict != SIM_ACCEPT;

	if (!q->broken)
		q->broken = sim_check_bounds(q->rs, &r);
	if (audit && r.verdict != SIM_ACCEPT)
		q->broken = "an audit that drops";
	return denied ? SIM_DENY : SIM_ALLOW;
}

/* A pod as a whole that talks to itself does so on each of its addresses. */
static bool is_itself(const struct sim_end *from, const struct sim_end *to)
{
	return from->pod && from->pod == to->pod && !from->by_address && !to->by_address;
}

/* Asks for each pair of addresses in a family that is decided. */
static enum sim_answer ask_pairs(struct question *q, const struct sim_end *from,
				 const struct sim_end *to)
{
	size_t nfrom, nto, asked = 0, allowed = 0;
	const struct address *a = end_addresses(from, &nfrom),
			     *b = end_addresses(to, &nto);

	for (size_t i = 0; i < nfrom; i++) {
		for (size_t j = 0; j < nto; j++) {
			if (a[i].family != b[j].family || !q->families[a[i].family] ||
			    (i != j && is_itself(from, to)))
				continue;
			asked++;
			allowed += ask(q, a[i], b[j]) == SIM_ALLOW;
		}
	}
	return asked && allowed == asked ? SIM_ALLOW : SIM_DENY;
}

/* Whether the end has an address of a family that is decided. */
static bool is_decided(const struct sim_end *end, const bool families[FAMILIES])
{
	size_t n;
	const struct address *a = end_addresses(end, &n);

	for (size_t i = 0; i < n; i++)
		if (families[a[i].family])
			return true;
	return false;
}

/* Whether any address of one end is that of the other end's node. */
static bool meets_node(const struct cluster *cl, const struct sim_end *pod,
		       const struct sim_end *other)
{
	size_t n;
	const struct address *a = end_addresses(other, &n);

	for (size_t i = 0; i < n; i++)
		if (is_own_node(cl, pod->pod, a[i]))
			return true;
	return false;
}

static bool is_finished(const struct sim_end *end)
{
	return end->pod && end->pod->finished;
}

enum sim_answer sim_probe(const struct ruleset *rs, const struct cluster *cl,
			  const struct sim_end *from, const struct sim_end *to,
			  unsigned protocol, uint16_t port, const bool families[FAMILIES],
			  const char **broken)
{
	struct question q = { rs, protocol, port, families, NULL };
	enum sim_answer answer;

	if (is_finished(from) || is_finished(to) || !is_decided(from, families) ||
	    !is_decided(to, families))
		return SIM_SILENT;
	if (meets_node(cl, from, to) || meets_node(cl, to, from))
		return SIM_SILENT;
	answer = ask_pairs(&q, from, to);
	if (broken && q.broken)
		*broken = q.broken;
	return answer;
}
