/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the cluster.  Out: for each policy its subjects, for each rule the ids of
 * its peers, and each distinct peer once with its pods or addresses.
 *
 * A peer's key is its canonical text.  Peers with the same key are the same peer,
 * whichever policies name them.
 */
#include <netpolc/policy/resolve.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/peer_key.h>
#include <netpolc/policy/port_index.h>
#include <netpolc/policy/selections.h>

#include <stdlib.h>
#include <string.h>

/* 256 MiB; 10,000 policies on 100,000 pods have 2,000,000. */
#define MEMBERS_MAX ((size_t)1 << 26)

/* A peer while peers are collected. */
struct peer_entry {
	uint32_t id;
	struct peer peer;
};

struct resolver {
	struct arena *arena;
	struct diags *diags;
	const struct cluster *cluster;
	struct selections *selections;
	struct hashset *by_key;
	struct intern *pools;
	struct entries {
		struct peer_entry **at;
		size_t len, cap;
	} entries;
	struct pod_sets *out;
};

static uint64_t hash_entry(const void *item, uint64_t seed)
{
	const char *key = ((const struct peer_entry *)item)->peer.key;

	return hash_bytes(key, strlen(key), seed);
}

static bool equal_entries(const void *a, const void *b)
{
	return strcmp(((const struct peer_entry *)a)->peer.key,
		      ((const struct peer_entry *)b)->peer.key) == 0;
}

static int compare_prefixes(const void *a, const void *b)
{
	return address_compare(((const struct prefix *)a)->base,
			       ((const struct prefix *)b)->base);
}

/* Holes in ascending order only ever split the last range. */
static struct ranges block_addresses(struct arena *a, const struct ip_block *block)
{
	struct prefix *holes = ARENA_ARRAY(a, block->nexcept, struct prefix);
	struct ranges set = { 0 };

	for (size_t i = 0; i < block->nexcept; i++)
		holes[i] = block->except[i];
	if (block->nexcept > 0)
		qsort(holes, block->nexcept, sizeof(*holes), compare_prefixes);
	ranges_add(a, &set, prefix_range(block->cidr));
	for (size_t i = 0; i < block->nexcept; i++)
		ranges_subtract(a, &set, prefix_range(holes[i]));
	return set;
}

static struct peer_entry *add_entry(struct resolver *r, struct buf *key)
{
	struct peer_entry *e, probe = { .peer.key = key->at };

	e = hashset_find(r->by_key, &probe);
	if (e)
		return e;
	e = ARENA_NEW(r->arena, struct peer_entry);
	e->id = UINT32_MAX;
	e->peer.key = arena_strndup(r->arena, key->at, key->len);
	return hashset_add(r->by_key, e);
}

static uint32_t resolve_peer(struct resolver *r, const struct policy_peer *peer,
			     uint32_t home)
{
	BUF_AUTO key = { 0 };
	BUF_AUTO pool = { 0 };
	struct ranges addresses = { 0 };
	struct peer_entry *e;

	if (peer->block) {
		addresses = block_addresses(r->arena, peer->block);
		peer_key_addresses(&key, peer->block->cidr.base.family, &addresses);
	} else {
		peer_key_pods(&key, peer, r->cluster->namespaces[home].name);
	}
	e = add_entry(r, &key);
	if (e->id != UINT32_MAX)
		return e->id;
	e->id = (uint32_t)r->entries.len;
	*ARENA_PUSH(r->arena, &r->entries) = e;
	if (peer->block) {
		e->peer.block = true;
		e->peer.family = peer->block->cidr.base.family;
		e->peer.addresses = addresses;
		e->peer.whole =
			peer->block->cidr.length == 0 && peer->block->nexcept == 0;
	} else {
		peer_key_pool(&pool, peer, r->cluster->namespaces[home].name);
		e->peer.pool = intern(r->pools, pool.at, pool.len);
		e->peer.pods =
			selections_get(r->selections, peer->pods, peer->namespaces, home);
	}
	return e->id;
}

