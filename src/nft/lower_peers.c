/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers of a row as look-ups, in the forms that the plan chose.  What a later
 * look-up allows is allowed whatever an earlier one said: a port chain without a
 * match falls back here and the next line is asked.
 */
#include <netpolc/nft/lowering.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/names.h>

/* Which peers a rule is about: members of a set, or a range. */
struct peer_match {
	enum family family;
	const struct set *set; /* or NULL */
	unsigned length;       /* of the prefixes in set; 0: they are addresses */
	u128 lo, hi;
	const struct peer_list *except; /* members that are not meant, or NULL */
	const struct set *excepted;	/* the set of these, where they are no rules */
};

static struct rule *match_except(struct lowering *l, struct rule *r,
				 const struct place_in *in, const struct peer_match *m)
{
	enum field own = own_field(in->d, m->family);
	enum field peer = peer_field(in->d, m->family);

	if (!m->except)
		return r;
	for (size_t i = 0; i < m->except->len && !m->excepted; i++)
		rule_negate(rule_range(l->rs, r, peer, m->except->at[i].lo,
				       m->except->at[i].hi));
	if (m->excepted)
		rule_negate(rule_lookup(l->rs, r, m->excepted,
					m->excepted->nkeys > 1 ? own : peer, peer));
	return r;
}

static struct rule *match_peer(struct lowering *l, struct rule *r,
			       const struct place_in *in, const struct peer_match *m)
{
	enum field f = peer_field(in->d, m->family);

	if (m->set)
		rule_cut(rule_lookup(l->rs, r, m->set, f, f), m->length);
	else
		rule_range(l->rs, r, f, m->lo, m->hi);
	return match_except(l, r, in, m);
}

/* Rules that let the peers use the ports; a set is asked after the port, so that a
 * packet pays for at most one look-up. */
static void allow_peers(struct lowering *l, const struct place_in *in,
			const struct peer_match *m, const struct portset *ports)
{
	if (!ports_are_simple(ports)) {
		rule_verdict(l->rs,
			     match_peer(l, chain_add_rule(l->rs, in->chain, in->origin),
					in, m),
			     port_verdict(l, in, ports));
		return;
	}
	for (enum protocol p = 0; p < PROTOCOLS; p++) {
		for (size_t i = 0; i < ports->ports[p].len; i++) {
			const struct range *range = &ports->ports[p].at[i];
			struct rule *r = chain_add_rule(l->rs, in->chain, in->origin);

			if (m->set)
				r = match_peer(l, match_ports(l, r, p, range), in, m);
			else
				r = match_ports(l, match_peer(l, r, in, m), p, range);
			rule_verdict(l->rs, r, l->allow[in->d]);
		}
	}
}

static void lower_list_rules(struct lowering *l, const struct place_in *in, enum family f,
			     const struct peer_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct peer_match m = { .family = f,
					      .lo = list->at[i].lo,
					      .hi = list->at[i].hi };

		allow_peers(l, in, &m, list->at[i].ports);
	}
}

/* ---- sets of the row's own ---- */

/* What tells the sets of a row apart. */
struct own_set {
	const char *kind;
	bool intervals, pipapo;
	const char *holds; /* "pods" */
};

/* The set, or map where ports differ; NULL when it is there already: classes that share
 * the row share it. */
static struct set *new_own_set(struct lowering *l, const struct place_in *in,
			       struct peer_match *m, const struct row *row,
			       const struct own_set *own, bool map)
{
	const char *name = name_row(l->arena, l->dc, row, in->d, m->family, own->kind);
	struct set *set;

	m->set = ruleset_set(l->rs, name);
	if (m->set)
		return NULL;
	m->set = set =
		lowering_set(l, name, in->origin, m->family, 1, own->intervals, map);
	set->pipapo = own->pipapo;
	set->about = arena_printf(l->arena, "%s that %s allow", own->holds,
				  name_policies(l->arena, l->dc, in->class));
	return set;
}

static struct verdict own_verdict(struct lowering *l, const struct place_in *in,
				  const struct set *set, const struct portset *ports)
{
	return set->map ? port_verdict(l, in, ports)
			: (struct verdict){ .kind = VERDICT_NONE };
}

