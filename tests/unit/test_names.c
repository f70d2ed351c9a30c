/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names: a thing keeps its name when something else changes, different things
 * have different names, and nft takes all of them.
 */
#include "manifests.h"

#include <netpolc/nft/names.h>
#include <netpolc/nft/ruleset.h>

/* What the tests name: the class of a/web for ingress and egress, their rows. */
#define PODS                                                                             \
	POD_PORTS("m", "web", "app: web", "10.0.0.1", PORT("http", "80"))                \
	POD_PORTS("m", "db", "app: db", "10.0.0.2", PORT("sql", "5432"))
#define WEB_POLICY                                                                       \
	POLICY("m", "web",                                                               \
	       "podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, "         \
	       "Egress], "                                                               \
	       "ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}], "         \
	       "egress: [{to: [{namespaceSelector: {}}], ports: [{port: sql}, {port: "   \
	       "http}]}, {to: [{ipBlock: {cidr: 20.0.0.0/8}}]}]")

struct names {
	const char *class[DIRECTIONS], *hosts[DIRECTIONS], *nets[DIRECTIONS];
	const char *peer;
};

static struct names name_all(struct run *r, const char *pod, struct arena *a)
{
	struct names out;

	for (enum direction d = 0; d < DIRECTIONS; d++) {
		const struct row *row = row_of(r, d, pod);

		out.class[d] = name_class(a, r->dc, class_of(r, d, pod));
		out.hosts[d] = name_row(a, r->dc, row, d, FAMILY_IPV4, "hosts");
		out.nets[d] = name_row(a, r->dc, row, d, FAMILY_IPV6, "nets");
	}
	out.peer =
		name_pool(a, r->sets->peers[row_of(r, INGRESS, pod)->grants[0].peer].pool,
			  FAMILY_IPV4);
	return out;
}

static struct names names_of(const char *text, struct arena *a)
{
	struct names out;
	struct run r;

	run_decide(&r, NULL, text);
	out = name_all(&r, "m/web", a);
	run_free(&r);
	return out;
}

static void assert_same(const char *what, const struct names *x, const struct names *y)
{
	for (int d = 0; d < DIRECTIONS; d++)
		if (strcmp(x->class[d], y -> class[d]) != 0 ||
		    strcmp(x->hosts[d], y->hosts[d]) != 0 ||
		    strcmp(x->nets[d], y->nets[d]) != 0)
			fail_msg("%s: %s", what, direction_name((enum direction)d));
	if (strcmp(x->peer, y->peer) != 0)
		fail_msg("%s: %s", what, x->peer);
}

/* All of these stand before or between what is named, and move its ids. */
static const struct {
	const char *what, *text;
} unrelated[] = {
	{ "a pod in an earlier namespace", POD("a", "one", "app: web", "10.1.0.1") },
	{ "a pod in a later namespace", POD("z", "one", "app: web", "10.1.0.1") },
	{ "a pod of the same class, before it",
	  POD_PORTS("m", "app", "app: web", "10.1.0.1", PORT("http", "80")) },
	{ "a pod of the same class, behind it",
	  POD_PORTS("m", "web2", "app: web", "10.1.0.1", PORT("http", "80")) },
	{ "a pod of the same class that names more ports",
	  POD_PORTS("m", "app", "app: web", "10.1.0.1",
		    PORT("http", "80") ", " PORT(
			    "adm", "9") ", {name: http, "
					"containerPort: 99, protocol: UDP}") },
	{ "a pod of another class in the namespace", POD("m", "aa", "", "10.1.0.1") },
	{ "a policy of another namespace",
	  POD("a", "one", "", "10.1.0.1")
		  POLICY("a", "p", "ingress: [{from: [{podSelector: {}}]}]") },
	{ "a policy that selects others here",
	  POLICY("m", "aaa",
		 "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: "
		 "{matchLabels: {x: z}}}]}]") },
	{ "a policy that uses the port names in another order",
	  POD("a", "one", "", "10.1.0.1")
		  POLICY("a", "p", "egress: [{ports: [{port: http}, {port: sql}]}]") },
	{ "a policy that has the peers in another order",
	  POD("a", "one", "", "10.1.0.1")
		  POLICY("a", "p",
			 "egress: [{to: [{ipBlock: {cidr: 20.0.0.0/8}}]}, {to: "
			 "[{namespaceSelector: {}}]}]") },
	{ "labels of a namespace", NAMESPACE("m", "team: x") },
};

