/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolve: each peer once, with the pods or addresses that it means; subjects; and
 * the port names that rules use.
 */
#include "manifests.h"

#include <netpolc/policy/resolve.h>

/* Namespaces a, c and d are "team: x"; b is between them, e has no object. */
#define CLUSTER                                                                          \
	NAMESPACE("a", "team: x, size: big")                                             \
	NAMESPACE("b", "team: w")                                                        \
	NAMESPACE("c", "team: x")                                                        \
	NAMESPACE("d", "team: x, size: big")                                             \
	NAMESPACE("empty", "team: z")                                                    \
	NAMESPACE("f", "team: z")                                                        \
	POD("a", "a1", "app: web", "10.0.0.1")                                           \
	POD("a", "a2", "app: db", "10.0.0.2")                                            \
	POD("b", "b1", "app: web", "10.0.0.3")                                           \
	POD("c", "c1", "app: web", "10.0.0.4")                                           \
	POD("c", "c2", "app: db", "10.0.0.5")                                            \
	POD("d", "d1", "app: db", "10.0.0.6")                                            \
	POD("e", "e1", "app: web", "10.0.0.7")                                           \
	POD_SPEC("c", "host", "app: web", "hostNetwork: true", "podIP: 10.9.0.1")        \
	POD_SPEC("c", "over", "app: web", "", "phase: Failed, podIP: 10.0.0.9")

static const struct {
	const char *what, *peer, *want;
} pod_peers[] = {
	{ "podSelector alone: the policy's own namespace",
	  "podSelector: {matchLabels: {app: web}}", "c/c1" },
	{ "the empty podSelector: all of the own namespace", "podSelector: {}",
	  "c/c1 c/c2" },
	{ "the empty namespaceSelector: every pod, those of unknown namespaces too",
	  "namespaceSelector: {}", "a/a1 a/a2 b/b1 c/c1 c/c2 d/d1 e/e1" },
	{ "namespaces by label, two runs of neighbours",
	  "namespaceSelector: {matchLabels: {team: x}}", "a/a1 a/a2 c/c1 c/c2 d/d1" },
	{ "a run that ends with the last namespace but one that has pods",
	  "namespaceSelector: {matchLabels: {size: big}}", "a/a1 a/a2 d/d1" },
	{ "both selectors",
	  "namespaceSelector: {matchLabels: {team: x}}, podSelector: "
	  "{matchLabels: {app: db}}",
	  "a/a2 c/c2 d/d1" },
	{ "a pod selector in a run that has none of it",
	  "namespaceSelector: {matchLabels: {team: w}}, podSelector: {matchLabels: "
	  "{app: db}}",
	  "" },
	{ "namespaces without pods", "namespaceSelector: {matchLabels: {team: z}}", "" },
	{ "no namespace at all", "namespaceSelector: {matchLabels: {team: none}}", "" },
	{ "the name that the control plane sets",
	  "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}", "b/b1" },
	{ "of a namespace that no object describes",
	  "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: e}}", "e/e1" },
	{ "the first namespace alone",
	  "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}",
	  "a/a1 a/a2" },
	{ "namespaces by absent key",
	  "namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}",
	  "e/e1" },
	{ "namespaces not in a list",
	  "namespaceSelector: {matchExpressions: [{key: size, operator: NotIn, values: "
	  "[big]}]}",
	  "b/b1 c/c1 c/c2 e/e1" },
	{ "a null namespaceSelector says nothing",
	  "namespaceSelector: null, podSelector: {matchLabels: {app: db}}", "c/c2" },
	{ "pods by absent key, hostNetwork and finished ones never",
	  "podSelector: {matchExpressions: [{key: none, operator: DoesNotExist}]}",
	  "c/c1 c/c2" },
};

static const struct peer *peer_of(const struct run *r, enum direction d, size_t rule,
				  size_t peer)
{
	return &r->sets->peers[r->sets->rules[d][0][rule].peers[peer]];
}

static void run_resolve(struct run *r, const struct settings *set, const char *text)
{
	run_read(r, set, text);
	r->sets = resolve(&r->cx, r->cluster);
}

