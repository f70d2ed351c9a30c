/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoding.h"
#include <netpolc/manifest/node.h>
#include <stdlib.h>

#define NS(name) "apiVersion: v1\nkind: Namespace\nmetadata: {name: " name "}\n"
#define POD(space, name)                                                                 \
	"apiVersion: v1\nkind: Pod\nmetadata: {namespace: " space ", name: " name "}\n"

/* ---- input that holds nothing, or not all ------------------------------------ */

static const struct {
	const char *what, *text, *ids;
} input_cases[] = {
	{ "an empty input", "", "no-input" },
	{ "nulls alone", "---\n---\nnull\n---\n~\n", "no-input" },
	{ "an empty list", "apiVersion: v1\nkind: List\nitems: []\n", "no-input" },
	{ "a list of nothing", "apiVersion: v1\nkind: PodList\nitems: null\n",
	  "no-input" },
	{ "an unused kind is an object", "apiVersion: v1\nkind: Secret\n", "" },
	{ "a kind's own List", "apiVersion: v1\nkind: PodList\n", "truncated" },
	{ "a custom kind that ends in List", "apiVersion: a.b/v1\nkind: AllowList\n",
	  "" },
	{ "items and no kind", "items: []\n", "truncated" },
	{ "items that are no sequence", "apiVersion: a.b/v1\nkind: Bag\nitems: {}\n",
	  "" },
	{ "items in a mapping", "apiVersion: v1\nkind: List\nitems: {}\n", "wrong-type" },
	{ "merged items",
	  "apiVersion: v1\nmetadata: &m {items: []}\nkind: List\n<<: *m\n",
	  "wrong-type" },
	{ "a kind by merge",
	  "<<: {kind: Namespace}\napiVersion: v1\nmetadata: {name: a}\n", "" },
	{ "a nested list cut off",
	  "apiVersion: v1\nitems:\n- apiVersion: v1\n  items: []\nkind: List\n",
	  "truncated" },
	{ "an item of a mapping list", "apiVersion: v1\nkind: List\nitems: [[]]\n",
	  "not-an-object" },
	{ "a key that is a mapping",
	  "apiVersion: v1\nkind: Namespace\n? {a: b}\n: c\n"
	  "metadata: {name: a}\n",
	  "wrong-type" },
	{ "every error of a run", POD("a", "A") "---\n[]\n---\n" POD("b", "B"),
	  "bad-name not-an-object bad-name" },
};

static void input_without_objects_is_told_from_input_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(input_cases); i++) {
		struct decoded dec;

		decode_text(&dec, NULL, input_cases[i].text);
		if (strcmp(dec.ids, input_cases[i].ids))
			fail_msg("%s: %s", input_cases[i].what, dec.ids);
		decoded_free(&dec);
	}
}

/* As kubectl prints it: items before kind, keys in order. */
static const char list_as_yaml[] =
	"apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n"
	"    name: shop\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    labels:\n"
	"      app: web\n    name: web-0\n    namespace: shop\n  spec:\n"
	"    nodeName: n1\n  status:\n    phase: Running\n    podIP: 10.0.0.1\n"
	"- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata:\n"
	"    name: web\n    namespace: shop\n  spec:\n    podSelector:\n"
	"      matchLabels:\n        app: web\n    policyTypes:\n    - Ingress\n"
	"kind: List\nmetadata:\n  resourceVersion: \"\"\n";

static const char list_as_json[] =
	"{\n  \"apiVersion\": \"v1\",\n  \"items\": [\n    {\"apiVersion\": \"v1\", "
	"\"kind\": \"Namespace\", \"metadata\": {\"name\": \"shop\"}},\n    "
	"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"web-0\", "
	"\"namespace\": \"shop\"}}\n  ],\n  \"kind\": \"List\"\n}\n";

static void expect_no_cut_opens(const char *text)
{
	struct decoded whole, cut;

	decode_text(&whole, NULL, text);
	assert_string_equal(whole.ids, "");
	for (size_t len = 0; len < strlen(text); len++) {
		decode_bytes(&cut, NULL, text, len);
		if (!diag_failed(cut.cx.diags)) {
			/* file names differ, so only the counts are compared */
			if (cut.cluster->npods != whole.cluster->npods ||
			    cut.cluster->npolicies != whole.cluster->npolicies ||
			    cut.cluster->nnamespaces != whole.cluster->nnamespaces)
				fail_msg("cut at %zu loses objects silently", len);
		}
		decoded_free(&cut);
	}
	decoded_free(&whole);
}

