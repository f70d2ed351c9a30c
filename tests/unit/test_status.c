/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status: every form says what is known, no more, and is well-formed. */
#include "helpers.h"

#include <netpolc/cli/status.h>

#include <errno.h>
#include <jansson.h>
#include <string.h>

static const struct loaded_counter denied[] = { { "i-shop", 12, 840 },
						{ "e-shop", 3, 210 } };

static struct survey_class classes[] = {
	{ "i-shop", INGRESS, "shop/\"db\\1\", shop/web, +3 more", &denied[0] },
	{ "e-shop", EGRESS, "", &denied[1] },
};

static struct status sample(void)
{
	return (struct status){
		.table = "mine",
		.applied = { .tv_sec = 1000000000 },
		.survey = { .owner = LOADED_OURS,
			    .state = { .ours = true,
				       .whole = true,
				       .digest = "0123abcd",
				       .layout = 7,
				       .version = "1.2.3" },
			    .isolated = { 4, 5 },
			    .nclasses = { 1, 1 },
			    .nsets = 8,
			    .nelements = 90,
			    .classes = { classes, 2, 2 },
			    .midstream = { "midstream", 6, 60 },
			    .stray = { "stray", 7, 70 } },
	};
}

/* ---- what is said ---- */

static void expect(const struct buf *out, const char *want)
{
	if (!strstr(out->at, want))
		fail_msg("no '%s' in:\n%s", want, out->at);
}

static void refuse(const struct buf *out, const char *unwanted)
{
	if (strstr(out->at, unwanted))
		fail_msg("'%s' in:\n%s", unwanted, out->at);
}

static void text_says_what_is_known(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	status_text(&out, &st);
	expect(&out, "table inet mine\n");
	expect(&out, "  digest       0123abcd\n  layout       7\n  version      1.2.3\n");
	expect(&out, "  last apply   2001-09-09T01:46:40Z\n");
	expect(&out, "4 IPv4 and 5 IPv6 addresses");
	expect(&out, "1 ingress, 1 egress\n");
	expect(&out, "8, with 90 elements\n");
	expect(&out, "  drift        none\n");
	expect(&out, "12            840  i-shop ");
	expect(&out, "  shop/\"db\\1\", shop/web, +3 more\n");
	expect(&out, " 6             60  midstream ");
	expect(&out, " 7             70  stray ");
}

static void every_form_says_how_it_is_enforced(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	st.survey.audit = true;
	st.survey.anti_spoof = true;
	st.survey.spoofed = (struct loaded_counter){ "spoofed", 8, 80 };
	st.machine = (struct machine){ .spoof_gap = "cni0",
				       .bridge = { NULL, "br1" },
				       .ipvs = true,
				       .flowtable = "nat fast" };
	status_text(&out, &st);
	expect(&out, "  escapes      IPv6 between pods on bridge br1,");
	expect(&out, "  escapes      what IPVS balances");
	expect(&out, "  escapes      connections that flowtable nat fast knows");
	refuse(&out, "IPv4 between");
	expect(&out, "  anti-spoof   on, but pods on bridge cni0 ");
	expect(&out, " 8             80  spoofed ");
	expect(&out, "  mode         audit: what is denied passes\n");
	status_json(&out, &st);
	expect(&out, "\"mode\": \"audit\"");
	status_prometheus(&out, &st);
	expect(&out, "netpolc_audit{table=\"mine\"} 1\n");
	expect(&out, "netpolc_spoofed_packets_total{table=\"mine\"} 8\n");
	expect(&out, "netpolc_anti_spoof{table=\"mine\"} 1\n");
	expect(&out, "netpolc_anti_spoof_gap{table=\"mine\",through=\"cni0\"} 1\n");
	expect(&out, "netpolc_escapes{table=\"mine\",path=\"bridge-ipv4\"} 0\n");
	expect(&out,
	       "netpolc_escapes{table=\"mine\",path=\"bridge-ipv6\",through=\"br1\"} "
	       "1\n");
	expect(&out, "netpolc_escapes{table=\"mine\",path=\"ipvs\"} 1\n");
	expect(&out, "netpolc_escapes{table=\"mine\",path=\"flowtable\",through=\"nat "
		     "fast\"} 1\n");
	expect(&out, "\"antiSpoofGap\": \"cni0\"");
	expect(&out, "\"bridgeIPv4\": null");
	expect(&out, "\"bridgeIPv6\": \"br1\"");
	expect(&out, "\"ipvs\": true");
	expect(&out, "\"flowtable\": \"nat fast\"");
}