static void peers_select_pods(void **state)
{
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pod_peers); i++) {
		const struct peer *peer;

		const char *text = arena_printf(
			*state, CLUSTER POLICY("c", "p", "ingress: [{from: [{%s}]}]"),
			pod_peers[i].peer);
		run_resolve(&r, NULL, text);
		assert_int_equal(r.sets->npeers, 1);
		peer = peer_of(&r, INGRESS, 0, 0);
		assert_false(peer->block);
		if (strcmp(pod_names(&r, peer->pods.at, peer->pods.len),
			   pod_peers[i].want) != 0)
			fail_msg("%s: %s", pod_peers[i].what,
				 pod_names(&r, peer->pods.at, peer->pods.len));
		run_free(&r);
	}
}

#define V4_MAX ((u128)UINT32_MAX)
#define V6_MAX (~(u128)0)

static const struct {
	const char *what, *block;
	struct ranges want;
	bool whole;
} blocks[] = {
	{ "all of IPv4", "cidr: 0.0.0.0/0", RANGES({ 0, V4_MAX }), true },
	{ "all of IPv6", "cidr: '::/0'", RANGES({ 0, V6_MAX }), true },
	{ "one address", "cidr: 10.0.0.1/32", RANGES({ 0x0a000001, 0x0a000001 }), false },
	{ "the lower half", "cidr: 0.0.0.0/1", RANGES({ 0, 0x7fffffff }), false },
	{ "an except in the middle", "cidr: 10.0.0.0/24, except: [10.0.0.16/28]",
	  RANGES({ 0x0a000000, 0x0a00000f }, { 0x0a000020, 0x0a0000ff }), false },
	{ "excepts at both ends",
	  "cidr: 10.0.0.0/24, except: [10.0.0.0/32, 10.0.0.255/32]",
	  RANGES({ 0x0a000001, 0x0a0000fe }), false },
	{ "excepts that touch and overlap",
	  "cidr: 10.0.0.0/24, except: [10.0.0.128/25, 10.0.0.64/26, 10.0.0.192/26]",
	  RANGES({ 0x0a000000, 0x0a00003f }), false },
	{ "excepts over all of it",
	  "cidr: 10.0.0.0/24, except: [10.0.0.0/25, 10.0.0.128/25]", RANGES(), false },
	{ "a /0 with an except is not whole", "cidr: 0.0.0.0/0, except: [0.0.0.0/32]",
	  RANGES({ 1, V4_MAX }), false },
	{ "the last address excepted", "cidr: 0.0.0.0/0, except: [255.255.255.255/32]",
	  RANGES({ 0, V4_MAX - 1 }), false },
	{ "the ends of IPv6 excepted",
	  "cidr: '::/0', except: ['::/128', "
	  "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128']",
	  RANGES({ 1, V6_MAX - 1 }), false },
	{ "host bits are masked", "cidr: 10.0.0.77/24",
	  RANGES({ 0x0a000000, 0x0a0000ff }), false },
};

static void blocks_are_addresses(void **state)
{
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		const struct peer *peer;

		const char *text = arena_printf(
			*state,
			CLUSTER POLICY("c", "p", "ingress: [{from: [{ipBlock: {%s}}]}]"),
			blocks[i].block);
		run_resolve(&r, NULL, text);
		assert_int_equal(r.sets->npeers, 1);
		peer = peer_of(&r, INGRESS, 0, 0);
		assert_true(peer->block);
		assert_int_equal(peer->family,
				 strchr(blocks[i].block, ':') &&
						 strstr(blocks[i].block, "::")
					 ? FAMILY_IPV6
					 : FAMILY_IPV4);
		if (!ranges_equal(&peer->addresses, &blocks[i].want) ||
		    peer->whole != blocks[i].whole)
			fail_msg("%s", blocks[i].what);
		run_free(&r);
	}
}

