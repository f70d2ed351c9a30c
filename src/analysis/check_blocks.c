/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the ipBlocks of a policy.  Out: those that cover pods, and entries of except that
 * leave out nothing.
 *
 * An entry leaves out nothing if the decisions for what it covers allow all that the
 * rule does: other entries leave it out as well, or another peer, rule or policy lets it
 * in again (A 66).
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/analysis/needs.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>

/* A rule and what it is asked about. */
struct place_of_block {
	uint32_t policy;
	enum direction direction;
	const struct policy_rule *rule;
	const struct resolved_rule *resolved;
	const struct policy_peer *peer;
	const struct id_list *classes; /* that the policy isolates */
};

/* ---- pods ------------------------------------------------------------------------- */

static size_t addresses_up_to(const struct classes *cs, enum family f, u128 number)
{
	return number == family_max(f) ? cs->naddresses[f]
				       : classes_addresses_below(cs, f, number + 1);
}

static void check_covered(struct checking *ck, const struct place_of_block *at,
			  const struct peer *peer)
{
	const struct classes *cs = ck->dc->classes;
	enum family f = peer->family;
	const struct pod_address *first = NULL;
	char address[ADDRESS_TEXT];
	BUF_AUTO name = { 0 };
	size_t n = 0;

	if (!check_spend(ck, 8 * peer->addresses.len))
		return;
	for (size_t i = 0; i < peer->addresses.len; i++) {
		const struct range *r = &peer->addresses.at[i];
		size_t from = classes_addresses_below(cs, f, r->lo);
		size_t end = addresses_up_to(cs, f, r->hi);

		if (!first && end > from)
			first = &cs->addresses[f][from];
		n += end - from;
	}
	if (!first)
		return;
	pod_print(&name, ck->cluster, first->pod);
	diag_add(ck->cx->diags, DIAG_BLOCK_PODS, &at->peer->origin,
		 "ipBlock '%s' covers %zu address%s of pods, such as '%s' of %s: pods "
		 "come and go, and their addresses with them",
		 at->peer->block->cidr_text, n, n == 1 ? "" : "es",
		 address_text(address, (struct address){ f, first->number }), name.at);
}

/* ---- except ----------------------------------------------------------------------- */

