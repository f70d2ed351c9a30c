/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core: the verdict on whole connections, with its reason: both directions, own
 * node, a pod to itself, families, and ends that policy does not know as pods.
 */
#include "manifests.h"

#include <netpolc/policy/core.h>

/*
 * Namespace a denies all both ways (but see the policies of each case), b is
 * open.  n1 has the pods of a and an address of each family; n2 has b's.
 */
#define CLUSTER                                                                          \
	"---\n{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: "   \
	"[{type: InternalIP, address: 10.9.0.1}, {type: InternalIP, address: "           \
	"'fd00::1'}]}}\n" NODE("n2", "10.9.0.2") POD(                                    \
		"a", "web", "app: web",                                                  \
		"10.0.0.1") POD("a", "db", "app: db",                                    \
				"10.0.0.2") POD_SPEC("a", "dual", "app: dual",           \
						     "nodeName: n1",                     \
						     "podIPs: [{ip: 10.0.0.3}, {ip: "    \
						     "'fd00:a::3'}]")                    \
		POD_SPEC("a", "six", "app: six", "nodeName: n1",                         \
			 "podIP: 'fd00:a::4'") POD_SPEC("a", "bare", "app: bare",        \
							"nodeName: n1",                  \
							"phase: Pending")                \
			POD_SPEC("a", "host", "app: host",                               \
				 "nodeName: n1, hostNetwork: true", "podIP: 10.9.0.1")   \
				POD_SPEC("a", "over", "app: web", "nodeName: n1",        \
					 "phase: Succeeded, podIP: "                     \
					 "10.0.0.99") POD_SPEC("b", "free", "app: free", \
							       "nodeName: n2",           \
							       "podIP: 10.0.1.1")        \
					POD_SPEC("b", "dual", "app: dual",               \
						 "nodeName: n2",                         \
						 "podIPs: [{ip: 10.0.1.3}, {ip: "        \
						 "'fd00:b::3'}]")                        \
						POD_SPEC("b", "bare", "app: bare", "",   \
							 "phase: Pending")               \
							POD_SPEC("b", "host",            \
								 "app: host",            \
								 "nodeName: n2, "        \
								 "hostNetwork: true",    \
								 "podIP: 10.9.0.2")

#define DENY	     POLICY("a", "deny", "policyTypes: [Ingress, Egress]")
#define DENY_IN	     POLICY("a", "deny-in", "policyTypes: [Ingress]")
#define DENY_OUT     POLICY("a", "deny-out", "policyTypes: [Egress]")
#define LET_IN(rule) DENY_IN POLICY("a", "in", "ingress: [" rule "]")
#define LET_OUT(rule)                                                                    \
	DENY_OUT POLICY("a", "out", "policyTypes: [Egress], egress: [" rule "]")

#define V4 FAMILY_IPV4
#define V6 FAMILY_IPV6