/* Two peers of one rule, in two namespaces; the same peer has one id. */
static const struct {
	const char *what, *x, *y;
	bool same;
} identity[] = {
	{ "equal selectors", "podSelector: {matchLabels: {app: web}}",
	  "podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}",
	  true },
	{ "selectors of other operators",
	  "podSelector: {matchExpressions: [{key: app, operator: Exists}]}",
	  "podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}",
	  false },
	{ "In and NotIn",
	  "podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}",
	  "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
	  false },
	{ "other values", "podSelector: {matchLabels: {app: web}}",
	  "podSelector: {matchLabels: {app: db}}", false },
	{ "other keys", "podSelector: {matchLabels: {app: web}}",
	  "podSelector: {matchLabels: {tier: web}}", false },
	{ "one value or two",
	  "podSelector: {matchExpressions: [{key: app, operator: In, values: [a]}]}",
	  "podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}",
	  false },
	{ "no podSelector and the empty one beside namespaces",
	  "namespaceSelector: {matchLabels: {team: x}}",
	  "namespaceSelector: {matchLabels: {team: x}}, podSelector: {}", true },
	{ "the own namespace and all of them", "podSelector: {}", "namespaceSelector: {}",
	  false },
	{ "a selector on pods or on namespaces", "podSelector: {matchLabels: {team: x}}",
	  "namespaceSelector: {matchLabels: {team: x}}", false },
	{ "other namespace selectors", "namespaceSelector: {matchLabels: {team: x}}",
	  "namespaceSelector: {matchLabels: {team: w}}", false },
	{ "other pods in the same namespaces",
	  "namespaceSelector: {matchLabels: {team: x}}",
	  "namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: "
	  "web}}",
	  false },
	{ "what one selects in namespaces the other does in pods",
	  "namespaceSelector: {matchLabels: {team: x}}, podSelector: {}",
	  "namespaceSelector: {}, podSelector: {matchLabels: {team: x}}", false },
	{ "equal blocks", "ipBlock: {cidr: 10.0.0.0/8}", "ipBlock: {cidr: 10.0.0.0/8}",
	  true },
	{ "blocks written otherwise",
	  "ipBlock: {cidr: 10.0.0.0/24, except: [10.0.0.0/25]}",
	  "ipBlock: {cidr: 10.0.0.128/25}", true },
	{ "other blocks", "ipBlock: {cidr: 10.0.0.0/8}", "ipBlock: {cidr: 10.0.0.0/9}",
	  false },
	{ "all of either family", "ipBlock: {cidr: 0.0.0.0/0}", "ipBlock: {cidr: '::/0'}",
	  false },
	{ "nothing left of either family",
	  "ipBlock: {cidr: 10.0.0.0/31, except: [10.0.0.0/32, 10.0.0.1/32]}",
	  "ipBlock: {cidr: '::/127', except: ['::/128', '::1/128']}", false },
	{ "a small IPv6 number is no IPv4 address", "ipBlock: {cidr: 0.0.0.1/32}",
	  "ipBlock: {cidr: '::1/128'}", false },
};

static void equal_peers_are_one(void **state)
{
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(identity); i++) {
		const char *text =
			arena_printf(*state,
				     CLUSTER POLICY("c", "p",
						    "ingress: [{from: [{%s}]}], egress: "
						    "[{to: [{%s}]}]"),
				     identity[i].x, identity[i].y);
		run_resolve(&r, NULL, text);
		if ((peer_of(&r, INGRESS, 0, 0) == peer_of(&r, EGRESS, 0, 0)) !=
			    identity[i].same ||
		    r.sets->npeers != (identity[i].same ? 1 : 2))
			fail_msg("%s", identity[i].what);
		run_free(&r);
	}
}

static void the_own_namespace_is_part_of_a_peer(void **state)
{
	struct run r;

	(void)state;
	run_resolve(&r, NULL,
		    CLUSTER POLICY("a", "p", "ingress: [{from: [{podSelector: {}}]}]")
			    POLICY("b", "p", "ingress: [{from: [{podSelector: {}}]}]")
				    POLICY("b", "q",
					   "ingress: [{from: [{podSelector: {}}]}]"));
	assert_int_equal(r.sets->npeers, 2);
	assert_int_equal(r.sets->rules[INGRESS][1][0].peers[0],
			 r.sets->rules[INGRESS][2][0].peers[0]);
	assert_int_not_equal(r.sets->rules[INGRESS][0][0].peers[0],
			     r.sets->rules[INGRESS][1][0].peers[0]);
	assert_string_not_equal(r.sets->peers[0].key, r.sets->peers[1].key);
	run_free(&r);
}

