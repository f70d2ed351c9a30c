/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diag_out: the exact text, and that programs can read the other forms. */
#include "helpers.h"

#include <netpolc/base/diag_out.h>
#include <netpolc/base/source.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *names[] = { "shop/web.yaml", "-", "./odd, 100%:\n.yaml",
			       "::error::x.yaml" };
static const struct sources sources = { .at = names, .len = ARRAY_SIZE(names) };

static const char web_text[] = "          cidr: 10.0.0.0/24\n"
			       "          except:\n"
			       "            - 10.1.0.0/16\n";
static const uint32_t web_starts[] = { 0, 28, 46 };
static const struct object web = {
	.kind = "NetworkPolicy",
	.space = "shop",
	.name = "web",
	.lines = { web_text, sizeof(web_text) - 1, 12, web_starts,
		   ARRAY_SIZE(web_starts) },
};
static const struct origin except = {
	.at = { 0, 14, 15, 11 },
	.object = &web,
	.path = "spec.ingress[0].from[1].ipBlock.except[0]",
};
static const struct origin cidr = { .at = { 0, 12, 17, 11 }, .object = &web };

static void add_except(struct diags *ds)
{
	struct diag *d = diag_add(ds, DIAG_EXCEPT_RANGE, &except,
				  "except '10.1.0.0/16' lies outside cidr");

	diag_see(ds, d, &cidr, "the cidr it should lie in");
}

static void assert_print(struct diags *ds, const struct diag_style *style,
			 const char *want)
{
	BUF_AUTO out = { 0 };

	diag_print(&out, ds, &sources, style);
	assert_string_equal(out.at ? out.at : "", want);
}

/* ---- text ------------------------------------------------------------------- */

static void text_shows_place_object_line_and_note(void **state)
{
	const struct diag_style style = { .closing = "nothing was written" };
	struct diags *ds = diags_new(*state, false);

	add_except(ds);
	assert_print(
		ds, &style,
		"shop/web.yaml:14:15: error: except '10.1.0.0/16' lies outside cidr "
		"[except-outside-cidr]\n"
		"  NetworkPolicy shop/web: spec.ingress[0].from[1].ipBlock.except[0]\n"
		"   14 |             - 10.1.0.0/16\n"
		"      |               ^~~~~~~~~~~\n"
		"shop/web.yaml:12:17: note: the cidr it should lie in\n"
		"   12 |           cidr: 10.0.0.0/24\n"
		"      |                 ^~~~~~~~~~~\n"
		"1 error, 0 warnings; nothing was written\n");
}

static const struct {
	const char *what, *line;
	uint32_t column, width;
	const char *quoted, *marker;
} marker_cases[] = {
	{ "a width of nothing known", "a: b", 4, 0, "a: b", "   ^" },
	{ "tabs before", "\t\ta", 3, 1, "\t\ta", "\t\t^" },
	{ "a letter of two bytes before", "\303\251: b", 4, 1, "\303\251: b", "   ^" },
	{ "a wide letter before", "\344\270\255: b", 4, 1, "\344\270\255: b", "    ^" },
	{ "wide letters inside", "\344\270\255\344\270\255", 1, 2,
	  "\344\270\255\344\270\255", "^~~~" },
	{ "a control character before", "\033: b", 4, 1, "\\x1b: b", "      ^" },
	{ "invalid UTF-8 inside", "a: \377b", 4, 2, "a: \\xffb", "   ^~~~~" },
	{ "wider than the line", "a: b", 4, 99, "a: b", "   ^" },
	{ "behind the last character", "a:", 3, 1, "a:", "  ^" },
	{ "an empty line", "", 1, 0, "", "^" },
};

static void the_marker_stands_under_what_it_marks(void **state)
{
	const struct diag_style style = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(marker_cases); i++) {
		struct diags *ds = diags_new(*state, false);
		struct origin at = { .at = { 0, 3, marker_cases[i].column,
					     marker_cases[i].width } };
		const char *line = marker_cases[i].line;
		BUF_AUTO out = { 0 }, want = { 0 };

		diag_set_quote(ds, diag_add(ds, DIAG_BAD_PORT, &at, "x"), line,
			       strlen(line));
		diag_print(&out, ds, &sources, &style);
		buf_printf(&want, "\n    3 | %s\n      | %s\n", marker_cases[i].quoted,
			   marker_cases[i].marker);
		if (!strstr(out.at, want.at))
			fail_msg("%s:\n%s", marker_cases[i].what, out.at);
	}
}

