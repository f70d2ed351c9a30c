/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: answers.
 *
 * An end of a connection is a pod, if it is one that policy knows, and one or more
 * points, each an atom in a family.  Rows answer for points; around them stand the
 * rules that need the whole connection: own node, a pod to itself, and that every
 * family which both ends have must allow.
 */
#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/core.h>

/* Where an end is in the address space; a pod without address is in any family. */
struct point {
	bool any_family;
	enum family family;
	uint32_t atom;
};

struct core {
	const struct settings *set;
	const struct decisions *dc;
	struct point *points;  /* of live pods and those without an address, by pod */
	uint32_t *first_point; /* by pod; one more at the end */
	const struct node_object **node_of_pod;
	size_t bytes;
};

struct end {
	uint32_t pod;			 /* NO_POD unless policy knows it as one */
	const struct address *addresses; /* when it is none */
	size_t naddresses;
	const struct point *points;
	size_t npoints;
};

struct points {
	struct point *at;
	size_t len, cap;
};

static void place_pod(struct arena *a, const struct classes *cs, const struct pod *pod,
		      uint32_t id, struct points *out)
{
	if (cs->atom_of_pod[id] != NO_ATOM)
		*ARENA_PUSH(a, out) = (struct point){ true, 0, cs->atom_of_pod[id] };
	for (size_t i = 0; pod_is_live(pod) && i < pod->naddresses; i++)
		*ARENA_PUSH(a, out) = (struct point){
			.family = pod->addresses[i].family,
			.atom = classes_find_address(cs, pod->addresses[i])->atom
		};
}

const struct core *core_build(struct ctx *cx, const struct decisions *dc)
{
	const struct cluster *cl = dc->cluster;
	struct core *core = ARENA_NEW(cx->arena, struct core);
	struct points points = { 0 };

	core->set = &cx->set;
	core->dc = dc;
	core->first_point = ARENA_ARRAY(cx->arena, cl->npods + 1, uint32_t);
	core->node_of_pod = ARENA_ARRAY(cx->arena, cl->npods, const struct node_object *);
	for (uint32_t id = 0; id < cl->npods; id++) {
		core->first_point[id] = (uint32_t)points.len;
		place_pod(cx->arena, dc->classes, &cl->pods[id], id, &points);
		if (cl->pods[id].node)
			core->node_of_pod[id] = cluster_node(cl, cl->pods[id].node);
	}
	core->first_point[cl->npods] = (uint32_t)points.len;
	core->points = points.at;
	core->bytes = points.len * sizeof(struct point) +
		      cl->npods * (sizeof(uint32_t) + sizeof(void *));
	return core;
}

/* Points of addresses that no live pod has: a literal one, or a node's. */
static void place_addresses(const struct core *core, struct end *end,
			    const struct address *addresses, size_t n, struct point *room)
{
	end->pod = NO_POD;
	end->addresses = addresses;
	end->naddresses = n;
	for (size_t i = 0; i < n; i++)
		room[i] = (struct point){ .family = addresses[i].family,
					  .atom = classes_interval_atom(core->dc->classes,
									addresses[i]) };
	end->points = room;
	end->npoints = n;
}

/* A pod has at most an address of each family (corev1.PodStatus.podIPs), but more
 * are taken as they come. */
#define ROOM 8

static bool find_end(const struct core *core, const struct endpoint *e, struct end *end,
		     struct point room[ROOM])
{
	const struct pod_address *held;
	const struct pod *pod;

	if (!e->is_pod) {
		place_addresses(core, end, &e->address, 1, room);
		held = classes_find_address(core->dc->classes, e->address);
		if (held) {
			end->pod = held->pod;
			room[0].atom = held->atom;
		}
		return true;
	}
	pod = &core->dc->cluster->pods[e->pod];
	if (pod->finished)
		return false;
	if (pod->host_network && pod->naddresses > 0) {
		place_addresses(core, end, pod->addresses,
				pod->naddresses < ROOM ? pod->naddresses : ROOM, room);
		return true;
	}
	end->pod = pod->host_network ? NO_POD : e->pod;
	end->points = core->points + core->first_point[e->pod];
	end->npoints = core->first_point[e->pod + 1] - core->first_point[e->pod];
	return true;
}

