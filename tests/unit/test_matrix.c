/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix: what is too much is put together, or refused; and what groups are called.  What
 * cells say is held against the oracle (tests/oracle/matrix_witness.c).
 */
#include "manifests.h"

#include <netpolc/analysis/matrix.h>
#include <netpolc/analysis/matrix_miss.h>
#include <netpolc/analysis/matrix_why.h>
#include <netpolc/cli/matrix_out.h>
#include <netpolc/cli/report_parts.h>

/* So many namespaces, each with so many pods of different names. */
static void add_spaces(struct buf *out, unsigned spaces, unsigned pods)
{
	for (unsigned s = 0; s < spaces; s++) {
		buf_printf(out, NAMESPACE("s%u", ""), s);
		for (unsigned p = 0; p < pods; p++)
			buf_printf(out, POD("s%u", "p%u", "", "10.%u.%u.%u"), s, p,
				   s / 250, s % 250, p + 1);
	}
}

static const struct matrix *show(struct run *r, const char *text, enum matrix_by by)
{
	const struct matrix_choice choice = { .by = by };

	run_decide(r, NULL, text);
	return matrix(&r->cx, matrix_ends(&r->cx, r->dc), &choice);
}

static void many_groups_are_put_together(void **state)
{
	BUF_AUTO text = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	add_spaces(&text, 3, 110);
	m = show(&r, text.at, MATRIX_BY_AUTO);
	assert_non_null(m);
	/* 330 pods and outside: one group beyond what is shown. */
	assert_int_equal(m->ends->len, 331);
	assert_true(m->by_namespace);
	assert_int_equal(m->from.len, 4);
	run_free(&r);
	text.len = 0;
	add_spaces(&text, 7, 47);
	m = show(&r, text.at, MATRIX_BY_AUTO);
	assert_false(m->by_namespace);
	assert_int_equal(m->from.len, 330);
	run_free(&r);
}

static void too_many_groups_are_refused(void **state)
{
	BUF_AUTO text = { 0 };
	struct run r;

	(void)state;
	add_spaces(&text, 2100, 1);
	assert_null(show(&r, text.at, MATRIX_BY_AUTO));
	assert_int_equal(diag_count(r.cx.diags, diag_default_level(DIAG_TOO_LARGE)), 1);
	run_free(&r);
}

/* No pair of them is anybody's business, however many there are. */
static void blocks_are_met_by_pods_alone(void **state)
{
	BUF_AUTO text = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	buf_puts(&text, NAMESPACE("a", "") POD("a", "one", "", "10.0.0.1"));
	buf_puts(&text, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, "
			"metadata: {namespace: a, name: many}, spec: {podSelector: {}, "
			"ingress: [");
	for (unsigned i = 0; i < 6000; i++)
		buf_printf(&text,
			   "{from: [{ipBlock: {cidr: 20.%u.%u.0/24}}], ports: [{port: "
			   "%u}]}, ",
			   i / 250, i % 250, 1 + i);
	buf_puts(&text, "]}}\n");
	m = show(&r, text.at, MATRIX_BY_AUTO);
	assert_non_null(m);
	assert_int_equal(m->ends->len, 6002);
	assert_int_equal(matrix_at(m, 1, 0)->extent, MATRIX_SOME);
	assert_int_equal(matrix_at(m, 1, 0)->ports->ports[PROTO_TCP].at[0].hi, 6000);
	assert_int_equal(matrix_at(m, 1, 1)->extent, MATRIX_NONE);
	run_free(&r);
}

static const char *set_text(const struct matrix *m, const char *wanted, struct buf *out)
{
	bool marks[16] = { false };

	for (size_t i = 0; i < m->from.len; i++)
		marks[i] = wanted[i] == 'x';
	out->len = 0;
	matrix_set(out, &m->from, marks);
	return out->at;
}