static const struct {
	const char *what, *line;
	uint32_t column, width;
	size_t columns;
	const char *quoted, *marker;
} narrow_cases[] = {
	{ "room enough", "0123456789abcdef", 3, 2, 24, "0123456789abcdef", "  ^~" },
	{ "cut behind", "0123456789abcdefg", 3, 2, 24, "0123456789abcd…", "  ^~" },
	{ "cut before", "0123456789abcdefghij", 17, 2, 24, "…cdefghij", "     ^~" },
	{ "cut on both sides", "0123456789abcdefghijklmnopqrstuvwxyz", 17, 99, 24,
	  "…cdefghijklmnop…", "     ^~~~~~~~~~" },
	{ "a tab is a blank then", "\t\t0123456789abcdefghij", 3, 1, 24,
	  "  0123456789ab…", "  ^" },
	{ "wide letters", "\344\270\255\344\270\255\344\270\2553456789abcdef", 4, 1, 24,
	  "\344\270\255\344\270\255\344\270\2553456789a…", "      ^" },
	{ "hardly any room", "0123456789abcdefghij", 1, 1, 1, "0123456789abcd…", "^" },
};

static void a_line_is_cut_to_the_terminal_around_what_is_marked(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(narrow_cases); i++) {
		const struct diag_style style = { .width = narrow_cases[i].columns };
		struct diags *ds = diags_new(*state, false);
		struct origin at = { .at = { 0, 3, narrow_cases[i].column,
					     narrow_cases[i].width } };
		const char *line = narrow_cases[i].line;
		BUF_AUTO out = { 0 }, want = { 0 };

		diag_set_quote(ds, diag_add(ds, DIAG_BAD_PORT, &at, "x"), line,
			       strlen(line));
		diag_print(&out, ds, &sources, &style);
		buf_printf(&want, "\n    3 | %s\n      | %s\n", narrow_cases[i].quoted,
			   narrow_cases[i].marker);
		if (!strstr(out.at, want.at))
			fail_msg("%s:\n%s", narrow_cases[i].what, out.at);
	}
}

static const struct {
	const char *what;
	enum diag_id id;
	struct origin origin;
	const char *message, *want;
} head_cases[] = {
	{ "no place",
	  DIAG_NO_INPUT,
	  { .at = { 0 } },
	  "no object",
	  "netpolc: error: no object [no-input]\n1 error, 0 warnings\n" },
	{ "standard input",
	  DIAG_ODD_CIDR,
	  { .at = { 1, 2, 3, 0 } },
	  "x",
	  "<stdin>:2:3: warning: x [odd-cidr]\n0 errors, 1 warning\n" },
	{ "no column",
	  DIAG_KERNEL,
	  { .at = { 0, 2, 0, 0 } },
	  "x",
	  "shop/web.yaml:2: error: x [kernel]\n1 error, 0 warnings\n" },
	{ "a hidden finding",
	  DIAG_UNKNOWN_KIND,
	  { .at = { 0, 2, 1, 0 } },
	  "x",
	  "shop/web.yaml:2:1: note: x [unknown-kind]\n" },
	{ "a path alone",
	  DIAG_BAD_PORT,
	  { .at = { 0, 2, 1, 0 }, .path = "spec" },
	  "x",
	  "shop/web.yaml:2:1: error: x [bad-port]\n  spec\n1 error, 0 warnings\n" },
	{ "hostile text",
	  DIAG_BAD_NAME,
	  { { 2, 1, 1, 0 },
	    &(const struct object){ .kind = "Pod", .name = "\033[2J" },
	    "a\nb" },
	  "\302\233 \377",
	  "./odd, 100%:\\x0a.yaml:1:1: error: \\u009b \\xff [bad-name]\n"
	  "  Pod \\x1b[2J: a\\x0ab\n1 error, 0 warnings\n" },
	{ "what would be a command to a runner",
	  DIAG_BAD_NAME,
	  { { 3, 1, 1, 0 },
	    &(const struct object){ .kind = "\302\240::stop-commands::x" },
	    NULL },
	  "::error::x",
	  "./::error::x.yaml:1:1: error: ::error::x [bad-name]\n"
	  "  '\302\240::stop-commands::x'\n1 error, 0 warnings\n" },
	{ "an object without a name",
	  DIAG_BAD_NAME,
	  { { 0, 1, 1, 0 },
	    &(const struct object){ .kind = "Pod", .space = "shop" },
	    NULL },
	  "x",
	  "shop/web.yaml:1:1: error: x [bad-name]\n  Pod shop/?\n1 error, 0 warnings\n" },
	{ "an object of which nothing is known",
	  DIAG_BAD_NAME,
	  { { 0, 1, 1, 0 }, &(const struct object){ .kind = NULL }, NULL },
	  "x",
	  "shop/web.yaml:1:1: error: x [bad-name]\n1 error, 0 warnings\n" },
};

