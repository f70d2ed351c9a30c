/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: which addresses a row lists, the form of each list when limits are low,
 * and what is too large.
 */
#include "planned.h"

static const struct {
	const char *what, *rules, *hosts, *nets;
} lists[] = {
	{ "nothing", "", "", "" },
	{ "pods of a selector are hosts", FROM(APP("db")),
	  "10.0.2.1 everything | 10.0.2.2 everything", "" },
	{ "a block is a range", FROM(BLOCK("cidr: 20.0.0.0/8")), "",
	  "20.0.0.0-20.255.255.255 everything" },
	{ "blocks that touch are one range",
	  FROM(BLOCK("cidr: 20.0.0.0/8") ", " BLOCK("cidr: 21.0.0.0/8")), "",
	  "20.0.0.0-21.255.255.255 everything" },
	{ "but not where their ports differ",
	  FROM(BLOCK("cidr: 20.0.0.0/8")) ", " FROM_PORTS(BLOCK("cidr: 21.0.0.0/8"),
							  "{port: 80}"),
	  "", "20.0.0.0-20.255.255.255 everything | 21.0.0.0-21.255.255.255 tcp 80" },
	{ "blocks with a gap are two",
	  FROM(BLOCK("cidr: 20.0.0.0/31") ", " BLOCK("cidr: 20.0.0.3/32")), "",
	  "20.0.0.0-20.0.0.1 everything | 20.0.0.3 everything" },
	{ "an except is a gap", FROM(BLOCK("cidr: 20.0.0.0/30, except: [20.0.0.1/32]")),
	  "", "20.0.0.0 everything | 20.0.0.2-20.0.0.3 everything" },
	{ "all of IPv4 is one range", FROM(BLOCK("cidr: 0.0.0.0/0")), "",
	  "0.0.0.0-255.255.255.255 everything" },
	{ "all of IPv4 but its ends",
	  FROM(BLOCK("cidr: 0.0.0.0/0, except: [0.0.0.0/32, 255.255.255.255/32]")), "",
	  "0.0.0.1-255.255.255.254 everything" },
	{ "pods inside a block are not listed again", FROM(BLOCK("cidr: 10.0.0.0/8")), "",
	  "10.0.0.0-10.255.255.255 everything" },
	{ "unless they have more",
	  FROM_PORTS(BLOCK("cidr: 10.0.0.0/8"),
		     "{port: 80}") ", " FROM_PORTS(APP("db"), "{port: 443}"),
	  "10.0.2.1 tcp 80, 443 | 10.0.2.2 tcp 80, 443",
	  "10.0.0.0-10.255.255.255 tcp 80" },
	{ "or lie in the except",
	  FROM(BLOCK("cidr: 10.0.0.0/8, except: [10.0.2.0/24]")) ", " FROM(APP("db")),
	  "10.0.2.1 everything | 10.0.2.2 everything",
	  "10.0.0.0-10.0.1.255 everything | 10.0.3.0-10.255.255.255 everything" },
	{ "a pod's address as a block is a host where nothing is around it",
	  FROM(BLOCK("cidr: 10.0.2.1/32")), "", "10.0.2.1 everything" },
	{ "what anybody has is not listed",
	  FROM_PORTS(APP("db"), "{port: 80}") ", {ports: [{port: 80}]}", "", "" },
	{ "what a list has includes what anybody has",
	  FROM_PORTS(APP("db"), "{port: 80}") ", {ports: [{port: 443}]}",
	  "10.0.2.1 tcp 80, 443 | 10.0.2.2 tcp 80, 443", "" },
	{ "ranges ascend, whoever has them",
	  FROM_PORTS(BLOCK("cidr: 20.0.0.0/8, except: [20.1.0.0/16]"),
		     "{port: 80}") ", " FROM_PORTS(BLOCK("cidr: 20.1.0.0/16"),
						   "{port: 81}"),
	  "",
	  "20.0.0.0-20.0.255.255 tcp 80 | 20.1.0.0-20.1.255.255 tcp 81 | "
	  "20.2.0.0-20.255.255.255 tcp 80" },
	{ "and so do hosts",
	  FROM_PORTS(APP("web"), "{port: 80}") ", " FROM_PORTS(BLOCK("cidr: 10.0.1.2/32"),
							       "{port: 81}"),
	  "10.0.1.1 tcp 80 | 10.0.1.2 tcp 80-81 | 10.0.1.3 tcp 80 | 10.0.1.4 tcp 80",
	  "10.0.1.2 tcp 81" },
	{ "IPv6 is another list", FROM(BLOCK("cidr: '::/0'")), "", "" },
};