/* Whether other is an address of the node that pod runs on (SEMANTICS A 82). */
static bool own_node(const struct core *core, const struct end *pod,
		     const struct end *other)
{
	const struct node_object *node;

	if (pod->pod == NO_POD || other->pod != NO_POD)
		return false;
	node = core->node_of_pod[pod->pod];
	for (size_t i = 0; node && i < node->naddresses; i++)
		for (size_t j = 0; j < other->naddresses; j++)
			if (address_equal(node->addresses[i], other->addresses[j]))
				return true;
	return false;
}

/* Whether rules of one direction let the pod exchange with a point. */
static bool row_allows(const struct core *core, enum direction d, uint32_t pod,
		       const struct point *peer, unsigned protocol, uint16_t port,
		       bool *isolated)
{
	uint32_t class = pod == NO_POD ? NO_CLASS : core->dc->classes->of_pod[d][pod];

	if (class == NO_CLASS)
		return true;
	*isolated = true;
	return portset_contains(row_ports(core->dc->rows[d][class], peer->atom), protocol,
				port);
}

static enum reason decide_points(const struct core *core, const struct end *from,
				 const struct point *src, const struct end *to,
				 const struct point *dst, unsigned protocol,
				 uint16_t port)
{
	bool isolated = false;

	if (!row_allows(core, EGRESS, from->pod, dst, protocol, port, &isolated))
		return REASON_EGRESS;
	if (!row_allows(core, INGRESS, to->pod, src, protocol, port, &isolated))
		return REASON_INGRESS;
	return isolated ? REASON_RULES : REASON_OPEN;
}

static bool share_family(const struct core *core, const struct point *a,
			 const struct point *b, enum family *family)
{
	*family = a->any_family ? b->family : a->family;
	if (a->any_family && b->any_family)
		return true;
	if (!a->any_family && !b->any_family && a->family != b->family)
		return false;
	return core->set->families[*family];
}

static struct verdict_of_core decide_families(const struct core *core,
					      const struct end *from,
					      const struct end *to, unsigned protocol,
					      uint16_t port)
{
	struct verdict_of_core v = { .reason = REASON_NO_FAMILY };

	for (size_t i = 0; i < from->npoints; i++) {
		for (size_t j = 0; j < to->npoints; j++) {
			const struct point *src = &from->points[i], *dst = &to->points[j];
			enum family family;

			if (!share_family(core, src, dst, &family))
				continue;
			v.family = family;
			v.reason =
				decide_points(core, from, src, to, dst, protocol, port);
			v.allow = v.reason == REASON_OPEN || v.reason == REASON_RULES;
			if (!v.allow)
				return v;
		}
	}
	return v;
}

static bool families_meet(const struct core *core, const struct end *from,
			  const struct end *to)
{
	enum family family;

	for (size_t i = 0; i < from->npoints; i++)
		for (size_t j = 0; j < to->npoints; j++)
			if (share_family(core, &from->points[i], &to->points[j], &family))
				return true;
	return false;
}

struct verdict_of_core core_decide(const struct core *core, const struct endpoint *from,
				   const struct endpoint *to, unsigned protocol,
				   uint16_t port)
{
	struct point src_room[ROOM], dst_room[ROOM];
	struct end src = { 0 }, dst = { 0 };
	struct verdict_of_core v = { .reason = REASON_NO_ENDPOINT };

	if (!find_end(core, from, &src, src_room) || !find_end(core, to, &dst, dst_room))
		return v;
	if (!families_meet(core, &src, &dst)) {
		v.reason = REASON_NO_FAMILY;
		return v;
	}
	v.allow = true;
	if (src.pod != NO_POD && src.pod == dst.pod)
		v.reason = REASON_SELF;
	else if (own_node(core, &src, &dst) || own_node(core, &dst, &src))
		v.reason = REASON_OWN_NODE;
	else if (protocol == PROTO_OTHER && core->set->allow_other_protocols)
		v.reason = REASON_PROTOCOL;
	else
		return decide_families(core, &src, &dst, protocol, port);
	return v;
}

size_t core_bytes(const struct core *core)
{
	return core->bytes;
}