/* The interval that has the address. */
static size_t interval_of(const struct classes *cs, enum family f, u128 number)
{
	size_t lo = 0, hi = cs->nintervals[f];

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (cs->intervals[f][mid].lo <= number)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Whether the row allows the ports to every address of the range. */
static bool allows_range(struct checking *ck, const struct row *row, enum family f,
			 const struct range *r, const struct portset *ports)
{
	const struct classes *cs = ck->dc->classes;
	size_t first = classes_addresses_below(cs, f, r->lo),
	       end = addresses_up_to(cs, f, r->hi);
	size_t interval = interval_of(cs, f, r->lo), last = interval_of(cs, f, r->hi);

	if (!check_spend(ck, 16 + 8 * (end - first + last - interval)))
		return false;
	for (size_t i = first; i < end; i++)
		if (!portset_includes(row_ports(row, cs->addresses[f][i].atom), ports))
			return false;
	for (size_t i = interval; i <= last; i++)
		if (!portset_includes(row_ports(row, cs->intervals[f][i].atom), ports))
			return false;
	return true;
}

/* A /0 without except is everybody of its family, also pods that have no address yet. */
static bool allows_bare(struct checking *ck, const struct row *row, enum family f,
			const struct portset *ports)
{
	const uint32_t *atoms = ck->dc->classes->atom_of_pod[f];

	if (!check_spend(ck, 4 * ck->cluster->npods))
		return false;
	for (size_t i = 0; i < ck->cluster->npods; i++)
		if (atoms[i] != NO_ATOM &&
		    !portset_includes(row_ports(row, atoms[i]), ports))
			return false;
	return true;
}

/* What the entry leaves out, and no other one.  Of equal entries it is the first. */
static struct ranges left_out(struct checking *ck, const struct ip_block *block,
			      size_t index)
{
	struct ranges out = { 0 };

	ranges_add(ck->scratch, &out, prefix_range(block->except[index]));
	for (size_t i = 0; i < block->nexcept && out.len > 0; i++)
		if (i != index &&
		    (i < index ||
		     !prefix_covers(block->except[i], block->except[index]) ||
		     !prefix_covers(block->except[index], block->except[i])))
			ranges_subtract(ck->scratch, &out,
					prefix_range(block->except[i]));
	return out;
}

static bool is_allowed_anyhow(struct checking *ck, const struct place_of_block *at,
			      const struct ranges *hole)
{
	const struct classes *cs = ck->dc->classes;
	const struct ip_block *block = at->peer->block;
	bool last = block->cidr.length == 0 && block->nexcept == 1;

	if (at->classes->len == 0 || at->resolved->nnames > 0)
		return false;
	for (size_t c = 0; c < at->classes->len; c++) {
		uint32_t number = at->classes->at[c];
		const struct class *class = &cs->at[at->direction][number];
		const struct row *row = ck->dc->rows[at->direction][number];
		const struct portset *ports =
			needs_ports(ck, class, at->rule, at->resolved);

		if (last && !allows_bare(ck, row, block->cidr.base.family, ports))
			return false;
		for (size_t i = 0; i < hole->len; i++)
			if (!allows_range(ck, row, block->cidr.base.family, &hole->at[i],
					  ports))
				return false;
	}
	return true;
}

static void check_except(struct checking *ck, const struct place_of_block *at,
			 size_t index)
{
	const struct ip_block *block = at->peer->block;
	const struct origin *origin =
		block->except_origins ? &block->except_origins[index] : &at->peer->origin;
	struct ranges hole;

	if (!check_spend(ck, 4 * block->nexcept))
		return;
	hole = left_out(ck, block, index);
	if (hole.len == 0)
		diag_add(ck->cx->diags, DIAG_USELESS_EXCEPT, origin,
			 "except '%s' leaves out nothing that the others do not leave "
			 "out already",
			 block->except_text[index]);
	else if (is_allowed_anyhow(ck, at, &hole))
		diag_add(ck->cx->diags, DIAG_USELESS_EXCEPT, origin,
			 "except '%s' leaves out nothing: other peers or rules allow "
			 "these addresses as much",
			 block->except_text[index]);
}

/* ---- policies -----------------------------------------------------------------------
 */

static struct id_list classes_of(struct checking *ck, uint32_t policy, enum direction d)
{
	const struct classes *cs = ck->dc->classes;
	const struct pod_set *subjects = &ck->dc->sets->subjects[policy];
	struct id_list out = { 0 };

	for (size_t i = 0; i < subjects->len; i++) {
		uint32_t number = cs->of_pod[d][subjects->at[i]];
		const struct class *class =
			number == NO_CLASS ? NULL : &cs->at[d][number];

		if (class && class->pods.at[0] == subjects->at[i] &&
		    ids_find(class->policies, class->npolicies, policy))
			*ARENA_PUSH(ck->scratch, &out) = number;
	}
	return out;
}

static void check_peers_of(struct checking *ck, struct place_of_block *at)
{
	for (size_t k = 0; k < at->resolved->npeers; k++) {
		at->peer = &at->rule->peers[k];
		if (!at->peer->block)
			continue;
		check_covered(ck, at, &ck->dc->sets->peers[at->resolved->peers[k]]);
		for (size_t i = 0; i < at->peer->block->nexcept; i++)
			check_except(ck, at, i);
	}
}

static bool has_block(const struct policy *p, enum direction d)
{
	for (size_t r = 0; r < p->nrules[d]; r++)
		for (size_t k = 0; k < p->rules[d][r].npeers; k++)
			if (p->rules[d][r].peers[k].block)
				return true;
	return false;
}

void check_blocks(struct checking *ck, uint32_t policy)
{
	const struct policy *p = &ck->cluster->policies[policy];

	for (enum direction d = 0; d < DIRECTIONS; d++) {
		struct place_of_block at = { .policy = policy, .direction = d };
		struct id_list classes;

		if (!p->isolates[d] || !has_block(p, d) ||
		    !check_spend(ck, ck->dc->sets->subjects[policy].len))
			continue;
		classes = classes_of(ck, policy, d);
		at.classes = &classes;
		for (size_t r = 0; r < p->nrules[d]; r++) {
			at.rule = &p->rules[d][r];
			at.resolved = &ck->dc->sets->rules[d][policy][r];
			if (!at.rule->invalid)
				check_peers_of(ck, &at);
		}
	}
}