static void a_prefix_leads_to_its_class(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	assert_true(status_prefix(&out, &st, "mine e-shop egress: ", OUTPUT_TEXT));
	assert_string_equal(out.at, "class      e-shop\ndirection  egress\n"
				    "policies   \n");
	out.len = 0;
	assert_true(status_prefix(&out, &st, "mine i-shop ingress: IN=x", OUTPUT_JSON));
	expect(&out, "\"class\": \"i-shop\"");
	out.len = 0;
	assert_false(status_prefix(&out, &st, "mine i-sho ingress: ", OUTPUT_JSON));
	assert_int_equal(out.len, 0);
	assert_false(status_prefix(&out, &st, "other e-shop egress: ", OUTPUT_TEXT));
	expect(&out, "no class of table inet mine");
}

static void text_says_what_is_not_known(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	st.unknown = "nobody kept it";
	st.survey.drift = DRIFT_FOUND;
	status_text(&out, &st);
	expect(&out, "  last apply   unknown: nobody kept it\n");
	expect(&out, "  drift        found: ");
	out.len = 0;
	st.survey.drift = DRIFT_UNKNOWN;
	status_text(&out, &st);
	expect(&out, "  drift        unknown: ");
}

/* Others changed what says whose table it is. */
static void a_table_may_not_say_whose_it_is(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	st.survey.state = (struct ruleset_state){ 0 };
	st.survey.drift = DRIFT_NAMELESS;
	status_text(&out, &st);
	expect(&out, "table inet mine\n  mode         enforce\n");
	expect(&out,
	       "  drift        found: its state chain says no more whose table it is; "
	       "apply replaces it\n");
	out.len = 0;
	status_json(&out, &st);
	expect(&out, "\"digest\": null");
	expect(&out, "\"layout\": null");
	expect(&out, "\"version\": null");
	expect(&out, "\"drift\": true");
	out.len = 0;
	status_prometheus(&out, &st);
	expect(&out, "netpolc_drift{table=\"mine\"} 1\n");
	expect(&out, "netpolc_audit{table=\"mine\"} 0\n");
	refuse(&out, "netpolc_info");
}

static void every_form_says_what_is_on_trial(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	status_text(&out, &st);
	refuse(&out, "trial");
	status_prometheus(&out, &st);
	expect(&out, "netpolc_trial{table=\"mine\"} 0\n");
	refuse(&out, "netpolc_trial_end");
	status_json(&out, &st);
	expect(&out, "\"trial\": null");
	out.len = 0;
	st.trial = (struct on_trial){ .waits = true,
				      .process = 12,
				      .timed = true,
				      .end = { .tv_sec = 1000000000 } };
	status_text(&out, &st);
	expect(&out, "  on trial     until 2001-09-09T01:46:40Z (process 12)\n");
	status_prometheus(&out, &st);
	expect(&out, "netpolc_trial{table=\"mine\"} 1\n");
	expect(&out, "netpolc_trial_end_timestamp_seconds{table=\"mine\"} 1000000000\n");
	status_json(&out, &st);
	expect(&out, "\"until\": \"2001-09-09T01:46:40Z\",\n    \"process\": 12\n");
	out.len = 0;
	st.trial = (struct on_trial){ .waits = true };
	status_text(&out, &st);
	expect(&out, "  on trial     nobody says until when\n");
	status_json(&out, &st);
	expect(&out, "\"until\": null,\n    \"process\": null\n");
	out.len = 0;
	status_prometheus(&out, &st);
	expect(&out, "netpolc_trial{table=\"mine\"} 1\n");
	refuse(&out, "netpolc_trial_end");
}

