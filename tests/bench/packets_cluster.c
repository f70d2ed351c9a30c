/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scene comes in; its manifests, the usual ruleset for them and packets that meet
 * them go out.
 */
#include "packets.h"

#include <netinet/in.h>

#define SHARDS	      10 /* of the clients of a busy cluster, each with a policy */
#define FIRST_ADDRESS 0x0a010000u
#define TARGET	      0

/* ---- who is who ---- */

static bool is_client(const struct scene *s, unsigned pod)
{
	return pod != TARGET && pod < s->pods - STRANGERS;
}

/* The target and half of the strangers: where isolated clients may send. */
static bool is_server(const struct scene *s, unsigned pod)
{
	return pod == TARGET || (!is_client(s, pod) && pod % 2);
}

static unsigned group_of(unsigned pod)
{
	return (pod - 1) % CLIENT_GROUPS;
}

static unsigned shard_of(unsigned pod)
{
	return group_of(pod) % SHARDS;
}

/* Whether the policies of a busy cluster isolate the pod. */
static bool is_back(const struct scene *s, unsigned pod)
{
	return is_client(s, pod) && (pod - 1) / CLIENT_GROUPS % 2;
}

struct address scene_address(unsigned pod)
{
	return (struct address){ FAMILY_IPV4, FIRST_ADDRESS + pod };
}

/* ---- manifests ---- */

static void put_pod(struct buf *out, const struct scene *s, unsigned pod)
{
	buf_printf(out, "---\n{apiVersion: v1, kind: Pod, metadata: {name: p%u, ", pod);
	if (pod == TARGET)
		buf_puts(out, "labels: {role: target, shard: server}");
	else if (is_server(s, pod))
		buf_puts(out, "labels: {shard: server}");
	else if (!is_client(s, pod))
		buf_puts(out, "labels: {shard: none}");
	else
		buf_printf(out, "labels: {client: c%u, shard: s%u, tier: %s}",
			   group_of(pod), shard_of(pod),
			   is_back(s, pod) ? "back" : "front");
	buf_puts(out, "},\n spec: {nodeName: node, containers: [{name: c}]},\n"
		      " status: {phase: Running, podIP: ");
	address_print(out, scene_address(pod));
	buf_puts(out, ", podIPs: [{ip: ");
	address_print(out, scene_address(pod));
	if (s->dual)
		buf_printf(out, "}, {ip: 'fd00::1:%x'", pod);
	buf_puts(out, "}]}}\n");
}