static void names_do_not_change_with_others(void **state)
{
	struct names first = names_of(PODS WEB_POLICY, *state);

	for (size_t i = 0; i < ARRAY_SIZE(unrelated); i++) {
		struct names with = names_of(
			arena_printf(*state, "%s%s", unrelated[i].text, PODS WEB_POLICY),
			*state);

		assert_same(unrelated[i].what, &first, &with);
	}
}

static void a_contained_rule_is_no_part_of_a_name(void **state)
{
	/* Pods of one class may differ in ports that only a contained rule names. */
#define FAULTY                                                                           \
	POLICY("m", "p",                                                                 \
	       "ingress: [{ports: [{port: http}, {port: 0}]}, {ports: "                  \
	       "[{port: 7}]}]")
#define EARLIER POD("m", "app", "", "10.0.0.9")
	struct settings set = settings_default();
	const char *name;
	struct run r;

	set.isolate_invalid = true;
	run_decide(&r, &set, PODS FAULTY);
	name = name_class(*state, r.dc, class_of(&r, INGRESS, "m/web"));
	run_free(&r);
	run_decide(&r, &set, PODS EARLIER FAULTY);
	assert_string_equal(name_class(*state, r.dc, class_of(&r, INGRESS, "m/web")),
			    name);
	run_free(&r);
}

/* Each pod has a class of its own, and all names differ. */
#define SIX_PODS                                                                         \
	POD_PORTS("m", "p0", "c: '0'", "10.0.0.1", PORT("http", "80"))                   \
	POD_PORTS("m", "p1", "c: '1'", "10.0.0.2", PORT("http", "81"))                   \
	POD_PORTS("m", "p2", "c: '2'", "10.0.0.3", PORT("web", "80"))                    \
	POD_PORTS("m", "p3", "c: '3'", "10.0.0.4",                                       \
		  "{name: http, containerPort: 80, protocol: UDP}")                      \
	POD("m", "p4", "c: '4'", "10.0.0.5")                                             \
	POD("q", "p5", "c: '5'", "10.0.0.6")

static void different_classes_have_different_names(void **state)
{
	const char *all[32];
	size_t n = 0;
	struct run r;

	run_decide(&r, NULL,
		   SIX_PODS POLICY("m", "p",
				   "policyTypes: [Ingress, Egress], ingress: [{ports: "
				   "[{port: http}, {port: web}, {port: http, protocol: "
				   "UDP}]}]")
			   POLICY("q", "p", "policyTypes: [Ingress, Egress]"));
	assert_int_equal(r.classes->len[INGRESS], 6);
	assert_int_equal(r.classes->len[EGRESS], 2);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		for (size_t i = 0; i < r.classes->len[d]; i++)
			all[n++] = name_class(*state, r.dc, &r.classes->at[d][i]);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(all[i], all[k]);
	run_free(&r);
}

/* What shows of a namespace may be the same, and the policy's name too. */
static void classes_of_two_namespaces_are_apart(void **state)
{
	struct run r;

	run_decide(&r, NULL,
		   POD("same-beginning-1", "p", "", "10.0.0.1") POD("same-beginning-2",
								    "p", "", "10.0.0.2")
			   POLICY("same-beginning-1", "p", "podSelector: {}")
				   POLICY("same-beginning-2", "p", "podSelector: {}"));
	assert_string_not_equal(
		name_class(*state, r.dc, class_of(&r, INGRESS, "same-beginning-1/p")),
		name_class(*state, r.dc, class_of(&r, INGRESS, "same-beginning-2/p")));
	run_free(&r);
}

/* Policies a and b on one pod are not policy ab on another, and so on. */
static void names_are_of_all_policies(void **state)
{
	const char *all[3];
	struct run r;

	run_decide(
		&r, NULL,
		POD("m", "p0", "x: '1'", "10.0.0.1") POD("m", "p1", "x: '2'", "10.0.0.2")
			POD("m", "p2", "x: '3'", "10.0.0.3") POLICY(
				"m", "a",
				"podSelector: {matchExpressions: [{key: x, "
				"operator: In, values: ['1', '2']}]}")
				POLICY("m", "b", "podSelector: {matchLabels: {x: '2'}}")
					POLICY("m", "ab",
					       "podSelector: {matchLabels: {x: '3'}}"));
	for (int i = 0; i < 3; i++)
		all[i] = name_class(
			*state, r.dc,
			class_of(&r, INGRESS, arena_printf(*state, "m/p%d", i)));
	assert_string_not_equal(all[0], all[1]);
	assert_string_not_equal(all[0], all[2]);
	assert_string_not_equal(all[1], all[2]);
	assert_string_equal(name_policies(*state, r.dc, class_of(&r, INGRESS, "m/p1")),
			    "m/a, m/b");
	assert_string_equal(name_policies(*state, r.dc, class_of(&r, INGRESS, "m/p2")),
			    "m/ab");
	run_free(&r);
}

