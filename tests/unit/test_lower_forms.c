/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lower with all limits: each form says what the core says, the bounds hold, and
 * the order of input changes nothing.
 */
#include "lowered.h"

#include <netpolc/nft/text.h>
#include <stdlib.h>

/* ---- every form, every edge ---- */

#define PORTS_80_90 "{port: 80, endPort: 90}"
#define MANY_PORTS                                                                       \
	"{port: 1}, {port: 3}, {port: 5}, {port: 7}, {port: 9, protocol: UDP}, {port: "  \
	"11, protocol: SCTP}"

/* One rule for anybody and one for each kind of peer; every %s is a list of ports. */
#define RULES_OF_ALL_KINDS                                                               \
	"ingress: [{ports: [%s]}, "                                                      \
	"{from: [{podSelector: {matchLabels: {app: web}}}], ports: [%s, {port: "         \
	"20001}]}, "                                                                     \
	"{from: [{podSelector: {}}], ports: [%s, {port: 20003}]}, "                      \
	"{from: [{namespaceSelector: {}}], ports: [%s, {port: 20005}]}, "                \
	"{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [%s]}, "                         \
	"{from: [{ipBlock: {cidr: 10.0.1.2/32}}], ports: [%s]}, "                        \
	"{from: [{ipBlock: {cidr: 11.0.0.0/8}}], ports: [{port: 7}]}]"

#define BUT(app)                                                                         \
	"{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: "         \
	"[" app "]}]}}"

/* Rules on x (and a second row on v, so that peers may be shared). */
static const char *const form_rules[] = {
	"{from: [" APP("web") "], ports: [{port: 80}]}",
	"{from: [" APP("web") "], ports: [" MANY_PORTS "]}",
	"{from: [" APP("web") ", " BLOCK(
		"cidr: 20.0.0.0/24, except: [20.0.0.128/25]") "], ports: "
							      "[" PORTS_80_90 "]}",
	"{from: [" APP("web") "]}, {from: [" BLOCK(
		"cidr: 10.0.0.0/8") "], ports: "
				    "[" MANY_PORTS "]}, {ports: [{port: 443}]}",
	"{from: [" BLOCK(
		"cidr: 0.0.0.0/0, except: [0.0.0.0/32, "
		"255.255.255.255/32]") "], ports: [" PORTS_80_90
				       "]}, {from: [" APP("web") "], ports: [{}]}",
	"{ports: [" MANY_PORTS "]}, {from: [{podSelector: {}}], ports: [" PORTS_80_90
	", {port: 5}]}, {from: [" APP("web") "], ports: [{protocol: SCTP}]}",
	"{from: [{namespaceSelector: {}}], ports: [{protocol: UDP}]}, {from: "
	"[" BLOCK("cidr: 10.0.1.2/32") "], ports: [" MANY_PORTS "]}, {from: [" BLOCK(
		"cidr: 10.0.1.0/24") "], ports: "
				     "[{port: 9}]}",
	"{from: [" BUT("web") "], ports: [" PORTS_80_90
			      "]}, {from: [" BUT("dual") "], ports: [{port: 443}]}",
	"{from: [" BUT("web") "]}, {from: [" BUT("dual") "], ports: [{port: 443}, {port: "
							 "5}]}, {from: [" APP(
								 "web") "], ports: "
									"[{port: 7}]}",
};

static const char *const peers_asked[] = {
	"10.0.0.2",	   "10.0.0.11",	     "10.0.2.1", "10.0.1.1",  "10.0.1.2",
	"10.0.1.3",	   "10.0.1.4",	     "20.0.0.0", "10.0.0.21", "20.0.0.127",
	"20.0.0.128",	   "19.255.255.255", "21.0.0.0", "0.0.0.0",   "0.0.0.1",
	"255.255.255.254", "255.255.255.255"
};
static const uint16_t ports_asked[] = { 0,  1,	2,  5,	6,  7,	8,   9,	  10,	11,
					12, 79, 80, 85, 90, 91, 443, 444, 65535 };