static const struct {
	const char *what, *policies, *from, *to;
	unsigned protocol;
	uint16_t port;
	bool allow;
	enum reason reason;
} cases[] = {
	{ "no policy", "", "b/free", "a/web", PROTO_TCP, 80, true, REASON_OPEN },
	{ "neither end isolated", DENY, "b/free", "b/dual", PROTO_TCP, 80, true,
	  REASON_OPEN },
	{ "outside to outside", DENY, "9.9.9.9", "8.8.8.8", PROTO_TCP, 80, true,
	  REASON_OPEN },
	{ "destination isolated", DENY_IN, "b/free", "a/web", PROTO_TCP, 80, false,
	  REASON_INGRESS },
	{ "the way back is another direction", DENY_IN, "a/web", "b/free", PROTO_TCP, 80,
	  true, REASON_OPEN },
	{ "source isolated", DENY_OUT, "a/web", "b/free", PROTO_TCP, 80, false,
	  REASON_EGRESS },
	{ "source isolated, the way in is free", DENY_OUT, "b/free", "a/web", PROTO_TCP,
	  80, true, REASON_OPEN },
	{ "both isolated: egress is told first", DENY, "a/web", "a/db", PROTO_TCP, 80,
	  false, REASON_EGRESS },
	{ "egress allows, ingress denies", DENY_IN LET_OUT("{}"), "a/web", "a/db",
	  PROTO_TCP, 80, false, REASON_INGRESS },
	{ "ingress allows", LET_IN("{ports: [{port: 80}]}"), "b/free", "a/web", PROTO_TCP,
	  80, true, REASON_RULES },
	{ "ingress allows another port", LET_IN("{ports: [{port: 80}]}"), "b/free",
	  "a/web", PROTO_TCP, 81, false, REASON_INGRESS },
	{ "ingress allows another protocol", LET_IN("{ports: [{port: 80}]}"), "b/free",
	  "a/web", PROTO_UDP, 80, false, REASON_INGRESS },
	{ "egress allows", LET_OUT("{ports: [{port: 80}]}"), "a/web", "9.9.9.9",
	  PROTO_TCP, 80, true, REASON_RULES },
	{ "ports without a protocol say nothing of others", LET_IN("{ports: [{}]}"),
	  "b/free", "a/web", PROTO_OTHER, 0, false, REASON_INGRESS },
	{ "no ports: every protocol", LET_IN("{}"), "b/free", "a/web", PROTO_OTHER, 0,
	  true, REASON_RULES },
	{ "an address that a pod has is that pod", DENY_IN, "b/free", "10.0.0.1",
	  PROTO_TCP, 80, false, REASON_INGRESS },
	{ "and as a source", DENY_OUT, "10.0.0.1", "9.9.9.9", PROTO_TCP, 80, false,
	  REASON_EGRESS },
	{ "an address beside it is not", DENY_IN, "b/free", "10.0.0.7", PROTO_TCP, 80,
	  true, REASON_OPEN },
	/* A pod and itself. */
	{ "to itself", DENY, "a/web", "a/web", PROTO_TCP, 80, true, REASON_SELF },
	{ "to itself by address", DENY, "a/web", "10.0.0.1", PROTO_TCP, 80, true,
	  REASON_SELF },
	{ "to itself, other protocols too", DENY, "10.0.0.1", "10.0.0.1", PROTO_OTHER, 0,
	  true, REASON_SELF },
	{ "to itself without an address", DENY, "a/bare", "a/bare", PROTO_TCP, 80, true,
	  REASON_SELF },
	{ "to its other address there is no way", DENY, "10.0.0.3", "fd00:a::3",
	  PROTO_TCP, 80, false, REASON_NO_FAMILY },
	{ "an address of nobody to itself is no pod", DENY, "9.9.9.9", "9.9.9.9",
	  PROTO_TCP, 80, true, REASON_OPEN },
	/* A pod and its node. */
	{ "from its node", DENY, "10.9.0.1", "a/web", PROTO_TCP, 80, true,
	  REASON_OWN_NODE },
	{ "to its node", DENY, "a/web", "10.9.0.1", PROTO_TCP, 80, true,
	  REASON_OWN_NODE },
	{ "to its node in the other family", DENY, "a/six", "fd00::1", PROTO_TCP, 80,
	  true, REASON_OWN_NODE },
	{ "its node, other protocols too", DENY, "10.9.0.1", "a/web", PROTO_OTHER, 0,
	  true, REASON_OWN_NODE },
	{ "another node", DENY, "10.9.0.2", "a/web", PROTO_TCP, 80, false,
	  REASON_INGRESS },
	{ "to another node", DENY, "a/web", "10.9.0.2", PROTO_TCP, 80, false,
	  REASON_EGRESS },
	{ "a hostNetwork pod of its node", DENY, "a/host", "a/web", PROTO_TCP, 80, true,
	  REASON_OWN_NODE },
	{ "a hostNetwork pod of another node", DENY, "b/host", "a/web", PROTO_TCP, 80,
	  false, REASON_INGRESS },
	{ "its node without a common family", DENY, "a/six", "10.9.0.1", PROTO_TCP, 80,
	  false, REASON_NO_FAMILY },
	{ "a pod without an address and its node", DENY, "a/bare", "10.9.0.1", PROTO_TCP,
	  80, true, REASON_OWN_NODE },
	{ "a pod without nodeName", DENY, "b/bare", "10.9.0.1", PROTO_TCP, 80, true,
	  REASON_OPEN },
	/* hostNetwork pods are addresses. */
	{ "hostNetwork: never isolated", DENY, "a/host", "b/free", PROTO_TCP, 80, true,
	  REASON_OPEN },
	{ "hostNetwork: no selector's peer", LET_IN("{from: [{namespaceSelector: {}}]}"),
	  "b/host", "a/web", PROTO_TCP, 80, false, REASON_INGRESS },
	{ "hostNetwork: a block's peer",
	  LET_IN("{from: [{ipBlock: {cidr: 10.9.0.2/32}}]}"), "b/host", "a/web",
	  PROTO_TCP, 80, true, REASON_RULES },
	/* Finished pods do not exist; their address is anybody's. */
	{ "a finished source", "", "a/over", "a/web", PROTO_TCP, 80, false,
	  REASON_NO_ENDPOINT },
	{ "a finished destination", "", "a/web", "a/over", PROTO_TCP, 80, false,
	  REASON_NO_ENDPOINT },
	{ "to itself, finished", "", "a/over", "a/over", PROTO_TCP, 80, false,
	  REASON_NO_ENDPOINT },
	{ "a finished pod's address", LET_IN("{from: [{podSelector: {}}]}"), "10.0.0.99",
	  "a/web", PROTO_TCP, 80, false, REASON_INGRESS },
	{ "to a finished pod's address", DENY_IN, "a/web", "10.0.0.99", PROTO_TCP, 80,
	  true, REASON_OPEN },
	/* Families. */
	{ "no common family", "", "a/web", "a/six", PROTO_TCP, 80, false,
	  REASON_NO_FAMILY },
	{ "no common family with an address", "", "a/web", "2001:db8::1", PROTO_TCP, 80,
	  false, REASON_NO_FAMILY },
	{ "both families must allow", LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"),
	  "b/dual", "a/dual", PROTO_TCP, 80, false, REASON_INGRESS },
	{ "the other family alone is not enough",
	  LET_IN("{from: [{ipBlock: {cidr: 'fd00::/8'}}]}"), "b/dual", "a/dual",
	  PROTO_TCP, 80, false, REASON_INGRESS },
	{ "both families do",
	  LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: "
		 "{cidr: 'fd00::/8'}}]}"),
	  "b/dual", "a/dual", PROTO_TCP, 80, true, REASON_RULES },
	{ "an address fixes the family",
	  LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"), "10.0.1.3", "a/dual",
	  PROTO_TCP, 80, true, REASON_RULES },
	{ "and the other one", LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"),
	  "fd00:b::3", "a/dual", PROTO_TCP, 80, false, REASON_INGRESS },
	{ "only the common one counts", LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"),
	  "b/dual", "a/web", PROTO_TCP, 80, true, REASON_RULES },
	/* Pods without an address take part by their labels. */
	{ "no address, by label",
	  LET_IN("{from: [{podSelector: {matchLabels: {app: "
		 "bare}}}]}"),
	  "a/bare", "a/web", PROTO_TCP, 80, true, REASON_RULES },
	{ "no address, isolated", DENY_IN, "b/free", "a/bare", PROTO_TCP, 80, false,
	  REASON_INGRESS },
	{ "no address at both ends", DENY_IN, "b/bare", "a/bare", PROTO_TCP, 80, false,
	  REASON_INGRESS },
	{ "no address, in a /0", LET_IN("{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}"),
	  "b/bare", "a/web", PROTO_TCP, 80, true, REASON_RULES },
	{ "no address, in all of the other's family alone",
	  LET_IN("{from: [{ipBlock: {cidr: '::/0'}}]}"), "b/bare", "a/web", PROTO_TCP, 80,
	  false, REASON_INGRESS },
	{ "no address, in one family of a pod with both",
	  LET_IN("{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}"), "b/bare", "a/dual", PROTO_TCP,
	  80, false, REASON_INGRESS },
	{ "no address, in both",
	  LET_IN("{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]}"),
	  "b/bare", "a/dual", PROTO_TCP, 80, true, REASON_RULES },
	{ "no address at either end: one family is enough",
	  LET_IN("{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}"), "b/bare", "a/bare", PROTO_TCP,
	  80, true, REASON_RULES },
	{ "and the other one as well", LET_IN("{from: [{ipBlock: {cidr: '::/0'}}]}"),
	  "b/bare", "a/bare", PROTO_TCP, 80, true, REASON_RULES },
	{ "but one for the way out and the other for the way in are none",
	  POD_SPEC("a", "bare2", "app: bare", "", "phase: Pending")
		  LET_OUT("{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}")
			  LET_IN("{from: [{ipBlock: {cidr: '::/0'}}]}"),
	  "a/bare", "a/bare2", PROTO_TCP, 80, false, REASON_INGRESS },
	{ "no address, in no smaller block",
	  LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"), "b/bare", "a/web", PROTO_TCP,
	  80, false, REASON_INGRESS },
};

