/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: answers.
 *
 * Everything that a verdict needs is an index by then: an end of a connection has
 * a row for each direction that isolates it and an atom for each family it is in;
 * a row and an atom give a port set in a dense matrix; a port has a class, and the
 * port set a bit for it.  Around that stand the rules that need the
 * whole connection: own node, a pod to itself, and that every family which both
 * ends have must allow; or one of them, where neither has an address yet.
 *
 * Cost: per direction one cell and one bit.  Memory: 32 bytes a pod, 4 for each
 * (row, atom) pair, the address table, and the port classes.  A matrix beyond
 * MATRIX_MAX cells is not built, nor is one whose port sets would have more than
 * WORDS_MAX words of bits; rows are searched instead.
 */
#include <netpolc/policy/core.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/ends.h>
#include <netpolc/policy/locate.h>
#include <netpolc/policy/port_classes.h>

#define MATRIX_MAX ((size_t)1 << 27)
#define WORDS_MAX  ((size_t)1 << 24)

struct core {
	const struct settings *set;
	const struct decisions *dc;
	const struct locator *locator;
	const struct port_classes *ports; /* NULL: then there is no matrix */
	struct end *ends;		  /* by pod id */
	const struct node_object **node_of_pod;
	struct range nodes[FAMILIES]; /* all addresses of nodes lie in it */
	uint32_t *set_index;	      /* by port set id: its row of bits */
	uint32_t *matrix; /* by row id, then atom: index of the port set; or NULL */
	size_t natoms;
	struct core_size size;
};

/* ---- building ---- */

/* Port sets that rows use, in the order of rows. */
struct used_sets {
	const struct portset **at;
	size_t len, cap;
};

static void use_set(struct core *core, struct arena *a, struct used_sets *used,
		    const struct portset *set)
{
	if (core->set_index[set->id] != UINT32_MAX)
		return;
	core->set_index[set->id] = (uint32_t)used->len;
	*ARENA_PUSH(a, used) = set;
}

static void index_sets(struct core *core, struct arena *a, size_t words)
{
	const struct decisions *dc = core->dc;
	size_t nsets = portsets_len(dc->portsets);
	struct used_sets used = { 0 };

	core->set_index = ARENA_ARRAY(a, nsets, uint32_t);
	for (size_t i = 0; i < nsets; i++)
		core->set_index[i] = UINT32_MAX;
	for (size_t i = 0; i < dc->nrows; i++) {
		use_set(core, a, &used, dc->all_rows[i]->base);
		for (size_t c = 0; c < dc->all_rows[i]->ncells; c++)
			use_set(core, a, &used, dc->all_rows[i]->cells[c].ports);
	}
	core->ports = port_classes_build(a, used.at, used.len, words);
}

static void fill_matrix(struct core *core, struct arena *a, size_t most)
{
	const struct decisions *dc = core->dc;

	core->natoms = dc->classes->natoms; /* at least one: 0.0.0.0-255.255.255.255 */
	if (!core->ports || dc->nrows > most / core->natoms)
		return;
	core->matrix = ARENA_ARRAY(a, dc->nrows * core->natoms, uint32_t);
	for (size_t i = 0; i < dc->nrows; i++) {
		const struct row *row = dc->all_rows[i];
		uint32_t *cells = &core->matrix[i * core->natoms];

		for (size_t atom = 0; atom < core->natoms; atom++)
			cells[atom] = core->set_index[row->base->id];
		for (size_t c = 0; c < row->ncells; c++)
			cells[row->cells[c].atom] =
				core->set_index[row->cells[c].ports->id];
	}
	core->size.matrix = dc->nrows * core->natoms * sizeof(uint32_t);
}

/* Most addresses are seen to be no node's by their number alone. */
static void span_nodes(struct core *core, const struct cluster *cl)
{
	for (enum family f = 0; f < FAMILIES; f++)
		core->nodes[f] = RANGE_NONE;
	for (size_t i = 0; i < cl->nnodes; i++) {
		const struct node_object *node = &cl->nodes[i];

		for (size_t j = 0; j < node->naddresses; j++)
			range_widen(&core->nodes[node->addresses[j].family],
				    node->addresses[j].number);
	}
}