/* As many are named as anybody reads, however many select. */
static void a_long_list_of_policies_is_cut(void **state)
{
	const char *text = PODS, *names;
	unsigned shown = 0, more;
	struct run r;

	for (unsigned i = 0; i < 500; i++)
		text = arena_printf(*state,
				    "%s" POLICY("m", "policy%03u", "podSelector: {}"),
				    text, i);
	run_decide(&r, NULL, text);
	names = name_policies(*state, r.dc, class_of(&r, INGRESS, "m/web"));
	assert_in_range(strlen(names), RULESET_ABOUT, RULESET_ABOUT + 100);
	assert_memory_equal(names, "m/policy000, m/policy001, ", 26);
	for (const char *at = names; (at = strstr(at, "m/")); at++)
		shown++;
	assert_int_equal(sscanf(strrchr(names, '+'), "+%u more", &more), 1);
	assert_int_equal(shown + more, 500);
	run_free(&r);
}

/* What a rule asks for by name is one thing in whatever order, and said twice. */
static void the_order_of_port_names_changes_no_name(void **state)
{
	static const char *const ports[] = {
		"{port: http}, {port: admin}",
		"{port: admin}, {port: http}",
		"{port: admin}, {port: http}, {port: admin}",
		"{port: http}",
	};
	const char *names[ARRAY_SIZE(ports)];

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct run r;

		run_decide(&r, NULL,
			   arena_printf(
				   *state,
				   POD_PORTS("m", "x", "", "10.0.0.9",
					     PORT("http", "80") ", " PORT("admin", "81"))
					   POLICY("m", "p",
						  "podSelector: {}, ingress: "
						  "[{ports: [%s]}]"),
				   ports[i]));
		names[i] = name_class(*state, r.dc, class_of(&r, INGRESS, "m/x"));
		run_free(&r);
	}
	assert_string_equal(names[0], names[1]);
	assert_string_equal(names[0], names[2]);
	assert_string_not_equal(names[0], names[3]);
}

static void what_nothing_selects_is_contained(void **state)
{
	struct settings set = settings_default();
	const char *bad, *denied;
	struct run r;

	set.isolate_invalid = set.legacy = true;
	run_decide(&r, &set,
		   "---\n{apiVersion: v1, kind: Namespace, metadata: {name: m, "
		   "annotations: {net.beta.kubernetes.io/network-policy: "
		   "'{\"ingress\": {\"isolation\": \"DefaultDeny\"}}'}}}\n" PODS POD(
			   "m", "bad", "app: 'no good'", "10.0.0.9"));
	bad = name_class(*state, r.dc, class_of(&r, INGRESS, "m/bad"));
	denied = name_class(*state, r.dc, class_of(&r, INGRESS, "m/web"));
	assert_string_not_equal(bad, denied);
	assert_memory_equal(bad, "i-contained-", 12);
	assert_memory_equal(denied, "i-contained-", 12);
	assert_memory_equal(name_class(*state, r.dc, class_of(&r, EGRESS, "m/bad")),
			    "e-contained-", 12);
	assert_string_equal(name_policies(*state, r.dc, class_of(&r, INGRESS, "m/bad")),
			    "no policy");
	run_free(&r);
}

/* Egress rules of a/x: all these rows have different names. */
static const char *const different_rules[] = {
	"",
	"{to: [{podSelector: {}}]}",
	"{to: [{namespaceSelector: {}}]}",
	"{to: [{podSelector: {}}], ports: [{port: 80}]}",
	"{to: [{podSelector: {}}], ports: [{port: 80, protocol: UDP}]}",
	"{to: [{podSelector: {}}], ports: [{port: 80, endPort: 81}]}",
	"{to: [{podSelector: {}}], ports: [{port: http}]}",
	"{to: [{podSelector: {}}], ports: [{port: sql}]}",
	"{to: [{podSelector: {}}], ports: [{port: http, protocol: UDP}]}",
	"{to: [{podSelector: {}}], ports: [{port: http}, {port: 80}]}",
	"{to: [{podSelector: {}}], ports: [{port: http}, {port: sql}]}",
	("{to: [{podSelector: {}}], ports: [{protocol: TCP}, {protocol: UDP}, {protocol: "
	 "SCTP}]}"),
	"{ports: [{port: 80}]}",
	"{ports: [{port: 8}, {port: 0x50}]}",
	"{to: [{podSelector: {}}, {namespaceSelector: {}}]}",
	"{to: [{ipBlock: {cidr: 20.0.0.0/8}}]}",
	"{to: [{ipBlock: {cidr: 20.0.0.0/9}}]}",
	"{}",
};

