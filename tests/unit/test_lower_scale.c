/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lower on input that is made to need many sets or elements: what is emitted stays
 * within the bounds, and says what the policies say.
 */
#include "lowered.h"

#define ADDRESS "10.%u.%u.%u"

/* Pod k of namespace i. */
static const char *address(struct arena *a, unsigned i, unsigned k)
{
	return arena_printf(a, ADDRESS, i / 250, i % 250, k + 1);
}

/* Ten pods in each namespace, which all other namespaces but the next may reach. */
static const char *all_but_one(struct arena *a, unsigned n)
{
	BUF_AUTO out = { 0 };

	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < 10; k++)
			buf_printf(&out, POD("s%03u", "p%u", "", ADDRESS), i, k, i / 250,
				   i % 250, k + 1);
		buf_printf(
			&out,
			POLICY("s%03u", "a",
			       "podSelector: {}, ingress: [{from: [{namespaceSelector: "
			       "{matchExpressions: [{key: kubernetes.io/metadata.name, "
			       "operator: NotIn, values: [s%03u]}]}}]}]"),
			i, (i + 1) % n);
	}
	return arena_strndup(a, out.at, out.len);
}

/* 10,000,000 pairs are allowed: as lists they would be refused. */
static void a_thousand_namespaces_share_one_set(void **state)
{
	const unsigned n = 1000;
	const struct ruleset *rs;
	struct sim_result got;
	struct run r;

	rs = lower_text(&r, NULL, NULL, all_but_one(*state, n));
	assert_non_null(rs);
	assert_true(ruleset_count_sets(rs) <= 512);
	/* Of each pod: dispatch, isolated, self, the pool, and ten exceptions at most. */
	assert_true(ruleset_elements(rs) <= n * 10 * (4 + 10));
	for (unsigned i = 0; i < n; i += 37) {
		const char *to = address(*state, i, 3);

		assert_int_equal(syn(rs, address(*state, (i + 1) % n, 9), to, 80),
				 SIM_DROP);
		assert_int_equal(syn(rs, address(*state, (i + 2) % n, 0), to, 80),
				 SIM_ACCEPT);
		assert_int_equal(syn(rs, address(*state, i, 0), to, 80), SIM_ACCEPT);
		assert_int_equal(syn(rs, "192.0.2.1", to, 80), SIM_DROP);
		got = send_packet(rs, address(*state, (i + 1) % n, 9), to, IPPROTO_TCP,
				  80, CT_NEW, TCP_SYN);
		assert_null(sim_check_bounds(rs, &got));
	}
	run_free(&r);
}

/* Pods of one namespace, each with a policy of its own that lets three others in. */
static const char *singletons(struct arena *a, unsigned n)
{
	BUF_AUTO out = { 0 };

	for (unsigned i = 0; i < n; i++) {
		buf_printf(&out, POD("m", "p%05u", "i: i%u, g: g%u", ADDRESS), i, i,
			   i / 3, i / 62500, i / 250 % 250, i % 250);
		buf_printf(
			&out,
			POLICY("m", "p%05u",
			       "podSelector: {matchLabels: {i: i%u}}, ingress: [{from: "
			       "[{podSelector: {matchLabels: {g: g%u}}}], ports: [{port: "
			       "%u}]}]"),
			i, i, (i / 3 + 1) % (n / 3), 1 + i % 60000);
	}
	return arena_strndup(a, out.at, out.len);
}

static const char *single(struct arena *a, unsigned i)
{
	return arena_printf(a, ADDRESS, i / 62500, i / 250 % 250, i % 250);
}

static void twenty_thousand_classes_are_bounded(void **state)
{
	const unsigned n = 19998;
	const struct ruleset *rs;
	struct run r;

	rs = lower_text(&r, NULL, NULL, singletons(*state, n));
	assert_non_null(rs);
	assert_int_equal(r.classes->len[INGRESS], n);
	assert_true(ruleset_count_sets(rs) <= 512);
	/* Dispatch, isolated, self and three peers. */
	assert_int_equal(ruleset_elements(rs), n * 6);
	for (unsigned i = 0; i + 6 < n; i += 997) {
		uint16_t port = (uint16_t)(1 + i % 60000);
		unsigned peer = (i / 3 + 1) * 3;
		const char *to = single(*state, i);

		assert_int_equal(syn(rs, single(*state, peer), to, port), SIM_ACCEPT);
		assert_int_equal(syn(rs, single(*state, peer + 2), to, port), SIM_ACCEPT);
		assert_int_equal(syn(rs, single(*state, peer + 3), to, port), SIM_DROP);
		assert_int_equal(syn(rs, single(*state, peer), to, port + 1), SIM_DROP);
	}
	run_free(&r);
}

/* A pod that so many blocks of each of three lengths may reach, far apart. */
static const char *blocks(struct arena *a, unsigned n)
{
	BUF_AUTO out = { 0 };

	buf_puts(&out, POD("m", "x", "", "10.0.0.1"));
	buf_puts(&out,
		 "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: "
		 "{namespace: m, name: blocks}, spec: {podSelector: {}, ingress: [{from: "
		 "[");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&out,
			   "{ipBlock: {cidr: %u.%u.0.0/16}}, {ipBlock: {cidr: "
			   "%u.%u.7.0/24}}, {ipBlock: {cidr: %u.%u.7.7/32}}, ",
			   20 + i / 128, i % 128 * 2, 40 + i / 128, i % 128 * 2,
			   60 + i / 128, i % 128 * 2);
	buf_puts(&out, "]}]}}\n");
	return arena_strndup(a, out.at, out.len);
}

/* Two lengths would take 256 prefixes for each of the blocks of another one. */
static void long_lists_take_three_lengths(void **state)
{
	static const char *const allowed[] = { "20.0.0.0", "20.254.255.255", "40.2.7.255",
					       "60.4.7.7" };
	static const char *const denied[] = { "20.1.0.0", "40.2.8.0", "60.4.7.6" };
	const unsigned n = 700;
	const struct ruleset *rs;
	struct sim_result got;
	struct run r;

	rs = lower_text(&r, NULL, NULL, blocks(*state, n));
	/* Three of the pod: dispatch, isolated, self. */
	assert_int_equal(ruleset_elements(rs), 3 * n + 3);
	assert_int_equal(ruleset_count_sets(rs), 3 + 3);
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		assert_int_equal(syn(rs, allowed[i], "10.0.0.1", 80), SIM_ACCEPT);
	for (size_t i = 0; i < ARRAY_SIZE(denied); i++)
		assert_int_equal(syn(rs, denied[i], "10.0.0.1", 80), SIM_DROP);
	got = send_packet(rs, "60.4.7.6", "10.0.0.1", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_int_equal(got.lookups[INGRESS], 1 + 3 + 1);
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_thousand_namespaces_share_one_set),
		TEST(twenty_thousand_classes_are_bounded),
		TEST(long_lists_take_three_lengths),
	};

	return cmocka_run_group_tests_name("lower_scale", tests, NULL, NULL);
}