static void lists_hold_who_has_more_than_everybody(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct row_plan *row;
		const char *hosts, *nets;
		struct run r;

		row = ingress4(
			&r,
			plan_of(&r,
				arena_printf(*state, PODS ON("x", "%s"), lists[i].rules),
				&tight),
			"m/x1");
		hosts = list_text(&r, FAMILY_IPV4, &row->hosts);
		nets = list_text(&r, FAMILY_IPV4, &row->nets);
		if (strcmp(hosts, lists[i].hosts) != 0 ||
		    strcmp(nets, lists[i].nets) != 0)
			fail_msg("%s: hosts %s, nets %s", lists[i].what, hosts, nets);
		run_free(&r);
	}
}

#define TWO_NETS BLOCK("cidr: 20.0.0.0/32") ", " BLOCK("cidr: 20.0.0.2/32")

/* x1 may be reached by n hosts and by two ranges. */
static const struct {
	const char *what;
	size_t sets, inline_hosts, inline_nets;
	const char *rules;
	enum list_form hosts, nets;
	size_t given; /* besides the fixed ones */
} forms[] = {
	{ "nobody", 512, 0, 0, "", LIST_EMPTY, LIST_EMPTY, 0 },
	{ "maps of their own", 512, 0, 0, FROM(APP("db") ", " TWO_NETS), LIST_MAP,
	  LIST_MAP, 2 },
	{ "as many as may be rules", 512, 2, 2, FROM(APP("db") ", " TWO_NETS), LIST_RULES,
	  LIST_RULES, 0 },
	{ "one more than may be rules", 512, 1, 1, FROM(APP("db") ", " TWO_NETS),
	  LIST_MAP, LIST_MAP, 2 },
	{ "hosts as rules", 512, 2, 1, FROM(APP("db") ", " TWO_NETS), LIST_RULES,
	  LIST_MAP, 1 },
	{ "nets as rules", 512, 1, 2, FROM(APP("db") ", " TWO_NETS), LIST_MAP, LIST_RULES,
	  1 },
	{ "no room: pairs", FIXED, 0, 0, FROM(APP("db") ", " TWO_NETS), LIST_PAIRS,
	  LIST_PAIRS, 0 },
	{ "less than no room: pairs", 1, 0, 0, FROM(APP("db") ", " TWO_NETS), LIST_PAIRS,
	  LIST_PAIRS, 0 },
	{ "no room, but rules need none", FIXED, 2, 2, FROM(APP("db") ", " TWO_NETS),
	  LIST_RULES, LIST_RULES, 0 },
	{ "room for one: the first of equals", FIXED + 1, 0, 0,
	  FROM(APP("db") ", " TWO_NETS), LIST_MAP, LIST_PAIRS, 1 },
	{ "room for two", FIXED + 2, 0, 0, FROM(APP("db") ", " TWO_NETS), LIST_MAP,
	  LIST_MAP, 2 },
};