static void different_rows_have_different_names(void **state)
{
	const char *all[ARRAY_SIZE(different_rules)];

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct run r;

		run_decide(&r, NULL,
			   arena_printf(*state,
					PODS POLICY("m", "p",
						    "policyTypes: [Egress], egress: "
						    "[%s]"),
					different_rules[i]));
		all[i] = name_row(*state, r.dc, row_of(&r, EGRESS, "m/web"), EGRESS,
				  FAMILY_IPV4, "hosts");
		for (size_t k = 0; k < i; k++)
			if (strcmp(all[i], all[k]) == 0)
				fail_msg("%s and %s", different_rules[i],
					 different_rules[k]);
		run_free(&r);
	}
}

static void names_say_kind_direction_and_family(void **state)
{
	const struct row *row;
	struct run r;

	run_decide(&r, NULL, PODS WEB_POLICY);
	row = row_of(&r, EGRESS, "m/web");
	assert_memory_equal(name_row(*state, r.dc, row, EGRESS, FAMILY_IPV4, "hosts"),
			    "e-hosts4-", 9);
	assert_memory_equal(name_row(*state, r.dc, row, INGRESS, FAMILY_IPV6, "nets"),
			    "i-nets6-", 8);
	assert_memory_equal(name_class(*state, r.dc, class_of(&r, EGRESS, "m/web")),
			    "e-m-", 4);
	assert_memory_equal(name_class(*state, r.dc, class_of(&r, INGRESS, "m/web")),
			    "i-m-", 4);
	assert_memory_equal(name_pool(*state, r.sets->peers[0].pool, FAMILY_IPV6),
			    "pods6-", 6);
	assert_string_not_equal(name_pool(*state, r.sets->peers[0].pool, FAMILY_IPV4) + 6,
				name_pool(*state, r.sets->peers[1].pool, FAMILY_IPV4) +
					6);
	run_free(&r);
}

static const struct {
	struct ranges ports[PROTOCOLS];
	const char *begins;
} port_cases[] = {
	{ { RANGES({ 80, 80 }) }, "p-e-tcp80-" },
	{ { RANGES({ 80, 81 }) }, "p-e-tcp80-" },
	{ { RANGES({ 79, 81 }) }, "p-e-tcp79-" },
	{ { RANGES({ 80, 80 }, { 443, 443 }) }, "p-e-tcp80-" },
	{ { RANGES({ 80, 80 }), RANGES({ 53, 53 }) }, "p-e-tcp80-" },
	{ { { 0 }, RANGES({ 80, 80 }) }, "p-e-udp80-" },
	{ { { 0 }, { 0 }, RANGES({ 80, 80 }) }, "p-e-sctp80-" },
	{ { { 0 }, { 0 }, RANGES({ 65535, 65535 }) }, "p-e-sctp65535-" },
	{ { RANGES({ 0, 65535 }), RANGES({ 0, 65535 }), RANGES({ 0, 65535 }) },
	  "p-e-tcp0-" },
	{ { RANGES({ 0, 65535 }) }, "p-e-tcp0-" },
};

/* nft takes letters, digits, '_' and '-' behind a letter. */
static void check_name(const char *name, size_t most)
{
	if (strlen(name) > most ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(name) ||
	    name[0] < 'a' || name[0] > 'z')
		fail_msg("%s is no name", name);
}

static void port_sets_are_told_apart(void **state)
{
	struct portsets *all = portsets_new(*state);
	const char *names[ARRAY_SIZE(port_cases)];

	for (size_t i = 0; i < ARRAY_SIZE(port_cases); i++) {
		const struct portset *set = portset_make(all, port_cases[i].ports);

		names[i] = name_ports(*state, set, EGRESS);
		check_name(names[i], RULESET_CHAIN_NAME);
		assert_memory_equal(names[i], port_cases[i].begins,
				    strlen(port_cases[i].begins));
		assert_memory_equal(name_ports(*state, set, INGRESS), "p-i-", 4);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(strrchr(names[i], '-'),
						strrchr(names[k], '-'));
	}
}

