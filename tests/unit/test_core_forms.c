/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core: what it says does not depend on whether it has a matrix; a pod and its own
 * node, whatever addresses these have; and pods of which only a name is known.
 */
#include "manifests.h"

#include <netpolc/policy/core.h>

static struct endpoint end_of(const struct run *r, const char *text)
{
	if (strchr(text, '/'))
		return (struct endpoint){ .is_pod = true, .pod = pod_id(r, text) };
	return (struct endpoint){ .address = address_of(text) };
}

static struct verdict_of_core ask(const struct run *r, const struct core *core,
				  const char *from, const char *to)
{
	struct endpoint source = end_of(r, from), destination = end_of(r, to);

	return core_decide(core, &source, &destination, PROTO_TCP, 80);
}

/* ---- with a matrix and without ---- */

/* Rows with and without cells, in both directions and families. */
static const char mixed[] = POD("m", "x", "app: x", "10.0.0.1") POD(
	"m", "w", "app: w",
	"10.0.0.2") POD("m", "z", "app: z",
			"10.0.0.3") POD_SPEC("m", "dual", "app: dual", "",
					     "podIPs: [{ip: 10.0.0.4}, {ip: 'fd00::4'}]")
	POD_SPEC("m", "bare", "app: x", "", "phase: Pending") POD("other", "o", "app: o",
								  "10.0.1.1")
		POLICY("m", "x",
		       "podSelector: {matchLabels: {app: x}}, policyTypes: [Ingress, "
		       "Egress], ingress: [{from: [{podSelector: {matchLabels: {app: "
		       "w}}}], ports: "
		       "[{port: 80}, {port: 90, endPort: 99}]}, {ports: [{port: 443}]}], "
		       "egress: "
		       "[{to: [{ipBlock: {cidr: 10.0.0.0/24}}, {ipBlock: {cidr: "
		       "'fd00::/16'}}]}]") POLICY("m", "dual",
						  "podSelector: {matchLabels: {app: "
						  "dual}}, ingress: [{from: "
						  "[{namespaceSelector: {}}], ports: "
						  "[{protocol: UDP}]}, {from: [{ipBlock: "
						  "{cidr: '::/0'}}]}]")
			POLICY("m", "z",
			       "podSelector: {matchLabels: {app: z}}, policyTypes: "
			       "[Egress]") POLICY("other", "all", "ingress: [{}]");

static const char *const asked[] = { "m/x",
				     "m/w",
				     "m/z",
				     "m/dual",
				     "m/bare",
				     "other/o",
				     "10.0.0.1",
				     "10.0.0.4",
				     "10.0.0.9",
				     "10.0.1.0",
				     "9.9.9.9",
				     "0.0.0.0",
				     "255.255.255.255",
				     "fd00::4",
				     "fd00::5",
				     "::",
				     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };
static const struct {
	unsigned protocol;
	uint16_t port;
} ports_asked[] = { { PROTO_TCP, 0 },	{ PROTO_TCP, 80 },    { PROTO_TCP, 89 },
		    { PROTO_TCP, 90 },	{ PROTO_TCP, 99 },    { PROTO_TCP, 100 },
		    { PROTO_TCP, 443 }, { PROTO_TCP, 65535 }, { PROTO_UDP, 80 },
		    { PROTO_SCTP, 80 }, { PROTO_OTHER, 0 } };

static void compare(const struct run *r, const struct core *x, const struct core *y,
		    const char *from, const char *to)
{
	struct endpoint source = end_of(r, from), destination = end_of(r, to);

	for (size_t i = 0; i < ARRAY_SIZE(ports_asked); i++) {
		struct verdict_of_core a =
			core_decide(x, &source, &destination, ports_asked[i].protocol,
				    ports_asked[i].port);
		struct verdict_of_core b =
			core_decide(y, &source, &destination, ports_asked[i].protocol,
				    ports_asked[i].port);

		if (a.allow != b.allow || a.reason != b.reason || a.family != b.family)
			fail_msg("%s to %s, protocol %u port %u", from, to,
				 ports_asked[i].protocol, ports_asked[i].port);
	}
}

static void a_matrix_changes_no_verdict(void **state)
{
	const struct core *with, *without, *bare;
	struct run r;

	(void)state;
	run_decide(&r, NULL, mixed);
	with = core_build(&r.cx, r.dc);
	without = core_build_within(&r.cx, r.dc, 0, SIZE_MAX);
	bare = core_build_within(&r.cx, r.dc, SIZE_MAX, 2);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		for (size_t k = 0; k < ARRAY_SIZE(asked); k++) {
			compare(&r, with, without, asked[i], asked[k]);
			compare(&r, with, bare, asked[i], asked[k]);
		}
	/* Not all the same, then. */
	assert_true(ask(&r, without, "m/w", "m/x").allow);
	assert_int_equal(ask(&r, without, "m/w", "m/x").reason, REASON_RULES);
	assert_int_equal(ask(&r, without, "m/dual", "m/x").reason, REASON_INGRESS);
	assert_int_equal(ask(&r, without, "m/z", "m/w").reason, REASON_EGRESS);
	run_free(&r);
}