static const unsigned protocols_asked[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP,
					    IPPROTO_GRE };

static const char *const limits_asked[] = {
	"share=64",
	"share=2,inline-hosts=0,inline-nets=0,inline-ports=1,exceptions=0,levels=0",
	"share=2,inline-hosts=0,inline-nets=0,exceptions=50,levels=0,pipapo=9",
	"sets=20,share=2,inline-hosts=0,inline-nets=0,inline-ports=1,exceptions=50",
	"sets=25,share=2,inline-hosts=0,inline-nets=0,exceptions=60,levels=1,pipapo=2",
	"sets=22,inline-hosts=0,inline-nets=0,inline-ports=0",
	"sets=17,share=2,inline-hosts=0,inline-nets=0,inline-ports=0,exceptions=50",
	"inline-hosts=100,inline-nets=100,inline-ports=0",
	"share=1,inline-hosts=1,inline-nets=1,inline-ports=2,exceptions=100,pipapo=1",
	"sets=40,share=3,inline-hosts=0,inline-nets=0,inline-ports=3,exceptions=60",
	"sets=24,share=2,inline-hosts=9,inline-nets=0,exceptions=60,pipapo=1",
	"share=2,inline-hosts=0,inline-nets=0,exceptions=50,third=0,prefixes=1",
};

static bool core_says(const struct core *core, const char *from, const char *to,
		      unsigned protocol, uint16_t port)
{
	static const unsigned numbers[] = { PROTO_TCP, PROTO_UDP, PROTO_SCTP,
					    PROTO_OTHER };
	struct endpoint source = { .address = address_of(from) };
	struct endpoint destination = { .address = address_of(to) };

	return core_decide(core, &source, &destination, numbers[protocol], port).allow;
}

static void check_packet(const struct ruleset *rs, const struct core *core,
			 const char *from, const char *to, unsigned protocol,
			 uint16_t port, const char *rules, size_t limits)
{
	struct sim_result got = send_packet(rs, from, to, protocols_asked[protocol], port,
					    CT_NEW, TCP_SYN);
	const char *broken = sim_check_bounds(rs, &got);

	if (broken)
		fail_msg("%s: %s, limits %zu, %s to %s", broken, rules, limits, from, to);
	if ((got.verdict == SIM_ACCEPT) != core_says(core, from, to, protocol, port))
		fail_msg("%s with limits %zu: %s to %s, protocol %u port %u", rules,
			 limits, from, to, protocol, port);
}

/* e or i, for the direction that an item is for; 0: for either. */
static char direction_in_name(const char *name)
{
	return name[1] == '-' && (name[0] == 'e' || name[0] == 'i') ? name[0] : 0;
}

/* What is named after one direction is asked in no chain of the other. */
static void check_names(const struct ruleset *rs)
{
	for (size_t i = 0; i < rs->nchains; i++) {
		const struct chain *c = rs->chains[i];
		char own = direction_in_name(c->name);

		for (size_t j = 0; own && j < c->len; j++)
			for (size_t k = 0; k < c->at[j].len; k++) {
				const struct set *set = c->at[j].at[k].set;

				if (set &&
				    direction_in_name(set->name) == 'e' + 'i' - own)
					fail_msg("%s asks %s", c->name, set->name);
			}
	}
}

/* The rules, which are written for ingress, as those of a direction. */
static const char *spec_of(struct arena *a, const char *rules, bool egress)
{
	char *copy = arena_strndup(a, rules, strlen(rules));

	if (!egress)
		return arena_printf(a, "ingress: [%s]", rules);
	for (char *from = copy; (from = strstr(from, "from:"));)
		memcpy(from, "to:  ", 5);
	return arena_printf(a, "policyTypes: [Egress], egress: [%s]", copy);
}

