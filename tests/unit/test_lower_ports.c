/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lower: what ports become - rules, sets or chains - and what becomes of them when
 * no set is left.
 */
#include "lowered.h"

#include <netpolc/nft/lowering.h>

#define ODD_2		"{port: 1}, {port: 3}"
#define ODD_3		ODD_2 ", {port: 5}"
#define WHOLE(protocol) "{protocol: " protocol "}"

/* The first chain whose name begins so, or NULL. */
static const struct chain *chain_like(const struct ruleset *rs, const char *begins)
{
	for (size_t i = 0; i < rs->nchains; i++)
		if (strncmp(rs->chains[i]->name, begins, strlen(begins)) == 0)
			return rs->chains[i];
	return NULL;
}

static size_t count_port_sets(const struct ruleset *rs)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->nsets; i++)
		n += rs->sets[i]->key[0] == KEY_PORT;
	return n;
}

static const char *const field_text[] = {
	[FIELD_TCP_DPORT] = "tcp", [FIELD_UDP_DPORT] = "udp", [FIELD_SCTP_DPORT] = "sctp"
};

static void print_expr(struct buf *out, const struct expr *e)
{
	if (e->kind == EXPR_L4PROTO && !e->negate)
		buf_printf(out, "protocol %u", e->number);
	else if (e->kind == EXPR_RANGE && e->fields[0] >= FIELD_TCP_DPORT)
		buf_printf(out, "%s %u-%u", field_text[e->fields[0]], (unsigned)e->lo,
			   (unsigned)e->hi);
	else if (e->kind == EXPR_LOOKUP && e->set->key[0] == KEY_PORT)
		buf_printf(out, "%s in %zu", field_text[e->fields[0]], e->set->len);
	else if (e->kind == EXPR_VERDICT && e->verdict.kind == VERDICT_JUMP)
		buf_printf(out, "jump %.*s",
			   (int)(strrchr(e->verdict.chain->name, '-') -
				 e->verdict.chain->name),
			   e->verdict.chain->name);
	else if (e->kind == EXPR_VERDICT)
		verdict_print(out, e->verdict);
	else
		buf_puts(out, "?");
}

/* The rules of a chain up to its look-up of self, "match verdict | ..." */
static const char *rules_text(struct arena *a, const struct chain *c)
{
	BUF_AUTO out = { 0 };

	for (size_t i = 0; c && i < c->len; i++) {
		const struct rule *r = &c->at[i];

		if (r->at[0].kind == EXPR_LOOKUP && r->at[0].set->nkeys == 2)
			break;
		buf_puts(&out, i ? " | " : "");
		for (size_t k = 0; k < r->len; k++) {
			buf_puts(&out, k ? " " : "");
			print_expr(&out, &r->at[k]);
		}
	}
	return arena_strndup(a, out.at ? out.at : "", out.len);
}

/* ---- ports that any peer may use ---- */

static const struct {
	const char *what, *ports;
	size_t inline_ports;
	const char *class_chain, *port_chain;
} cases[] = {
	{ "one port", "{port: 80}", 8, "tcp 80-80 accept", "" },
	{ "a whole protocol", WHOLE("TCP"), 8, "protocol 6 accept", "" },
	{ "a whole UDP", WHOLE("UDP"), 8, "protocol 17 accept", "" },
	{ "a whole SCTP", WHOLE("SCTP"), 8, "protocol 132 accept", "" },
	{ "a whole protocol from two ranges",
	  "{port: 1, endPort: 65535}, {protocol: TCP}", 8, "protocol 6 accept", "" },
	{ "all but port 0 is no whole protocol", "{port: 1, endPort: 65535}", 8,
	  "tcp 1-65535 accept", "" },
	{ "nor one that only ends as one", "{port: 65535}", 8, "tcp 65535-65535 accept",
	  "" },
	{ "all three protocols", WHOLE("TCP") ", " WHOLE("UDP") ", " WHOLE("SCTP"), 8,
	  "protocol 6 accept | protocol 17 accept | protocol 132 accept", "" },
	{ "a range", "{port: 80, endPort: 90}", 8, "tcp 80-90 accept", "" },
	{ "as many as may be in place", ODD_3, 3,
	  "tcp 1-1 accept | tcp 3-3 accept | tcp 5-5 accept", "" },
	{ "one more is a chain with a set", ODD_3, 2, "jump p-i-tcp1",
	  "tcp in 3 accept" },
	{ "as many as may be, of all protocols together",
	  "{port: 1}, {port: 1, protocol: UDP}, {port: 1, protocol: SCTP}", 3,
	  "tcp 1-1 accept | udp 1-1 accept | sctp 1-1 accept", "" },
	{ "too many of all together: a chain of rules",
	  "{port: 1}, {port: 1, protocol: UDP}, {port: 1, protocol: SCTP}", 2,
	  "jump p-i-tcp1", "tcp 1-1 accept | udp 1-1 accept | sctp 1-1 accept" },
	{ "too many of one of them: a chain of a set and a rule",
	  ODD_3 ", {port: 7, protocol: SCTP}", 2, "jump p-i-tcp1",
	  "tcp in 3 accept | sctp 7-7 accept" },
	{ "a set for each protocol that has too many",
	  ODD_2 ", {port: 1, protocol: UDP}, {port: 3, protocol: UDP}", 1,
	  "jump p-i-tcp1", "tcp in 2 accept | udp in 2 accept" },
	{ "a whole protocol beside a set", ODD_2 ", " WHOLE("UDP"), 1, "jump p-i-tcp1",
	  "tcp in 2 accept | protocol 17 accept" },
	{ "none may be in place", "{port: 80}", 0, "jump p-i-tcp80", "tcp in 1 accept" },
};