static void ask_own_set(struct lowering *l, const struct place_in *in,
			const struct peer_match *m, const struct portset *same)
{
	if (same)
		allow_peers(l, in, m, same);
	else
		match_peer(l, chain_add_rule(l->rs, in->chain, in->origin), in, m);
}

static struct own_set own_set_of(const struct lowering *l, const struct peer_list *list,
				 bool nets, bool same)
{
	struct own_set own = { same ? "pods" : "hosts", nets, false, "pods" };

	if (!nets)
		return own;
	own.holds = "addresses";
	own.pipapo = cost_prefers_pipapo(&l->opt->limits, list->len);
	if (own.pipapo)
		own.kind = same ? "pranges" : "pnets";
	else
		own.kind = same ? "ranges" : "nets";
	return own;
}

static void lower_list_map(struct lowering *l, const struct place_in *in, enum family f,
			   const struct row *row, const struct peer_list *list, bool nets)
{
	const struct portset *same = peer_list_ports(list);
	const struct own_set own = own_set_of(l, list, nets, same);
	struct peer_match m = { .family = f };
	struct set *set = new_own_set(l, in, &m, row, &own, !same);

	for (size_t i = 0; set && i < list->len; i++)
		set_add(l->rs, set,
			(struct element){
				.lo = list->at[i].lo,
				.hi = list->at[i].hi,
				.verdict = own_verdict(l, in, set, list->at[i].ports) });
	ask_own_set(l, in, &m, same);
}

static void add_level(struct lowering *l, const struct place_in *in, enum family f,
		      const struct peer_list *list, unsigned level, struct set *set)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct peer_range *r = &list->at[i];
		struct levels_walk w = levels_walk(&list->levels, level, f, r->lo, r->hi);
		struct element e = { .verdict = own_verdict(l, in, set, r->ports) };

		while (levels_next(&w, &e.lo)) {
			e.hi = e.lo;
			set_add(l->rs, set, e);
		}
	}
}

/* The ranges as prefixes, a set for each of their lengths. */
static void lower_list_levels(struct lowering *l, const struct place_in *in,
			      enum family f, const struct row *row,
			      const struct peer_list *list)
{
	const struct portset *same = peer_list_ports(list);

	for (unsigned i = 0; i < list->levels.n; i++) {
		unsigned length = list->levels.length[i];
		const struct own_set own = { .kind = arena_printf(
						     l->arena, "%s%u-",
						     same ? "ranges" : "nets", length),
					     .holds = "addresses" };
		struct peer_match m = { .family = f,
					.length = length < family_bits(f) ? length : 0 };
		struct set *set = new_own_set(l, in, &m, row, &own, !same);

		if (set)
			add_level(l, in, f, list, i, set);
		ask_own_set(l, in, &m, same);
	}
}

static void add_pairs_of(struct lowering *l, const struct place_in *in, u128 own,
			 const struct peer_list *list, struct set *set)
{
	for (size_t i = 0; i < list->len; i++) {
		struct element e = { .first = own,
				     .lo = list->at[i].lo,
				     .hi = list->at[i].hi };

		if (set->map)
			e.verdict = port_verdict(l, in, list->at[i].ports);
		set_add(l->rs, set, e);
	}
}

/* Each pod of the class with each address of the list. */
static void add_pairs(struct lowering *l, const struct place_in *in, enum family f,
		      const struct peer_list *list, struct set *set)
{
	for (size_t i = 0; i < in->class->pods.len; i++) {
		const struct pod *pod = &l->dc->cluster->pods[in->class->pods.at[i]];

		for (size_t a = 0; a < pod->naddresses; a++)
			if (pod->addresses[a].family == f)
				add_pairs_of(l, in, pod->addresses[a].number, list, set);
	}
}

/* A concatenated map and the chain that asks it: one rule for all classes, because
 * the kernel walks the whole map for each rule that is bound to it. */
static struct pairs *need_pairs(struct lowering *l, enum direction d, enum family f,
				bool nets)
{
	struct pairs *pairs = nets ? &l->net_pairs[d][f] : &l->pairs[d][f];
	const char *name = d == EGRESS ? (nets ? "e-netpairs" : "e-pairs")
				       : (nets ? "i-netpairs" : "i-pairs");

	if (pairs->set)
		return pairs;
	lowering_need(
		l, &pairs->set, name, f, 2, nets, true,
		nets ? "peers . own address, for classes without a map of their own"
		     : "own address . peer, for classes without a map of their own");
	pairs->chain = ruleset_add_chain(
		l->rs, arena_printf(l->arena, "ask-%s", pairs->set->name), NULL);
	pairs->chain->about = "where such classes ask it";
	rule_lookup(l->rs, chain_add_rule(l->rs, pairs->chain, NULL), pairs->set,
		    own_field(d, f), peer_field(d, f));
	return pairs;
}