static const struct {
	const char *what, *selector, *want;
} subject_cases[] = {
	{ "absent: all of the namespace", "policyTypes: [Ingress]", "c/c1 c/c2" },
	{ "empty: all of the namespace", "podSelector: {}", "c/c1 c/c2" },
	{ "by label", "podSelector: {matchLabels: {app: web}}", "c/c1" },
	{ "by absent key",
	  "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
	  "c/c2" },
	{ "nobody, though other namespaces have it",
	  "podSelector: {matchLabels: {app: cache}}", "" },
};

static void subjects_are_of_the_own_namespace(void **state)
{
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subject_cases); i++) {
		const char *text = arena_printf(*state, CLUSTER POLICY("c", "p", "%s"),
						subject_cases[i].selector);
		run_resolve(&r, NULL, text);
		if (strcmp(pod_names(&r, r.sets->subjects[0].at, r.sets->subjects[0].len),
			   subject_cases[i].want) != 0)
			fail_msg("%s", subject_cases[i].what);
		run_free(&r);
	}
}

static void rules_without_effect_have_no_peers(void **state)
{
	struct run r;

	(void)state;
	/* Statement A 5: egress rules of a policy that only isolates ingress. */
	run_resolve(&r, NULL,
		    CLUSTER POLICY("c", "p",
				   "policyTypes: [Ingress], egress: [{to: [{podSelector: "
				   "{}}], ports: [{port: http}]}]"));
	assert_int_equal(r.sets->npeers, 0);
	assert_int_equal(r.sets->names[EGRESS].len, 0);
	assert_int_equal(r.sets->rules[EGRESS][0][0].npeers, 0);
	run_free(&r);
}

static void port_names_are_collected_by_direction(void **state)
{
	struct run r;

	(void)state;
	run_resolve(
		&r, NULL,
		CLUSTER POLICY(
			"c", "p",
			"ingress: [{ports: [{port: http}, {port: 80}, {port: http}]}], "
			"egress: [{ports: [{port: dns, protocol: UDP}, {port: dns}]}, "
			"{ports: [{port: dns, protocol: UDP}]}]"));
	assert_int_equal(r.sets->names[INGRESS].len, 1);
	assert_string_equal(r.sets->names[INGRESS].at[0].name, "http");
	assert_int_equal(r.sets->names[INGRESS].at[0].protocol, PROTO_TCP);
	assert_int_equal(r.sets->names[EGRESS].len, 2);
	assert_int_equal(r.sets->names[EGRESS].at[0].protocol, PROTO_UDP);
	assert_int_equal(r.sets->names[EGRESS].at[1].protocol, PROTO_TCP);
	run_free(&r);
}

#define ON_WEB "podSelector: {matchLabels: {app: web}}, "