static void the_first_lines_say_what_is_known(void **state)
{
	const struct diag_style style = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(head_cases); i++) {
		struct diags *ds = diags_new(*state, false);
		BUF_AUTO out = { 0 };

		diag_add(ds, head_cases[i].id, &head_cases[i].origin, "%s",
			 head_cases[i].message);
		diag_print(&out, ds, &sources, &style);
		if (strcmp(out.at, head_cases[i].want))
			fail_msg("%s:\n%s", head_cases[i].what, out.at);
	}
}

static struct diags *four_findings(struct arena *a)
{
	struct diags *ds = diags_new(a, false);

	diag_add(ds, DIAG_UNKNOWN_KIND, NULL, "a");
	diag_add(ds, DIAG_NO_PODS, NULL, "b");
	diag_add(ds, DIAG_BAD_PORT, NULL, "c");
	diag_add(ds, DIAG_BAD_PORT, NULL, "d");
	return ds;
}

static void what_is_below_the_least_level_is_left_out(void **state)
{
	struct diags *ds = four_findings(*state);
	struct diag_style style = { .least = DIAG_WARNING };

	assert_print(ds, &style,
		     "netpolc: warning: b [no-pods]\nnetpolc: error: c [bad-port]\n"
		     "netpolc: error: d [bad-port]\n2 errors, 1 warning\n");
	style.least = DIAG_ERROR;
	assert_print(ds, &style,
		     "netpolc: error: c [bad-port]\nnetpolc: error: d [bad-port]\n"
		     "2 errors, 1 warning\n");
	style.least = DIAG_SYSTEM;
	assert_print(ds, &style, "");
	assert_print(diags_new(*state, false), &style, "");
}

static void the_text_stops_after_so_many_errors(void **state)
{
	struct diags *ds = four_findings(*state);
	struct diag_style style = { .least = DIAG_WARNING, .max_errors = 1 };

	assert_print(ds, &style,
		     "netpolc: warning: b [no-pods]\nnetpolc: error: c [bad-port]\n"
		     "2 errors, 1 warning, stopped after 1 error\n");
}

static void every_other_form_says_what_it_leaves_out(void **state)
{
	static const enum diag_format forms[] = { DIAG_JSON, DIAG_SARIF, DIAG_GITHUB,
						  DIAG_JUNIT };
	struct diags *ds = diags_new(*state, false);

	diag_add(ds, DIAG_BAD_PORT, NULL, "this one");
	diag_add(ds, DIAG_NO_PODS, NULL, "that one");
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct diag_style style = { .format = forms[i],
					    .least = DIAG_ERROR,
					    .max_errors = 1 };
		BUF_AUTO all = { 0 }, some = { 0 };

		diag_print(&all, ds, &sources, &style);
		assert_null(strstr(all.at, "not shown"));
		style.least = DIAG_WARNING;
		diag_print(&some, ds, &sources, &style);
		assert_non_null(strstr(some.at, "this one"));
		assert_null(strstr(some.at, "that one"));
		assert_non_null(strstr(some.at, "1 more finding is not shown"));
	}
}

