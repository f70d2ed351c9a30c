/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classify: which pods share a class, which ends share an atom, and what the
 * members of a peer are.  Classes are written as pods that belong together,
 * atoms as pairs of ends that are the same or not.
 */
#include "manifests.h"

#include <netpolc/policy/classify.h>

#define PODS                                                                             \
	POD("a", "web1", "app: web", "10.0.0.1")                                         \
	POD("a", "web2", "app: web", "10.0.0.2")                                         \
	POD("a", "db", "app: db", "10.0.0.3")                                            \
	POD("b", "web", "app: web", "10.0.1.1")

#define TO_ALL(policy_types) "podSelector: {}, policyTypes: [" policy_types "]"
#define TO_WEB(policy_types)                                                             \
	"podSelector: {matchLabels: {app: web}}, policyTypes: [" policy_types "]"

/* Classes in their order: "a/db | a/web1 a/web2". */
static const char *classes_text(const struct run *r, enum direction d)
{
	const char *out = "";

	for (size_t i = 0; i < r->classes->len[d]; i++)
		out = arena_printf(r->cx.arena, "%s%s%s", out, i ? " | " : "",
				   pod_names(r, r->classes->at[d][i].pods.at,
					     r->classes->at[d][i].pods.len));
	return out;
}

static const struct {
	const char *what, *text, *ingress, *egress;
} class_cases[] = {
	{ "no policy, no class", PODS, "", "" },
	{ "a policy that selects nobody",
	  PODS POLICY("a", "p", "podSelector: {matchLabels: {app: none}}"), "", "" },
	{ "one policy, one class, its own namespace only",
	  PODS POLICY("a", "p", TO_ALL("Ingress")), "a/db a/web1 a/web2", "" },
	{ "directions are apart",
	  PODS POLICY("a", "p", TO_ALL("Egress")) POLICY("a", "q", TO_WEB("Ingress")),
	  "a/web1 a/web2", "a/db a/web1 a/web2" },
	{ "both directions", PODS POLICY("b", "p", TO_ALL("Ingress, Egress")), "b/web",
	  "b/web" },
	{ "policies that overlap",
	  PODS POLICY("a", "p", TO_ALL("Ingress")) POLICY("a", "q", TO_WEB("Ingress")),
	  "a/db | a/web1 a/web2", "" },
	{ "policies that select the same",
	  PODS POLICY("a", "p", TO_WEB("Ingress")) POLICY("a", "q", TO_WEB("Ingress")),
	  "a/web1 a/web2", "" },
	{ "namespaces have classes of their own",
	  PODS POLICY("a", "p", TO_WEB("Ingress")) POLICY("b", "p", TO_WEB("Ingress")),
	  "a/web1 a/web2 | b/web", "" },
	{ "classes are in the order of their first pod",
	  PODS POLICY("a", "p", "podSelector: {matchLabels: {app: db}}")
		  POLICY("a", "q", TO_WEB("Ingress")),
	  "a/db | a/web1 a/web2", "" },
	{ "hostNetwork and finished pods have none",
	  PODS POD_SPEC("a", "host", "app: web", "hostNetwork: true", "podIP: 10.9.0.1")
		  POD_SPEC("a", "over", "app: web", "", "phase: Succeeded")
			  POLICY("a", "p", TO_WEB("Ingress")),
	  "a/web1 a/web2", "" },
	{ "a pod without an address has one",
	  PODS POD_SPEC("a", "bare", "app: web", "", "phase: Pending")
		  POLICY("a", "p", TO_WEB("Ingress")),
	  "a/bare a/web1 a/web2", "" },
};

static void pods_are_classed_by_what_isolates_them(void **state)
{
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(class_cases); i++) {
		run_classify(&r, NULL, class_cases[i].text);
		if (strcmp(classes_text(&r, INGRESS), class_cases[i].ingress) != 0 ||
		    strcmp(classes_text(&r, EGRESS), class_cases[i].egress) != 0)
			fail_msg("%s: %s and %s", class_cases[i].what,
				 classes_text(&r, INGRESS), classes_text(&r, EGRESS));
		run_free(&r);
	}
}

