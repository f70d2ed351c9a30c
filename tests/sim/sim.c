/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset and a packet come in, a verdict and the length of the way to it go
 * out.  One loop over a stack of places in chains: goto replaces the top, jump
 * pushes, a chain's end pops, and the end of the base chain is its policy.
 */
#include "sim.h"

#include <netinet/in.h>
#include <string.h>

#define STACK 16

/* A place in a chain: the next rule to look at. */
struct frame {
	const struct chain *chain;
	size_t rule;
};

struct walk {
	const struct ruleset *rs;
	const struct packet *packet;
	struct frame stack[STACK];
	size_t depth; /* frames in use */
	enum direction direction;
	struct sim_result result;
	bool over;
};

/* ---- packets ---- */

/* The value of a field; false when the packet has no such field. */
static bool packet_field(const struct packet *p, enum field f, u128 *value)
{
	switch (f) {
	case FIELD_IP_SADDR:
		*value = p->saddr;
		return p->family == FAMILY_IPV4;
	case FIELD_IP_DADDR:
		*value = p->daddr;
		return p->family == FAMILY_IPV4;
	case FIELD_IP6_SADDR:
		*value = p->saddr;
		return p->family == FAMILY_IPV6;
	case FIELD_IP6_DADDR:
		*value = p->daddr;
		return p->family == FAMILY_IPV6;
	case FIELD_TCP_DPORT:
		*value = p->dport;
		return p->protocol == IPPROTO_TCP;
	case FIELD_UDP_DPORT:
		*value = p->dport;
		return p->protocol == IPPROTO_UDP;
	case FIELD_SCTP_DPORT:
		*value = p->dport;
		return p->protocol == IPPROTO_SCTP;
	}
	return false;
}

static bool is_icmpv6(const struct packet *p)
{
	return p->family == FAMILY_IPV6 && p->protocol == IPPROTO_ICMPV6;
}

static bool is_discovery(const struct packet *p)
{
	return (p->icmp_type >= 130 && p->icmp_type <= 136) || p->icmp_type == 143;
}

/* ---- sets ---- */

static bool at_or_before(const struct element *e, u128 first, u128 value)
{
	return e->first < first || (e->first == first && e->lo <= value);
}

/* The element that holds (first, value), or NULL. */
static const struct element *find(const struct set *s, u128 first, u128 value)
{
	size_t lo = 0, hi = s->len;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (at_or_before(&s->at[middle], first, value))
			lo = middle + 1;
		else
			hi = middle;
	}
	if (!lo || s->at[lo - 1].first != first || s->at[lo - 1].hi < value)
		return NULL;
	return &s->at[lo - 1];
}

/* ---- rules ---- */

/* What an expression leads to: the rule goes on, it does not match, or a verdict. */
enum step { STEP_ON, STEP_NO_MATCH, STEP_VERDICT };

static enum step matches(bool yes)
{
	return yes ? STEP_ON : STEP_NO_MATCH;
}

/* Where the destination's side begins. */
static bool is_ingress_dispatch(const struct set *s)
{
	return strcmp(s->name, "ingress4") == 0 || strcmp(s->name, "ingress6") == 0;
}

static enum step look_up(struct walk *w, const struct expr *e, struct verdict *v)
{
	const struct element *found;
	u128 key[2] = { 0 };

	for (unsigned i = 0; i < e->set->nkeys; i++)
		if (!packet_field(w->packet, e->fields[i], &key[i]))
			return STEP_NO_MATCH;
	if (e->length)
		key[0] &= key_mask(e->set->key[0], e->length);
	if (is_ingress_dispatch(e->set))
		w->direction = INGRESS;
	w->result.lookups[w->direction]++;
	found = e->set->nkeys > 1 ? find(e->set, key[0], key[1])
				  : find(e->set, 0, key[0]);
	if (!e->set->map)
		return matches(e->negate != (found != NULL));
	if (!found)
		return STEP_NO_MATCH;
	*v = found->verdict;
	return STEP_VERDICT;
}

static enum step discover(struct walk *w)
{
	if (!is_icmpv6(w->packet))
		return STEP_NO_MATCH;
	w->result.lookups[w->direction]++;
	return matches(is_discovery(w->packet));
}

static enum step in_range(const struct walk *w, const struct expr *e)
{
	u128 value;

	if (!packet_field(w->packet, e->fields[0], &value))
		return STEP_NO_MATCH;
	return matches(e->negate != (value >= e->lo && value <= e->hi));
}

static enum step not_syn(const struct packet *p)
{
	const uint8_t mask = TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK;

	return matches(p->protocol == IPPROTO_TCP && (p->tcp_flags & mask) != TCP_SYN);
}

static enum step routed_back(struct walk *w, const struct expr *e)
{
	const struct packet *p = w->packet;

	w->result.lookups[w->direction]++; /* of a route, which is dearer */
	return matches(e->negate == (p->misrouted || p->from_here));
}

static enum step came_from(const struct packet *p, const char *name)
{
	size_t len = strcspn(name, "*");