static void check_form(struct arena *a, const char *rules, bool egress, size_t limits)
{
	struct lower_options opt = lower_defaults();
	const char *text = spec_of(a, rules, egress);
	const struct ruleset *rs;
	const struct core *core;
	struct run r;

	assert_true(cost_set_limits(&opt.limits, limits_asked[limits]));
	rs = lower_text(&r, NULL, &opt,
			arena_printf(a,
				     PODS ON("x", "%s") ON("v", "%s")
					     POLICY("m", "more",
						    "podSelector: {matchLabels: {app: "
						    "v}}, ingress: [{ports: [{port: "
						    "444}]}], egress: [{ports: [{port: "
						    "444}]}], policyTypes: [Ingress, "
						    "Egress]"),
				     text, text));
	assert_non_null(rs);
	check_names(rs);
	core = core_build(&r.cx, r.dc);
	if (opt.limits.sets > 21)
		assert_true(ruleset_count_sets(rs) <= opt.limits.sets);
	for (size_t p = 0; p < ARRAY_SIZE(peers_asked); p++)
		for (unsigned k = 0; k < ARRAY_SIZE(protocols_asked); k++)
			for (size_t n = 0; n < ARRAY_SIZE(ports_asked); n++)
				for (int own = 0; own < 2; own++) {
					const char *pod = own ? "10.0.0.11" : "10.0.0.1";
					const char *peer = peers_asked[p];

					check_packet(rs, core, egress ? pod : peer,
						     egress ? peer : pod, k,
						     ports_asked[n], rules, limits);
				}
	run_free(&r);
}

static void every_form_says_what_the_core_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(form_rules); i++)
		for (size_t limits = 0; limits < ARRAY_SIZE(limits_asked); limits++)
			for (int egress = 0; egress < 2; egress++)
				check_form(*state, form_rules[i], egress, limits);
}

/* ---- bounds ---- */

/* Eleven ranges of its own: more than may be rules, so each is a port set. */
static const char *odd_ports(struct arena *a, unsigned first)
{
	const char *out = "";

	for (unsigned i = 0; i < 11; i++)
		out = arena_printf(a, "%s%s{port: %u}", out, i ? ", " : "",
				   first + 2 * i);
	return out;
}

/*
 * What makes a packet ask most: it is in hosts, in shared peers, in nets and has
 * base ports, each with ports that need a set, and in the end is denied.  The
 * second input hides the ports of the shared peers in those that anybody has.
 */
static void look_ups_are_bounded(void **state)
{
	for (int hidden = 0; hidden < 2; hidden++) {
		struct lower_options opt = lower_defaults();
		const char *base =
			hidden ? "{port: 1, endPort: 9000}" : odd_ports(*state, 101);
		const char *rules = arena_printf(
			*state, RULES_OF_ALL_KINDS, base, odd_ports(*state, 201),
			odd_ports(*state, 301), odd_ports(*state, 401),
			hidden ? "{port: 20011}" : odd_ports(*state, 501),
			hidden ? "{port: 20021}" : odd_ports(*state, 601));
		const struct ruleset *rs;
		struct sim_result got;
		struct run r;

		opt.limits.share = 2;
		opt.limits.inline_hosts = opt.limits.inline_nets = 0;
		rs = lower_text(&r, NULL, &opt,
				arena_printf(*state,
					     PODS ON("x", "%s") ON("v", "%s") POLICY(
						     "m", "more",
						     "podSelector: {matchLabels: {app: "
						     "v}}, ingress: [{ports: [{port: "
						     "30000}]}]"),
					     rules, rules));
		for (unsigned i = 1; i <= 3; i++) {
			got = send_packet(rs, arena_printf(*state, "10.0.1.%u", i),
					  "10.0.0.1", IPPROTO_TCP, 40000, CT_NEW,
					  TCP_SYN);
			assert_int_equal(got.verdict, SIM_DROP);
			assert_null(sim_check_bounds(rs, &got));
		}
		run_free(&r);
	}
}

/* Blocks that only three lengths are few enough for, the last of them a pod's address. */
#define FAR_APART                                                                        \
	BLOCK("cidr: 'fd10::/16'")                                                       \
	", " BLOCK("cidr: 'fd20::/48'") ", " BLOCK("cidr: 'fd30::1/128'")