static struct endpoint end_of(const struct run *r, const char *text)
{
	if (strchr(text, '/'))
		return (struct endpoint){ .is_pod = true, .pod = pod_id(r, text) };
	return (struct endpoint){ .address = address_of(text) };
}

static struct verdict_of_core ask(struct run *r, const struct core *core,
				  const char *from, const char *to, unsigned protocol,
				  uint16_t port)
{
	struct endpoint source = end_of(r, from), destination = end_of(r, to);

	return core_decide(core, &source, &destination, protocol, port);
}

static void verdicts_have_their_reasons(void **state)
{
	struct run r;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verdict_of_core v;

		run_decide(&r, NULL,
			   arena_printf(*state, "%s%s", CLUSTER, cases[i].policies));
		v = ask(&r, core_build(&r.cx, r.dc), cases[i].from, cases[i].to,
			cases[i].protocol, cases[i].port);
		if (v.allow != cases[i].allow || v.reason != cases[i].reason)
			fail_msg("%s: %s for reason %d", cases[i].what,
				 v.allow ? "allowed" : "denied", (int)v.reason);
		run_free(&r);
	}
}

static void verdicts_name_the_family(void **state)
{
	const struct core *core;
	struct run r;

	(void)state;
	run_decide(&r, NULL, CLUSTER LET_IN("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}"));
	core = core_build(&r.cx, r.dc);
	/* The one that denies. */
	assert_int_equal(ask(&r, core, "b/dual", "a/dual", PROTO_TCP, 80).family, V6);
	assert_int_equal(ask(&r, core, "9.9.9.9", "a/dual", PROTO_TCP, 80).family, V4);
	assert_int_equal(ask(&r, core, "fd00::9", "a/dual", PROTO_TCP, 80).family, V6);
	assert_int_equal(ask(&r, core, "b/bare", "a/six", PROTO_TCP, 80).family, V6);
	assert_int_equal(ask(&r, core, "b/free", "a/dual", PROTO_TCP, 80).family, V4);
	run_free(&r);
}