/* Same policies, other numbers: the pods differ in what http means. */
#define NAMED_PODS                                                                       \
	POD_PORTS("a", "p1", "", "10.0.0.1", PORT("http", "80"))                         \
	POD_PORTS("a", "p2", "", "10.0.0.2", PORT("http", "8080"))                       \
	POD_PORTS("a", "p3", "", "10.0.0.3", PORT("http", "80") ", " PORT("adm", "9"))   \
	POD_PORTS("a", "p4", "", "10.0.0.4", PORT("http", "80") ", " PORT("http", "81")) \
	POD_PORTS("a", "p5", "", "10.0.0.5", PORT("dns", "53"))                          \
	POD_PORTS("a", "p6", "", "10.0.0.6",                                             \
		  "{name: http, containerPort: 80, protocol: UDP}")

static const struct {
	const char *what, *rule, *ingress;
} named_cases[] = {
	{ "a rule by number splits nothing", "ports: [{port: 80}]",
	  "a/p1 a/p2 a/p3 a/p4 a/p5 a/p6" },
	{ "a name splits by numbers; those without it stay together",
	  "ports: [{port: http}]", "a/p1 a/p3 | a/p2 | a/p4 | a/p5 a/p6" },
	{ "in its own protocol", "ports: [{port: http, protocol: UDP}]",
	  "a/p1 a/p2 a/p3 a/p4 a/p5 | a/p6" },
	{ "two names", "ports: [{port: http}, {port: adm}]",
	  "a/p1 | a/p2 | a/p3 | a/p4 | a/p5 a/p6" },
	{ "a name behind a number", "ports: [{port: 1}, {port: dns}]",
	  "a/p1 a/p2 a/p3 a/p4 a/p6 | a/p5" },
	{ "a name that nobody has", "ports: [{port: none}]",
	  "a/p1 a/p2 a/p3 a/p4 a/p5 a/p6" },
};

static void ingress_names_split_classes(void **state)
{
	struct run r;

	for (size_t i = 0; i < ARRAY_SIZE(named_cases); i++) {
		run_classify(&r, NULL,
			     arena_printf(*state,
					  NAMED_PODS POLICY("a", "p", "ingress: [{%s}]"),
					  named_cases[i].rule));
		if (strcmp(classes_text(&r, INGRESS), named_cases[i].ingress) != 0)
			fail_msg("%s: %s", named_cases[i].what,
				 classes_text(&r, INGRESS));
		run_free(&r);
	}
}

static void egress_names_split_no_class(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL,
		     NAMED_PODS POLICY("a", "p", "egress: [{ports: [{port: http}]}]"));
	assert_string_equal(classes_text(&r, EGRESS), "a/p1 a/p2 a/p3 a/p4 a/p5 a/p6");
	assert_string_equal(classes_text(&r, INGRESS), "a/p1 a/p2 a/p3 a/p4 a/p5 a/p6");
	run_free(&r);
}

/* Statement A 4: ingress rules without effect resolve no names. */
static void rules_without_effect_split_nothing(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL,
		     NAMED_PODS POLICY("a", "p",
				       "policyTypes: [Egress], ingress: [{ports: [{port: "
				       "http}]}]") POLICY("a", "q", "podSelector: {}"));
	assert_string_equal(classes_text(&r, INGRESS), "a/p1 a/p2 a/p3 a/p4 a/p5 a/p6");
	run_free(&r);
}