const struct core *core_build_within(struct ctx *cx, const struct decisions *dc,
				     size_t cells, size_t words)
{
	const struct cluster *cl = dc->cluster;
	struct core *core = ARENA_NEW(cx->arena, struct core);

	core->set = &cx->set;
	core->dc = dc;
	core->locator = locator_build(cx->arena, dc->classes);
	core->ends = ARENA_ARRAY(cx->arena, cl->npods, struct end);
	core->node_of_pod = ARENA_ARRAY(cx->arena, cl->npods, const struct node_object *);
	core->size.addresses = locator_bytes(core->locator);
	core->size.ends = cl->npods * (sizeof(*core->ends) + sizeof(*core->node_of_pod));
	for (uint32_t id = 0; id < cl->npods; id++) {
		core->ends[id] = end_of_pod(dc, id);
		if (cl->pods[id].node)
			core->node_of_pod[id] = cluster_node(cl, cl->pods[id].node);
	}
	span_nodes(core, cl);
	index_sets(core, cx->arena, words);
	core->size.ports = (core->ports ? core->ports->bytes : 0) +
			   portsets_len(dc->portsets) * sizeof(*core->set_index);
	fill_matrix(core, cx->arena, cells);
	return core;
}

const struct core *core_build(struct ctx *cx, const struct decisions *dc)
{
	return core_build_within(cx, dc, MATRIX_MAX, WORDS_MAX);
}

/* ---- asking ---- */

/* An address that a live pod has is that pod, with the family fixed. */
static void end_of_address(const struct core *core, struct address a, struct end *out)
{
	uint32_t pod, atom = locate(core->locator, a, &pod);

	*out = (struct end){ .pod = pod,
			     .row = { NO_ROW, NO_ROW },
			     .atom = { NO_ATOM, NO_ATOM } };
	out->atom[a.family] = atom;
	for (enum direction d = 0; pod != NO_POD && d < DIRECTIONS; d++)
		out->row[d] = core->ends[pod].row[d];
}

static const struct end *find_end(const struct core *core, const struct endpoint *e,
				  struct end *room)
{
	if (e->is_pod)
		return &core->ends[e->pod];
	end_of_address(core, e->address, room);
	return room;
}

static bool row_allows(const struct core *core, uint32_t row, uint32_t atom,
		       unsigned protocol, uint16_t port)
{
	if (row == NO_ROW)
		return true;
	if (!core->matrix)
		return portset_contains(row_ports(core->dc->all_rows[row], atom),
					protocol, port);
	return port_class_in(core->ports, core->matrix[row * core->natoms + atom],
			     port_class(core->ports, protocol, port));
}

/* The addresses of an end that is no pod to policy: literal, or a hostNetwork pod's. */
static size_t node_addresses(const struct core *core, const struct endpoint *e,
			     const struct address **out)
{
	*out = e->is_pod ? core->dc->cluster->pods[e->pod].addresses : &e->address;
	return e->is_pod ? core->dc->cluster->pods[e->pod].naddresses : 1;
}

/* Whether other is an address of the node that pod runs on (A 82). */
static bool own_node(const struct core *core, uint32_t pod, const struct endpoint *other)
{
	const struct node_object *node = core->node_of_pod[pod];
	const struct address *addresses;
	size_t n = node_addresses(core, other, &addresses);

	if (!other->is_pod &&
	    !range_has(&core->nodes[other->address.family], other->address.number))
		return false;
	for (size_t i = 0; node && i < node->naddresses; i++)
		for (size_t j = 0; j < n; j++)
			if (address_equal(node->addresses[i], addresses[j]))
				return true;
	return false;
}

static bool is_own_node(const struct core *core, const struct end *src,
			const struct endpoint *from, const struct end *dst,
			const struct endpoint *to)
{
	if (src->pod != NO_POD && dst->pod == NO_POD)
		return own_node(core, src->pod, to);
	if (src->pod == NO_POD && dst->pod != NO_POD)
		return own_node(core, dst->pod, from);
	return false;
}

/* Whether both ends have the family, and it is one to decide.  Ends without any
 * address meet whatever --family says. */
static bool meet_in(const struct core *core, const struct end *src, const struct end *dst,
		    enum family f)
{
	return src->atom[f] != NO_ATOM && dst->atom[f] != NO_ATOM &&
	       core->set->families[f];
}

static enum reason decide_in(const struct core *core, enum family f,
			     const struct end *src, const struct end *dst,
			     unsigned protocol, uint16_t port)
{
	bool isolated = src->row[EGRESS] != NO_ROW || dst->row[INGRESS] != NO_ROW;

	if (!row_allows(core, src->row[EGRESS], dst->atom[f], protocol, port))
		return REASON_EGRESS;
	if (!row_allows(core, dst->row[INGRESS], src->atom[f], protocol, port))
		return REASON_INGRESS;
	return isolated ? REASON_RULES : REASON_OPEN;
}