/* Kept are as many of each level as anybody reads. */
static void findings_without_end_are_counted_alone(void **state)
{
	const struct diag_style json = { .format = DIAG_JSON, .least = DIAG_NOTE };
	const struct diag_style text = { .least = DIAG_ERROR, .closing = "done" };
	struct diags *ds = diags_new(*state, false);
	const struct diag *const *all;
	const char *note;
	BUF_AUTO out = { 0 };
	struct diag *d;
	size_t n;

	for (size_t i = 0; i < DIAGS_KEPT + 5; i++)
		diag_add(ds, DIAG_BAD_CIDR, NULL, "%zu", i);
	d = diag_add(ds, DIAG_BAD_CIDR, &cidr, "contained");
	diag_set_level(ds, d, DIAG_WARNING);
	diag_set_quote(ds, d, "x", 1);
	diag_see(ds, d, &cidr, "the cidr");
	diag_add(ds, DIAG_ODD_CIDR, NULL, "a warning is kept all the same");

	all = diag_sorted(ds, &n);
	assert_int_equal(n, DIAGS_KEPT + 1);
	assert_string_equal(all[n - 1]->message, "a warning is kept all the same");
	assert_int_equal(diag_count(ds, DIAG_ERROR), DIAGS_KEPT + 5);
	assert_int_equal(diag_count(ds, DIAG_WARNING), 2);
	diag_print(&out, ds, &sources, &text);
	assert_non_null(strstr(out.at, "\n10005 errors, 2 warnings, stopped after 10000 "
				       "errors; done\n"));
	diag_print(&out, ds, &sources, &json);
	note = arena_printf(*state,
			    "{\"level\":\"note\",\"id\":\"%s\",\"message\":"
			    "\"6 more findings are not shown\"",
			    diag_name(DIAG_UNSHOWN));
	assert_non_null(strstr(out.at, note));
}

static void color_surrounds_and_changes_nothing_else(void **state)
{
	const struct diag_style style = { .color = true };
	struct diags *ds = diags_new(*state, false);

	diag_add(ds, DIAG_NO_INPUT, NULL, "x");
	assert_print(ds, &style,
		     "\033[1mnetpolc: \033[1;31merror:\033[0m x [no-input]\n"
		     "1 error, 0 warnings\n");
}

/* ---- for programs ----------------------------------------------------------- */

static void json_is_one_object_a_line(void **state)
{
	const struct diag_style style = { .format = DIAG_JSON };
	struct diags *ds = diags_new(*state, false);

	add_except(ds);
	diag_add(ds, DIAG_NO_PODS, NULL, "bytes \377 \033");
	assert_print(
		ds, &style,
		"{\"level\":\"warning\",\"id\":\"no-pods\",\"message\":\"bytes \\\\xff "
		"\\\\x1b\","
		"\"file\":null,\"line\":null,\"column\":null,\"endLine\":null,"
		"\"endColumn\":null,\"object\":null,\"path\":null,\"fix\":null,"
		"\"related\":[]}\n"
		"{\"level\":\"error\",\"id\":\"except-outside-cidr\","
		"\"message\":\"except '10.1.0.0/16' lies outside cidr\","
		"\"file\":\"shop/web.yaml\",\"line\":14,\"column\":15,\"endLine\":14,"
		"\"endColumn\":26,\"object\":{\"kind\":\"NetworkPolicy\","
		"\"namespace\":\"shop\",\"name\":\"web\"},"
		"\"path\":\"spec.ingress[0].from[1].ipBlock.except[0]\",\"fix\":null,"
		"\"related\":[{\"message\":\"the cidr it should lie in\","
		"\"file\":\"shop/web.yaml\",\"line\":12,\"column\":17,\"endLine\":12,"
		"\"endColumn\":28}]}\n");
}

