/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions and the plan.  Out: the ruleset.
 *
 *     table inet netpolc
 *       chain forward        hook forward, policy accept
 *         (with --hook postrouting it is called so, and begins with: iif 0, that is
 *         made here, accept)
 *         (with --anti-spoof: source not routed back, jump spoof: by a pod's interface
 *         dropped)
 *         ct state established,related accept
 *         TCP, not a plain SYN, ct state invalid,new   jump midstream
 *         (with --other-protocols allow: what is not TCP, UDP or SCTP accept)
 *         ip saddr vmap @egress4, ip6 saddr vmap @egress6     goto the class chain
 *         ip daddr vmap @ingress4, ip6 daddr vmap @ingress6   goto the class chain
 *         (with --unknown-pods deny, behind either line: in the pods' range, but not in
 *         @known, goto e-unknown or i-unknown, which end as class chains do)
 *       chain ingress        where egress chains go on
 *         ip daddr vmap @ingress4, ip6 daddr vmap @ingress6
 *         accept             (explicit: a chain may have jumped on the way here)
 *       chain midstream      goto orphan when either end is isolated
 *       chain orphan         as a class chain ends: stray, log, count, deny
 *       chain e-… and i-…    one per class and direction; peer is the other end
 *         peer vmap @hosts   pods that have more than the ranges around them
 *         peer @pods         members of a pool that several classes allow,
 *           peer != @except  but those that this one does not
 *         peer vmap @nets    other addresses: peer & mask where prefixes of few lengths
 *           do, peer . family where they are many
 *         (a plain set, or rules with the addresses, where one port set or few
 *         addresses make a map needless)
 *         jump ask-…         instead of maps of its own: own . peer vmap @pairs
 *         ports that any peer may use
 *         own . peer @self   a pod may talk to itself
 *         ICMPv6             jump discovery
 *         ct state invalid   counted as stray, dropped
 *         (with --log: logged, so often a second)
 *         counted as the class's, goto denied (with --mode audit: allowed)
 *       chain p-…            one per port set and direction; no match falls back
 *       chain discovery      neighbour and router discovery, MLD accept
 *       chain denied         drop, or reject (not with --mode audit)
 *       chain state          digest, layout, version
 *
 * Verdicts: an egress chain says "goto ingress" where an ingress chain says
 * "accept".  A look-up that does not decide, or a port chain without a match,
 * falls to the next line; everything a later line allows is allowed anyway.
 *
 * Order is for the packets that are many: whatever only few need (discovery, a
 * pod's talk to itself) is asked last, and a plain SYN leaves the midstream rule
 * at its flags, before connection tracking is asked.
 */
#include <netpolc/nft/lowering.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/names.h>

#include <assert.h>
#include <netinet/in.h>

#define UNKNOWN_SETS (2 * FAMILIES) /* that tell unknown pods */

enum field own_field(enum direction d, enum family f)
{
	if (f == FAMILY_IPV4)
		return d == EGRESS ? FIELD_IP_SADDR : FIELD_IP_DADDR;
	return d == EGRESS ? FIELD_IP6_SADDR : FIELD_IP6_DADDR;
}

enum field peer_field(enum direction d, enum family f)
{
	return own_field(d == EGRESS ? INGRESS : EGRESS, f);
}

struct set *lowering_set(struct lowering *l, const char *name,
			 const struct origin *origin, enum family f, unsigned nkeys,
			 bool intervals, bool map)
{
	struct set *s = ruleset_add_set(l->rs, name, origin);

	assert(s); /* 80 bits of digest tell names apart */
	s->nkeys = nkeys;
	s->key[0] = s->key[1] = f == FAMILY_IPV4 ? KEY_IPV4 : KEY_IPV6;
	s->intervals = intervals;
	s->map = map;
	return s;
}

struct set *lowering_need(struct lowering *l, struct set **set, const char *name,
			  enum family f, unsigned nkeys, bool intervals, bool map,
			  const char *about)
{
	if (!*set) {
		*set = lowering_set(
			l, arena_printf(l->arena, "%s%d", name, f == FAMILY_IPV4 ? 4 : 6),
			NULL, f, nkeys, intervals, map);
		(*set)->about = about;
	}
	return *set;
}

/* ---- classes ---- */

static void add_member(struct lowering *l, const struct place_in *in, struct address a)
{
	static const char *const about[DIRECTIONS] = { "pods isolated for ingress",
						       "pods isolated for egress" };
	struct set *dispatch =
		lowering_need(l, &l->dispatch[in->d][a.family], direction_name(in->d),
			      a.family, 1, false, true, about[in->d]);

	set_add(l->rs, dispatch,
		(struct element){ .lo = a.number,
				  .hi = a.number,
				  .verdict = { VERDICT_GOTO, in->chain } });
}

/* What is allowed whatever policy says. */
static void lower_exempt(struct lowering *l, const struct place_in *in,
			 const bool member[FAMILIES])
{
	struct ruleset *rs = l->rs;
	struct rule *r;

	for (enum family f = 0; f < FAMILIES; f++) {
		if (!member[f])
			continue;
		r = chain_add_rule(rs, in->chain, in->origin);
		rule_lookup(rs, r, l->self[f], own_field(EGRESS, f),
			    own_field(INGRESS, f));
		rule_verdict(rs, r, l->allow[in->d]);
	}
	if (member[FAMILY_IPV6]) {
		r = chain_add_rule(rs, in->chain, in->origin);
		rule_l4proto(rs, r, IPPROTO_ICMPV6);
		rule_verdict(rs, r, (struct verdict){ VERDICT_JUMP, l->discovery });
	}
}

static void lower_base(struct lowering *l, const struct place_in *in,
		       const struct row *row)
{
	size_t nranges = 0;

	for (int p = 0; p < PROTOCOLS; p++)
		nranges += row->base->ports[p].len;
	if (nranges <= l->opt->limits.inline_ports)
		lower_ports(l, in->chain, in->origin, row->base, l->allow[in->d]);
	else
		rule_verdict(l->rs, chain_add_rule(l->rs, in->chain, in->origin),
			     port_verdict(l, in, row->base));
}

/* npods: those of the class that have an address here. */
static struct place_in open_chain(struct lowering *l, const struct class *class,
				  size_t npods)
{
	static const struct origin nowhere = { 0 };
	struct place_in in = { .class = class,
			       .d = class->direction,
			       .origin = &nowhere };
	const char *policies = name_policies(l->arena, l->dc, class);

	if (class->npolicies > 0)
		in.origin = &l->dc->cluster->policies[class->policies[0]].origin;
	in.chain =
		ruleset_add_chain(l->rs, name_class(l->arena, l->dc, class), in.origin);
	assert(in.chain); /* as for sets */
	in.chain->policies = policies;
	in.chain->about = arena_printf(l->arena, "%s of %zu pod%s: %s",
				       direction_name(in.d), COUNTED(npods), policies);
	return in;
}

/* How many pods of the class have addresses in enforced families, and in which. */
static size_t find_families(const struct lowering *l, const struct class *class,
			    bool member[FAMILIES])
{
	size_t npods = 0;

	for (size_t i = 0; i < class->pods.len; i++) {
		const struct pod *pod = &l->dc->cluster->pods[class->pods.at[i]];
		bool any = false;

		for (size_t a = 0; a < pod->naddresses; a++)
			if (l->cx->set.families[pod->addresses[a].family])
				any = member[pod->addresses[a].family] = true;
		npods += any;
	}
	return npods;
}

static void add_members(struct lowering *l, const struct place_in *in)
{
	for (size_t i = 0; i < in->class->pods.len; i++) {
		const struct pod *pod = &l->dc->cluster->pods[in->class->pods.at[i]];

		for (size_t a = 0; a < pod->naddresses; a++)
			if (l->cx->set.families[pod->addresses[a].family])
				add_member(l, in, pod->addresses[a]);
	}
}

static void lower_class(struct lowering *l, enum direction d, size_t index)
{
	const struct class *class = &l->dc->classes->at[d][index];
	const struct row *row = l->dc->rows[d][index];
	bool member[FAMILIES] = { false };
	struct place_in in;
	size_t npods;

	if (!plan_needs_chain(l->dc, d, index))
		return;
	npods = find_families(l, class, member);
	if (npods == 0)
		return;
	in = open_chain(l, class, npods);
	add_members(l, &in);
	for (enum family f = 0; f < FAMILIES; f++)
		if (member[f])
			lower_peers(l, &in, f, row);
	lower_base(l, &in, row);
	lower_exempt(l, &in, member);
	lower_denial(l, &in);
}

/* ---- what is there once ---- */

static struct chain *fixed_chain(struct lowering *l, const char *name, const char *about)
{
	struct chain *c = ruleset_add_chain(l->rs, name, NULL);

	c->about = about;
	return c;
}

/* Every isolated address once, whatever isolates it. */
static void lower_isolated(struct lowering *l)
{
	for (uint32_t id = 0; id < l->dc->cluster->npods; id++) {
		const struct pod *pod = &l->dc->cluster->pods[id];
		bool isolated = plan_isolates(l->dc, id);

		for (size_t a = 0; isolated && a < pod->naddresses; a++) {
			enum family f = pod->addresses[a].family;
			struct element e = { .lo = pod->addresses[a].number,
					     .hi = pod->addresses[a].number };

			if (!l->cx->set.families[f])
				continue;
			set_add(l->rs,
				lowering_need(l, &l->isolated[f], "isolated", f, 1, false,
					      false, "pods isolated in either direction"),
				e);
			e.first = e.lo;
			set_add(l->rs,
				lowering_need(l, &l->self[f], "self", f, 2, false, false,
					      "each isolated pod and itself"),
				e);
		}
	}
}

static void lower_forward(struct lowering *l)
{
	struct ruleset *rs = l->rs;
	const struct verdict accept = { .kind = VERDICT_ACCEPT };
	struct rule *r;

	if (l->opt->late)
		rule_verdict(rs, rule_made_here(rs, chain_add_rule(rs, l->forward, NULL)),
			     accept);
	lower_spoof(l);
	r = chain_add_rule(rs, l->forward, NULL);
	rule_verdict(rs, rule_ct_state(rs, r, CT_ESTABLISHED | CT_RELATED), accept);
	if (l->midstream) {
		r = chain_add_rule(rs, l->forward, NULL);
		rule_not_syn(rs, rule_l4proto(rs, r, IPPROTO_TCP));
		rule_ct_state(rs, r, CT_INVALID | CT_NEW);
		rule_verdict(rs, r, (struct verdict){ VERDICT_JUMP, l->midstream });
	}
	if (l->cx->set.allow_other_protocols) {
		r = chain_add_rule(rs, l->forward, NULL);
		for (enum protocol p = 0; p < PROTOCOLS; p++)
			rule_negate(rule_l4proto(rs, r, protocol_number(p)));
		rule_verdict(rs, r, accept);
	}
}

static void lower_dispatch(struct lowering *l, struct chain *c, enum direction d)
{
	for (enum family f = 0; f < FAMILIES; f++)
		if (l->dispatch[d][f])
			rule_lookup(l->rs, chain_add_rule(l->rs, c, NULL),
				    l->dispatch[d][f], own_field(d, f), own_field(d, f));
	for (enum family f = 0; f < FAMILIES; f++)
		lower_unknown_dispatch(l, c, d, f);
}

/* The class chains of a direction, and the look-ups that lead there. */
static void lower_direction(struct lowering *l, enum direction d)
{
	for (size_t i = 0; i < l->dc->classes->len[d]; i++)
		lower_class(l, d, i);
	lower_unknown(l, d);
	lower_dispatch(l, l->forward, d);
}

/* Where egress chains go on: as forward does, but a chain may have jumped on the
 * way here, and would go on behind the jump without a verdict. */
static void lower_ingress(struct lowering *l)
{
	lower_dispatch(l, l->ingress, INGRESS);
	rule_verdict(l->rs, chain_add_rule(l->rs, l->ingress, NULL), l->allow[INGRESS]);
}

/* What the class chains will lead to. */
struct needs {
	bool egress, ipv6;
};

static struct needs find_needs(const struct lowering *l)
{
	struct needs needs = { lowering_has_unknown(l),
			       l->pod_ranges[FAMILY_IPV6].len || l->opt->anti_spoof };

	for (enum direction d = 0; d < DIRECTIONS; d++) {
		for (size_t i = 0; i < l->dc->classes->len[d]; i++) {
			bool member[FAMILIES] = { false };

			if (!plan_needs_chain(l->dc, d, i) ||
			    !find_families(l, &l->dc->classes->at[d][i], member))
				continue;
			needs.egress |= d == EGRESS;
			needs.ipv6 |= member[FAMILY_IPV6];
		}
	}
	return needs;
}

/* Makes the chains that others refer to, so far without rules. */
static void open_table(struct lowering *l)
{
	struct needs needs;

	l->rs = ruleset_new(l->arena, l->opt->table, l->opt->priority);
	lower_known(l);
	needs = find_needs(l);
	l->forward = fixed_chain(l, l->opt->late ? HOOK_POSTROUTING : HOOK_FORWARD,
				 "every packet that this machine forwards");
	l->forward->base = true;
	if (needs.egress)
		l->ingress =
			fixed_chain(l, "ingress",
				    "the source may send: may the destination receive?");
	if (needs.ipv6) {
		l->discovery =
			fixed_chain(l, "discovery", "what IPv6 does not work without");
		rule_verdict(l->rs,
			     rule_nd(l->rs, chain_add_rule(l->rs, l->discovery, NULL)),
			     (struct verdict){ .kind = VERDICT_ACCEPT });
	}
	if (!l->opt->audit)
		l->denied = fixed_chain(l, "denied", "what no rule allows");
	l->stray = ruleset_add_counter(l->rs, "stray");
	l->allow[EGRESS] = (struct verdict){ VERDICT_GOTO, l->ingress };
	l->allow[INGRESS] = (struct verdict){ .kind = VERDICT_ACCEPT };
}

struct lower_options lower_defaults(void)
{
	return (struct lower_options){ .table = "netpolc",
				       .priority = -1,
				       .limits = cost_limits() };
}

const struct ruleset *lower(struct ctx *cx, const struct decisions *dc,
			    const struct lower_options *opt)
{
	struct lowering l = { .cx = cx, .arena = cx->arena, .dc = dc, .opt = opt };
	struct lower_limits limits = opt->limits;

	if (cx->set.deny_unknown)
		limits.sets -= limits.sets < UNKNOWN_SETS ? limits.sets : UNKNOWN_SETS;
	l.plan = plan_build(cx, dc, &limits);
	if (!l.plan)
		return NULL;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		l.port_chains[d] = ARENA_ARRAY(l.arena, portsets_len(dc->portsets),
					       const struct chain *);
	if (limits.sets > l.plan->sets)
		l.port_sets = limits.sets - l.plan->sets;
	open_table(&l);
	lower_isolated(&l);
	lower_midstream(&l);
	lower_forward(&l);
	lower_direction(&l, EGRESS);
	if (l.ingress)
		ruleset_move_last(l.rs, l.ingress);
	lower_direction(&l, INGRESS);
	if (l.ingress)
		lower_ingress(&l);
	if (l.discovery)
		ruleset_move_last(l.rs, l.discovery);
	lower_denied(&l);
	ruleset_finish(l.rs);
	return l.rs;
}
