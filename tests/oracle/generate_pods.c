/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random namespaces, nodes and pods: everything that policies talk about.
 * Addresses come from a short table, with .0 and .255 in it, so that the blocks
 * of policies hit and just miss them.
 */
#include "generate.h"
#include <netpolc/base/arena.h>
#include <string.h>

static const char *const node_names[] = { "n0", "n1", "n2" };
static const char *const space_names[] = { "default", "shop", "db", "ops" };

static const char *const protocols[] = { "TCP", "TCP", "UDP", "SCTP" };

const char *any_key(struct random *r)
{
	static const char *const keys[] = { "app", "app",   "tier",
					    "env", "a.b/c", "example.com/Role_1.x" };

	return RANDOM_PICK(r, keys);
}

const char *any_value(struct random *r)
{
	static const char *const values[] = { "web", "web", "db",   "db",  "api",
					      "",    "Web", "true", "010", "v1.2_3-x" };

	return RANDOM_PICK(r, values);
}

const char *any_port_name(struct random *r)
{
	static const char *const names[] = { "http", "http", "dns", "a-1",
					     "fifteen-chars-x" };

	return RANDOM_PICK(r, names);
}

unsigned any_port_number(struct random *r)
{
	static const unsigned numbers[] = { 80,	  80,	443,  8080, 8080,  8081, 53,
					    8079, 9000, 5000, 1,    65535, 65534 };

	return RANDOM_PICK(r, numbers);
}

void make_labels(struct making *mk, struct model_labels *labels)
{
	size_t want = random_below(&mk->random, 4);

	for (size_t i = 0; i < want; i++) {
		const char *key = any_key(&mk->random), *value = any_value(&mk->random);
		bool fresh = true;

		for (size_t j = 0; j < labels->len; j++)
			fresh &= strcmp(labels->at[j].key, key) != 0;
		if (!fresh)
			continue;
		if (strchr(key, '/'))
			tag(mk, 54);
		if (!strcmp(value, "true") || !strcmp(value, "010"))
			tag(mk, 59);
		labels->at[labels->len++] = (struct model_label){ false, key, value };
	}
}

static const char *any_annotation(struct making *mk)
{
	static const char *const open[] = { "{}", "{\"ingress\":{}}", "{\"egress\":{}}" };

	if (random_chance(&mk->random, 60))
		return "{\"ingress\":{\"isolation\":\"DefaultDeny\"}}";
	if (mk->model->set.legacy && random_chance(&mk->random, 50)) {
		tag(mk, 99);
		return "{\"ingress\":";
	}
	return RANDOM_PICK(&mk->random, open);
}

void make_namespaces(struct making *mk)
{
	struct model *m = mk->model;

	m->nnamespaces = 2 + random_below(&mk->random, 3);
	for (size_t i = 0; i < m->nnamespaces; i++) {
		struct model_namespace *ns = &m->namespaces[i];

		ns->name = space_names[i];
		ns->declared = m->set.legacy || random_chance(&mk->random, 85);
		if (!ns->declared) {
			tag(mk, 61);
			continue;
		}
		make_labels(mk, &ns->labels);
		if (random_chance(&mk->random, 50))
			ns->labels.at[ns->labels.len++] = (struct model_label){
				false, "kubernetes.io/metadata.name", ns->name
			};
		if (random_chance(&mk->random, m->set.legacy ? 75 : 8)) {
			ns->annotation = any_annotation(mk);
			tag(mk, m->set.legacy ? 97 : 100);
		}
	}
}

static struct address ipv4(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (struct address){ FAMILY_IPV4, (u128)(a << 24 | b << 16 | c << 8 | d) };
}

static struct address ipv6(uint64_t high, uint64_t low)
{
	return (struct address){ FAMILY_IPV6, (u128)high << 64 | low };
}

void make_nodes(struct making *mk)
{
	struct model *m = mk->model;

	m->nnodes = random_below(&mk->random, 4);
	for (size_t i = 0; i < m->nnodes; i++) {
		struct model_node *node = &m->nodes[i];

		node->name = node_names[i];
		node->addresses[node->naddresses++] = ipv4(172, 16, 0, (unsigned)i + 1);
		if (random_chance(&mk->random, 60))
			node->addresses[node->naddresses++] =
				ipv6(0xfd01000000000000, i + 1);
	}
}

/* The i-th pod address of a family; no two are equal. */
static struct address pod_address(enum family f, size_t i)
{
	static const unsigned lows[] = { 1, 2, 0, 255, 3, 127, 128, 254 };
	unsigned low = lows[i % 8], high = (unsigned)(i / 8);

	if (f == FAMILY_IPV4)
		return ipv4(10, 0, high, low);
	return ipv6(0xfd00000000000000 | high, low);
}

static void make_ports(struct making *mk, struct model_container *c)
{
	struct random *r = &mk->random;
	size_t want = random_below(r, 4);

	for (size_t i = 0; i < want; i++) {
		struct model_container_port port = { .number = any_port_number(r) };
		bool fresh = true;

		if (random_chance(r, 85))
			port.name = any_port_name(r);
		if (random_chance(r, 70))
			port.protocol = RANDOM_PICK(r, protocols);
		if (random_chance(r, 10))
			port.host = any_port_number(r);
		/* A container's port names are unique; other containers may repeat them.
		 */
		for (size_t j = 0; port.name && j < c->nports; j++)
			fresh &= !c->ports[j].name || strcmp(c->ports[j].name, port.name);
		if (fresh)
			c->ports[c->nports++] = port;
	}
}