static void classes_know_their_policies(void **state)
{
	const struct class *class;
	struct run r;

	(void)state;
	run_classify(&r, NULL,
		     PODS POLICY("a", "p", TO_ALL("Ingress"))
			     POLICY("a", "q", TO_WEB("Ingress, Egress"))
				     POLICY("a", "r", TO_WEB("Egress"))
					     POLICY("b", "p", TO_WEB("Ingress")));
	class = class_of(&r, INGRESS, "a/web2");
	assert_int_equal(class->direction, INGRESS);
	assert_int_equal(class->npolicies, 2);
	assert_string_equal(r.cluster->policies[class->policies[0]].name, "p");
	assert_string_equal(r.cluster->policies[class->policies[1]].name, "q");
	assert_true(class->npolicies > 0);
	class = class_of(&r, EGRESS, "a/web1");
	assert_int_equal(class->direction, EGRESS);
	assert_int_equal(class->npolicies, 2);
	assert_string_equal(r.cluster->policies[class->policies[0]].name, "q");
	assert_string_equal(r.cluster->policies[class->policies[1]].name, "r");
	class = class_of(&r, INGRESS, "a/db");
	assert_int_equal(class->npolicies, 1);
	assert_string_equal(r.cluster->policies[class->policies[0]].name, "p");
	class = class_of(&r, INGRESS, "b/web");
	assert_int_equal(class->npolicies, 1);
	assert_int_equal(class->policies[0], 3);
	assert_null(class_of(&r, EGRESS, "b/web"));
	run_free(&r);
}

static void only_pods_of_the_node_are_enforced(void **state)
{
	struct settings set = settings_default();
	struct run r;

	(void)state;
	set.node = "n1";
	run_classify(
		&r, &set,
		PODS POD_SPEC("a", "web3", "app: web", "nodeName: n2", "podIP: 10.0.0.7")
			POD_SPEC("a", "web4", "app: web", "", "podIP: 10.0.0.8")
				POLICY("a", "p",
				       "podSelector: {}, ingress: [{from: "
				       "[{podSelector: {matchLabels: {app: web}}}]}]"));
	assert_string_equal(classes_text(&r, INGRESS), "a/db a/web1 a/web2");
	assert_null(class_of(&r, INGRESS, "a/web3"));
	/* As peers they are what they are. */
	assert_int_equal(atom_of(&r, "a/web3"), atom_of(&r, "a/web1"));
	run_free(&r);
}

#define DENY_NAMESPACE(name)                                                             \
	"---\n{apiVersion: v1, kind: Namespace, metadata: {name: " name                  \
	", annotations: {net.beta.kubernetes.io/network-policy: "                        \
	"'{\"ingress\": {\"isolation\": \"DefaultDeny\"}}'}}}\n"

static void legacy_isolates_by_annotation(void **state)
{
	struct settings set = settings_default();
	const struct class *class;
	struct run r;

	(void)state;
	set.legacy = true;
	run_classify(&r, &set,
		     DENY_NAMESPACE("a") PODS POD("c", "x", "", "10.0.2.1")
			     DENY_NAMESPACE("c")
				     POLICY("a", "p",
					    "podSelector: {matchLabels: {app: "
					    "web}}") POLICY("b", "p", "podSelector: {}"));
	/* Every pod of a and c; b has a policy and no annotation. */
	assert_string_equal(classes_text(&r, INGRESS), "a/db c/x | a/web1 a/web2");
	assert_string_equal(classes_text(&r, EGRESS), "");
	class = class_of(&r, INGRESS, "a/db");
	assert_int_equal(class->npolicies, 0);
	assert_int_equal(class->npolicies, 0);
	class = class_of(&r, INGRESS, "a/web1");
	assert_int_equal(class->npolicies, 1);
	assert_true(class->npolicies > 0);
	run_free(&r);
	/* Statement A 100: without --legacy the annotation says nothing. */
	run_classify(&r, NULL, DENY_NAMESPACE("a") PODS);
	assert_string_equal(classes_text(&r, INGRESS), "");
	run_free(&r);
}

static void contained_pods_are_isolated_both_ways(void **state)
{
	struct settings set = settings_default();
	const struct class *class;
	struct run r;

	(void)state;
	set.isolate_invalid = true;
	run_classify(&r, &set,
		     PODS POD("a", "bad", "app: 'no good'", "10.0.0.9")
			     POLICY("a", "p", TO_ALL("Ingress")));
	assert_string_equal(classes_text(&r, INGRESS), "a/bad | a/db a/web1 a/web2");
	assert_string_equal(classes_text(&r, EGRESS), "a/bad");
	class = class_of(&r, INGRESS, "a/bad");
	assert_int_equal(class->npolicies, 0);
	assert_int_equal(class->npolicies, 0);
	run_free(&r);
}

/* ---- atoms ---- */