static void lower_list_pairs(struct lowering *l, const struct place_in *in, enum family f,
			     const struct peer_list *list, bool nets)
{
	struct pairs *pairs = need_pairs(l, in->d, f, nets);

	add_pairs(l, in, f, list, pairs->set);
	rule_verdict(l->rs, chain_add_rule(l->rs, in->chain, in->origin),
		     (struct verdict){ VERDICT_JUMP, pairs->chain });
}

static void lower_list(struct lowering *l, const struct place_in *in, enum family f,
		       const struct row *row, const struct peer_list *list, bool nets)
{
	switch (list->form) {
	case LIST_EMPTY:
		break;
	case LIST_RULES:
		lower_list_rules(l, in, f, list);
		break;
	case LIST_MAP:
		lower_list_map(l, in, f, row, list, nets);
		break;
	case LIST_LEVELS:
		lower_list_levels(l, in, f, row, list);
		break;
	case LIST_PAIRS:
		lower_list_pairs(l, in, f, list, nets);
		break;
	}
}

/* ---- pools that rows share ---- */

static const struct set *pool_set(struct lowering *l, const struct shared_pool *pool)
{
	const struct classes *cs = l->dc->classes;
	const char *name = name_pool(l->arena, pool->key, pool->family);
	const struct set *known = ruleset_set(l->rs, name);
	bool *member;
	struct set *set;

	if (known)
		return known;
	set = lowering_set(l, name, NULL, pool->family, 1, false, false);
	set->about =
		arena_printf(l->arena, "pods that several policies allow: %s", pool->key);
	member = ARENA_ARRAY(l->arena, cs->natoms, bool);
	for (size_t i = 0; i < pool->natoms; i++)
		member[pool->atoms[i]] = true;
	for (size_t i = 0; i < cs->naddresses[pool->family]; i++) {
		const struct pod_address *a = &cs->addresses[pool->family][i];

		if (member[a->atom])
			set_add(l->rs, set,
				(struct element){ .lo = a->number, .hi = a->number });
	}
	return set;
}

static const struct set *except_own_set(struct lowering *l, const struct place_in *in,
					enum family f, const struct row *row,
					const struct peer_list *except)
{
	const struct own_set own = { .kind = "except", .holds = "pods but those" };
	struct peer_match m = { .family = f };
	struct set *set = new_own_set(l, in, &m, row, &own, false);

	for (size_t i = 0; set && i < except->len; i++)
		set_add(l->rs, set,
			(struct element){ .lo = except->at[i].lo,
					  .hi = except->at[i].hi });
	return m.set;
}

static const struct set *except_pairs(struct lowering *l, const struct place_in *in,
				      enum family f, const struct peer_list *except)
{
	struct set *set = lowering_need(
		l, &l->except[in->d][f], in->d == EGRESS ? "e-except" : "i-except", f, 2,
		false, false, "own address . pod that its policies do not allow");

	add_pairs(l, in, f, except, set);
	return set;
}

static void lower_shared(struct lowering *l, const struct place_in *in, enum family f,
			 const struct row *row, const struct shared_use *use)
{
	struct peer_match m = { .family = f,
				.set = pool_set(l, use->pool),
				.except = &use->except };

	if (use->except.form == LIST_MAP)
		m.excepted = except_own_set(l, in, f, row, &use->except);
	else if (use->except.form == LIST_PAIRS)
		m.excepted = except_pairs(l, in, f, &use->except);
	allow_peers(l, in, &m, use->ports);
}

void lower_peers(struct lowering *l, const struct place_in *in, enum family f,
		 const struct row *row)
{
	const struct row_plan *plan = &l->plan->rows[in->d][f][row->id];

	lower_list(l, in, f, row, &plan->hosts, false);
	for (size_t i = 0; i < plan->nshared; i++)
		lower_shared(l, in, f, row, &plan->shared[i]);
	lower_list(l, in, f, row, &plan->nets, true);
}