static void sets_are_named_as_short_as_can_be(void **state)
{
	static const struct {
		const char *wanted, *text;
	} cases[] = {
		{ "xxxxx", "everybody" },
		{ "xxxx-", "any pod" },
		{ "xx---", "a/*" },
		{ "xxx--", "a/*, b/one" },
		{ "x---x", "a/one, outside" },
		{ "---x-", "b/two" },
	};
	BUF_AUTO out = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	m = show(&r,
		 NAMESPACE("a", "") NAMESPACE("b", "") POD("a", "one", "", "10.0.0.1")
			 POD("a", "two", "", "10.0.0.2") POD("b", "one", "", "10.0.0.3")
				 POD("b", "two", "", "10.0.0.4"),
		 MATRIX_BY_AUTO);
	assert_int_equal(m->from.len, 5);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(set_text(m, cases[i].wanted, &out), cases[i].text);
	run_free(&r);
}

static void long_sets_are_cut_and_counted(void **state)
{
	BUF_AUTO text = { 0 }, out = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	add_spaces(&text, 12, 1);
	m = show(&r, text.at, MATRIX_BY_AUTO);
	assert_non_null(strstr(set_text(m, "xxxxxxxxxxx--", &out), " and 3 more"));
	run_free(&r);
}

/* What a list says of a cluster with blocks of addresses. */
#define BLOCKS                                                                           \
	NAMESPACE("a", "")                                                               \
	POD("a", "web", "app: web", "10.0.0.1")                                          \
	POD("a", "idle", "", "10.0.0.2")                                                 \
	POLICY("a", "p",                                                                 \
	       "podSelector: {matchLabels: {app: web}}, ingress: [{from: "               \
	       "[{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 80}, {port: "          \
	       "443}, {port: 8080}, {port: 8443}]}]")

static void all_outside_is_not_called_as_a_part_of_it(void **state)
{
	BUF_AUTO out = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	m = show(&r, BLOCKS, MATRIX_BY_AUTO);
	assert_int_equal(m->from.len, 4);
	assert_string_equal(set_text(m, "---x", &out), "outside");
	assert_string_equal(set_text(m, "--x-", &out), "192.0.2.0/24");
	assert_string_equal(set_text(m, "x-xx", &out), "a/idle, everything outside");
	run_free(&r);
}

/* With --unknown-pods deny for these addresses, whether there is a group of them. */
static bool has_unknown(const char *cidr)
{
	struct settings set = settings_default();
	const struct matrix_ends *ends;
	bool found = false;
	struct run r;

	set.deny_unknown = true;
	set.npod_cidrs = 1;
	assert_true(prefix_parse(&set.pod_cidrs[0], cidr, &(unsigned){ 0 }));
	run_decide(&r, &set, BLOCKS);
	ends = matrix_ends(&r.cx, r.dc);
	for (size_t i = 0; i < ends->len; i++)
		found = found || ends->at[i].unknown;
	run_free(&r);
	return found;
}

static void unknown_pods_have_addresses_that_no_pod_has(void **state)
{
	(void)state;
	assert_true(has_unknown("10.0.0.0/30"));
	assert_true(has_unknown("10.0.0.0/31"));
	assert_true(has_unknown("10.0.0.3/32"));
	assert_false(has_unknown("10.0.0.1/32"));
}

static void lines_are_broken_where_the_terminal_ends(void **state)
{
	static const char narrow[] = "to a/idle\n"
				     "    all  from everybody\n"
				     "to a/web\n"
				     "    tcp 80, 443, 8080,\n"
				     "        8443\n"
				     "        from 192.0.2.0/24\n"
				     "    -\n"
				     "        from everybody else\n"
				     "to everything outside\n"
				     "    all  from any pod\n";
	const struct matrix_look look = { .width = 22 };
	BUF_AUTO out = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	m = show(&r, BLOCKS, MATRIX_BY_AUTO);
	matrix_table(&out, m, &look);
	assert_string_equal(out.at, narrow);
	run_free(&r);
}