/* What a core with at most so many cells takes of memory. */
static size_t bytes_within(struct run *r, size_t cells)
{
	size_t before = arena_bytes(r->cx.arena);

	core_build_within(&r->cx, r->dc, cells, SIZE_MAX);
	return arena_bytes(r->cx.arena) - before;
}

static void a_matrix_is_there_as_long_as_it_fits(void **state)
{
	size_t cells, small, large;
	struct run r;

	(void)state;
	run_decide(&r, NULL, mixed);
	cells = r.dc->nrows * r.dc->classes->natoms;
	assert_true(r.dc->nrows > 2 && r.dc->classes->natoms > 2);
	small = bytes_within(&r, 0);
	large = bytes_within(&r, cells);
	assert_true(large >= small + cells * sizeof(uint32_t));
	assert_int_equal(bytes_within(&r, cells + 1), large);
	assert_int_equal(bytes_within(&r, SIZE_MAX), large);
	assert_int_equal(bytes_within(&r, cells - 1), small);
	assert_int_equal(bytes_within(&r, 1), small);
	/* without bits for ports it would say nothing */
	assert_int_equal(core_size(core_build_within(&r.cx, r.dc, cells, 2)).matrix, 0);
	run_free(&r);
}

/* ---- a pod and its own node ---- */

#define NODE_OF(name, addresses)                                                         \
	"---\n{apiVersion: v1, kind: Node, metadata: {name: " name                       \
	"}, status: {addresses: [" addresses "]}}\n"
#define INTERNAL(ip) "{type: InternalIP, address: '" ip "'}"

/* All pods of namespace a are isolated both ways. */
static const char nodes[] = NODE_OF(
	"n1", INTERNAL("10.9.0.1") ", {type: ExternalIP, "
				   "address: 192.0.2.1}, " INTERNAL(
					   "fd09::1") ", {type: Hostname, address: n1}")
	NODE_OF("n2", INTERNAL("10.9.0.2")) NODE_OF("n3", "") POD_SPEC(
		"a", "one", "", "nodeName: n1",
		"podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]") POD_SPEC("a", "four", "",
								      "nodeName: n1",
								      "podIP: 10.0.0.4")
		POD_SPEC("a", "three", "", "nodeName: n3", "podIP: 10.0.0.3") POD_SPEC(
			"a", "lost", "", "nodeName: n9", "podIP: 10.0.0.9")
			POD_SPEC("a", "nowhere", "", "", "podIP: 10.0.0.10") POD_SPEC(
				"a", "waits", "", "nodeName: n1",
				"phase: Pending") POD_SPEC("h", "one", "",
							   "nodeName: n1, hostNetwork: "
							   "true",
							   "podIP: 10.9.0.1")
				POD_SPEC("h", "second", "",
					 "nodeName: n1, hostNetwork: true",
					 "podIPs: [{ip: 10.9.0.7}, {ip: 'fd09::1'}]")
					POD_SPEC("h", "external", "",
						 "nodeName: n1, hostNetwork: true",
						 "podIP: 192.0.2.1")
						POD_SPEC(
							"h", "other", "",
							"nodeName: n2, hostNetwork: true",
							"podIP: 10.9.0.2")
							POD_SPEC("h", "waits", "",
								 "nodeName: n1, "
								 "hostNetwork: true",
								 "phase: Pending")
								POLICY("a", "deny",
								       "policyTypes: "
								       "[Ingress, "
								       "Egress]");

static const struct {
	const char *what, *pod, *other;
	bool own;
} node_cases[] = {
	{ "its first address", "a/one", "10.9.0.1", true },
	{ "its second one", "a/one", "192.0.2.1", true },
	{ "its last one, of the other family", "a/one", "fd09::1", true },
	{ "beside its address", "a/one", "10.9.0.3", false },
	{ "the number of its address, in the other family", "a/one", "::a09:1", false },
	{ "another node", "a/one", "10.9.0.2", false },
	{ "a hostNetwork pod there", "a/one", "h/one", true },
	{ "one with its second address", "a/four", "h/external", true },
	{ "one of whose addresses only the second is the node's", "a/one", "h/second",
	  true },
	{ "also where the other address is the common one", "a/four", "h/second", true },
	{ "a hostNetwork pod of another node", "a/one", "h/other", false },
	{ "a hostNetwork pod that has no address yet", "a/one", "h/waits", false },
	{ "a pod that has no address yet", "a/waits", "10.9.0.1", true },
	{ "such a pod and a hostNetwork pod", "a/waits", "h/one", true },
	{ "by the pod's address", "10.0.0.4", "192.0.2.1", true },
	{ "by the pod's address, a hostNetwork pod", "10.0.0.4", "h/one", true },
	{ "by the pod's address, another node", "10.0.0.4", "h/other", false },
	{ "a node without addresses", "a/three", "10.9.0.1", false },
	{ "a node that no object describes", "a/lost", "10.9.0.1", false },
	{ "a pod that has no node", "a/nowhere", "10.9.0.1", false },
	{ "a pod on the same node is no node", "a/four", "10.0.0.1", false },
};