static void a_list_cut_anywhere_is_an_error_or_complete(void **state)
{
	(void)state;
	expect_no_cut_opens(list_as_yaml);
	expect_no_cut_opens(list_as_json);
}

static void objects_before_a_syntax_error_stay(void **state)
{
	struct decoded dec;

	(void)state;
	decode_text(&dec, NULL, NS("a") "---\n" NS("b") "spec: [\n");
	assert_string_equal(dec.ids, "yaml-syntax");
	assert_int_equal(dec.cluster->nnamespaces, 1);
	assert_string_equal(dec.cluster->namespaces[0].name, "a");
	decoded_free(&dec);
}

/* ---- kinds -------------------------------------------------------------------- */

static const struct {
	const char *what, *version, *kind;
	size_t pods, policies;
	const char *ids;
} kind_cases[] = {
	{ "a pod", "v1", "Pod", 1, 0, "" },
	{ "a pod of another group", "a.b/v1", "Pod", 0, 0, "" },
	{ "a pod of another version", "v2", "Pod", 0, 0, "unknown-version" },
	{ "a policy", "networking.k8s.io/v1", "NetworkPolicy", 0, 1, "" },
	{ "an old policy", "extensions/v1beta1", "NetworkPolicy", 0, 1, "" },
	{ "a policy to come", "networking.k8s.io/v2", "NetworkPolicy", 0, 0,
	  "unknown-version" },
	{ "an old group's version", "extensions/v1", "NetworkPolicy", 0, 0,
	  "unknown-version" },
	{ "Calico's", "projectcalico.org/v3", "NetworkPolicy", 0, 0,
	  "unenforced-policy" },
	{ "Calico's global", "projectcalico.org/v3", "GlobalNetworkPolicy", 0, 0,
	  "unenforced-policy" },
	{ "Cilium's", "cilium.io/v2", "CiliumClusterwideNetworkPolicy", 0, 0,
	  "unenforced-policy" },
	{ "the baseline", "policy.networking.k8s.io/v1alpha1",
	  "BaselineAdminNetworkPolicy", 0, 0, "unenforced-policy" },
	{ "Multus's", "k8s.cni.cncf.io/v1beta1", "MultiNetworkPolicy", 0, 0,
	  "unenforced-policy" },
	{ "an ingress is no policy", "networking.k8s.io/v1", "Ingress", 0, 0, "" },
	{ "kinds are case-sensitive", "v1", "pod", 0, 0, "no-kind" },
	{ "a policy in the wrong case", "networking.k8s.io/v1", "networkpolicy", 0, 0,
	  "no-kind" },
	{ "another group's in the wrong case", "a.b/v1", "pod", 0, 0, "" },
	{ "a policy of the core group", "v1", "NetworkPolicy", 0, 0, "unknown-version" },
};

static void kinds_are_told_apart_with_their_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kind_cases); i++) {
		struct decoded dec;
		char text[256];

		snprintf(text, sizeof(text),
			 NS("default") "---\napiVersion: %s\nkind: %s\n"
				       "metadata: {name: a}\n",
			 kind_cases[i].version, kind_cases[i].kind);
		decode_text(&dec, NULL, text);
		if (strcmp(dec.ids, kind_cases[i].ids) ||
		    dec.cluster->npods != kind_cases[i].pods ||
		    dec.cluster->npolicies != kind_cases[i].policies)
			fail_msg("%s: %s, %zu pods, %zu policies", kind_cases[i].what,
				 dec.ids, dec.cluster->npods, dec.cluster->npolicies);
		decoded_free(&dec);
	}
}

static const char *const workloads[][2] = {
	{ "apps/v1", "Deployment" },
	{ "apps/v1beta2", "StatefulSet" },
	{ "apps/v1", "DaemonSet" },
	{ "apps/v1", "ReplicaSet" },
	{ "extensions/v1beta1", "Deployment" },
	{ "v1", "ReplicationController" },
	{ "batch/v1", "Job" },
};

static void a_workload_stands_for_two_pods(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(workloads); i++) {
		struct decoded dec;
		char text[256];
		const struct pod *p;

		snprintf(text, sizeof(text),
			 NS("shop") "---\napiVersion: %s\nkind: %s\nmetadata: {name: w, "
				    "namespace: shop}\nspec: {template: {metadata: "
				    "{labels: {a: b}}}}\n",
			 workloads[i][0], workloads[i][1]);
		decode_text(&dec, NULL, text);
		assert_string_equal(dec.ids, "");
		assert_int_equal(dec.cluster->npods, 2);
		p = cluster_pod(dec.cluster, "shop", workloads[i][1], "w");
		assert_ptr_equal(p, &dec.cluster->pods[0]);
		assert_true(p[0].workload && p[1].workload && !p[0].replica &&
			    p[1].replica);
		assert_null(cluster_pod(dec.cluster, "shop", NULL, "w"));
		decoded_free(&dec);
	}
}