static void forms_follow_the_limits(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct lower_limits limits = tight;
		const struct row_plan *row;
		const struct plan *plan;
		struct run r;

		limits.sets = forms[i].sets;
		limits.inline_hosts = forms[i].inline_hosts;
		limits.inline_nets = forms[i].inline_nets;
		plan = plan_of(&r,
			       arena_printf(*state, PODS ON("x", "%s"), forms[i].rules),
			       &limits);
		row = ingress4(&r, plan, "m/x1");
		if (row->hosts.form != forms[i].hosts ||
		    row->nets.form != forms[i].nets ||
		    plan->sets != FIXED + forms[i].given)
			fail_msg("%s: hosts %d, nets %d, %zu sets", forms[i].what,
				 (int)row->hosts.form, (int)row->nets.form, plan->sets);
		run_free(&r);
	}
}

#define SLASH_22 BLOCK("cidr: 20.0.0.0/22")
#define SLASH_24 BLOCK("cidr: 21.0.0.0/24")
#define HOLED	 BLOCK("cidr: 22.0.0.0/24, except: [22.0.0.1/32]")

#define FAR_APART                                                                        \
	BLOCK("cidr: 20.0.0.0/8")                                                        \
	", " BLOCK("cidr: 30.0.0.0/20") ", " BLOCK("cidr: 40.0.0.0/32")

/* Ranges that x1 may be reached by, and the prefixes that they are written out as. */
static const struct {
	const char *what, *rules;
	enum list_form form;
	unsigned levels;
	size_t prefixes;
} written_out[] = {
	{ "as one length where that is few", FROM(SLASH_22 ", " SLASH_24), LIST_LEVELS, 1,
	  5 },
	{ "with verdicts only where that hardly adds any",
	  FROM_PORTS(SLASH_22, "{port: 80}") ", " FROM(SLASH_24), LIST_LEVELS, 2, 2 },
	{ "a range of many lengths", FROM(HOLED), LIST_LEVELS, 1, 255 },
	{ "which takes more than verdicts may",
	  FROM_PORTS(HOLED, "{port: 80}") ", " FROM(SLASH_24), LIST_MAP, 0, 0 },
	{ "everything but an address",
	  FROM(BLOCK("cidr: 0.0.0.0/0, except: [22.0.0.1/32]")), LIST_MAP, 0, 0 },
	{ "three lengths are too far apart for two", FROM(FAR_APART), LIST_MAP, 0, 0 },
	{ "but of four ranges they may be three",
	  FROM(FAR_APART ", " BLOCK("cidr: 50.0.0.0/8")), LIST_LEVELS, 3, 4 },
};

static void few_prefixes_stand_for_ranges(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(written_out); i++) {
		struct lower_limits limits = tight;
		const struct peer_list *nets;
		const struct plan *plan;
		struct run r;

		limits.levels = 3;
		limits.third = 4;
		limits.prefixes = 32;
		plan = plan_of(
			&r,
			arena_printf(*state, PODS ON("x", "%s"), written_out[i].rules),
			&limits);
		nets = &ingress4(&r, plan, "m/x1")->nets;
		if (nets->form != written_out[i].form ||
		    nets->levels.n != written_out[i].levels ||
		    nets->levels.prefixes != written_out[i].prefixes)
			fail_msg("%s: form %d, %u levels, %zu prefixes",
				 written_out[i].what, (int)nets->form, nets->levels.n,
				 nets->levels.prefixes);
		assert_int_equal(plan->sets,
				 FIXED + (nets->levels.n ? nets->levels.n : 1));
		run_free(&r);
	}
}

/* What saves most elements against pairs, (pods - 1) x peers, comes first. */
static void maps_go_to_those_who_save_most(void **state)
{
	struct lower_limits limits = tight;
	const struct plan *plan;
	struct run r;

	(void)state;
	limits.sets = FIXED + 1;
	/* x: one pod, four peers, saves nothing; yy: three pods, two peers, saves 4. */
	plan = plan_of(&r, PODS ON("x", FROM(APP("web"))) ON("yy", FROM(APP("db"))),
		       &limits);
	assert_int_equal(ingress4(&r, plan, "m/x1")->hosts.form, LIST_PAIRS);
	assert_int_equal(ingress4(&r, plan, "m/yy1")->hosts.form, LIST_MAP);
	assert_int_equal(ingress4(&r, plan, "m/x1")->pods, 1);
	assert_int_equal(ingress4(&r, plan, "m/yy1")->pods, 3);
	run_free(&r);
}