static void add_ring(struct buf *out, unsigned pods)
{
	buf_puts(out, NAMESPACE("a", ""));
	for (unsigned i = 0; i < pods; i++)
		buf_printf(out,
			   POD("a", "p%u", "app: a%u", "10.0.0.%u") POLICY(
				   "a", "n%u",
				   "podSelector: {matchLabels: {app: a%u}}, "
				   "ingress: [{from: [{podSelector: "
				   "{matchExpressions: [{key: app, operator: NotIn, "
				   "values: [a%u]}]}}], ports: [{port: 80}]}]"),
			   i, i, i + 1, i, i, (i + 1) % pods);
}

static void a_crowded_graph_has_no_labels(void **state)
{
	BUF_AUTO text = { 0 }, out = { 0 };
	struct run r;

	(void)state;
	add_ring(&text, 5);
	matrix_dot(&out, show(&r, text.at, MATRIX_BY_AUTO));
	assert_non_null(strstr(out.at, " -> n1 [color=\"#a06c00\", label=\"tcp 80\"];"));
	run_free(&r);
	text.len = out.len = 0;
	add_ring(&text, 12);
	matrix_dot(&out, show(&r, text.at, MATRIX_BY_AUTO));
	assert_null(strstr(out.at, "label=\"tcp 80\""));
	assert_non_null(strstr(out.at, "tooltip=\"tcp 80\""));
	run_free(&r);
}

/* The place of a group among the sources, by its label. */
static size_t place_of(const struct matrix *m, const char *label)
{
	for (size_t i = 0; i < m->from.len; i++) {
		BUF_AUTO text = { 0 };

		matrix_label(&text, m->from.at[i]);
		if (!strcmp(text.at, label))
			return i;
	}
	fail_msg("no group %s", label);
	return 0;
}

static void a_cell_has_the_policies_and_rules_behind_it(void **state)
{
	const struct matrix_why *why;
	struct matrix_reasons *reasons;
	const struct matrix *m;
	struct run r;
	size_t web, db;

	(void)state;
	m = show(&r,
		 NAMESPACE("shop", "") POD("shop", "web", "app: web", "10.0.0.1")
			 POD("shop", "db", "app: db",
			     "10.0.0.2") POLICY("shop", "all", "podSelector: {}")
				 POLICY("shop", "db",
					"podSelector: {matchLabels: {app: db}}, ingress: "
					"[{ports: [{port: 1}]}, {from: [{podSelector: "
					"{matchLabels: {app: none}}}]}]"),
		 MATRIX_BY_AUTO);
	web = place_of(m, "shop/web");
	db = place_of(m, "shop/db");
	reasons = matrix_reasons_new(&r.cx, m);
	assert_false(matrix_why(reasons, EGRESS, web, db)->isolated);
	why = matrix_why(reasons, INGRESS, web, db);
	assert_true(why->isolated);
	assert_int_equal(why->policies.len, 2);
	assert_int_equal(why->rules.len, 1);
	assert_string_equal(r.cluster->policies[why->rules.at[0].policy].name, "db");
	assert_int_equal(why->rules.at[0].rule, 0);
	why = matrix_why(reasons, INGRESS, db, web);
	assert_int_equal(why->policies.len, 1);
	assert_int_equal(why->rules.len, 0);
	run_free(&r);
}

/* What is said of the peers of the only rule, nearest first; of each "place: ..." */
static const char *miss_text(struct run *r, const struct matrix *m, const char *label,
			     struct buf *out)
{
	const struct policy *p = &r->cluster->policies[0];
	struct matrix_miss miss = matrix_miss(r->cx.arena, r->dc, p, p->rules[INGRESS],
					      m->from.at[place_of(m, label)]);

	out->len = 0;
	buf_puts(out, miss.len ? "" : "a peer");
	for (size_t i = 0; i < miss.len; i++) {
		const struct conditions *all = &miss.at[i].conditions;

		buf_printf(out, "%s%zu:", i ? " | " : "",
			   (size_t)(miss.at[i].peer - p->rules[INGRESS]->peers));
		for (size_t k = 0; k < all->len; k++)
			if (!all->at[k].holds) {
				buf_puts(out, " ");
				condition_print(out, &all->at[k]);
			}
	}
	return out->at;
}