/* Statement A 33: a name that nobody concerned has is legal, and worth a warning. */
static const struct {
	const char *what, *spec, *says; /* NULL: no warning */
} unresolved[] = {
	{ "the subject has it", ON_WEB "ingress: [{ports: [{port: http}]}]", NULL },
	{ "the subject has it in another protocol",
	  ON_WEB "ingress: [{ports: [{port: http, protocol: UDP}]}]",
	  "no pod that the policy selects has a UDP port named 'http'" },
	{ "the subject has it not",
	  ON_WEB "ingress: [{ports: [{port: 80}, {port: sql}]}]",
	  "no pod that the policy selects has a TCP port named 'sql'" },
	{ "a number is no name", ON_WEB "ingress: [{ports: [{port: 99}]}]", NULL },
	{ "nobody is selected",
	  "podSelector: {matchLabels: {app: none}}, ingress: [{ports: [{port: sql}]}]",
	  NULL },
	{ "a peer has it",
	  ON_WEB "egress: [{to: [{podSelector: {matchLabels: {app: other}}}, "
		 "{podSelector: {matchLabels: {app: db}}}], ports: [{port: sql}]}]",
	  NULL },
	{ "somebody has it, who is no peer",
	  ON_WEB "egress: [{to: [{podSelector: {matchLabels: {app: other}}}], ports: "
		 "[{port: sql}]}]",
	  "no pod among the peers has a TCP port named 'sql'" },
	{ "nobody is a peer",
	  ON_WEB "egress: [{to: [{podSelector: {matchLabels: {app: none}}}], ports: "
		 "[{port: sql}]}]",
	  NULL },
	{ "any pod will do", ON_WEB "egress: [{ports: [{port: sql}]}]", NULL },
	{ "and none does", ON_WEB "egress: [{ports: [{port: nix}]}]",
	  "no pod among the peers has a TCP port named 'nix'" },
	{ "a rule without effect is not worth it",
	  ON_WEB "policyTypes: [Ingress], egress: [{ports: [{port: nix}]}]", NULL },
	{ "outside of the cluster ports have no names",
	  ON_WEB "egress: [{to: [{ipBlock: {cidr: 192.168.0.0/24}}], ports: [{port: "
		 "sql}]}]",
	  "no pod in an ipBlock of the rule has a TCP port named 'sql'" },
	{ "a pod of the block has it",
	  ON_WEB "egress: [{to: [{ipBlock: {cidr: 10.0.0.4/32}}], ports: [{port: sql}]}]",
	  NULL },
	{ "the only ones of the block are left out",
	  ON_WEB "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/29, except: [10.0.0.4/32, "
		 "10.0.0.2/32]}}], ports: [{port: sql}]}]",
	  "no pod in an ipBlock of the rule has a TCP port named 'sql'" },
	{ "none has an address of the family",
	  ON_WEB "egress: [{to: [{ipBlock: {cidr: '::/0'}}], ports: [{port: sql}]}]",
	  "no pod in an ipBlock of the rule has a TCP port named 'sql'" },
	{ "a pod that may yet get an address there has it",
	  ON_WEB "egress: [{to: [{ipBlock: {cidr: 192.168.0.0/24}}], ports: [{port: "
		 "late}]}]",
	  NULL },
	{ "not a selected one, but one of the block beside it",
	  ON_WEB "egress: [{to: [{podSelector: {matchLabels: {app: other}}}, {ipBlock: "
		 "{cidr: 10.0.0.0/29}}], ports: [{port: sql}]}]",
	  NULL },
	{ "neither a selected one nor one of the block beside it",
	  ON_WEB "egress: [{to: [{podSelector: {matchLabels: {app: other}}}, {ipBlock: "
		 "{cidr: 192.168.0.0/24}}], ports: [{port: sql}]}]",
	  "no pod among the peers has a TCP port named 'sql'" },
};

static const char *warning_of(struct run *r)
{
	size_t n;
	const struct diag *const *all = diag_sorted(r->cx.diags, &n);

	for (size_t i = 0; i < n; i++)
		if (all[i]->id == DIAG_PORT_UNRESOLVED) {
			assert_int_equal(all[i]->level, DIAG_WARNING);
			return all[i]->message;
		}
	return NULL;
}

static void names_that_nobody_has_are_warned_about(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(unresolved); i++) {
		const char *got;
		struct run r;

		run_resolve(
			&r, NULL,
			arena_printf(
				*state,
				POD_PORTS("a", "web", "app: web", "10.0.0.1",
					  PORT("http", "80"))
					POD_PORTS("b", "db", "app: db", "10.0.0.2",
						  PORT("sql", "5432")) POD("a", "other",
									   "app: other",
									   "10.0.0.3")
						POD_PORTS("a", "db", "app: db",
							  "10.0.0.4", PORT("sql", "5432"))
							POD_PORTS("a", "late", "", "",
								  PORT("late", "1"))
								POLICY("a", "p", "%s"),
				unresolved[i].spec));
		got = warning_of(&r);
		if (!got != !unresolved[i].says ||
		    (got && !strstr(got, unresolved[i].says)))
			fail_msg("%s: %s", unresolved[i].what, got ? got : "no warning");
		run_free(&r);
	}
}

static const struct {
	const char *what, *name;
	enum protocol protocol;
	struct ranges want;
} number_cases[] = {
	{ "one container", "http", PROTO_TCP, RANGES({ 80, 80 }) },
	{ "several containers, several numbers", "admin", PROTO_TCP,
	  RANGES({ 8080, 8081 }, { 9000, 9000 }) },
	{ "another protocol under the same name", "dns", PROTO_UDP, RANGES({ 53, 53 }) },
	{ "and that name in TCP", "dns", PROTO_TCP, RANGES({ 5353, 5353 }) },
	{ "a name of another protocol only", "http", PROTO_SCTP, RANGES() },
};