/* JSON has no need of what a terminal, or a reader, would take for something else. */
static void json_is_ascii(void **state)
{
	const struct diag_style style = { .format = DIAG_JSON };
	struct diags *ds = diags_new(*state, false);
	BUF_AUTO out = { 0 };

	diag_add(ds, DIAG_NO_PODS, NULL, "\u202e \302\233 …");
	diag_print(&out, ds, &sources, &style);
	assert_non_null(strstr(out.at, "\"\\u202E \\u009B \\u2026\""));
}

static json_t *print_sarif(struct diags *ds)
{
	const struct diag_style style = { .format = DIAG_SARIF };
	BUF_AUTO out = { 0 };
	json_error_t error;
	json_t *log;

	diag_print(&out, ds, &sources, &style);
	log = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, &error);
	if (!log)
		fail_msg("%s", error.text);
	return log;
}

static void sarif_lists_every_rule_and_result(void **state)
{
	struct diags *ds = diags_new(*state, false);
	const char *version, *units, *rule, *level, *uri, *name, *path, *see;
	json_t *log, *rules, *results;
	int index, line, column, end;

	add_except(ds);
	log = print_sarif(ds);
	assert_int_equal(json_unpack(log, "{s:s, s:[{s:s, s:{s:{s:o}}, s:o}]}", "version",
				     &version, "runs", "columnKind", &units, "tool",
				     "driver", "rules", &rules, "results", &results),
			 0);
	assert_string_equal(version, "2.1.0");
	assert_string_equal(units, "unicodeCodePoints");
	assert_int_equal(json_array_size(rules), DIAG_COUNT);
	assert_int_equal(
		json_unpack(results,
			    "[{s:s, s:i, s:s, s:[{s:{s:{s:s}, s:{s:i, s:i, s:i}},"
			    " s:[{s:s}]}], s:{s:s}, s:[{s:{s:s}}]}]",
			    "ruleId", &rule, "ruleIndex", &index, "level", &level,
			    "locations", "physicalLocation", "artifactLocation", "uri",
			    &uri, "region", "startLine", &line, "startColumn", &column,
			    "endColumn", &end, "logicalLocations", "fullyQualifiedName",
			    &name, "properties", "path", &path, "relatedLocations",
			    "message", "text", &see),
		0);
	assert_string_equal(rule, "except-outside-cidr");
	assert_int_equal(index, DIAG_EXCEPT_RANGE);
	assert_string_equal(level, "error");
	assert_string_equal(uri, "shop/web.yaml");
	assert_true(line == 14 && column == 15 && end == 26);
	assert_string_equal(name, "NetworkPolicy/shop/web");
	assert_string_equal(path, except.path);
	assert_string_equal(see, "the cidr it should lie in");
	json_decref(log);
}

static void sarif_names_are_escaped_references(void **state)
{
	const struct origin odd = { .at = { 2, 1, 0, 0 } };
	struct diags *ds = diags_new(*state, false);
	const char *uri;
	json_t *log;

	diag_add(ds, DIAG_BAD_PORT, &odd, "x");
	log = print_sarif(ds);
	assert_int_equal(json_unpack(log, "{s:[{s:[{s:[{s:{s:{s:s}}}]}]}]}", "runs",
				     "results", "locations", "physicalLocation",
				     "artifactLocation", "uri", &uri),
			 0);
	assert_string_equal(uri, "odd%2C%20100%25%3A%0A.yaml");
	json_decref(log);
}

static void a_workflow_command_stays_one_line(void **state)
{
	const struct diag_style style = { .format = DIAG_GITHUB, .least = DIAG_NOTE };
	const struct origin odd = { .at = { 2, 1, 2, 3 } };
	struct diags *ds = diags_new(*state, false);

	add_except(ds);
	diag_add(ds, DIAG_NO_PODS, &odd, "100%%\r\n::error::x");
	assert_print(
		ds, &style,
		"::error file=shop/web.yaml,line=14,col=15,endColumn=26,"
		"title=netpolc [except-outside-cidr]::"
		"except '10.1.0.0/16' lies outside cidr%0A"
		"NetworkPolicy shop/web: spec.ingress[0].from[1].ipBlock.except[0]%0A"
		"shop/web.yaml:12: the cidr it should lie in\n"
		"::warning file=./odd%2C 100%25%3A%0A.yaml,line=1,col=2,endColumn=5,"
		"title=netpolc [no-pods]::100%25\\x0d\\x0a::error::x\n");
}