static void classes_with_one_row_are_counted_together(void **state)
{
	const struct row_plan *row;
	const struct plan *plan;
	struct run r;

	(void)state;
	plan = plan_of(&r, PODS ON("x", FROM(APP("web"))) ON("yy", FROM(APP("web"))),
		       &tight);
	row = ingress4(&r, plan, "m/x1");
	assert_ptr_equal(row, ingress4(&r, plan, "m/yy1"));
	assert_int_equal(row->pods, 4);
	assert_ptr_equal(row->class, class_of(&r, INGRESS, "m/x1"));
	assert_int_equal(plan->sets, FIXED + 1);
	run_free(&r);
}

/* Elements: x1 in dispatch, isolated and self; four peers; yy's three, with pairs. */
static const struct {
	const char *what;
	size_t sets, fits;
	const char *policies, *names;
} sizes[] = {
	{ "a map", 512, 3 + 4, ON("x", FROM(APP("web"))),
	  "4 peers of 1 pods that m/on-x select" },
	{ "pairs of one pod are as many", FIXED, 3 + 4, ON("x", FROM(APP("web"))),
	  "4 peers of 1 pods that m/on-x select" },
	{ "three pods share their map", 512, 9 + 4, ON("yy", FROM(APP("web"))),
	  "4 peers of 3 pods that m/on-yy select" },
	{ "pairs are multiplied", FIXED, 9 + 12, ON("yy", FROM(APP("web"))),
	  "4 peers of 3 pods that m/on-yy select" },
	{ "pairs count for each pod", FIXED, 12 + 4 + 6,
	  ON("x", FROM(APP("web"))) ON("yy", FROM(APP("db"))),
	  "2 peers of 3 pods that m/on-yy select" },
	{ "the largest share is named", FIXED, 12 + 12 + 2,
	  ON("x", FROM(APP("db"))) ON("yy", FROM(APP("web"))),
	  "4 peers of 3 pods that m/on-yy select" },
};

static const char *error_of(struct run *r)
{
	size_t n;
	const struct diag *const *all = diag_sorted(r->cx.diags, &n);

	for (size_t i = 0; i < n; i++)
		if (all[i]->level >= DIAG_ERROR) {
			assert_int_equal(all[i]->id, DIAG_TOO_LARGE);
			assert_ptr_not_equal(all[i]->origin.object, NULL);
			return all[i]->message;
		}
	fail_msg("no error");
	return NULL;
}

static void too_much_is_refused_with_its_policies(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char *text = arena_printf(*state, "%s%s", PODS, sizes[i].policies);
		struct lower_limits limits = tight;
		struct run r;

		limits.sets = sizes[i].sets;
		limits.elements = sizes[i].fits;
		if (!plan_of(&r, text, &limits))
			fail_msg("%s: %zu elements do not fit", sizes[i].what,
				 limits.elements);
		run_free(&r);
		limits.elements--;
		if (plan_of(&r, text, &limits))
			fail_msg("%s: %zu elements fit", sizes[i].what, limits.elements);
		if (!strstr(error_of(&r), sizes[i].names))
			fail_msg("%s: %s", sizes[i].what, error_of(&r));
		run_free(&r);
	}
}

static void the_error_stands_at_the_policy(void **state)
{
	struct lower_limits limits = tight;
	const struct diag *const *all;
	struct run r;
	size_t n;

	(void)state;
	limits.elements = 3;
	assert_null(plan_of(&r, PODS ON("x", FROM(APP("web"))), &limits));
	all = diag_sorted(r.cx.diags, &n);
	/* Ten pods of two lines each come first, and the line of its own "---". */
	assert_int_equal(all[n - 1]->id, DIAG_TOO_LARGE);
	assert_int_equal(all[n - 1]->origin.at.line, 22);
	assert_string_equal(all[n - 1]->origin.object->name, "on-x");
	run_free(&r);
}