static void families_that_are_not_decided_do_not_count(void **state)
{
	static const struct {
		const char *what, *from, *to;
		bool only4, only6; /* allowed with --family 4, 6 */
	} asked[] = {
		{ "dual to dual, IPv4 is allowed", "b/dual", "a/dual", true, false },
		{ "an IPv6 pod", "b/dual", "a/six", false, false },
		{ "an IPv4 pod", "b/dual", "a/web", true, false },
		{ "an IPv4 pod to itself", "a/web", "a/web", true, false },
		{ "an IPv6 pod to itself", "a/six", "a/six", false, true },
		{ "its node, in IPv4", "10.9.0.1", "a/web", true, false },
		{ "a pod without an address, to itself", "a/bare", "a/bare", true, true },
		{ "outside", "9.9.9.9", "8.8.8.8", true, false },
	};
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		for (int f = 0; f < FAMILIES; f++) {
			struct settings set = settings_default();
			bool want = f == V4 ? asked[i].only4 : asked[i].only6;

			set.families[f == V4 ? V6 : V4] = false;
			run_decide(&r, &set,
				   CLUSTER LET_IN("{from: [{ipBlock: {cidr: "
						  "10.0.0.0/8}}]}"));
			if (ask(&r, core_build(&r.cx, r.dc), asked[i].from, asked[i].to,
				PROTO_TCP, 80)
				    .allow != want)
				fail_msg("%s, --family %d", asked[i].what,
					 f == V4 ? 4 : 6);
			run_free(&r);
		}
	}
}