static void make_containers(struct making *mk, struct model_pod *pod)
{
	struct random *r = &mk->random;

	pod->ncontainers = 1 + random_below(r, 3);
	for (size_t i = 0; i < pod->ncontainers; i++) {
		struct model_container *c = &pod->containers[i];

		if (i && random_chance(r, 30))
			c->kind =
				random_chance(r, 50) ? CONTAINER_INIT : CONTAINER_SIDECAR;
		make_ports(mk, c);
		if (i && c->nports)
			tag(mk, 37);
	}
}

static void make_addresses(struct making *mk, struct model_pod *pod, size_t i)
{
	struct random *r = &mk->random;
	size_t kind = random_below(r, 20);
	enum family first = random_chance(r, 70) ? FAMILY_IPV4 : FAMILY_IPV6;

	if (kind == 0 || (mk->unborn && random_chance(r, 70))) {
		tag(mk, 78);
		return;
	}
	pod->addresses[pod->naddresses++] = pod_address(first, i);
	if (kind >= 7)
		pod->addresses[pod->naddresses++] =
			pod_address(first == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4, i);
	pod->old_status = pod->naddresses == 1 && random_chance(r, 30);
	if (pod->old_status || pod->naddresses == 2)
		tag(mk, 79);
}

/* A hostNetwork pod has its node's addresses, when it has any. */
static void make_host_pod(struct making *mk, struct model_pod *pod)
{
	const struct model *m = mk->model;
	size_t n;

	pod->host_network = true;
	tag(mk, 80);
	if (m->nnodes == 0) {
		/* Nobody says which node has this one. */
		pod->addresses[0] = ipv4(172, 16, 9, 9);
		pod->naddresses = random_below(&mk->random, 2);
		return;
	}
	n = random_below(&mk->random, m->nnodes);
	pod->node = m->nodes[n].name;
	if (random_chance(&mk->random, 15))
		return;
	pod->naddresses = m->nodes[n].naddresses;
	memcpy(pod->addresses, m->nodes[n].addresses, sizeof(pod->addresses));
}

static void make_pod_state(struct making *mk, struct model_pod *pod)
{
	static const char *const live[] = { "Running", "Running", "Pending", "Unknown" };
	static const char *const over[] = { "Succeeded", "Failed" };
	struct random *r = &mk->random;

	pod->phase = random_chance(r, 90) ? RANDOM_PICK(r, live) : NULL;
	if (random_chance(r, 8)) {
		pod->phase = RANDOM_PICK(r, over);
		tag(mk, 76);
	}
	pod->deleting = random_chance(r, 8);
	if (pod->deleting)
		tag(mk, 81);
	if (random_chance(r, 70))
		pod->node = RANDOM_PICK(r, node_names);
}

static const char *any_workload(struct random *r)
{
	static const char *const kinds[] = {
		"Deployment", "StatefulSet",	       "DaemonSet",
		"ReplicaSet", "ReplicationController", "Job",
		"CronJob"
	};

	return RANDOM_PICK(r, kinds);
}

static void make_pod(struct making *mk, size_t i)
{
	struct random *r = &mk->random;
	struct model *m = mk->model;
	struct model_pod *pod = &m->pods[m->npods++];

	pod->kind = "Pod";
	pod->name = arena_printf(mk->arena, "p%zu", i);
	pod->namespace = random_below(r, m->nnamespaces);
	make_labels(mk, &pod->labels);
	make_containers(mk, pod);
	pod->twice = random_chance(r, 2);
	if (pod->twice)
		tag(mk, 94);
	if (random_chance(r, mk->unborn ? 40 : 6)) {
		pod->kind = any_workload(r);
		tag(mk, 78);
		return;
	}
	make_pod_state(mk, pod);
	if (random_chance(r, 7))
		make_host_pod(mk, pod);
	else
		make_addresses(mk, pod, i);
}

/* Gives two pods one address, in one of the ways that can be settled. */
static void share_address(struct making *mk, struct model_pod *a, struct model_pod *b)
{
	struct random *r = &mk->random;
	struct model_pod *loser = random_chance(r, 50) ? a : b;
	struct model_pod *winner = loser == a ? b : a;

	if (a->naddresses == 0 || a->host_network || b->host_network ||
	    strcmp(a->kind, "Pod") != 0 || strcmp(b->kind, "Pod") != 0)
		return;
	b->addresses[0] = a->addresses[0];
	b->naddresses = 1;
	tag(mk, 77);
	switch (random_below(r, 3)) {
	case 0:
		loser->phase = "Succeeded";
		winner->phase = "Running";
		tag(mk, 76);
		break;
	case 1:
		loser->deleting = true;
		winner->deleting = false;
		break;
	default:
		a->deleting = b->deleting = random_chance(r, 20);
		loser->started = random_chance(r, 50) ? "2024-01-02T03:04:05Z" : NULL;
		winner->started = "2024-01-02T03:04:06Z";
	}
}

void make_pods(struct making *mk)
{
	struct model *m = mk->model;

	m->pods = ARENA_ARRAY(mk->arena, mk->size, struct model_pod);
	for (size_t i = 0; i < mk->size; i++)
		make_pod(mk, i);
	for (size_t i = 0; i < m->npods; i++)
		m->pods[i].implicit = !strcmp(m->set.default_namespace,
					      m->namespaces[m->pods[i].namespace].name) &&
				      random_chance(&mk->random, 40);
	/* Pairs that do not overlap: no three pods share an address. */
	for (size_t i = 0; i + 1 < m->npods; i += 2)
		if (random_chance(&mk->random, 8))
			share_address(mk, &m->pods[i], &m->pods[i + 1]);
}
