/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of a row as matches: in place where they are few, in a port chain that a
 * look-up jumps to otherwise, in a set where even a chain would be long.
 */
#include <netpolc/nft/lowering.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/names.h>

static const enum field port_field[PROTOCOLS] = { FIELD_TCP_DPORT, FIELD_UDP_DPORT,
						  FIELD_SCTP_DPORT };

/* Many ranges are one set, as long as sets last; else rules. */
static bool lower_port_set(struct lowering *l, struct chain *c,
			   const struct origin *origin, const struct ranges *ranges,
			   enum protocol p, struct verdict done)
{
	const char *name = name_port_ranges(l->arena, ranges, p);
	const struct set *known = ruleset_set(l->rs, name);
	struct set *set;

	if (!known) {
		if (l->port_sets == 0)
			return false;
		l->port_sets--;
		set = ruleset_add_set(l->rs, name, origin);
		set->nkeys = 1;
		set->key[0] = KEY_PORT;
		set->intervals = true;
		set->about = arena_printf(l->arena, "%s ports that rules allow together",
					  protocol_name(p));
		for (size_t i = 0; i < ranges->len; i++)
			set_add(l->rs, set,
				(struct element){ .lo = ranges->at[i].lo,
						  .hi = ranges->at[i].hi });
		known = set;
	}
	rule_verdict(l->rs,
		     rule_lookup(l->rs, chain_add_rule(l->rs, c, origin), known,
				 port_field[p], port_field[p]),
		     done);
	return true;
}

bool ports_are_simple(const struct portset *ports)
{
	size_t n = 0;

	for (int p = 0; p < PROTOCOLS; p++)
		n += ports->ports[p].len;
	return !ports->everything && n <= 2;
}

struct rule *match_ports(struct lowering *l, struct rule *r, enum protocol p,
			 const struct range *range)
{
	if (range->lo == 0 && range->hi == PORT_MAX)
		return rule_l4proto(l->rs, r, protocol_number(p));
	return rule_range(l->rs, r, port_field[p], range->lo, range->hi);
}

void lower_ports(struct lowering *l, struct chain *c, const struct origin *origin,
		 const struct portset *ports, struct verdict done)
{
	for (enum protocol p = 0; p < PROTOCOLS; p++) {
		const struct ranges *ranges = &ports->ports[p];

		if (ranges->len > l->opt->limits.inline_ports &&
		    lower_port_set(l, c, origin, ranges, p, done))
			continue;
		for (size_t i = 0; i < ranges->len; i++) {
			struct rule *r = match_ports(l, chain_add_rule(l->rs, c, origin),
						     p, &ranges->at[i]);

			rule_verdict(l->rs, r, done);
		}
	}
}

static const struct chain *make_port_chain(struct lowering *l, const struct place_in *in,
					   const struct portset *ports)
{
	struct chain *c =
		ruleset_add_chain(l->rs, name_ports(l->arena, ports, in->d), in->origin);
	BUF_AUTO text = { 0 };

	buf_printf(&text, "%s to: ", direction_name(in->d));
	portset_print(&text, ports);
	c->about = arena_strndup(l->arena, text.at, text.len);
	lower_ports(l, c, in->origin, ports, l->allow[in->d]);
	return c;
}

struct verdict port_verdict(struct lowering *l, const struct place_in *in,
			    const struct portset *ports)
{
	const struct chain **known = &l->port_chains[in->d][ports->id];

	if (ports->everything)
		return l->allow[in->d];
	if (!*known)
		*known = make_port_chain(l, in, ports);
	return (struct verdict){ VERDICT_JUMP, *known };
}