#define PEERS(list)  POLICY("a", "p", "ingress: [{from: [" list "]}]")
#define NOTHING_SEEN POLICY("a", "p", "podSelector: {}")
#define BLOCK(text)  "{ipBlock: {" text "}}"

static const struct {
	const char *what, *text, *x, *y;
	bool same;
} atom_cases[] = {
	{ "no peers: everybody is the same", NOTHING_SEEN, "a/web1", "9.9.9.9", true },
	{ "and so are the families", NOTHING_SEEN, "9.9.9.9", "2001:db8::1", true },
	{ "a selector tells its members from others",
	  PEERS("{podSelector: {matchLabels: {app: web}}}"), "a/web1", "a/db", false },
	{ "members are the same", PEERS("{podSelector: {matchLabels: {app: web}}}"),
	  "a/web1", "a/web2", true },
	{ "a pod of another namespace is outside", PEERS("{podSelector: {}}"), "b/web",
	  "9.9.9.9", true },
	{ "the empty selectors do not select other addresses",
	  PEERS("{namespaceSelector: {}}"), "a/web1", "9.9.9.9", false },
	{ "subjects are not told apart", POLICY("a", "p", TO_WEB("Ingress")), "a/web1",
	  "a/db", true },
	{ "the first address of a block", PEERS(BLOCK("cidr: 20.0.0.0/24")), "20.0.0.0",
	  "20.0.0.255", true },
	{ "below its first address", PEERS(BLOCK("cidr: 20.0.0.0/24")), "19.255.255.255",
	  "20.0.0.0", false },
	{ "above its last address", PEERS(BLOCK("cidr: 20.0.0.0/24")), "20.0.0.255",
	  "20.0.1.0", false },
	{ "both sides of a block", PEERS(BLOCK("cidr: 20.0.0.0/24")), "0.0.0.0",
	  "255.255.255.255", true },
	{ "one address", PEERS(BLOCK("cidr: 20.0.0.1/32")), "20.0.0.1", "20.0.0.2",
	  false },
	{ "beside one address", PEERS(BLOCK("cidr: 20.0.0.1/32")), "20.0.0.0", "20.0.0.2",
	  true },
	{ "the lowest address of all", PEERS(BLOCK("cidr: 0.0.0.0/32")), "0.0.0.0",
	  "0.0.0.1", false },
	{ "the highest address of all", PEERS(BLOCK("cidr: 255.255.255.255/32")),
	  "255.255.255.255", "255.255.255.254", false },
	{ "the lowest of IPv6", PEERS(BLOCK("cidr: '::/128'")), "::", "::1", false },
	{ "the highest of IPv6",
	  PEERS(BLOCK("cidr: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'")),
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", false },
	{ "an except", PEERS(BLOCK("cidr: 20.0.0.0/8, except: [20.1.0.0/16]")),
	  "20.0.255.255", "20.1.0.0", false },
	{ "an except is as good as outside",
	  PEERS(BLOCK("cidr: 20.0.0.0/8, except: [20.1.0.0/16]")), "20.1.255.255",
	  "21.0.0.0", true },
	{ "both sides of an except",
	  PEERS(BLOCK("cidr: 20.0.0.0/8, except: [20.1.0.0/16]")), "20.0.255.255",
	  "20.2.0.0", true },
	{ "blocks that overlap",
	  PEERS(BLOCK("cidr: 20.0.0.0/8") ", " BLOCK("cidr: 20.1.0.0/16")), "20.1.0.0",
	  "20.2.0.0", false },
	{ "blocks that touch, two peers",
	  PEERS(BLOCK("cidr: 20.0.0.0/25") ", " BLOCK("cidr: 20.0.0.128/25")),
	  "20.0.0.127", "20.0.0.128", false },
	{ "all of IPv4 says nothing on IPv6", PEERS(BLOCK("cidr: 0.0.0.0/0")), "9.9.9.9",
	  "2001:db8::1", false },
	{ "a block has pods by address", PEERS(BLOCK("cidr: 10.0.0.0/31")), "a/web1",
	  "10.0.0.0", true },
	{ "and tells pods of equal labels apart", PEERS(BLOCK("cidr: 10.0.0.0/31")),
	  "a/web1", "a/web2", false },
	{ "a /0 has the pod without an address", PEERS(BLOCK("cidr: 0.0.0.0/0")),
	  "a/bare", "9.9.9.9", true },
	{ "a /0 with an except has not",
	  PEERS(BLOCK("cidr: 0.0.0.0/0, except: [20.0.0.0/8]")), "a/bare", "9.9.9.9",
	  false },
	{ "nor has a smaller block", PEERS(BLOCK("cidr: 0.0.0.0/1")), "a/bare", "9.9.9.9",
	  false },
	{ "a selector has the pod without an address",
	  PEERS("{podSelector: {matchLabels: {app: bare}}}"), "a/bare", "a/web1", false },
	{ "hostNetwork pods are no selector's", PEERS("{podSelector: {}}"), "10.9.0.1",
	  "9.9.9.9", true },
	{ "nor are those without an address", PEERS("{podSelector: {}}"), "a/hostbare",
	  "9.9.9.9", true },
	{ "but all of a family has them", PEERS(BLOCK("cidr: 0.0.0.0/0")), "a/hostbare",
	  "a/bare", true },
	{ "a finished pod's address is nobody's", PEERS("{podSelector: {}}"), "10.0.0.99",
	  "9.9.9.9", true },
	{ "a selector has both addresses of a pod", PEERS("{podSelector: {}}"),
	  "10.0.0.4", "2001:db8::4", true },
	{ "a block has one of them", PEERS(BLOCK("cidr: 10.0.0.0/24")), "10.0.0.4",
	  "2001:db8::4", false },
};

#define ATOM_PODS                                                                        \
	PODS POD_SPEC("a", "bare", "app: bare", "", "phase: Pending") POD_SPEC(          \
		"a", "hostbare", "", "hostNetwork: true",                                \
		"phase: Pending") POD_SPEC("a", "host", "", "hostNetwork: true",         \
					   "podIP: 10.9.0.1")                            \
		POD_SPEC("a", "over", "", "", "phase: Succeeded, podIP: 10.0.0.99")      \
			POD_SPEC("a", "dual", "app: dual", "",                           \
				 "podIPs: [{ip: 10.0.0.4}, {ip: '2001:db8::4'}]")

static void ends_are_atoms_by_the_peers_they_are_in(void **state)
{
	struct run r;

	for (size_t i = 0; i < ARRAY_SIZE(atom_cases); i++) {
		bool same;

		run_classify(&r, NULL,
			     arena_printf(*state, "%s%s", ATOM_PODS, atom_cases[i].text));
		same = atom_of(&r, atom_cases[i].x) == atom_of(&r, atom_cases[i].y);
		if (same != atom_cases[i].same)
			fail_msg("%s", atom_cases[i].what);
		run_free(&r);
	}
}

/* Intervals cover each family, without gap or overlap, and ascend. */
static void check_cover(const struct classes *cs, enum family f, size_t want)
{
	const struct interval *v = cs->intervals[f];

	assert_int_equal(cs->nintervals[f], want);
	assert_true(v[0].lo == 0);
	for (size_t i = 0; i < cs->nintervals[f]; i++) {
		assert_true(v[i].lo <= v[i].hi);
		if (i > 0)
			assert_true(v[i].lo == v[i - 1].hi + 1);
	}
	assert_true(v[cs->nintervals[f] - 1].hi == family_max(f));
}

static void intervals_cover_each_family(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL, PODS NOTHING_SEEN);
	check_cover(r.classes, FAMILY_IPV4, 1);
	check_cover(r.classes, FAMILY_IPV6, 1);
	run_free(&r);
	run_classify(
		&r, NULL,
		PODS PEERS(
			BLOCK("cidr: 0.0.0.0/0") ", " BLOCK("cidr: 0.0.0.0/1") ", " BLOCK(
				"cidr: 255.0.0.0/8, except: "
				"[255.255.255.255/32]") ", " BLOCK("cidr: 0.0.0.0/1")));
	/* Edges at 0, 128.0.0.0, 255.0.0.0 and 255.255.255.255. */
	check_cover(r.classes, FAMILY_IPV4, 4);
	check_cover(r.classes, FAMILY_IPV6, 1);
	run_free(&r);
	/* An edge that two blocks have is one: 0, 20.0.0.0, 21.0.0.0, 22.0.0.0. */
	run_classify(
		&r, NULL,
		PODS PEERS(BLOCK("cidr: 20.0.0.0/8") ", " BLOCK("cidr: 21.0.0.0/8")));
	check_cover(r.classes, FAMILY_IPV4, 4);
	run_free(&r);
}