static void what_allows_everything_needs_no_chain(void **state)
{
	static const struct {
		const char *rules;
		bool needs;
	} chains[] = {
		{ "{}", false },
		{ "", true },
		{ "{ports: [{protocol: TCP}, {protocol: UDP}, {protocol: SCTP}]}", true },
		{ FROM(BLOCK("cidr: 0.0.0.0/0") ", " BLOCK("cidr: '::/0'")), true },
		{ FROM(APP("web")) ", {}", false }
	};

	for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
		struct run r;

		run_decide(&r, NULL,
			   arena_printf(*state, PODS ON("x", "%s"), chains[i].rules));
		if (plan_needs_chain(r.dc, INGRESS, 0) != chains[i].needs)
			fail_msg("%s", chains[i].rules);
		if (!chains[i].needs) {
			const struct plan *plan = plan_build(&r.cx, r.dc, &tight);

			assert_int_equal(ingress4(&r, plan, "m/x1")->pods, 0);
			assert_int_equal(plan->sets, FIXED);
		}
		run_free(&r);
	}
}

static void families_are_planned_apart(void **state)
{
#define DUAL                                                                             \
	POD_SPEC("m", "dual", "app: dual", "",                                           \
		 "podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]")                            \
	POD_SPEC("m", "peer", "app: peer", "",                                           \
		 "podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]")                            \
	ON("dual", FROM(APP("peer")))
	struct settings set = settings_default();
	const struct row_plan *row;
	const struct plan *plan;
	struct run r;

	(void)state;
	plan = plan_of(&r, DUAL, &tight);
	row = &plan->rows[INGRESS][FAMILY_IPV6][row_of(&r, INGRESS, "m/dual")->id];
	assert_string_equal(list_text(&r, FAMILY_IPV6, &row->hosts),
			    "fd00::2 everything");
	assert_string_equal(
		list_text(&r, FAMILY_IPV4, &ingress4(&r, plan, "m/dual")->hosts),
		"10.0.0.2 everything");
	assert_int_equal(plan->sets, FIXED + 2);
	run_free(&r);
	set.families[FAMILY_IPV4] = false;
	run_decide(&r, &set, DUAL);
	plan = plan_build(&r.cx, r.dc, &tight);
	assert_int_equal(ingress4(&r, plan, "m/dual")->pods, 0);
	row = &plan->rows[INGRESS][FAMILY_IPV6][row_of(&r, INGRESS, "m/dual")->id];
	assert_int_equal(row->pods, 1);
	assert_int_equal(plan->sets, FIXED + 1);
	run_free(&r);
}

static void a_list_has_one_port_set_or_none(void **state)
{
	struct portsets *all = portsets_new(*state);
	struct peer_range at[3] = { { 1, 1, portset_everything(all) },
				    { 2, 2, portset_everything(all) },
				    { 3, 3, portset_everything(all) } };
	struct peer_list list = { .at = at, .len = 0 };

	assert_null(peer_list_ports(&list));
	list.len = 1;
	assert_ptr_equal(peer_list_ports(&list), portset_everything(all));
	list.len = 3;
	assert_ptr_equal(peer_list_ports(&list), portset_everything(all));
	at[2].ports = portset_none(all);
	assert_null(peer_list_ports(&list));
	at[2].ports = portset_everything(all);
	at[0].ports = portset_none(all);
	assert_null(peer_list_ports(&list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_hold_who_has_more_than_everybody),
		TEST(forms_follow_the_limits),
		TEST(few_prefixes_stand_for_ranges),
		TEST(maps_go_to_those_who_save_most),
		TEST(classes_with_one_row_are_counted_together),
		TEST(too_much_is_refused_with_its_policies),
		TEST(the_error_stands_at_the_policy),
		TEST(what_allows_everything_needs_no_chain),
		TEST(families_are_planned_apart),
		TEST(a_list_has_one_port_set_or_none),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
