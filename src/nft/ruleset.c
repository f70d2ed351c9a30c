/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Items come in one by one, a table of structs goes out.  Names are kept in a
 * hash set per kind, so that adding and finding cost the same however many
 * there are; what the whole must look like is ruleset_finish()'s business.
 */
#include <netpolc/nft/ruleset.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

#include <net/if.h>
#include <string.h>

const uint8_t nd_types[ND_TYPES] = { 130, 131, 132, 133, 134, 135, 136, 143 };

const char *const ct_state_names[CT_STATES] = { "invalid", "established", "related",
						"new" };

/* Counters, sets and chains; each begins with its name. */
struct ruleset_names {
	struct hashset *counters, *sets, *chains;
};

static uint64_t named_hash(const void *item, uint64_t seed)
{
	const char *const *name = item;

	return hash_bytes(*name, strlen(*name), seed);
}

static bool named_equal(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y) == 0;
}

static const struct hashset_type named = { named_hash, named_equal };

static const char *copy(const struct ruleset *rs, const char *name)
{
	return arena_strndup(rs->arena, name, strlen(name));
}

static struct expr *add_expr(struct ruleset *rs, struct rule *r, enum expr_kind kind)
{
	struct expr *e = ARENA_PUSH(rs->arena, r);

	e->kind = kind;
	return e;
}

const struct field_info *field_info(enum field f)
{
	static const struct field_info fields[] = {
		[FIELD_IP_SADDR] = { "ip", "saddr", KEY_IPV4 },
		[FIELD_IP_DADDR] = { "ip", "daddr", KEY_IPV4 },
		[FIELD_IP6_SADDR] = { "ip6", "saddr", KEY_IPV6 },
		[FIELD_IP6_DADDR] = { "ip6", "daddr", KEY_IPV6 },
		[FIELD_TCP_DPORT] = { "tcp", "dport", KEY_PORT },
		[FIELD_UDP_DPORT] = { "udp", "dport", KEY_PORT },
		[FIELD_SCTP_DPORT] = { "sctp", "dport", KEY_PORT },
	};

	return &fields[f];
}

const char *key_name(enum key_type k)
{
	static const char *const names[] = {
		[KEY_IPV4] = "ipv4_addr",
		[KEY_IPV6] = "ipv6_addr",
		[KEY_PORT] = "inet_service",
	};

	return names[k];
}

const char *key_family(enum key_type k)
{
	return k == KEY_IPV4 ? "ipv4" : "ipv6";
}

u128 key_mask(enum key_type k, unsigned length)
{
	return key_max(k) & ~(key_max(k) >> length);
}

void key_print(struct buf *out, enum key_type k, u128 value)
{
	enum family f = k == KEY_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6;

	if (k == KEY_PORT)
		buf_putu(out, (uint64_t)value);
	else
		buf_end(out, address_put(buf_room(out, ADDRESS_TEXT - 1), f, value));
}

void verdict_print(struct buf *out, struct verdict v)
{
	static const char *const words[] = {
		[VERDICT_NONE] = "",	  [VERDICT_ACCEPT] = "accept",
		[VERDICT_DROP] = "drop",  [VERDICT_GOTO] = "goto ",
		[VERDICT_JUMP] = "jump ",
	};

	buf_puts(out, words[v.kind]);
	if (v.chain)
		buf_puts(out, v.chain->name);
}

u128 key_max(enum key_type k)
{
	if (k == KEY_PORT)
		return UINT16_MAX;
	return family_max(k == KEY_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6);
}

size_t key_bytes(enum key_type k)
{
	static const size_t bytes[] = {
		[KEY_IPV4] = 4,
		[KEY_IPV6] = 16,
		[KEY_PORT] = 2,
	};

	return bytes[k];
}

int key_prefix(enum key_type k, u128 lo, u128 hi)
{
	if (k == KEY_PORT || lo == hi)
		return -1;
	return range_prefix(k == KEY_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6,
			    (struct range){ lo, hi });
}

struct chain *ruleset_add_chain(struct ruleset *rs, const char *name,
				const struct origin *origin)
{
	struct chain *c = ARENA_NEW(rs->arena, struct chain);

	c->name = copy(rs, name);
	if (origin)
		c->origin = *origin;
	if (hashset_add(rs->names->chains, c) != c)
		return NULL;
	c->id = rs->nchains;
	rs->chains = arena_more(rs->arena, rs->chains, rs->nchains, &rs->hcap,
				sizeof(struct chain *));
	rs->chains[rs->nchains++] = c;
	return c;
}

struct set *ruleset_add_set(struct ruleset *rs, const char *name,
			    const struct origin *origin)
{
	struct set *s = ARENA_NEW(rs->arena, struct set);

	s->name = copy(rs, name);
	if (origin)
		s->origin = *origin;
	if (hashset_add(rs->names->sets, s) != s)
		return NULL;
	s->id = rs->nsets;
	rs->sets = arena_more(rs->arena, rs->sets, rs->nsets, &rs->scap,
			      sizeof(struct set *));
	rs->sets[rs->nsets++] = s;
	return s;
}

struct counter *ruleset_add_counter(struct ruleset *rs, const char *name)
{
	struct counter *c = ARENA_NEW(rs->arena, struct counter);

	c->name = copy(rs, name);
	if (hashset_add(rs->names->counters, c) != c)
		return NULL;
	rs->counters = arena_more(rs->arena, rs->counters, rs->ncounters, &rs->ccap,
				  sizeof(struct counter *));
	rs->counters[rs->ncounters++] = c;
	return c;
}

const struct chain *ruleset_chain(const struct ruleset *rs, const char *name)
{
	return hashset_find(rs->names->chains, &name);
}