	return matches(p->iifname && strncmp(p->iifname, name, len) == 0 &&
		       (name[len] || !p->iifname[len]));
}

static enum step is_local(struct walk *w, const struct expr *e)
{
	const struct packet *p = w->packet;
	bool source = e->fields[0] == FIELD_IP_SADDR || e->fields[0] == FIELD_IP6_SADDR;

	w->result.lookups[w->direction]++;
	return matches(e->negate != (source ? p->from_here : p->to_here));
}

static enum step count(struct sim_result *r, const struct counter *c)
{
	if (r->ncounters < sizeof(r->counters) / sizeof(r->counters[0]))
		r->counters[r->ncounters++] = c;
	return STEP_ON;
}

static enum step log_it(struct sim_result *r, const char *prefix)
{
	if (r->nlogs < sizeof(r->logs) / sizeof(r->logs[0]))
		r->logs[r->nlogs++] = prefix;
	return STEP_ON;
}

static void end(struct walk *w, enum sim_verdict verdict)
{
	w->result.verdict = verdict;
	w->over = true;
}

static enum step reject(struct walk *w)
{
	end(w, SIM_REJECT);
	return STEP_VERDICT;
}

static enum step run_expr(struct walk *w, const struct expr *e, struct verdict *v)
{
	const struct packet *p = w->packet;

	switch (e->kind) {
	case EXPR_CT_STATE:
		return matches(p->state & e->states);
	case EXPR_L4PROTO:
		return matches((p->protocol == e->number) != e->negate);
	case EXPR_NOT_SYN:
		return not_syn(p);
	case EXPR_ND:
		return discover(w);
	case EXPR_RANGE:
		return in_range(w, e);
	case EXPR_LOOKUP:
		return look_up(w, e, v);
	case EXPR_COUNTER:
		return count(&w->result, e->counter);
	case EXPR_REJECT_TCP:
		return p->protocol == IPPROTO_TCP ? reject(w) : STEP_NO_MATCH;
	case EXPR_REJECT:
		return reject(w);
	case EXPR_VERDICT:
		*v = e->verdict;
		return STEP_VERDICT;
	case EXPR_ROUTED_BACK:
		return routed_back(w, e);
	case EXPR_IIFNAME:
		return came_from(p, e->name);
	case EXPR_MADE_HERE:
		return matches(p->made_here);
	case EXPR_LOCAL:
		return is_local(w, e);
	case EXPR_LIMIT:
		return STEP_ON;
	case EXPR_LOG:
		return log_it(&w->result, e->prefix);
	}
	return STEP_NO_MATCH;
}

/* VERDICT_NONE when the next rule is to be looked at (or all is over). */
static struct verdict run_rule(struct walk *w, const struct rule *r)
{
	struct verdict v = { .kind = VERDICT_NONE };

	for (size_t i = 0; i < r->len; i++)
		if (run_expr(w, &r->at[i], &v) != STEP_ON)
			break;
	return v;
}

/* ---- chains ---- */

static void enter(struct walk *w, const struct chain *c)
{
	w->stack[w->depth - 1] = (struct frame){ c, 0 };
}

static void push(struct walk *w, const struct chain *c)
{
	if (w->depth == STACK) {
		end(w, SIM_DROP);
		return;
	}
	w->depth++;
	enter(w, c);
	if (w->depth - 1 > w->result.jumps)
		w->result.jumps = (unsigned)w->depth - 1;
}

static void act(struct walk *w, struct verdict v)
{
	switch (v.kind) {
	case VERDICT_NONE:
		break;
	case VERDICT_ACCEPT:
		end(w, SIM_ACCEPT);
		break;
	case VERDICT_DROP:
		end(w, SIM_DROP);
		break;
	case VERDICT_GOTO:
		enter(w, v.chain);
		break;
	case VERDICT_JUMP:
		push(w, v.chain);
		break;
	}
}

struct sim_result sim_run(const struct ruleset *rs, const struct packet *packet)
{
	struct walk w = { .rs = rs, .packet = packet, .direction = EGRESS };

	for (size_t i = 0; i < rs->nchains && !w.depth; i++)
		if (rs->chains[i]->base)
			w.stack[w.depth++] = (struct frame){ rs->chains[i], 0 };
	while (w.depth && !w.over) {
		struct frame *top = &w.stack[w.depth - 1];

		if (top->rule == top->chain->len)
			w.depth--;
		else
			act(&w, run_rule(&w, &top->chain->at[top->rule++]));
	}
	return w.result;
}

const char *sim_check_bounds(const struct ruleset *rs, const struct sim_result *result)
{
	if (result->lookups[EGRESS] > SIM_LOOKUPS)
		return "more than 8 look-ups for egress";
	if (result->lookups[INGRESS] > SIM_LOOKUPS)
		return "more than 8 look-ups for ingress";
	if (result->jumps > RULESET_JUMPS)
		return "jumps deeper than 5";
	if (ruleset_count_sets(rs) > SIM_SETS)
		return "more than 512 sets and maps";
	return NULL;
}