#define FROM(peers, ports) "{from: [" peers "], ports: [" ports "]}, "
#define FROM_ALL(peers)	   "{from: [" peers "]}, "
#define PODS6                                                                            \
	POD("m", "x", "app: x", "fd01::1")                                               \
	POD("m", "v", "app: v", "fd01::2")                                               \
	POD("m", "near", "app: near", "fd01::3")                                         \
	POD("m", "far", "app: far", "fd30::1")                                           \
	POD("m", "a1", "app: a", "fd02::1")                                              \
	POD("m", "a2", "app: a", "fd02::2")                                              \
	POD("m", "b1", "app: b", "fd03::1")                                              \
	POD("m", "b2", "app: b", "fd03::2")                                              \
	POD("m", "c1", "app: c", "fd04::1")                                              \
	POD("m", "c2", "app: c", "fd04::2")

#define NEAR FROM_ALL(APP("near"))

/* Rules of x and v, a packet to x that they deny, and the sets that it asks: dispatch,
 * hosts, self and, of ICMPv6, discovery among them. */
static const struct {
	const char *what, *rules, *from;
	unsigned protocol, sets;
} level_cases[] = {
	{ "three levels", NEAR FROM_ALL(FAR_APART) "{ports: [{port: 1}]}", "fd40::1",
	  IPPROTO_ICMPV6, 7 },
	{ "and a shared set",
	  NEAR FROM_ALL(FAR_APART) FROM_ALL(APP("a")) "{ports: [{port: 1}]}", "fd40::1",
	  IPPROTO_ICMPV6, 8 },
	{ "two shared sets leave no room for a third level",
	  NEAR FROM_ALL(FAR_APART)
		  FROM_ALL(APP("a") ", " APP("b")) "{ports: [{port: 1}]}",
	  "fd40::1", IPPROTO_ICMPV6, 7 },
	{ "three leave none for a second",
	  NEAR FROM_ALL(FAR_APART)
		  FROM_ALL(APP("a") ", " APP("b") ", " APP("c")) "{ports: [{port: 1}]}",
	  "fd40::1", IPPROTO_ICMPV6, 8 },
	{ "sets of ports leave no room for a third, either",
	  FROM(APP("far"), "{port: 15}")
		  FROM(FAR_APART, "{port: 13}") "{ports: [" MANY_PORTS "]}",
	  "fd30::1", IPPROTO_TCP, 7 },
};

static void levels_leave_room_for_other_sets(void **state)
{
	struct lower_options opt = lower_defaults();

	assert_true(cost_set_limits(&opt.limits, "share=2,inline-hosts=0,inline-nets=0,"
						 "inline-ports=3,third=0,prefixes=1"));
	for (size_t i = 0; i < ARRAY_SIZE(level_cases); i++) {
		const char *rules = level_cases[i].rules;
		struct sim_result got;
		const struct ruleset *rs;
		struct run r;

		rs = lower_text(&r, NULL, &opt,
				arena_printf(*state,
					     PODS6 ON("x", "ingress: [%s]") ON(
						     "v", "ingress: [%s, {ports: [{port: "
							  "1, endPort: 2}]}]"),
					     rules, rules));
		assert_non_null(rs);
		got = send_packet(rs, level_cases[i].from, "fd01::1",
				  level_cases[i].protocol, 40000, CT_NEW, TCP_SYN);
		if (got.verdict != SIM_DROP || sim_check_bounds(rs, &got) ||
		    got.lookups[INGRESS] != level_cases[i].sets)
			fail_msg("%s: verdict %d, %u sets", level_cases[i].what,
				 (int)got.verdict, got.lookups[INGRESS]);
		run_free(&r);
	}
}