/* ---- order -------------------------------------------------------------------- */

static const char *const documents[] = {
	NS("b"),
	NS("a"),
	POD("b", "w"),
	POD("a", "z"),
	POD("b", "x"),
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
	"metadata: {name: q, namespace: a}\n",
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
	"metadata: {name: p, namespace: b}\n",
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
	"metadata: {name: p, namespace: a}\n",
};

/* The dump without its places. */
static const char *names_in_order(struct arena *a, const struct decoded *dec)
{
	const struct cluster *cl = dec->cluster;
	const char *out = "";

	for (size_t i = 0; i < cl->nnamespaces; i++)
		out = arena_printf(a, "%s%s(%u) ", out, cl->namespaces[i].name,
				   cl->namespaces[i].pods);
	for (size_t i = 0; i < cl->npods; i++)
		out = arena_printf(a, "%s%u/%s ", out, cl->pods[i].namespace,
				   cl->pods[i].name);
	for (size_t i = 0; i < cl->npolicies; i++)
		out = arena_printf(a, "%s%u/%s ", out, cl->policies[i].namespace,
				   cl->policies[i].name);
	return out;
}

static void the_order_of_documents_changes_nothing(void **state)
{
	struct arena *a = *state;

	for (size_t shift = 0; shift < ARRAY_SIZE(documents); shift++) {
		const char *text = "";
		struct decoded dec;

		for (size_t i = 0; i < ARRAY_SIZE(documents); i++)
			text = arena_printf(a, "%s---\n%s", text,
					    documents[(i * 3 + shift) % 8]);
		decode_text(&dec, NULL, text);
		assert_string_equal(names_in_order(a, &dec),
				    "a(1) b(2) 0/z 1/w 1/x 0/p 0/q 1/p ");
		decoded_free(&dec);
	}
}

/* ---- size --------------------------------------------------------------------- */

/* Seven mebibytes a label, so that ten of them are too many for one object. */
static void an_object_of_too_many_fields_is_refused_alone(void **state)
{
	static const size_t value = (size_t)7 << 20;
	char *text = calloc(11, value), *to = text;
	struct decoded dec;

	(void)state;
	assert_non_null(text);
	to += sprintf(to,
		      "%s---\napiVersion: v1\nkind: Namespace\nmetadata:\n"
		      "  name: large\n  labels:\n",
		      NS("a"));
	for (int i = 0; i < 10; i++) {
		to += sprintf(to, "    k%d: \"", i);
		memset(to, 'x', value);
		to += value;
		to += sprintf(to, "\"\n");
	}
	to += sprintf(to, "---\n%s", NS("b"));
	decode_bytes(&dec, NULL, text, (size_t)(to - text));
	assert_string_equal(dec.ids, diag_name(DIAG_TOO_LARGE));
	assert_int_equal(dec.cluster->nnamespaces, 2);
	decoded_free(&dec);
	free(text);
}

/* ---- memory of a policy's own lines -------------------------------------------- */

static void a_policy_keeps_its_own_lines_and_no_others(void **state)
{
	struct decoded dec;
	const struct object *object;

	(void)state;
	decode_text(&dec, NULL,
		    NS("a") "---\napiVersion: networking.k8s.io/v1\n"
			    "kind: NetworkPolicy\nmetadata: {name: p, namespace: a}\n"
			    "spec:\n  podSelector: {}\n---\n" POD("a", "x"));
	assert_string_equal(dec.ids, "");
	object = dec.cluster->policies[0].origin.object;
	assert_int_equal(object->lines.first, 5);
	assert_int_equal(object->lines.len, strlen(object->lines.text));
	assert_string_equal(object->lines.text,
			    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
			    "metadata: {name: p, namespace: a}\nspec:\n"
			    "  podSelector: {}\n");
	assert_null(dec.cluster->pods[0].origin.object->lines.text);
	decoded_free(&dec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(input_without_objects_is_told_from_input_cut_off),
		TEST(a_list_cut_anywhere_is_an_error_or_complete),
		TEST(objects_before_a_syntax_error_stay),
		TEST(kinds_are_told_apart_with_their_group),
		TEST(a_workload_stands_for_two_pods),
		TEST(the_order_of_documents_changes_nothing),
		TEST(an_object_of_too_many_fields_is_refused_alone),
		TEST(a_policy_keeps_its_own_lines_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
