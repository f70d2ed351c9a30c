/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selections: what selects the same pods has the same set, and costs no second one. */
#include "manifests.h"

#include <netpolc/policy/selections.h>

static const char text[] = NAMESPACE("a", "env: test") NAMESPACE(
	"b",
	"env: test") NAMESPACE("c",
			       "env: live") POD("a", "p0", "app: web",
						"10.0.0.1") POD("a", "p1",
								"app: web, tier: front",
								"10.0.0.2")
	POD("b", "p2", "app: web", "10.0.0.3") POD(
		"c", "p3", "app: web",
		"10.0.0.4") POLICY("a", "n0", "podSelector: {matchLabels: {app: web}}")
		POLICY("a", "n1",
		       "podSelector: {matchExpressions: [{key: app, operator: Exists}]}, "
		       "ingress: [{from: [{podSelector: {matchLabels: {app: web}}, "
		       "namespaceSelector: {matchLabels: {env: test}}}]}]");

static const struct selector *subject(const struct run *r, size_t policy)
{
	return r->cluster->policies[policy].subject;
}

static const struct policy_peer *peer(const struct run *r)
{
	return r->cluster->policies[1].rules[INGRESS][0].peers;
}

static void equal_sets_are_one(void **state)
{
	struct selections *s;
	struct pod_set first, second;
	struct run r;

	(void)state;
	run_read(&r, NULL, text);
	s = selections_new(r.cx.arena, r.cluster);
	first = selections_get(s, subject(&r, 0), NULL, 0);
	assert_string_equal(pod_names(&r, first.at, first.len), "a/p0 a/p1");
	assert_int_equal(selections_members(s), 2);
	second = selections_get(s, subject(&r, 1), NULL, 0);
	assert_ptr_equal(first.at, second.at);
	second = selections_get(s, NULL, NULL, 0);
	assert_ptr_equal(first.at, second.at);
	assert_int_equal(selections_members(s), 2);
	second = selections_get(s, subject(&r, 0), NULL, 1);
	assert_string_equal(pod_names(&r, second.at, second.len), "b/p2");
	assert_int_equal(selections_members(s), 3);
	selections_free(s);
	run_free(&r);
}

static void namespaces_are_selected_by_their_labels(void **state)
{
	struct selections *s;
	struct pod_set set;
	struct run r;

	(void)state;
	run_read(&r, NULL, text);
	s = selections_new(r.cx.arena, r.cluster);
	set = selections_get(s, peer(&r)->pods, peer(&r)->namespaces, 2);
	assert_string_equal(pod_names(&r, set.at, set.len), "a/p0 a/p1 b/p2");
	set = selections_get(s, peer(&r)->pods, peer(&r)->namespaces, 0);
	assert_int_equal(set.len, 3); /* home says nothing then */
	selections_free(s);

	r.cluster->namespaces[0].invalid = true;
	s = selections_new(r.cx.arena, r.cluster);
	set = selections_get(s, peer(&r)->pods, peer(&r)->namespaces, 2);
	assert_string_equal(pod_names(&r, set.at, set.len), "b/p2");
	selections_free(s);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_sets_are_one),
		TEST(namespaces_are_selected_by_their_labels),
	};

	return cmocka_run_group_tests_name("selections", tests, NULL, NULL);
}
