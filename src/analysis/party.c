/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * party - a selector, a Service or a CIDR comes in, endpoints go out
 */
#include <netpolc/analysis/party.h>

#include <netpolc/base/arena.h>

struct endpoints {
	struct endpoint *at;
	size_t len, cap;
};

const struct endpoint *party_at(const struct party *p, size_t i)
{
	return p->at ? &p->at[i] : &p->one;
}

/* ---- pods ---- */

struct party party_of_pods(struct arena *a, const struct cluster *cl,
			   const struct namespace *ns, const struct selector *sel)
{
	struct endpoints all = { 0 };

	for (uint32_t id = ns->first_pod; id < ns->first_pod + ns->pods; id++) {
		const struct pod *pod = &cl->pods[id];

		if (pod_is_live(pod) && !pod->replica &&
		    selector_matches(sel, &pod->labels))
			*ARENA_PUSH(a, &all) =
				(struct endpoint){ .is_pod = true, .pod = id };
	}
	return (struct party){ .at = all.at, .len = all.len };
}

static struct endpoints pods_behind(struct arena *a, const struct cluster *cl,
				    const struct service *service, bool terminating)
{
	const struct namespace *ns = cluster_namespace(cl, service->space);
	struct endpoints all = { 0 };

	for (uint32_t i = 0; ns && i < ns->pods; i++) {
		const struct pod *pod = &cl->pods[ns->first_pod + i];

		if (!pod->finished && !pod->replica && (terminating || !pod->deleting) &&
		    selector_matches(service->selector, &pod->labels))
			*ARENA_PUSH(a, &all) =
				(struct endpoint){ .is_pod = true,
						   .pod = ns->first_pod + i };
	}
	return all;
}

struct party party_of_service(struct arena *a, const struct cluster *cl,
			      const struct service *service)
{
	struct endpoints all = pods_behind(a, cl, service, service->unready);

	if (!all.len)
		all = pods_behind(a, cl, service, true);
	return (struct party){ .at = all.at, .len = all.len, .service = service };
}

/* ---- addresses ---- */

static void add_address(struct arena *a, struct endpoints *all, enum family f, u128 n)
{
	*ARENA_PUSH(a, all) = (struct endpoint){ .address = { f, n } };
}

/* The addresses of Nodes in the range. */
static struct ranges nodes_within(struct arena *a, const struct cluster *cl,
				  enum family f, struct range r)
{
	struct ranges found = { 0 };

	for (size_t i = 0; i < cl->nnodes; i++) {
		for (size_t j = 0; j < cl->nodes[i].naddresses; j++) {
			struct address node = cl->nodes[i].addresses[j];

			if (node.family == f && node.number >= r.lo &&
			    node.number <= r.hi)
				*ARENA_PUSH(a, &found) =
					(struct range){ node.number, node.number };
		}
	}
	ranges_settle(&found);
	return found;
}

/* Adds the pods' addresses in the range, one by one; returns them. */
static struct ranges add_pods(struct arena *a, const struct classes *cs, enum family f,
			      struct range r, struct endpoints *all)
{
	struct ranges found = { 0 };

	for (size_t i = 0; i < cs->naddresses[f]; i++) {
		u128 n = cs->addresses[f][i].number;

		if (n < r.lo || n > r.hi)
			continue;
		add_address(a, all, f, n);
		ranges_add(a, &found, (struct range){ n, n });
	}
	return found;
}

static void add_nodes(struct arena *a, enum family f, const struct ranges *nodes,
		      struct endpoints *all)
{
	for (size_t i = 0; i < nodes->len; i++)
		for (u128 n = 0; n <= nodes->at[i].hi - nodes->at[i].lo; n++)
			add_address(a, all, f, nodes->at[i].lo + n);
}

/* The first of the range; but what begins with 0 is nobody's to send from. */
static u128 typical(struct range r)
{
	return r.lo ? r.lo : r.hi / 3;
}

/* One address of each atom that the others of the range have. */
static void add_others(struct arena *a, const struct classes *cs, enum family f,
		       const struct ranges *others, struct endpoints *all)
{
	bool *seen = ARENA_ARRAY(a, cs->natoms, bool);

	for (size_t i = 0; i < cs->nintervals[f]; i++) {
		const struct interval *in = &cs->intervals[f][i];
		struct range range = { in->lo, in->hi };
		const struct ranges interval = { .at = &range, .len = 1 };
		struct ranges part;

		if (seen[in->atom])
			continue;
		part = ranges_intersect(a, others, &interval);
		if (!part.len)
			continue;
		seen[in->atom] = true;
		add_address(a, all, f, typical(part.at[0]));
	}
}

struct party party_of_block(struct arena *a, const struct decisions *dc,
			    struct prefix block)
{
	enum family f = block.base.family;
	struct range range = prefix_range(block);
	const struct ranges whole = { .at = &range, .len = 1 };
	struct endpoints all = { 0 };
	struct ranges pods = add_pods(a, dc->classes, f, range, &all);
	struct ranges nodes = nodes_within(a, dc->cluster, f, range);
	struct ranges others = ranges_difference(a, &whole, &pods);

	nodes = ranges_difference(a, &nodes, &pods);
	others = ranges_difference(a, &others, &nodes);
	add_nodes(a, f, &nodes, &all);
	add_others(a, dc->classes, f, &others, &all);
	return (struct party){ .at = all.at, .len = all.len };
}