static void a_pod_and_its_node_may_talk(void **state)
{
	const struct core *core;
	struct run r;

	(void)state;
	run_decide(&r, NULL, nodes);
	core = core_build(&r.cx, r.dc);
	for (size_t i = 0; i < ARRAY_SIZE(node_cases); i++) {
		struct verdict_of_core to =
			ask(&r, core, node_cases[i].pod, node_cases[i].other);
		struct verdict_of_core from =
			ask(&r, core, node_cases[i].other, node_cases[i].pod);
		bool own = node_cases[i].own;

		if (to.allow != own || (to.reason == REASON_OWN_NODE) != own)
			fail_msg("to the node, %s: reason %d", node_cases[i].what,
				 (int)to.reason);
		if (from.allow != own || (from.reason == REASON_OWN_NODE) != own)
			fail_msg("from the node, %s: reason %d", node_cases[i].what,
				 (int)from.reason);
	}
	/* Neither end is a pod. */
	assert_int_equal(ask(&r, core, "10.9.0.1", "192.0.2.1").reason, REASON_OPEN);
	assert_int_equal(ask(&r, core, "h/one", "10.9.0.1").reason, REASON_OPEN);
	run_free(&r);
}

/* ---- contained twins ---- */

/* Two pods that claim one name, in one family and in two, and a sound pod of two
 * families. */
static const char twins[] =
	POD("a", "web", "", "10.0.0.1") POD("a", "web", "", "10.0.0.9")
		POD("a", "mix", "", "10.0.1.1") POD("a", "mix", "", "fd00::9")
			POD_SPEC("a", "dual", "", "nodeName: n1",
				 "podIPs: [{ip: 10.0.2.1}, {ip: 'fd00:2::1'}]")
				POLICY("a", "deny", "policyTypes: [Ingress, Egress]");

static const struct {
	const char *what, *x, *y;
	enum reason reason; /* both ways */
} twin_cases[] = {
	{ "the name and itself", "a/web", "a/web", REASON_SELF },
	{ "an address and itself", "10.0.0.1", "10.0.0.1", REASON_SELF },
	{ "the other one's address and itself", "10.0.0.9", "10.0.0.9", REASON_SELF },
	{ "the addresses of both", "10.0.0.1", "10.0.0.9", REASON_EGRESS },
	{ "the name and one of two addresses", "a/web", "10.0.0.1", REASON_EGRESS },
	{ "the name and the other address", "a/web", "10.0.0.9", REASON_EGRESS },
	{ "the only address of a family", "a/mix", "10.0.1.1", REASON_SELF },
	{ "the only address of the other one", "a/mix", "fd00::9", REASON_SELF },
	{ "addresses of two families", "10.0.1.1", "fd00::9", REASON_NO_FAMILY },
	{ "a sound pod and its first address", "a/dual", "10.0.2.1", REASON_SELF },
	{ "a sound pod and its second address", "a/dual", "fd00:2::1", REASON_SELF },
	{ "a sound pod and another one", "a/dual", "a/web", REASON_EGRESS },
};

static void of_twins_only_an_address_is_itself(void **state)
{
	struct settings set = settings_default();
	const struct core *core;
	struct run r;

	(void)state;
	set.isolate_invalid = true;
	run_decide(&r, &set, twins);
	core = core_build(&r.cx, r.dc);
	for (size_t i = 0; i < ARRAY_SIZE(twin_cases); i++) {
		enum reason there =
			ask(&r, core, twin_cases[i].x, twin_cases[i].y).reason;
		enum reason back = ask(&r, core, twin_cases[i].y, twin_cases[i].x).reason;

		if (there != twin_cases[i].reason || back != twin_cases[i].reason)
			fail_msg("%s: reasons %d and %d", twin_cases[i].what, (int)there,
				 (int)back);
	}
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_matrix_changes_no_verdict),
		TEST(a_matrix_is_there_as_long_as_it_fits),
		TEST(a_pod_and_its_node_may_talk),
		TEST(of_twins_only_an_address_is_itself),
	};

	return cmocka_run_group_tests_name("core_forms", tests, NULL, NULL);
}