/* Namespaces, each with two classes that allow its own pods differently. */
static const char *many_namespaces(struct arena *a, unsigned n)
{
	BUF_AUTO out = { 0 };

	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < 4; k++)
			buf_printf(&out, POD("s%03u", "p%u", "k: 'k%u'", "10.%u.%u.%u"),
				   i, k, k, i / 200, i % 200, k + 1);
		buf_printf(&out,
			   POLICY("s%03u", "a",
				  "podSelector: {matchLabels: {k: k0}}, ingress: [{from: "
				  "[{podSelector: {}}], ports: [{port: %u}]}]"),
			   i, 1000 + i);
		buf_printf(&out,
			   POLICY("s%03u", "b",
				  "podSelector: {matchLabels: {k: k1}}, ingress: [{from: "
				  "[{podSelector: {}}, {ipBlock: {cidr: 20.0.%u.0/24}}], "
				  "ports: [{port: %u}, {port: 7}]}]"),
			   i, i % 256, 2000 + i);
	}
	return arena_strndup(a, out.at, out.len);
}

static void sets_stay_below_the_limit(void **state)
{
	static const char *const limits[] = {
		"share=2,inline-hosts=0,inline-nets=0,inline-ports=0",
		"inline-hosts=0,inline-nets=0",
		"sets=100,share=2,inline-hosts=0,inline-nets=0,inline-ports=0",
		"sets=21,share=2,inline-hosts=0,inline-nets=0,inline-ports=1",
	};
	const char *text = many_namespaces(*state, 300);
	struct run r;

	run_decide(&r, NULL, text);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct lower_options opt = lower_defaults();
		const struct ruleset *rs;

		assert_true(cost_set_limits(&opt.limits, limits[i]));
		rs = lower(&r.cx, r.dc, &opt);
		assert_non_null(rs);
		assert_true(ruleset_count_sets(rs) <= opt.limits.sets);
		/* What is there is used: most of what may be. */
		assert_true(ruleset_count_sets(rs) + 21 >= opt.limits.sets);
		assert_int_equal(syn(rs, "10.0.9.3", "10.0.9.1", 1009), SIM_ACCEPT);
		assert_int_equal(syn(rs, "10.0.9.3", "10.0.9.1", 1010), SIM_DROP);
		assert_int_equal(syn(rs, "10.0.8.3", "10.0.9.1", 1009), SIM_DROP);
		assert_int_equal(syn(rs, "10.1.50.3", "10.1.50.2", 2250), SIM_ACCEPT);
		assert_int_equal(syn(rs, "20.0.250.3", "10.1.50.2", 7), SIM_ACCEPT);
		assert_int_equal(syn(rs, "20.0.249.3", "10.1.50.2", 7), SIM_DROP);
	}
	run_free(&r);
}

static void elements_are_what_the_limit_counts(void **state)
{
	struct lower_options opt = lower_defaults();
	static const char *const limits[] = {
		"share=2,inline-hosts=0,inline-nets=0",
		"inline-hosts=0,inline-nets=0",
		"sets=20,share=2,inline-hosts=0,inline-nets=0",
		"sets=17,inline-hosts=0,inline-nets=0",
	};
	struct run r;

	run_decide(&r, NULL, many_namespaces(*state, 10));
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		size_t n;

		opt.limits = cost_limits();
		assert_true(cost_set_limits(&opt.limits, limits[i]));
		n = ruleset_elements(lower(&r.cx, r.dc, &opt));
		opt.limits.elements = n;
		assert_non_null(lower(&r.cx, r.dc, &opt));
		opt.limits.elements = n - 1;
		assert_null(lower(&r.cx, r.dc, &opt));
	}
	run_free(&r);
}

/* ---- determinism ---- */