static const char junit_none[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<testsuites name=\"netpolc check\" tests=\"1\" failures=\"0\">\n"
	"  <testsuite name=\"netpolc check\" tests=\"1\" failures=\"0\">\n"
	"    <testcase classname=\"netpolc\" name=\"no findings\"/>\n"
	"  </testsuite>\n</testsuites>\n";
static const char junit_two[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<testsuites name=\"netpolc check\" tests=\"2\" failures=\"1\">\n"
	"  <testsuite name=\"netpolc check\" tests=\"2\" failures=\"1\">\n"
	"    <testcase classname=\"selects-no-pod\" name=\"&lt;a&gt; &amp; "
	"&quot;b&quot; \\x01\\xff\\ufffe]]&gt;\">\n"
	"      <system-out>fix: correct the podSelector or the namespace, or remove the "
	"policy</system-out>\n    </testcase>\n"
	"    <testcase classname=\"except-outside-cidr\" name=\"shop/web.yaml:14:15: "
	"except '10.1.0.0/16' lies outside cidr\" file=\"shop/web.yaml\">\n"
	"      <failure type=\"error\" message=\"except '10.1.0.0/16' lies outside "
	"cidr\">NetworkPolicy shop/web: spec.ingress[0].from[1].ipBlock.except[0]&#10;"
	"shop/web.yaml:12:17: the cidr it should lie in</failure>\n    </testcase>\n"
	"  </testsuite>\n</testsuites>\n";

static void junit_is_a_suite_of_what_failed_and_what_did_not(void **state)
{
	const struct diag_style style = { .format = DIAG_JUNIT, .fails = DIAG_FAULT };
	struct diags *ds = diags_new(*state, false);

	assert_print(ds, &style, junit_none);
	add_except(ds);
	diag_add(ds, DIAG_SELECTS_NOTHING, NULL, "<a> & \"b\" \001\377\357\277\276]]>");
	assert_print(ds, &style, junit_two);
}

static void a_finding_has_a_level_of_its_own_and_a_fix(void **state)
{
	const struct diag_style style = { .least = DIAG_NOTE };
	struct diags *ds = diags_new(*state, false);

	diags_set_level(ds, DIAG_SELECTS_NOTHING, DIAG_FAULT);
	diags_set_level(ds, DIAG_NO_PODS, DIAG_OFF);
	diag_add(ds, DIAG_NO_PODS, NULL, "not even counted");
	diag_add(ds, DIAG_SELECTS_NOTHING, NULL, "x");
	diag_add(ds, DIAG_NO_DEFAULT_DENY, NULL, "y");
	assert_false(diag_failed(ds));
	assert_print(
		ds, &style,
		"netpolc: error: x [selects-no-pod]\n"
		"  fix: correct the podSelector or the namespace, or remove the policy\n"
		"netpolc: info: y [missing-default-deny]\n"
		"  fix: add a policy with an empty podSelector, policyTypes Ingress and "
		"no rules\n"
		"1 error, 0 warnings, 1 info\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_shows_place_object_line_and_note),
		TEST(the_marker_stands_under_what_it_marks),
		TEST(a_line_is_cut_to_the_terminal_around_what_is_marked),
		TEST(the_first_lines_say_what_is_known),
		TEST(what_is_below_the_least_level_is_left_out),
		TEST(the_text_stops_after_so_many_errors),
		TEST(every_other_form_says_what_it_leaves_out),
		TEST(findings_without_end_are_counted_alone),
		TEST(color_surrounds_and_changes_nothing_else),
		TEST(json_is_one_object_a_line),
		TEST(json_is_ascii),
		TEST(sarif_lists_every_rule_and_result),
		TEST(sarif_names_are_escaped_references),
		TEST(a_workflow_command_stays_one_line),
		TEST(junit_is_a_suite_of_what_failed_and_what_did_not),
		TEST(a_finding_has_a_level_of_its_own_and_a_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