static uint32_t add_port_name(struct resolver *r, enum direction d,
			      const struct policy_port *port)
{
	struct port_holders *h =
		port_index_add(r->out->ports, port->name, port->protocol);
	struct port_names *names = &r->out->names[d];

	if (h->id[d] != NO_PORT_NAME)
		return h->id[d];
	h->id[d] = (uint32_t)names->len;
	*ARENA_PUSH(r->arena, names) = (struct port_name){ port->name, port->protocol };
	return h->id[d];
}

/* The names of a rule's ports, each once. */
static void resolve_names(struct resolver *r, enum direction d,
			  const struct policy_rule *rule, struct resolved_rule *out)
{
	struct id_list names = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < rule->nports; i++)
		if (rule->ports[i].name)
			*ARENA_PUSH(r->arena, &names) =
				add_port_name(r, d, &rule->ports[i]);
	ids_sort(names.at, names.len);
	for (size_t i = 0; i < names.len; i++)
		if (kept == 0 || names.at[kept - 1] != names.at[i])
			names.at[kept++] = names.at[i];
	out->names = names.at;
	out->nnames = kept;
}

/* Whether a pod that has the named port is in the block, or may get an address there. */
static bool block_has(struct resolver *r, const struct peer *block,
		      struct port_holders *h)
{
	port_index_locate(r->out->ports, h);
	return h->unplaced ||
	       ranges_meet(&block->addresses, &h->addresses[block->family]);
}

/* Whether a pod that a rule is about has the named port: a subject for ingress, a
 * member of a peer for egress.  True also where there is no pod to ask. */
static bool port_resolves(struct resolver *r, enum direction d, size_t policy,
			  const struct policy_rule *rule,
			  const struct resolved_rule *resolved,
			  const struct policy_port *port)
{
	struct port_holders *h =
		port_index_add(r->out->ports, port->name, port->protocol);
	const struct pod_set holders = { h->pods.at, h->pods.len };
	bool asked = false;

	if (d == INGRESS)
		return r->out->subjects[policy].len == 0 ||
		       pod_sets_meet(&r->out->subjects[policy], &holders);
	if (rule->any_peer)
		return holders.len > 0;
	for (size_t i = 0; i < resolved->npeers; i++) {
		const struct peer *peer = &r->entries.at[resolved->peers[i]]->peer;

		if (peer->block ? block_has(r, peer, h)
				: pod_sets_meet(&peer->pods, &holders))
			return true;
		asked |= peer->block ? r->cluster->npods > 0 : peer->pods.len > 0;
	}
	return !asked;
}

/* The pods that a rule's port names are looked up on. */
static const char *concerned(enum direction d, const struct policy_rule *rule)
{
	if (d == INGRESS)
		return "pod that the policy selects";
	for (size_t i = 0; i < rule->npeers; i++)
		if (!rule->peers[i].block)
			return "pod among the peers";
	return rule->npeers > 0 ? "pod in an ipBlock of the rule" : "pod among the peers";
}

static void check_ports(struct resolver *r, enum direction d, size_t policy,
			const struct policy_rule *rule,
			const struct resolved_rule *resolved)
{
	for (size_t i = 0; i < rule->nports; i++) {
		const struct policy_port *port = &rule->ports[i];

		if (port->name && !port_resolves(r, d, policy, rule, resolved, port))
			diag_add(r->diags, DIAG_PORT_UNRESOLVED, &port->origin,
				 "no %s has a %s port named '%s', so it allows nothing",
				 concerned(d, rule), protocol_name(port->protocol),
				 port->name);
	}
}

static struct resolved_rule resolve_rule(struct resolver *r, enum direction d,
					 const struct policy_rule *rule, uint32_t home)
{
	struct resolved_rule out = { 0 };
	uint32_t *peers;

	if (rule->invalid)
		return out;
	peers = ARENA_ARRAY(r->arena, rule->npeers, uint32_t);
	for (size_t i = 0; i < rule->npeers; i++)
		peers[i] = resolve_peer(r, &rule->peers[i], home);
	resolve_names(r, d, rule, &out);
	out.peers = peers;
	out.npeers = rule->npeers;
	return out;
}