static void every_form_says_that_a_trial_is_not_known(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	status_json(&out, &st);
	refuse(&out, "trialUnknown");
	out.len = 0;
	st.trial.error = EMFILE;
	status_text(&out, &st);
	expect(&out, "  on trial     unknown: Too many open files\n");
	refuse(&out, "until");
	status_json(&out, &st);
	expect(&out, "\"trial\": null,\n  \"trialUnknown\": \"Too many open files\"");
	out.len = 0;
	status_prometheus(&out, &st);
	refuse(&out, "netpolc_trial");
}

static void text_says_what_is_not_there(void **state)
{
	struct status st = { .table = "mine", .survey = { .owner = LOADED_ABSENT } };
	BUF_AUTO out = { 0 };

	(void)state;
	status_text(&out, &st);
	assert_string_equal(out.at, "table inet mine is not loaded\n");
	out.len = 0;
	st.survey.owner = LOADED_FOREIGN;
	status_text(&out, &st);
	assert_string_equal(out.at, "table inet mine is not netpolc's\n");
	out.len = 0;
	st.survey.owner = LOADED_SETTLING;
	status_text(&out, &st);
	expect(&out, "table inet mine has no policy: ");
}

/* ---- JSON ---- */

static json_t *as_json(const struct status *st)
{
	BUF_AUTO out = { 0 };
	json_t *top;

	status_json(&out, st);
	top = json_loads(out.at, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(top);
	return top;
}

static void json_has_a_member_for_each_thing(void **state)
{
	struct status st = sample();
	json_t *top = as_json(&st);
	const char *digest, *applied, *first, *second, *direction;
	int loaded, layout, v4, v6, ingress, egress, sets, elements, drift, more, packets,
		bytes, stray, midstream, rest;

	(void)state;
	assert_int_equal(
		json_unpack(top,
			    "{s:b s:s s:i s:s s:{s:i s:i} s:{s:i s:i} s:i s:i s:b"
			    " s:[{s:[s s !] s:i s:i s:i}, {s:s s:[!]} !] s:{s:i} s:{s:i "
			    "s:i}}",
			    "loaded", &loaded, "digest", &digest, "layout", &layout,
			    "lastApply", &applied, "isolatedAddresses", "ipv4", &v4,
			    "ipv6", &v6, "classes", "ingress", &ingress, "egress",
			    &egress, "sets", &sets, "elements", &elements, "drift",
			    &drift, "denied", "policies", &first, &second, "morePolicies",
			    &more, "packets", &packets, "bytes", &bytes, "direction",
			    &direction, "policies", "stray", "packets", &stray,
			    "midstream", "packets", &midstream, "bytes", &rest),
		0);
	assert_true(loaded && layout == 7 && v4 == 4 && v6 == 5 && !drift);
	assert_true(ingress == 1 && egress == 1 && sets == 8 && elements == 90);
	assert_true(more == 3 && packets == 12 && bytes == 840);
	assert_true(stray == 7 && midstream == 6 && rest == 60);
	assert_string_equal(json_string_value(json_object_get(top, "mode")), "enforce");
	assert_string_equal(digest, "0123abcd");
	assert_string_equal(applied, "2001-09-09T01:46:40Z");
	assert_string_equal(first, "shop/\"db\\1\"");
	assert_string_equal(second, "shop/web");
	assert_string_equal(direction, "egress");
	json_decref(top);
}

static void json_has_null_for_what_is_not_known(void **state)
{
	struct status st = sample();
	json_t *top;

	(void)state;
	st.unknown = "nobody kept it";
	st.survey.drift = DRIFT_UNKNOWN;
	top = as_json(&st);
	assert_true(json_is_null(json_object_get(top, "lastApply")));
	assert_true(json_is_null(json_object_get(top, "drift")));
	json_decref(top);
	st.survey.owner = LOADED_ABSENT;
	top = as_json(&st);
	assert_true(json_is_false(json_object_get(top, "loaded")));
	assert_int_equal(json_object_size(top), 3);
	json_decref(top);
	st.survey.owner = LOADED_SETTLING;
	top = as_json(&st);
	assert_true(json_is_false(json_object_get(top, "loaded")));
	assert_true(json_is_true(json_object_get(top, "settling")));
	json_decref(top);
}

/* ---- Prometheus ---- */

static void metrics_have_a_sample_for_each_thing(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	status_prometheus(&out, &st);
	expect(&out, "# HELP netpolc_loaded Whether the table is loaded.\n"
		     "# TYPE netpolc_loaded gauge\nnetpolc_loaded{table=\"mine\"} 1\n");
	expect(&out, "netpolc_info{table=\"mine\",digest=\"0123abcd\",layout=\"7\","
		     "version=\"1.2.3\"} 1\n");
	expect(&out, "netpolc_last_apply_timestamp_seconds{table=\"mine\"} 1000000000\n");
	expect(&out, "netpolc_isolated_addresses{table=\"mine\",family=\"ipv6\"} 5\n");
	expect(&out, "netpolc_classes{table=\"mine\",direction=\"egress\"} 1\n");
	expect(&out, "netpolc_sets{table=\"mine\"} 8\n");
	expect(&out, "netpolc_elements{table=\"mine\"} 90\n");
	expect(&out, "netpolc_drift{table=\"mine\"} 0\n");
	expect(&out, "netpolc_denied_packets_total{table=\"mine\",class=\"i-shop\","
		     "direction=\"ingress\",policies=\"shop/\\\"db\\\\1\\\", shop/web, "
		     "+3 more\"} 12\n");
	expect(&out, "netpolc_denied_bytes_total{table=\"mine\",class=\"e-shop\","
		     "direction=\"egress\",policies=\"\"} 210\n");
	expect(&out, "netpolc_midstream_packets_total{table=\"mine\"} 6\n");
	expect(&out, "netpolc_stray_packets_total{table=\"mine\"} 7\n");
}

static void a_line_end_ends_no_label(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	strcpy(st.survey.state.version, "1\n2");
	status_prometheus(&out, &st);
	expect(&out, "version=\"1\\n2\"} 1\n");
}

static void metrics_leave_out_what_is_not_known(void **state)
{
	struct status st = sample();
	BUF_AUTO out = { 0 };

	(void)state;
	st.unknown = "nobody kept it";
	st.survey.drift = DRIFT_UNKNOWN;
	status_prometheus(&out, &st);
	refuse(&out, "netpolc_last_apply");
	refuse(&out, "netpolc_drift");
	out.len = 0;
	st.survey.drift = DRIFT_FOUND;
	status_prometheus(&out, &st);
	expect(&out, "netpolc_drift{table=\"mine\"} 1\n");
	out.len = 0;
	st.survey.owner = LOADED_ABSENT;
	status_prometheus(&out, &st);
	expect(&out, "netpolc_loaded{table=\"mine\"} 0\n");
	expect(&out, "netpolc_settling{table=\"mine\"} 0\n");
	refuse(&out, "netpolc_info");
	out.len = 0;
	st.survey.owner = LOADED_SETTLING;
	status_prometheus(&out, &st);
	expect(&out, "netpolc_loaded{table=\"mine\"} 0\n");
	expect(&out, "netpolc_settling{table=\"mine\"} 1\n");
	refuse(&out, "netpolc_info");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_says_what_is_known),
		TEST(every_form_says_how_it_is_enforced),
		TEST(a_table_may_not_say_whose_it_is),
		TEST(every_form_says_what_is_on_trial),
		TEST(every_form_says_that_a_trial_is_not_known),
		TEST(a_prefix_leads_to_its_class),
		TEST(text_says_what_is_not_known),
		TEST(text_says_what_is_not_there),
		TEST(json_has_a_member_for_each_thing),
		TEST(json_has_null_for_what_is_not_known),
		TEST(metrics_have_a_sample_for_each_thing),
		TEST(a_line_end_ends_no_label),
		TEST(metrics_leave_out_what_is_not_known),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