static void port_ranges_are_told_apart(void **state)
{
	struct range r[] = { { 1, 1 }, { 3, 3 } };
	struct ranges two = { .at = r, .len = 2 }, one = { .at = r, .len = 1 };
	const char *tcp = name_port_ranges(*state, &two, PROTO_TCP);

	check_name(tcp, RULESET_NAME);
	assert_memory_equal(tcp, "ports-tcp-", 10);
	assert_memory_equal(name_port_ranges(*state, &two, PROTO_SCTP), "ports-sctp-",
			    11);
	assert_string_not_equal(tcp, name_port_ranges(*state, &one, PROTO_TCP));
	r[1].hi = 4;
	assert_string_not_equal(tcp, name_port_ranges(*state, &two, PROTO_TCP));
}

/* The name of a namespace is at most 63 characters and may begin with a digit. */
static void names_are_short_and_plain(void **state)
{
	static const char *const spaces[] = { "a",
					      "accept",
					      "twelve-chars",
					      "thirteen-char",
					      "0day",
					      "a-namespace-with-a-name-of-some-length" };

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		struct names got;
		struct run r;

		run_decide(&r, NULL,
			   arena_printf(*state,
					POD("%s", "web", "", "10.0.0.1")
						POLICY("%s", "p",
						       "policyTypes: [Ingress, Egress], "
						       "ingress: [{from: [{podSelector: "
						       "{}}]}]"),
					spaces[i], spaces[i]));
		got = name_all(&r, arena_printf(*state, "%s/web", spaces[i]), *state);
		for (int d = 0; d < DIRECTIONS; d++) {
			check_name(got.class[d], RULESET_CHAIN_NAME);
			check_name(got.hosts[d], RULESET_NAME);
			check_name(got.nets[d], RULESET_NAME);
			assert_memory_equal(got.class[d] + 2, spaces[i],
					    strlen(spaces[i]) < 12 ? strlen(spaces[i])
								   : 12);
		}
		check_name(got.peer, RULESET_NAME);
		run_free(&r);
	}
}

/* Input with such a namespace is refused, or contained; names have no part in that. */
static void what_nft_takes_in_no_name_is_replaced(void **state)
{
	struct run r;

	run_decide(&r, NULL, POD("m", "web", "", "10.0.0.1") POLICY("m", "p", ""));
	r.cluster->namespaces[0].name = "A.b c\"-0";
	assert_memory_equal(
		name_class(*state, r.dc, class_of(&r, INGRESS, "A.b c\"-0/web")),
		"i-__b_c_-0-", 11);
	run_free(&r);
}

/* 80 bits in 16 characters of base 32: every character has all its bits. */
static void tags_use_all_their_letters(void **state)
{
	struct portsets *all = portsets_new(*state);
	bool seen[16][128] = { 0 };

	for (unsigned i = 1; i <= 600; i++) {
		struct range r = { i, i };
		struct ranges ports[PROTOCOLS] = { { .at = &r, .len = 1 } };
		const char *name = name_ports(*state, portset_make(all, ports), EGRESS);
		const char *tag = strrchr(name, '-') + 1;

		assert_int_equal(strlen(tag), 16);
		for (size_t k = 0; k < 16; k++)
			seen[k][(unsigned char)tag[k]] = true;
	}
	for (size_t k = 0; k < 16; k++)
		for (const char *c = "abcdefghijklmnopqrstuvwxyz234567"; *c; c++)
			assert_true(seen[k][(unsigned char)*c]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_do_not_change_with_others),
		TEST(a_contained_rule_is_no_part_of_a_name),
		TEST(different_classes_have_different_names),
		TEST(classes_of_two_namespaces_are_apart),
		TEST(names_are_of_all_policies),
		TEST(a_long_list_of_policies_is_cut),
		TEST(the_order_of_port_names_changes_no_name),
		TEST(what_nothing_selects_is_contained),
		TEST(different_rows_have_different_names),
		TEST(names_say_kind_direction_and_family),
		TEST(port_sets_are_told_apart),
		TEST(port_ranges_are_told_apart),
		TEST(names_are_short_and_plain),
		TEST(what_nft_takes_in_no_name_is_replaced),
		TEST(tags_use_all_their_letters),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