static void resolve_policy(struct resolver *r, size_t id)
{
	const struct policy *p = &r->cluster->policies[id];

	r->out->subjects[id] =
		selections_get(r->selections, p->subject, NULL, p->namespace);
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		struct resolved_rule *rules =
			ARENA_ARRAY(r->arena, p->nrules[d], struct resolved_rule);

		for (size_t i = 0; i < p->nrules[d] && p->isolates[d]; i++) {
			const struct policy_rule *rule = &p->rules[d][i];

			rules[i] = resolve_rule(r, d, rule, p->namespace);
			if (!rule->invalid)
				check_ports(r, d, id, rule, &rules[i]);
		}
		r->out->rules[d][id] = rules;
	}
}

/* False after reporting. */
static bool resolve_policies(struct resolver *r, size_t members)
{
	for (size_t i = 0; i < r->cluster->npolicies; i++) {
		resolve_policy(r, i);
		if (selections_members(r->selections) <= members)
			continue;
		diag_add(
			r->diags, DIAG_TOO_LARGE, &r->cluster->policies[i].origin,
			"the pods that selectors select would be more than %zu in all, "
			"each counted for every different set that it is in; this policy "
			"and %zu before it have that many",
			members, i);
		return false;
	}
	return true;
}

const struct pod_sets *resolve_within(struct ctx *cx, const struct cluster *cl,
				      size_t members)
{
	static const struct hashset_type type = { hash_entry, equal_entries };
	struct resolver r = { .arena = cx->arena, .diags = cx->diags, .cluster = cl };
	bool good;

	r.selections = selections_new(cx->arena, cl);
	r.by_key = hashset_new(cx->arena, &type);
	r.pools = intern_new(cx->arena);
	r.out = ARENA_NEW(cx->arena, struct pod_sets);
	r.out->subjects = ARENA_ARRAY(cx->arena, cl->npolicies, struct pod_set);
	for (int d = 0; d < DIRECTIONS; d++)
		r.out->rules[d] =
			ARENA_ARRAY(cx->arena, cl->npolicies, struct resolved_rule *);
	r.out->ports = port_index_build(cx->arena, cl);
	good = resolve_policies(&r, members);
	r.out->npeers = r.entries.len;
	r.out->peers = ARENA_ARRAY(cx->arena, r.entries.len, struct peer);
	for (size_t i = 0; i < r.entries.len; i++)
		r.out->peers[i] = r.entries.at[i]->peer;
	selections_free(r.selections);
	return good ? r.out : NULL;
}

const struct pod_sets *resolve(struct ctx *cx, const struct cluster *cl)
{
	return resolve_within(cx, cl, MEMBERS_MAX);
}

/* Ports are sorted by name, then protocol: negative when a comes first. */
static int compare_port(const struct named_port *a, const char *name,
			enum protocol protocol)
{
	int by_name = a->name == name ? 0 : strcmp(a->name, name);

	return by_name ? by_name : (int)a->protocol - (int)protocol;
}

const struct named_port *pod_ports_named(const struct pod *pod, const char *name,
					 enum protocol protocol, size_t *n)
{
	size_t lo = 0, hi = pod->nports;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_port(&pod->ports[mid], name, protocol) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (hi < pod->nports && compare_port(&pod->ports[hi], name, protocol) == 0)
		hi++;
	*n = hi - lo;
	return *n > 0 ? &pod->ports[lo] : NULL;
}

struct ranges pod_port_numbers(struct arena *a, const struct pod *pod, const char *name,
			       enum protocol protocol)
{
	struct ranges out = { 0 };
	size_t n;
	const struct named_port *ports = pod_ports_named(pod, name, protocol, &n);

	for (size_t i = 0; i < n; i++)
		ranges_add(a, &out, (struct range){ ports[i].number, ports[i].number });
	return out;
}