static void other_protocols_can_be_let_through(void **state)
{
	struct settings set = settings_default();
	const struct core *core;
	struct verdict_of_core v;
	struct run r;

	(void)state;
	set.allow_other_protocols = true;
	run_decide(&r, &set, CLUSTER DENY);
	core = core_build(&r.cx, r.dc);
	v = ask(&r, core, "b/free", "a/web", PROTO_OTHER, 0);
	assert_true(v.allow);
	assert_int_equal(v.reason, REASON_PROTOCOL);
	assert_false(ask(&r, core, "b/free", "a/web", PROTO_TCP, 0).allow);
	assert_false(ask(&r, core, "b/free", "a/web", PROTO_SCTP, 0).allow);
	assert_false(ask(&r, core, "a/web", "a/six", PROTO_OTHER, 0).allow);
	run_free(&r);
}

static void with_a_node_only_its_pods_are_isolated(void **state)
{
	struct settings set = settings_default();
	const struct core *core;
	struct run r;

	(void)state;
	set.node = "n2";
	run_decide(&r, &set,
		   CLUSTER DENY POLICY("b", "in",
				       "ingress: [{from: [{namespaceSelector: {}}]}]"));
	core = core_build(&r.cx, r.dc);
	assert_true(ask(&r, core, "9.9.9.9", "a/web", PROTO_TCP, 80).allow);
	assert_false(ask(&r, core, "9.9.9.9", "b/free", PROTO_TCP, 80).allow);
	assert_true(ask(&r, core, "a/web", "b/free", PROTO_TCP, 80).allow);
	run_free(&r);
}

static void contained_pods_are_denied_both_ways(void **state)
{
	struct settings set = settings_default();
	const struct core *core;
	struct run r;

	(void)state;
	set.isolate_invalid = true;
	run_decide(&r, &set,
		   CLUSTER POD("b", "bad", "app: 'no good'", "10.0.1.9")
			   POLICY("b", "all", "ingress: [{}], egress: [{}]"));
	core = core_build(&r.cx, r.dc);
	assert_int_equal(ask(&r, core, "b/free", "b/bad", PROTO_TCP, 80).reason,
			 REASON_INGRESS);
	assert_int_equal(ask(&r, core, "b/bad", "b/free", PROTO_TCP, 80).reason,
			 REASON_EGRESS);
	assert_int_equal(ask(&r, core, "9.9.9.9", "10.0.1.9", PROTO_TCP, 80).reason,
			 REASON_INGRESS);
	assert_int_equal(ask(&r, core, "b/bad", "b/bad", PROTO_TCP, 80).reason,
			 REASON_SELF);
	assert_int_equal(ask(&r, core, "b/free", "b/dual", PROTO_TCP, 80).reason,
			 REASON_RULES);
	run_free(&r);
}

static void its_size_is_known(void **state)
{
	struct core_size size;
	struct run r;

	(void)state;
	run_decide(&r, NULL, CLUSTER);
	size = core_size(core_build(&r.cx, r.dc));
	assert_int_equal(size.matrix, 4 * r.dc->nrows * r.dc->classes->natoms);
	assert_true(size.ends >= r.cluster->npods * (sizeof(uint32_t) + sizeof(void *)));
	assert_true(size.addresses && size.ports);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(verdicts_have_their_reasons),
		TEST(verdicts_name_the_family),
		TEST(families_that_are_not_decided_do_not_count),
		TEST(other_protocols_can_be_let_through),
		TEST(with_a_node_only_its_pods_are_isolated),
		TEST(contained_pods_are_denied_both_ways),
		TEST(its_size_is_known),
	};

	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