static void base_ports_are_in_place_or_a_chain(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lower_options opt = lower_defaults();
		const char *in_class, *in_ports;
		const struct ruleset *rs;
		struct run r;

		opt.limits.inline_ports = cases[i].inline_ports;
		rs = lower_text(&r, NULL, &opt,
				arena_printf(*state,
					     PODS ON("x", "ingress: [{ports: [%s]}]"),
					     cases[i].ports));
		in_class = rules_text(*state, chain_like(rs, "i-m-"));
		in_ports = rules_text(*state, chain_like(rs, "p-i-"));
		if (strcmp(in_class, cases[i].class_chain) != 0 ||
		    strcmp(in_ports, cases[i].port_chain) != 0)
			fail_msg("%s: %s, and %s", cases[i].what, in_class, in_ports);
		run_free(&r);
	}
}

/* ---- ports of a peer ---- */

/* Two ranges of all protocols together cost less than a jump, more do not. */
static void few_ports_of_a_peer_are_in_place(void **state)
{
	static const struct {
		const char *what, *ports;
		const char *chain; /* NULL: none */
	} peers[] = {
		{ "one range", "[{port: 1}]", NULL },
		{ "two ranges", "[" ODD_2 "]", NULL },
		{ "three ranges", "[" ODD_3 "]", "p-i-tcp1" },
		{ "two protocols", "[{port: 1}, {port: 1, protocol: UDP}]", NULL },
		{ "three protocols",
		  "[{port: 1}, {port: 1, protocol: UDP}, {port: 1, protocol: SCTP}]",
		  "p-i-tcp1" },
		{ "two whole protocols", "[" WHOLE("TCP") ", " WHOLE("UDP") "]", NULL },
		{ "two in the last protocol",
		  "[{port: 1, protocol: SCTP}, {port: 3, protocol: SCTP}]", NULL },
		{ "three in the last protocol",
		  "[{port: 1, protocol: SCTP}, {port: 3, protocol: SCTP}, "
		  "{port: 5, protocol: SCTP}]",
		  "p-i-sctp1" },
		{ "everything is a verdict", "[]", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		const struct chain *c;
		const struct ruleset *rs;
		struct run r;

		rs = lower_text(
			&r, NULL, NULL,
			arena_printf(*state,
				     PODS ON("x", "ingress: [{from: [" APP(
							  "web") "], ports: %s}]"),
				     peers[i].ports));
		c = chain_like(rs, "p-i-");
		if (!c != !peers[i].chain ||
		    (c && strncmp(c->name, peers[i].chain, strlen(peers[i].chain)) != 0))
			fail_msg("%s: %s", peers[i].what, c ? c->name : "no chain");
		run_free(&r);
	}
}

static void simple_ports_are_two_at_most(void **state)
{
	const struct ranges one = RANGES({ 1, 1 }), two = RANGES({ 1, 1 }, { 3, 3 });
	const struct {
		const char *what;
		struct ranges ports[PROTOCOLS];
		bool simple;
	} sets[] = {
		{ "nothing", { { 0 } }, true },
		{ "one", { one }, true },
		{ "two", { two }, true },
		{ "two of SCTP", { { 0 }, { 0 }, two }, true },
		{ "one and one", { one, { 0 }, one }, true },
		{ "two and one", { two, one }, false },
		{ "one of each", { one, one, one }, false },
		{ "one and two of SCTP", { one, { 0 }, two }, false },
	};
	struct portsets *all = portsets_new(*state);

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (ports_are_simple(portset_make(all, sets[i].ports)) != sets[i].simple)
			fail_msg("%s", sets[i].what);
	assert_false(ports_are_simple(portset_everything(all)));
}

/* ---- sets run out ---- */

/* Pods x, v and o have ports of their own for anybody; v and dual the same ones. */
static const char three_lists[] =
	PODS ON("x", "ingress: [{ports: [{port: 1}, {port: 3}, {port: 5}]}]") ON(
		"v", "ingress: [{ports: [{port: 2}, {port: 4}, {port: 6}, {port: 9, "
		     "protocol: UDP}]}]")
		ON("dual", "ingress: [{ports: [{port: 2}, {port: 4}, {port: 6}]}]")
			POLICY("other", "o",
			       "ingress: [{ports: [{port: 21, endPort: 29}, "
			       "{port: 31}, {port: 33}]}]");

/* Three sets are asked for: x's, that of v and dual, and o's. */
static const struct {
	const char *what;
	size_t left, sets;
} rooms[] = { { "no set is left", 0, 0 },
	      { "one is", 1, 1 },
	      { "two are, one of them for two chains", 2, 2 },
	      { "as many as are asked for", 3, 3 },
	      { "more", 4, 3 } };

static void ports_are_rules_when_sets_run_out(void **state)
{
	/* By class: an allowed port in the list, one that is not, and UDP. */
	static const struct {
		const char *to;
		uint16_t in[3], out[3];
	} asked[] = { { "10.0.0.1", { 1, 3, 5 }, { 2, 4, 6 } },
		      { "10.0.0.11", { 2, 4, 6 }, { 1, 3, 9 } },
		      { "10.0.0.21", { 2, 4, 6 }, { 1, 3, 9 } },
		      { "10.0.2.1", { 21, 29, 33 }, { 20, 30, 32 } } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		struct lower_options opt = lower_defaults();
		const struct ruleset *rs;
		struct run r;

		opt.limits.inline_ports = 2;
		opt.limits.sets = 21 + rooms[i].left;
		rs = lower_text(&r, NULL, &opt, three_lists);
		if (count_port_sets(rs) != rooms[i].sets)
			fail_msg("%s: %zu sets", rooms[i].what, count_port_sets(rs));
		for (size_t k = 0; k < ARRAY_SIZE(asked); k++) {
			for (size_t p = 0; p < 3; p++) {
				assert_int_equal(
					syn(rs, "9.9.9.9", asked[k].to, asked[k].in[p]),
					SIM_ACCEPT);
				assert_int_equal(
					syn(rs, "9.9.9.9", asked[k].to, asked[k].out[p]),
					SIM_DROP);
			}
		}
		assert_int_equal(
			send_packet(rs, "9.9.9.9", "10.0.0.11", IPPROTO_UDP, 9, CT_NEW, 0)
				.verdict,
			SIM_ACCEPT);
		assert_int_equal(
			send_packet(rs, "9.9.9.9", "10.0.0.21", IPPROTO_UDP, 9, CT_NEW, 0)
				.verdict,
			SIM_DROP);
		run_free(&r);
	}
}

/* A set that is there is used, though there is no room for another. */
static void a_set_serves_every_chain_with_its_ports(void **state)
{
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	const struct set *s = NULL;
	size_t users = 0;
	struct run r;

	(void)state;
	opt.limits.inline_ports = 2;
	opt.limits.sets = 21 + 1;
	rs = lower_text(
		&r, NULL, &opt,
		PODS ON("v", "ingress: [{ports: [" ODD_3 ", {port: 9, protocol: UDP}]}]")
			ON("dual", "ingress: [{ports: [" ODD_3 "]}]")
				ON("x", "policyTypes: [Egress], egress: [{ports: "
					"[" ODD_3 "]}]"));
	for (size_t i = 0; i < rs->nchains; i++) {
		const struct rule *first = &rs->chains[i]->at[0];

		if (strncmp(rs->chains[i]->name, "p-", 2) != 0)
			continue;
		users++;
		assert_int_equal(first->at[0].kind, EXPR_LOOKUP);
		s = s ? s : first->at[0].set;
		assert_ptr_equal(first->at[0].set, s);
	}
	assert_int_equal(users, 3);
	assert_int_equal(count_port_sets(rs), 1);
	assert_true(s->intervals);
	assert_false(s->map);
	assert_int_equal(s->nkeys, 1);
	assert_string_equal(s->about, "TCP ports that rules allow together");
	run_free(&r);
}

/* ---- limits ---- */

static void limits_are_those_of_the_manual(void **state)
{
	struct lower_limits limits = lower_defaults().limits;

	(void)state;
	assert_int_equal(limits.sets, 512);
	assert_int_equal(limits.elements, 4000000);
	assert_int_equal(limits.share, 64);
	assert_int_equal(limits.inline_hosts, 2);
	assert_int_equal(limits.inline_nets, 4);
	assert_int_equal(limits.inline_ports, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(base_ports_are_in_place_or_a_chain),
		TEST(few_ports_of_a_peer_are_in_place),
		TEST(simple_ports_are_two_at_most),
		TEST(ports_are_rules_when_sets_run_out),
		TEST(a_set_serves_every_chain_with_its_ports),
		TEST(limits_are_those_of_the_manual),
	};

	return cmocka_run_group_tests_name("lower_ports", tests, NULL, NULL);
}