/* Objects, one a line behind its "---". */
static const char shuffled[] = PODS NAMESPACE("m", "a: b") NAMESPACE(
	"other", "a: c") POD_PORTS("m", "named1", "app: named", "10.0.3.1",
				   PORT("http", "80"))
	POD_PORTS("m", "named2", "app: named", "10.0.3.2", PORT("http", "81")) ON(
		"x", "ingress: [{from: [" APP(
			     "web") ", {namespaceSelector: {matchLabels: {a: c}}}], "
				    "ports: [{port: 80}, {port: 443}]}, {from: [" BLOCK(
					    "cidr: 20.0.0.0/8, except: "
					    "[20.1.0.0/16, 20.2.0.0/16]") "]}]")
		ON("v", "policyTypes: [Ingress, Egress], ingress: [{from: [" APP(
				"web") "], ports: [{port: http}]}], egress: "
				       "[{ports: [{port: http}]}]")
			ON("named",
			   "ingress: [{from: [" APP("web") "], ports: [{port: http}]}, "
							   "{ports: [{port: 7, endPort: "
							   "9}]}]")
				POLICY("other", "all",
				       "egress: [{to: [" BLOCK("cidr: '::/0'") "]}]");

/* The same items in the order of a seed, as documents or as one List. */
static const char *in_order_of(struct arena *a, unsigned seed)
{
	const char *items[64];
	BUF_AUTO out = { 0 };
	size_t n = 0;

	for (const char *at = shuffled; (at = strstr(at, "---\n"));) {
		at += 4;
		items[n++] = arena_strndup(a, at, strcspn(at, "\n"));
	}
	srand(seed);
	for (size_t i = n; seed && i > 1; i--) {
		size_t k = (size_t)rand() % i;
		const char *item = items[i - 1];

		items[i - 1] = items[k];
		items[k] = item;
	}
	if (seed % 2)
		buf_puts(&out, "apiVersion: v1\nkind: List\nitems:\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%s\n", seed % 2 ? "- " : "---\n", items[i]);
	return arena_strndup(a, out.at, out.len);
}

static void order_of_input_changes_no_byte(void **state)
{
	static const char *const limits[] = {
		"elements=1000",
		"sets=23,share=2,inline-hosts=0,inline-nets=0,exceptions=100",
		"share=2,inline-hosts=0,inline-nets=0,exceptions=100,pipapo=1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct lower_options opt = lower_defaults();
		BUF_AUTO first = { 0 };

		assert_true(cost_set_limits(&opt.limits, limits[i]));
		for (unsigned seed = 0; seed < 30; seed++) {
			BUF_AUTO text = { 0 };
			const struct ruleset *rs;
			struct run r;

			rs = lower_text(&r, NULL, &opt, in_order_of(*state, seed));
			text_print(&text, rs, NULL);
			run_free(&r);
			if (seed == 0)
				buf_add(&first, text.at, text.len);
			assert_string_equal(text.at, first.at);
		}
	}
}

/* An unrelated pod or policy adds lines and takes none away. */
static void unrelated_changes_rename_nothing(void **state)
{
	const char *more = arena_printf(
		*state, "%s%s", shuffled,
		POD("aa", "first", "app: web", "10.0.4.1")
			POLICY("aa", "first",
			       "policyTypes: [Egress], egress: [{to: [" BLOCK(
				       "cidr: 20.0.0.0/8") "], ports: [{port: http}, "
							   "{port: 9}]}]"));
	struct run r, with;
	const struct ruleset *rs = lower_text(&r, NULL, NULL, shuffled);
	const struct ruleset *more_rs = lower_text(&with, NULL, NULL, more);

	for (size_t i = 0; i < rs->nchains; i++)
		assert_non_null(ruleset_chain(more_rs, rs->chains[i]->name));
	for (size_t i = 0; i < rs->nsets; i++)
		assert_non_null(ruleset_set(more_rs, rs->sets[i]->name));
	assert_true(rs->nchains < more_rs->nchains);
	run_free(&r);
	run_free(&with);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_form_says_what_the_core_says),
		TEST(look_ups_are_bounded),
		TEST(levels_leave_room_for_other_sets),
		TEST(sets_stay_below_the_limit),
		TEST(elements_are_what_the_limit_counts),
		TEST(order_of_input_changes_no_byte),
		TEST(unrelated_changes_rename_nothing),
	};

	return cmocka_run_group_tests_name("lower_forms", tests, NULL, NULL);
}