/* Peers of the first rule are a block and a selector; the other one parts the block. */
#define PEERS                                                                            \
	NAMESPACE("a", "")                                                               \
	POD("a", "four", "app: web", "10.0.0.1")                                         \
	POD("a", "six", "", "fd00::1")                                                   \
	POD("a", "api", "app: api", "10.0.0.2")                                          \
	"---\n{apiVersion: v1, kind: Pod, metadata: {namespace: a, name: "               \
	"none}}\n" POLICY(                                                               \
		"a", "p",                                                                \
		"podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24, "     \
		"except: [192.0.2.128/25]}}, {podSelector: {matchLabels: {app: "         \
		"api}}}]}, "                                                             \
		"{from: [{ipBlock: {cidr: 192.0.2.128/25}}], ports: [{port: 1}]}]")

static void a_group_is_told_what_it_lacks(void **state)
{
	static const struct {
		const char *label, *text;
	} cases[] = {
		{ "a/four", "0: it is not in 192.0.2.0/24 | 1: label app=web, wanted "
			    "app=api" },
		{ "a/six",
		  "0: it is not in 192.0.2.0/24 | 1: no label app, wanted app=api" },
		{ "a/none", "0: a pod without an address is not in 192.0.2.0/24 | 1: no "
			    "label app, wanted app=api" },
		{ "outside", "0: it is not in 192.0.2.0/24 | 1: it is no pod" },
		{ "192.0.2.0/25", "a peer" },
		{ "192.0.2.128/25", "0: it is excepted by 192.0.2.128/25 | 1: it is no "
				    "pod" },
		{ "a/api", "a peer" },
	};
	BUF_AUTO out = { 0 };
	const struct matrix *m;
	struct run r;

	(void)state;
	m = show(&r, PEERS, MATRIX_BY_AUTO);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(miss_text(&r, m, cases[i].label, &out),
				    cases[i].text);
	run_free(&r);
}

/* What rules say of misses, while there is room for it. */
static void a_report_is_not_blown_up_by_misses(void **state)
{
	struct report_misses *misses;
	const struct matrix *m;
	json_t *rules, *policy;
	struct run r;

	(void)state;
	m = show(&r,
		 NAMESPACE("a", "") POD("a", "one", "", "10.0.0.1") POLICY(
			 "a", "p",
			 "podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: "
			 "{x: a}}}]}, {from: [{podSelector: {matchLabels: {x: a}}}, "
			 "{podSelector: {matchLabels: {x: b}}}]}, {from: [{podSelector: "
			 "{matchLabels: {x: c}}}]}]"),
		 MATRIX_BY_AUTO);
	assert_int_equal(m->ngroups, 2);
	misses = report_misses_new(&r.cx, m, 4);
	policy = report_policy(misses, &r.cluster->policies[0]);
	rules = json_object_get(policy, "ingress");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			json_is_null(json_array_get(json_array_get(rules, i), 3)),
			i == 1);
	json_decref(policy);
	json_decref(report_conditions(misses));
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_groups_are_put_together),
		cmocka_unit_test(too_many_groups_are_refused),
		cmocka_unit_test(blocks_are_met_by_pods_alone),
		cmocka_unit_test(sets_are_named_as_short_as_can_be),
		cmocka_unit_test(long_sets_are_cut_and_counted),
		cmocka_unit_test(all_outside_is_not_called_as_a_part_of_it),
		cmocka_unit_test(unknown_pods_have_addresses_that_no_pod_has),
		cmocka_unit_test(lines_are_broken_where_the_terminal_ends),
		cmocka_unit_test(a_crowded_graph_has_no_labels),
		cmocka_unit_test(a_cell_has_the_policies_and_rules_behind_it),
		cmocka_unit_test(a_group_is_told_what_it_lacks),
		cmocka_unit_test(a_report_is_not_blown_up_by_misses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