static void peers_list_their_atoms_ascending(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL,
		     ATOM_PODS PEERS(
			     "{podSelector: {matchLabels: {app: dual}}}, "
			     "{podSelector: {}}, " BLOCK("cidr: 10.0.0.4/30") ", " BLOCK(
				     "cidr: '::/0'") ", {podSelector: {matchLabels: "
						     "{app: none}}}"));
	for (size_t i = 0; i < r.sets->npeers; i++) {
		for (size_t k = 1; k < r.classes->npeer_atoms[i]; k++)
			assert_true(r.classes->peer_atoms[i][k] >
				    r.classes->peer_atoms[i][k - 1]);
	}
	/* dual by IPv4 and by IPv6 */
	assert_int_equal(r.classes->npeer_atoms[0], 2);
	/* those two, the pod without address (which ::/0 has too), and all others */
	assert_int_equal(r.classes->npeer_atoms[1], 4);
	/* dual by IPv4, and the addresses around it */
	assert_int_equal(r.classes->npeer_atoms[2], 2);
	assert_int_equal(r.classes->npeer_atoms[4], 0);
	run_free(&r);
}

static const char *numbers_text(const struct run *r, const char *end)
{
	const struct named_atoms *named = &r->classes->named[0];
	BUF_AUTO out = { 0 };

	for (size_t i = 0; i < named->len; i++)
		if (named->atoms[i] == atom_of(r, end))
			for (size_t k = 0; k < named->numbers[i].len; k++)
				buf_printf(&out, "%s%u-%u", k ? "," : "",
					   (unsigned)named->numbers[i].at[k].lo,
					   (unsigned)named->numbers[i].at[k].hi);
	return arena_strndup(r->cx.arena, out.at ? out.at : "", out.len);
}