static struct verdict_of_core verdict_in(enum family f, enum reason reason)
{
	return (struct verdict_of_core){
		.allow = reason == REASON_RULES || reason == REASON_OPEN,
		.reason = reason,
		.family = f,
		.in = { f == FAMILY_IPV4, f == FAMILY_IPV6 },
	};
}

/* Where neither end has an address nobody knows yet which families these will be, and
 * one that allows is enough: a /0 of the cluster's only family is what people write when
 * they mean everybody. */
static struct verdict_of_core decide_bare(const struct core *core, const struct end *src,
					  const struct end *dst, unsigned protocol,
					  uint16_t port)
{
	struct verdict_of_core v[FAMILIES];

	for (enum family f = 0; f < FAMILIES; f++)
		v[f] = verdict_in(f, decide_in(core, f, src, dst, protocol, port));
	for (enum family f = 0; f < FAMILIES; f++)
		if (!core->set->families[f])
			return v[f == FAMILY_IPV4 ? FAMILY_IPV6 : FAMILY_IPV4];
	v[0].apart = v[1].apart = v[0].reason != v[1].reason;
	if (v[0].allow != v[1].allow)
		return v[v[1].allow];
	v[0].in[1] = true;
	return v[0];
}

/* All families that both ends have must allow. */
static struct verdict_of_core decide_rows(const struct core *core, const struct end *src,
					  const struct end *dst, unsigned protocol,
					  uint16_t port)
{
	struct verdict_of_core v = { .allow = true };

	if (src->bare && dst->bare)
		return decide_bare(core, src, dst, protocol, port);
	for (enum family f = 0; f < FAMILIES; f++) {
		if (!meet_in(core, src, dst, f))
			continue;
		v.family = f;
		v.reason = decide_in(core, f, src, dst, protocol, port);
		if (v.reason == REASON_EGRESS || v.reason == REASON_INGRESS)
			return verdict_in(f, v.reason);
		v.in[f] = true;
	}
	return v;
}

/* Ends of one pod are itself (A 83).  A contained pod may stand for two
 * that claim one name: then only the same address is. */
static bool is_itself(const struct core *core, const struct endpoint *from,
		      const struct endpoint *to)
{
	const struct endpoint *whole = from->is_pod ? from : to;
	const struct address literal = from->is_pod ? to->address : from->address;
	const struct pod *pod;

	if (from->is_pod && to->is_pod)
		return true;
	if (!whole->is_pod)
		return address_equal(from->address, to->address);
	pod = &core->dc->cluster->pods[whole->pod];
	for (size_t i = 0; i < pod->naddresses; i++)
		if (pod->addresses[i].family == literal.family &&
		    !address_equal(pod->addresses[i], literal))
			return false;
	return true;
}

static bool is_gone(const struct core *core, const struct endpoint *e)
{
	return e->is_pod && core->dc->cluster->pods[e->pod].finished;
}

struct verdict_of_core core_decide(const struct core *core, const struct endpoint *from,
				   const struct endpoint *to, unsigned protocol,
				   uint16_t port)
{
	struct end src_room, dst_room;
	const struct end *src = find_end(core, from, &src_room);
	const struct end *dst = find_end(core, to, &dst_room);
	struct verdict_of_core v = { .allow = false };

	if (!meet_in(core, src, dst, FAMILY_IPV4) &&
	    !meet_in(core, src, dst, FAMILY_IPV6)) {
		v.reason = is_gone(core, from) || is_gone(core, to) ? REASON_NO_ENDPOINT
								    : REASON_NO_FAMILY;
		return v;
	}
	v.allow = true;
	if (src->pod != NO_POD && src->pod == dst->pod && is_itself(core, from, to))
		v.reason = REASON_SELF;
	else if (is_own_node(core, src, from, dst, to))
		v.reason = REASON_OWN_NODE;
	else if (protocol == PROTO_OTHER && core->set->allow_other_protocols)
		v.reason = REASON_PROTOCOL;
	else
		return decide_rows(core, src, dst, protocol, port);
	return v;
}

enum reason core_reason_in(const struct core *core, const struct endpoint *from,
			   const struct endpoint *to, unsigned protocol, uint16_t port,
			   enum family family)
{
	struct end src_room, dst_room;
	const struct end *src = find_end(core, from, &src_room);
	const struct end *dst = find_end(core, to, &dst_room);

	if (!meet_in(core, src, dst, family))
		return REASON_NO_FAMILY;
	return decide_in(core, family, src, dst, protocol, port);
}

void core_expect(const struct core *core, uint32_t pod)
{
	__builtin_prefetch(&core->ends[pod]);
}

struct core_size core_size(const struct core *core)
{
	return core->size;
}
