/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished ruleset comes in; nothing goes out unless it breaks an invariant.
 * A firewall with a hole in it is worse than none, so these checks stay in every
 * build, and what they find ends the program before anything is emitted.
 */
#include <netpolc/base/arena.h>
#include <netpolc/nft/ruleset.h>

#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_NAME 255

__attribute__((noreturn, format(printf, 1, 2))) static void bug(const char *format, ...)
{
	va_list ap;

	fputs("netpolc: bug in the ruleset: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

#define REQUIRE(condition, ...)                                                          \
	do {                                                                             \
		if (!(condition))                                                        \
			bug(__VA_ARGS__);                                                \
	} while (0)

/* ---- names and comments ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void verify_name(const char *name, size_t longest)
{
	REQUIRE(is_letter(name[0]), "the name '%s' does not begin with a letter", name);
	REQUIRE(strlen(name) <= longest, "the name '%s' is too long", name);
	for (const char *c = name; *c; c++)
		REQUIRE(is_letter(*c) || is_digit(*c) || strchr("-_.", *c),
			"the name '%s' has a character that nft refuses", name);
}

/* What nft keeps as text: a comment, or a log's prefix. */
static void verify_text(const char *text, size_t longest)
{
	REQUIRE(strlen(text) <= longest, "the text '%s' is too long", text);
	for (const char *c = text; *c; c++)
		REQUIRE(is_letter(*c) || is_digit(*c) || strchr(" ./,:_+-", *c),
			"the text '%s' has a forbidden character", text);
}

/* ---- references ---- */

static void verify_verdict(const struct ruleset *rs, struct verdict v, const char *where)
{
	bool moves = v.kind == VERDICT_GOTO || v.kind == VERDICT_JUMP;

	REQUIRE(moves == (v.chain != NULL), "a verdict in %s lacks its chain, or has one",
		where);
	if (!moves)
		return;
	REQUIRE(v.chain->id < rs->nchains && rs->chains[v.chain->id] == v.chain,
		"%s leads to a chain that is not there", where);
	REQUIRE(!v.chain->base, "%s leads to a base chain", where);
}

static void verify_lookup(const struct ruleset *rs, const struct expr *e,
			  const char *where)
{
	const struct set *s = e->set;

	REQUIRE(s && s->id < rs->nsets && rs->sets[s->id] == s,
		"%s looks into a set that is not there", where);
	REQUIRE(!e->length || (s->nkeys == 1 && !s->intervals && s->key[0] != KEY_PORT),
		"%s cuts a field that it looks up as a whole", where);
	REQUIRE(!e->length || e->length < (s->key[0] == KEY_IPV4 ? 32 : 128),
		"%s cuts nothing off", where);
	REQUIRE(!s->map || !e->negate, "%s has a map answer what it does not hold",
		where);
	for (unsigned i = 0; i < s->nkeys; i++)
		REQUIRE(field_info(e->fields[i])->type == s->key[i],
			"%s looks into %s with a field of another type", where, s->name);
}

static void verify_range(const struct expr *e, const char *where)
{
	REQUIRE(e->lo <= e->hi, "%s has an empty range", where);
	REQUIRE(e->hi <= key_max(field_info(e->fields[0])->type),
		"%s has a range beyond its type", where);
}

/* ---- rules ---- */

static bool expr_ends(const struct expr *e)
{
	return e->kind == EXPR_VERDICT || e->kind == EXPR_REJECT ||
	       e->kind == EXPR_REJECT_TCP || (e->kind == EXPR_LOOKUP && e->set->map);
}

static bool matches_tcp(const struct expr *e)
{
	return e->kind == EXPR_L4PROTO && e->number == IPPROTO_TCP && !e->negate;
}

/* A name, or the beginning of names and a *. */
static void verify_link(const char *name, const char *where)
{
	char stem[IF_NAMESIZE] = "";
	size_t len = strcspn(name, "*");

	REQUIRE(len && len < sizeof(stem) && strlen(name) - len <= 1,
		"%s names no interface", where);
	memcpy(stem, name, len);
	REQUIRE(ifname_is_plain(stem), "%s names an odd interface", where);
}

static void verify_expr(const struct ruleset *rs, const struct expr *e, const char *where)
{
	switch (e->kind) {
	case EXPR_CT_STATE:
		REQUIRE(e->states && e->states <= (CT_INVALID | CT_ESTABLISHED |
						   CT_RELATED | CT_NEW),
			"%s asks for no ct state, or an unknown one", where);
		break;
	case EXPR_L4PROTO:
		REQUIRE(e->number <= UINT8_MAX, "%s has an unknown protocol", where);
		break;
	case EXPR_RANGE:
		verify_range(e, where);
		break;
	case EXPR_LOOKUP:
		verify_lookup(rs, e, where);
		break;
	case EXPR_COUNTER:
		REQUIRE(e->counter && ruleset_counter(rs, e->counter->name) == e->counter,
			"%s counts in a counter that is not there", where);
		break;
	case EXPR_VERDICT:
		REQUIRE(e->verdict.kind != VERDICT_NONE, "%s ends without a verdict",
			where);
		verify_verdict(rs, e->verdict, where);
		break;
	case EXPR_LIMIT:
		REQUIRE(e->number, "%s lets nothing through a limit", where);
		break;
	case EXPR_LOG:
		verify_text(e->prefix, RULESET_PREFIX);
		REQUIRE(e->group >= LOG_SYSLOG && e->group <= UINT16_MAX,
			"%s logs to no group", where);
		break;
	case EXPR_IIFNAME:
		verify_link(e->name, where);
		break;
	case EXPR_LOCAL:
		REQUIRE(field_info(e->fields[0])->type != KEY_PORT,
			"%s asks whose address a port is", where);
		break;
	case EXPR_MADE_HERE:
	case EXPR_ROUTED_BACK:
	case EXPR_NOT_SYN:
	case EXPR_ND:
	case EXPR_REJECT_TCP:
	case EXPR_REJECT:
		break;
	}
}

static void verify_rule(const struct ruleset *rs, const struct rule *r, const char *where)
{
	bool tcp = false;

	REQUIRE(r->len, "%s has a rule without an expression", where);
	for (size_t i = 0; i < r->len; i++) {
		const struct expr *e = &r->at[i];

		verify_expr(rs, e, where);
		REQUIRE(!expr_ends(e) || i + 1 == r->len, "%s goes on behind an end",
			where);
		REQUIRE((e->kind != EXPR_NOT_SYN && e->kind != EXPR_REJECT_TCP) || tcp,
			"%s speaks of TCP without matching it", where);
		tcp = tcp || matches_tcp(e);
	}
	REQUIRE(r->comment, "%s has a rule without a comment", where);
	verify_text(r->comment, RULESET_COMMENT);
}

static void verify_chain(const struct ruleset *rs, const struct chain *c)
{
	verify_name(c->name, RULESET_CHAIN_NAME);
	for (size_t i = 0; i < c->len; i++)
		verify_rule(rs, &c->at[i], c->name);
}

/* ---- elements ---- */

static void verify_element(const struct ruleset *rs, const struct set *s,
			   const struct element *e)
{
	REQUIRE(e->lo <= e->hi && e->hi <= key_max(s->key[s->nkeys - 1]),
		"%s has an element outside its type", s->name);
	REQUIRE(s->intervals || e->lo == e->hi, "%s has an interval", s->name);
	REQUIRE(e->first <= (s->nkeys > 1 ? key_max(s->key[0]) : 0),
		"%s has an element outside its type", s->name);
	REQUIRE(s->map == (e->verdict.kind != VERDICT_NONE),
		"%s has an element without a verdict, or with one", s->name);
	verify_verdict(rs, e->verdict, s->name);
}

static void verify_set(const struct ruleset *rs, const struct set *s)
{
	verify_name(s->name, RULESET_NAME);
	REQUIRE(s->nkeys == 1 || s->nkeys == 2, "%s has %u keys", s->name, s->nkeys);
	REQUIRE(!s->pipapo || (s->intervals && s->nkeys == 1 && s->key[0] != KEY_PORT),
		"%s is no set of ranges of addresses", s->name);
	for (size_t i = 0; i < s->len; i++) {
		const struct element *e = &s->at[i], *last = i ? e - 1 : NULL;

		verify_element(rs, s, e);
		REQUIRE(!last || last->first < e->first ||
				(last->first == e->first && last->hi < e->lo),
			"%s has elements that overlap", s->name);
	}
}

/* ---- paths ---- */

/* Chains and sets are the nodes of one graph: chains by id, sets behind them. */
struct graph {
	const struct ruleset *rs;
	unsigned *depths; /* by node, plus one; 0: not known yet */
	bool *walking;	  /* by node */
};

struct step {
	size_t node; /* SIZE_MAX: leads nowhere */
	unsigned jumps;
};

static struct step step_of_verdict(struct verdict v)
{
	return (struct step){ v.chain ? v.chain->id : SIZE_MAX, v.kind == VERDICT_JUMP };
}

/* Where the i-th rule of a chain, or element of a set, leads. */
static struct step step_from(const struct graph *g, size_t node, size_t i)
{
	const struct rule *r;
	const struct expr *end;

	if (node >= g->rs->nchains)
		return step_of_verdict(g->rs->sets[node - g->rs->nchains]->at[i].verdict);
	r = &g->rs->chains[node]->at[i];
	end = &r->at[r->len - 1];
	if (end->kind == EXPR_LOOKUP)
		return (struct step){ g->rs->nchains + end->set->id, 0 };
	return step_of_verdict(end->verdict);
}

static size_t steps_from(const struct graph *g, size_t node)
{
	if (node >= g->rs->nchains)
		return g->rs->sets[node - g->rs->nchains]->len;
	return g->rs->chains[node]->len;
}

/* The most jumps on a path from here.  The recursion is as deep as the longest
 * path, a handful of chains as lower builds them. */
static unsigned depth_from(const struct graph *g, size_t node)
{
	size_t n = steps_from(g, node);
	unsigned deepest = 0;

	if (g->depths[node])
		return g->depths[node] - 1;
	REQUIRE(!g->walking[node], "a path leads back to where it was");
	g->walking[node] = true;
	for (size_t i = 0; i < n; i++) {
		struct step step = step_from(g, node, i);
		unsigned depth = 0;

		if (step.node != SIZE_MAX)
			depth = depth_from(g, step.node) + step.jumps;
		deepest = depth > deepest ? depth : deepest;
	}
	g->walking[node] = false;
	g->depths[node] = deepest + 1;
	return deepest;
}

static void verify_depth(const struct ruleset *rs)
{
	struct arena *scratch = arena_new();
	size_t nodes = rs->nchains + rs->nsets;
	struct graph g = {
		.rs = rs,
		.depths = ARENA_ARRAY(scratch, nodes, unsigned),
		.walking = ARENA_ARRAY(scratch, nodes, bool),
	};

	for (size_t i = 0; i < rs->nchains; i++)
		REQUIRE(depth_from(&g, i) <= RULESET_JUMPS, "jumps from %s go too deep",
			rs->chains[i]->name);
	arena_free(scratch);
}

void ruleset_verify(const struct ruleset *rs)
{
	verify_name(rs->table, TABLE_NAME);
	for (size_t i = 0; i < rs->ncounters; i++)
		verify_name(rs->counters[i]->name, RULESET_NAME);
	for (size_t i = 0; i < rs->nsets; i++)
		verify_set(rs, rs->sets[i]);
	for (size_t i = 0; i < rs->nchains; i++)
		verify_chain(rs, rs->chains[i]);
	verify_depth(rs);
}