static void names_resolve_on_the_pod(void **state)
{
	struct run r;

	run_read(
		&r, NULL,
		POD_SPEC(
			"a", "p", "",
			"containers: [{name: x, ports: [{name: http, containerPort: 80}, "
			"{name: admin, containerPort: 9000}, "
			"{name: admin, containerPort: 8080}]}, "
			"{name: y, ports: [{name: admin, containerPort: 8081}, "
			"{name: dns, containerPort: 53, protocol: UDP}, "
			"{name: dns, containerPort: 5353}]}]",
			""));
	for (size_t i = 0; i < ARRAY_SIZE(number_cases); i++) {
		struct ranges got =
			pod_port_numbers(*state, &r.cluster->pods[0],
					 intern_str(r.cx.intern, number_cases[i].name),
					 number_cases[i].protocol);

		if (!ranges_equal(&got, &number_cases[i].want))
			fail_msg("%s", number_cases[i].what);
	}
	run_free(&r);
}

static void contained_rules_and_namespaces_match_nobody(void **state)
{
	struct settings set = settings_default();
	const struct peer *peer;
	struct run r;

	(void)state;
	set.isolate_invalid = true;
	run_resolve(&r, &set,
		    CLUSTER POLICY("c", "p",
				   "ingress: [{from: [{podSelector: {}}], ports: [{port: "
				   "70000}, {port: http}]}, {from: "
				   "[{namespaceSelector: {}}]}]"));
	assert_true(r.cluster->policies[0].rules[INGRESS][0].invalid);
	assert_int_equal(r.sets->rules[INGRESS][0][0].npeers, 0);
	assert_int_equal(r.sets->names[INGRESS].len, 0);
	assert_int_equal(r.sets->npeers, 1);
	/* An invalid namespace's labels say nothing, in the middle of a run too. */
	r.cluster->namespaces[2].invalid = true;
	r.cluster->pods[0].invalid = true;
	r.sets = resolve(&r.cx, r.cluster);
	peer = peer_of(&r, INGRESS, 1, 0);
	assert_string_equal(pod_names(&r, peer->pods.at, peer->pods.len),
			    "a/a2 b/b1 d/d1 e/e1");
	run_free(&r);
}

static void too_many_members_are_refused(void **state)
{
	const char *text = "";
	const struct diag *const *said;
	const struct pod_sets *sets;
	struct run r;
	size_t n;

	for (unsigned i = 0; i < 4; i++)
		text = arena_printf(*state,
				    "%s" POD("m", "p%u", "id: i%u", "10.0.0.%u") POLICY(
					    "m", "n%u",
					    "podSelector: {matchExpressions: [{key: id, "
					    "operator: NotIn, values: [i%u]}]}, ingress: "
					    "[{from: [{podSelector: {}}]}]"),
				    text, i, i, i + 1, i, i);
	run_read(&r, NULL, text);
	/* four sets of three pods, and all of them */
	sets = resolve_within(&r.cx, r.cluster, 4 * 3 + 4);
	assert_non_null(sets);
	assert_false(diag_failed(r.cx.diags));
	assert_null(resolve_within(&r.cx, r.cluster, 4 * 3 + 3));
	said = diag_sorted(r.cx.diags, &n);
	assert_int_equal(said[n - 1]->id, DIAG_TOO_LARGE);
	assert_string_equal(said[n - 1]->origin.object->name, "n3");
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(peers_select_pods),
		TEST(blocks_are_addresses),
		TEST(equal_peers_are_one),
		TEST(the_own_namespace_is_part_of_a_peer),
		TEST(subjects_are_of_the_own_namespace),
		TEST(rules_without_effect_have_no_peers),
		TEST(port_names_are_collected_by_direction),
		TEST(names_that_nobody_has_are_warned_about),
		TEST(names_resolve_on_the_pod),
		TEST(contained_rules_and_namespaces_match_nobody),
		TEST(too_many_members_are_refused),
	};

	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