static const struct {
	const char *what, *end, *want;
} number_cases[] = {
	{ "a pod with the name", "a/p1", "80-80" },
	{ "with another number", "a/p2", "8080-8080" },
	{ "with other ports besides", "a/p3", "80-80" },
	{ "with two numbers", "a/p4", "80-81" },
	{ "without the name", "a/p5", "" },
	{ "with the name in another protocol", "a/p6", "" },
	{ "of another namespace", "b/q", "80-80" },
	{ "without an address", "b/bare", "80-80" },
	{ "no pod at all", "9.9.9.9", "" },
	{ "a hostNetwork pod's names are nothing", "10.9.0.1", "" },
	{ "nor are they without an address", "b/hostbare", "" },
};

static void egress_names_are_listed_by_atom(void **state)
{
	struct run r;

	(void)state;
	run_classify(
		&r, NULL,
		NAMED_PODS POD_PORTS(
			"b", "q", "", "10.0.1.1",
			PORT("http",
			     "80")) POD_SPEC("b", "bare", "",
					     "containers: [{name: c, ports: [" PORT(
						     "http", "80") "]}]",
					     "phase: Pending")
			POD_SPEC(
				"b", "host", "",
				"hostNetwork: true, containers: [{name: c, ports: [" PORT(
					"http", "80") "]}]",
				"podIP: 10.9.0.1")
				POD_SPEC("b", "hostbare", "",
					 "hostNetwork: true, containers: [{name: c, "
					 "ports: [" PORT("http", "80") "]}]",
					 "phase: Pending")
					POLICY("a", "p",
					       "egress: [{ports: [{port: http}]}]"));
	for (size_t i = 0; i < ARRAY_SIZE(number_cases); i++)
		if (strcmp(numbers_text(&r, number_cases[i].end), number_cases[i].want) !=
		    0)
			fail_msg("%s: %s", number_cases[i].what,
				 numbers_text(&r, number_cases[i].end));
	for (size_t i = 1; i < r.classes->named[0].len; i++)
		assert_true(r.classes->named[0].atoms[i] >
			    r.classes->named[0].atoms[i - 1]);
	assert_int_equal(atom_of(&r, "a/p1"), atom_of(&r, "a/p3"));
	assert_int_equal(atom_of(&r, "a/p5"), atom_of(&r, "a/p6"));
	run_free(&r);
}