const struct set *ruleset_set(const struct ruleset *rs, const char *name)
{
	return hashset_find(rs->names->sets, &name);
}

const struct counter *ruleset_counter(const struct ruleset *rs, const char *name)
{
	return hashset_find(rs->names->counters, &name);
}

void ruleset_move_last(struct ruleset *rs, struct chain *c)
{
	for (size_t i = c->id; i + 1 < rs->nchains; i++) {
		rs->chains[i] = rs->chains[i + 1];
		rs->chains[i]->id = i;
	}
	c->id = rs->nchains - 1;
	rs->chains[c->id] = c;
}

struct rule *chain_add_rule(struct ruleset *rs, struct chain *c,
			    const struct origin *origin)
{
	struct rule *r = ARENA_PUSH(rs->arena, c);

	if (origin)
		r->origin = *origin;
	return r;
}

struct rule *rule_ct_state(struct ruleset *rs, struct rule *r, unsigned states)
{
	add_expr(rs, r, EXPR_CT_STATE)->states = states;
	return r;
}

struct rule *rule_l4proto(struct ruleset *rs, struct rule *r, unsigned number)
{
	add_expr(rs, r, EXPR_L4PROTO)->number = number;
	return r;
}

struct rule *rule_not_syn(struct ruleset *rs, struct rule *r)
{
	add_expr(rs, r, EXPR_NOT_SYN);
	return r;
}

struct rule *rule_nd(struct ruleset *rs, struct rule *r)
{
	add_expr(rs, r, EXPR_ND);
	return r;
}

struct rule *rule_range(struct ruleset *rs, struct rule *r, enum field f, u128 lo,
			u128 hi)
{
	struct expr *e = add_expr(rs, r, EXPR_RANGE);

	e->fields[0] = f;
	e->lo = lo;
	e->hi = hi;
	return r;
}

struct rule *rule_lookup(struct ruleset *rs, struct rule *r, const struct set *set,
			 enum field first, enum field second)
{
	struct expr *e = add_expr(rs, r, EXPR_LOOKUP);

	e->set = set;
	e->fields[0] = first;
	e->fields[1] = second;
	return r;
}

struct rule *rule_cut(struct rule *r, unsigned length)
{
	r->at[r->len - 1].length = length;
	return r;
}

struct rule *rule_negate(struct rule *r)
{
	r->at[r->len - 1].negate = true;
	return r;
}

struct rule *rule_counter(struct ruleset *rs, struct rule *r, const struct counter *c)
{
	add_expr(rs, r, EXPR_COUNTER)->counter = c;
	return r;
}

struct rule *rule_reject(struct ruleset *rs, struct rule *r, bool tcp)
{
	add_expr(rs, r, tcp ? EXPR_REJECT_TCP : EXPR_REJECT);
	return r;
}

struct rule *rule_verdict(struct ruleset *rs, struct rule *r, struct verdict v)
{
	add_expr(rs, r, EXPR_VERDICT)->verdict = v;
	return r;
}

struct rule *rule_routed_back(struct ruleset *rs, struct rule *r)
{
	add_expr(rs, r, EXPR_ROUTED_BACK);
	return r;
}

struct rule *rule_local(struct ruleset *rs, struct rule *r, enum field f)
{
	add_expr(rs, r, EXPR_LOCAL)->fields[0] = f;
	return r;
}

const char *chain_hook(const char *chain)
{
	return strcmp(chain, HOOK_POSTROUTING) ? HOOK_FORWARD : HOOK_POSTROUTING;
}

struct rule *rule_made_here(struct ruleset *rs, struct rule *r)
{
	add_expr(rs, r, EXPR_MADE_HERE);
	return r;
}

bool ifname_is_plain(const char *name)
{
	return *name && strlen(name) < IF_NAMESIZE &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789._-")];
}

struct rule *rule_iifname(struct ruleset *rs, struct rule *r, const char *name)
{
	add_expr(rs, r, EXPR_IIFNAME)->name = name;
	return r;
}

struct rule *rule_limit(struct ruleset *rs, struct rule *r, unsigned rate)
{
	add_expr(rs, r, EXPR_LIMIT)->number = rate;
	return r;
}

struct rule *rule_log(struct ruleset *rs, struct rule *r, const char *prefix, int group)
{
	struct expr *e = add_expr(rs, r, EXPR_LOG);

	e->prefix = prefix;
	e->group = group;
	return r;
}

bool set_range_leads(const struct set *s)
{
	return s->intervals && s->nkeys > 1;
}

void set_add(struct ruleset *rs, struct set *s, struct element e)
{
	struct element *slot = ARENA_PUSH(rs->arena, s);

	*slot = e;
}

size_t ruleset_elements(const struct ruleset *rs)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->nsets; i++)
		n += rs->sets[i]->len;
	return n;
}

static size_t chain_anonymous_sets(const struct chain *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->len; i++)
		for (size_t j = 0; j < c->at[i].len; j++)
			n += c->at[i].at[j].kind == EXPR_ND;
	return n;
}

size_t ruleset_count_sets(const struct ruleset *rs)
{
	size_t n = rs->nsets;

	for (size_t i = 0; i < rs->nchains; i++)
		n += chain_anonymous_sets(rs->chains[i]);
	return n;
}

struct ruleset *ruleset_new(struct arena *a, const char *table, int priority)
{
	struct ruleset *rs = ARENA_NEW(a, struct ruleset);

	rs->arena = a;
	rs->table = arena_strndup(a, table, strlen(table));
	rs->priority = priority;
	rs->version = NETPOLC_VERSION;
	rs->names = ARENA_NEW(a, struct ruleset_names);
	rs->names->counters = hashset_new(a, &named);
	rs->names->sets = hashset_new(a, &named);
	rs->names->chains = hashset_new(a, &named);
	return rs;
}