static void put_policy(struct buf *out, const struct scene *s, unsigned policy)
{
	buf_puts(out, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,\n");
	buf_printf(out, " metadata: {name: from-%u},\n", policy);
	buf_puts(out, " spec: {podSelector: {matchLabels: {role: target}},\n"
		      "  policyTypes: [Ingress], ingress: [{");
	if (s->ports)
		buf_printf(out, "ports: [{port: %d}], ", SERVICE_PORT);
	buf_printf(out, "from: [{podSelector: {matchLabels: {client: c%u}}}]}]}}\n",
		   policy);
}

static void put_shard_policy(struct buf *out, unsigned shard)
{
	buf_puts(out, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,\n");
	buf_printf(out, " metadata: {name: shard-%u},\n", shard);
	buf_printf(out, " spec: {podSelector: {matchLabels: {tier: back, shard: s%u}},\n",
		   shard);
	buf_printf(out,
		   "  ingress: [{from: [{podSelector: {matchLabels: "
		   "{shard: s%u}}}]}],\n",
		   shard);
	buf_puts(out,
		 "  policyTypes: [Ingress, Egress],\n"
		 "  egress: [{to: [{podSelector: {matchLabels: {shard: server}}},\n");
	buf_printf(out, "   {podSelector: {matchLabels: {shard: s%u}}}]}]}}\n",
		   (shard + 1) % SHARDS);
}

void cluster_text(struct buf *out, const struct scene *s)
{
	buf_puts(out, "{apiVersion: v1, kind: Namespace, metadata: {name: default}}\n");
	for (unsigned i = 0; i < s->pods; i++)
		put_pod(out, s, i);
	for (unsigned i = 0; i < s->policies; i++)
		put_policy(out, s, i);
	for (unsigned i = 0; s->busy && i < SHARDS; i++)
		put_shard_policy(out, i);
}

/* ---- the usual ruleset ---- */

static void put_element(struct buf *out, unsigned pod)
{
	buf_puts(out, "\t\t\t");
	address_print(out, scene_address(pod));
	buf_puts(out, ",\n");
}

static void open_set(struct buf *out, const char *kind, unsigned n)
{
	buf_printf(out, "\tset %s%u {\n\t\ttype ipv4_addr\n\t\telements = {\n", kind, n);
}

static void put_usual_policy(struct buf *out, const struct scene *s, unsigned policy)
{
	open_set(out, "from", policy);
	for (unsigned i = 0; i < s->pods; i++)
		if (is_client(s, i) && group_of(i) == policy)
			put_element(out, i);
	buf_printf(out, "\t\t}\n\t}\n\tchain policy%u {\n\t\tip saddr @from%u ", policy,
		   policy);
	if (s->ports)
		buf_printf(out, "tcp dport %d ", SERVICE_PORT);
	buf_puts(out, "accept\n\t}\n");
}

static void put_chain(struct buf *out, const char *kind, unsigned n, const char *rules,
		      const char *rest)
{
	buf_printf(out, "\tchain %s%u {\n\t\t%s%u%s\n\t}\n", kind, n, rules, n, rest);
}

static void put_usual_shard(struct buf *out, const struct scene *s, unsigned shard)
{
	open_set(out, "shard", shard);
	for (unsigned i = 0; i < s->pods; i++)
		if (is_client(s, i) && shard_of(i) == shard)
			put_element(out, i);
	buf_puts(out, "\t\t}\n\t}\n");
	open_set(out, "to", shard);
	for (unsigned i = 0; i < s->pods; i++)
		if (is_server(s, i) ||
		    (is_client(s, i) && shard_of(i) == (shard + 1) % SHARDS))
			put_element(out, i);
	buf_puts(out, "\t\t}\n\t}\n");
	put_chain(out, "in", shard, "ip saddr @shard", " accept");
	put_chain(out, "out", shard, "ip daddr @to", " goto ingress");
	put_chain(out, "pod-in", shard, "jump in", "\n\t\tdrop");
	put_chain(out, "pod-out", shard, "jump out", "\n\t\tdrop");
}

/* Each isolated pod's address, with the chain that asks its policies. */
static void put_usual_dispatch(struct buf *out, const struct scene *s, const char *name,
			       const char *chain)
{
	buf_printf(out, "\tmap %s {\n\t\ttype ipv4_addr : verdict\n\t\telements = {\n",
		   name);
	for (unsigned i = 0; s->busy && i < s->pods; i++) {
		if (!is_back(s, i))
			continue;
		buf_puts(out, "\t\t\t");
		address_print(out, scene_address(i));
		buf_printf(out, " : goto %s%u,\n", chain, shard_of(i));
	}
}

static void put_usual_target(struct buf *out, const struct scene *s)
{
	buf_puts(out, "\tchain target {\n");
	for (unsigned i = 0; i < s->policies; i++)
		buf_printf(out, "\t\tjump policy%u\n", i);
	buf_puts(out, "\t\tdrop\n\t}\n");
}

void usual_text(struct buf *out, const struct scene *s)
{
	buf_puts(out, "table inet usual {\n\tchain ingress {\n\t\tip daddr vmap "
		      "@receivers\n\t}\n");
	for (unsigned i = 0; i < s->policies; i++)
		put_usual_policy(out, s, i);
	for (unsigned i = 0; s->busy && i < SHARDS; i++)
		put_usual_shard(out, s, i);
	put_usual_target(out, s);
	put_usual_dispatch(out, s, "receivers", "pod-in");
	buf_puts(out, "\t\t\t");
	address_print(out, scene_address(TARGET));
	buf_puts(out, " : goto target\n\t\t}\n\t}\n");
	if (s->busy) {
		put_usual_dispatch(out, s, "senders", "pod-out");
		buf_puts(out, "\t\t}\n\t}\n");
	}
	buf_puts(out, "\tchain forward {\n"
		      "\t\ttype filter hook forward priority filter; policy accept;\n"
		      "\t\tct state established,related accept\n");
	if (s->busy)
		buf_puts(out, "\t\tip saddr vmap @senders\n");
	buf_puts(out, "\t\tgoto ingress\n\t}\n}\n");
}

/* ---- packets ---- */

struct packet_probe scene_probe(const struct scene *s, enum path path, size_t i, size_t n)
{
	unsigned policy = (unsigned)((2 * i + 1) * s->policies / (2 * n));
	unsigned stranger = s->pods - STRANGERS + (unsigned)i % STRANGERS;
	unsigned from = stranger, to = TARGET;

	switch (path) {
	case PATH_DESTINATION:
		from = 1 + policy;
		break;
	case PATH_BOTH:
		from = 1 + CLIENT_GROUPS + policy;
		break;
	case PATH_NEITHER:
		to = 1 + (unsigned)i;
		break;
	case PATH_DENIED:
		break;
	}
	return (struct packet_probe){ .from = scene_address(from),
				      .to = scene_address(to),
				      .protocol = IPPROTO_TCP,
				      .port = SERVICE_PORT,
				      .source_port = (uint16_t)(1024 + i) };
}