/* A name that one protocol has must not leak into the same name of another. */
static void names_of_two_protocols_are_apart(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL,
		     NAMED_PODS POLICY("a", "p",
				       "egress: [{ports: [{port: http}, {port: http, "
				       "protocol: UDP}]}]"));
	assert_int_equal(r.classes->named[0].len, 3);
	assert_int_equal(r.classes->named[1].len, 1);
	assert_int_equal(r.classes->named[1].atoms[0], atom_of(&r, "a/p6"));
	assert_int_equal(r.classes->named[1].numbers[0].len, 1);
	run_free(&r);
}

static void addresses_are_found_by_number(void **state)
{
	static const char *const absent[] = { "0.0.0.0",  "10.0.0.0",	     "10.0.0.99",
					      "10.9.0.1", "255.255.255.255", "::a00:1",
					      "::",	  "2001:db8::5" };
	static const struct {
		const char *address, *pod;
	} held[] = { { "10.0.0.1", "a/web1" },
		     { "10.0.0.3", "a/db" },
		     { "10.0.1.1", "b/web" },
		     { "10.0.0.4", "a/dual" },
		     { "2001:db8::4", "a/dual" } };
	struct run r;

	(void)state;
	run_classify(&r, NULL, ATOM_PODS);
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		assert_null(classes_find_address(r.classes, address_of(absent[i])));
	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		const struct pod_address *a =
			classes_find_address(r.classes, address_of(held[i].address));

		assert_non_null(a);
		assert_int_equal(a->pod, pod_id(&r, held[i].pod));
	}
	/* All that lie in a family, ascending. */
	assert_int_equal(r.classes->naddresses[FAMILY_IPV4], 5);
	assert_int_equal(r.classes->naddresses[FAMILY_IPV6], 1);
	for (size_t i = 1; i < 5; i++)
		assert_true(r.classes->addresses[FAMILY_IPV4][i].number >
			    r.classes->addresses[FAMILY_IPV4][i - 1].number);
	assert_int_not_equal(bare_atom(&r, "a/bare", FAMILY_IPV4), NO_ATOM);
	assert_int_not_equal(bare_atom(&r, "a/hostbare", FAMILY_IPV6), NO_ATOM);
	assert_int_equal(bare_atom(&r, "a/web1", FAMILY_IPV6), NO_ATOM);
	assert_int_equal(bare_atom(&r, "a/host", FAMILY_IPV4), NO_ATOM);
	assert_int_equal(bare_atom(&r, "a/over", FAMILY_IPV4), NO_ATOM);
	run_free(&r);
}

static void an_empty_cluster_has_one_atom(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL, NAMESPACE("a", ""));
	assert_int_equal(r.classes->natoms, 1);
	assert_int_equal(r.classes->len[INGRESS], 0);
	assert_int_equal(classes_interval_atom(r.classes, address_of("0.0.0.0")), 0);
	assert_int_equal(classes_interval_atom(r.classes, address_of("::1")), 0);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pods_are_classed_by_what_isolates_them),
		TEST(ingress_names_split_classes),
		TEST(egress_names_split_no_class),
		TEST(rules_without_effect_split_nothing),
		TEST(classes_know_their_policies),
		TEST(only_pods_of_the_node_are_enforced),
		TEST(legacy_isolates_by_annotation),
		TEST(contained_pods_are_isolated_both_ways),
		TEST(ends_are_atoms_by_the_peers_they_are_in),
		TEST(intervals_cover_each_family),
		TEST(peers_list_their_atoms_ascending),
		TEST(egress_names_are_listed_by_atom),
		TEST(names_of_two_protocols_are_apart),
		TEST(addresses_are_found_by_number),
		TEST(an_empty_cluster_has_one_atom),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
