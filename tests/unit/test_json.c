/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../json_tree.h"
#include "events.h"

struct json_case {
	const char *what, *text, *want;
};

static void check_all(struct arena *a, const struct json_case *cases, size_t n,
		      bool places)
{
	for (size_t i = 0; i < n; i++) {
		const struct json_case *c = &cases[i];
		const char *got = events(a, "x.json", c->text, strlen(c->text), places);

		if (strcmp(got, c->want) != 0)
			fail_msg("%s:\n got  %s\n want %s", c->what, got, c->want);
	}
}

static const struct json_case event_cases[] = {
	{ "nothing", "", "" },
	{ "space", " \n\t\r\n", "" },
	{ "an object", "{\"a\": 1, \"b\": [true, null, \"x\"]}",
	  "D { 'a' #1 'b' [ ?true !null 'x' ) )" },
	{ "empty ones", "[{}, [], \"\"]", "D [ { ) [ ) '' )" },
	{ "a byte order mark", "\xef\xbb\xbf{}", "D { )" },
	{ "values side by side", "{}[]\n1 2\"x\"", "D { ) D [ ) D #1 D #2 D 'x'" },
	{ "markers between values", "{}\n---\n{}\n--- \r\n---\n[1]\n---",
	  "D { ) D { ) D [ #1 )" },
	{ "a marker first", "---\n{}\n", "D { )" },
	{ "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "D '\"\\/\b\f\n\r\t'" },
	{ "code points by number", "\"\\u0041\\u00E9\\u20ac\\ud83d\\uDE00\"",
	  "D 'A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'" },
	{ "the first and last of each length", "\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
	  "D '\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf'" },
	{ "a NUL by number", "\"a\\u0000b\"", "D 'a\\0b'" },
	{ "numbers as written", "[0, -0, 1.50, 2E+3, -1e-2, 18446744073709551616]",
	  "D [ #0 #-0 #1.50 #2E+3 #-1e-2 #18446744073709551616 )" },
	{ "a key that stands twice", "{\"a\": 1, \"a\": 2}", "D { 'a' #1 'a' #2 )" },
};

static void json_comes_out_as_events(void **state)
{
	check_all(*state, event_cases, ARRAY_SIZE(event_cases), false);
}

static const struct json_case place_cases[] = {
	{ "lines and columns", "{\n  \"a\": [\n    12]\n}\n",
	  "D@1:1+0 {@1:1+1 'a'@2:3+3 [@2:8+1 #12@3:5+2 )@3:7+1 )@4:1+1" },
	{ "code points", "[\"\xc3\xa9\xf0\x9f\x98\x80\", 1]",
	  "D@1:1+0 [@1:1+1 '\xc3\xa9\xf0\x9f\x98\x80'@1:2+4 #1@1:8+1 )@1:9+1" },
	{ "the line after code points", "[\"\xc3\xa9\",\n1]",
	  "D@1:1+0 [@1:1+1 '\xc3\xa9'@1:2+3 #1@2:1+1 )@2:2+1" },
	{ "a byte order mark takes no column", "\xef\xbb\xbf[]",
	  "D@1:1+0 [@1:1+1 )@1:2+1" },
	{ "only LF ends lines", "[\r1\r\n]", "D@1:1+0 [@1:1+1 #1@1:3+1 )@2:1+1" },
};

static void places_count_lines_and_code_points(void **state)
{
	check_all(*state, place_cases, ARRAY_SIZE(place_cases), true);
}

static const struct json_case error_cases[] = {
	{ "a missing comma", "[1 2]",
	  "D [ #1 json-syntax 1:4: '2' where ',' or ']' is due" },
	{ "a comma too many", "{\"a\": 1,}",
	  "D { 'a' #1 json-syntax 1:9: '}' where a key in quotes is due" },
	{ "a missing colon", "{\"a\" 1}",
	  "D { 'a' json-syntax 1:6: '1' where ':' is due" },
	{ "a bare word", "{\"a\": Pod}",
	  "D { 'a' json-syntax 1:7: 'Pod' is no JSON value; strings need quotes" },
	{ "an open object", "\n{\"a\": 1\n",
	  "D { 'a' #1 json-syntax 3:1: the input ends inside the object that begins on "
	  "line 2" },
	{ "an open string", "[\"a",
	  "D [ json-syntax 1:4: the input ends inside the string of line 1" },
	{ "a line end in a string", "[\"a\nb\"]",
	  "D [ json-syntax 1:4: a control character (0x0a) in a string; write \\u000a" },
	{ "an unknown escape", "\"\\x\"",
	  "D json-syntax 1:2: a backslash before what needs none (byte 0x78)" },
	{ "half an escape", "\"\\",
	  "D json-syntax 1:3: the input ends where the rest of a "
	  "string is due" },
	{ "half a number of a code point", "\"\\u12\"",
	  "D json-syntax 1:2: '\\u' without four hexadecimal digits" },
	{ "a lone high surrogate", "\"\\ud800x\"",
	  "D json-syntax 1:2: '\\ud800' is half of a surrogate pair" },
	{ "a lone low surrogate", "\"\\udc00\"",
	  "D json-syntax 1:2: '\\udc00' is half of a surrogate pair" },
	{ "two high surrogates", "\"\\ud800\\ud800\"",
	  "D json-syntax 1:2: '\\ud800' is half of a surrogate pair" },
	{ "a lone byte", "\"\xc3\xa9\xff\"",
	  "D json-syntax 1:3: not UTF-8: byte 0xff at byte offset 3" },
	{ "a leading zero", "012", "D json-syntax 1:2: a number with a leading zero" },
	{ "a number without digits", "-x",
	  "D json-syntax 1:2: 'x' where a digit is due" },
	{ "a marker in a line", "{} ---",
	  "D { ) D json-syntax 1:5: '-' where a digit is due" },
	{ "a marker with something behind it", "---x",
	  "D json-syntax 1:2: '-' where a digit is due" },
};

static void errors_say_what_and_where(void **state)
{
	check_all(*state, error_cases, ARRAY_SIZE(error_cases), false);
}

#define TEXT(text)                                                                       \
	{                                                                                \
		text, sizeof(text) - 1                                                   \
	}

static const struct {
	const char *text;
	size_t len;
} referee_cases[] = {
	TEXT("null"),
	TEXT("true"),
	TEXT("false"),
	TEXT("nul"),
	TEXT("nulll"),
	TEXT("True"),
	TEXT("0"),
	TEXT("-0"),
	TEXT("-"),
	TEXT("+1"),
	TEXT("01"),
	TEXT("-01"),
	TEXT("1."),
	TEXT(".5"),
	TEXT("1.5"),
	TEXT("1e5"),
	TEXT("1E+5"),
	TEXT("1e-5"),
	TEXT("1e"),
	TEXT("1e+"),
	TEXT("1.e5"),
	TEXT("0x10"),
	TEXT("1_000"),
	TEXT("NaN"),
	TEXT("Infinity"),
	TEXT("-1.5e-3"),
	TEXT("9223372036854775807"),
	TEXT("-9223372036854775808"),
	TEXT("\"\""),
	TEXT("\"a"),
	TEXT("'a'"),
	TEXT("\"\\u0041\""),
	TEXT("\"\\u004\""),
	TEXT("\"\\u00g1\""),
	TEXT("\"\\U0041\""),
	TEXT("\"\\ud83d\\ude00\""),
	TEXT("\"\\ud83d\""),
	TEXT("\"\\ud83d\\u0041\""),
	TEXT("\"\\ude00\\ud83d\""),
	TEXT("\"\\udbff\\udfff\""),
	TEXT("\"\\u0000\""),
	TEXT("\"\\a\""),
	TEXT("\"\\'\""),
	TEXT("\"\\/\""),
	TEXT("\"\t\""),
	TEXT("\"\n\""),
	TEXT("\"\0\""),
	TEXT("\"\x7f\""),
	TEXT("\"\x1f\""),
	TEXT("\"\xc2\x80\""),
	TEXT("\"\xc0\x80\""),
	TEXT("\"\xc1\xbf\""),
	TEXT("\"\xe0\x80\x80\""),
	TEXT("\"\xe0\xa0\x80\""),
	TEXT("\"\xed\x9f\xbf\""),
	TEXT("\"\xed\xa0\x80\""),
	TEXT("\"\xee\x80\x80\""),
	TEXT("\"\xf0\x8f\xbf\xbf\""),
	TEXT("\"\xf0\x90\x80\x80\""),
	TEXT("\"\xf4\x8f\xbf\xbf\""),
	TEXT("\"\xf4\x90\x80\x80\""),
	TEXT("\"\xf5\x80\x80\x80\""),
	TEXT("\"\x80\""),
	TEXT("\"\xc3\""),
	TEXT("\"\xe2\x82\""),
	TEXT("\"\xe2\x82"),
	TEXT("\xc3\xa9"),
	TEXT("[]"),
	TEXT("["),
	TEXT("]"),
	TEXT("[,]"),
	TEXT("[1,]"),
	TEXT("[1,2]"),
	TEXT("[1 2]"),
	TEXT("[1,,2]"),
	TEXT("[[[]]]"),
	TEXT("[}"),
	TEXT("{}"),
	TEXT("{"),
	TEXT("{]"),
	TEXT("{1: 2}"),
	TEXT("{a: 1}"),
	TEXT("{\"a\"}"),
	TEXT("{\"a\": }"),
	TEXT("{\"a\": 1}"),
	TEXT("{\"a\" 1}"),
	TEXT("{\"a\":: 1}"),
	TEXT("{\"a\": 1,}"),
	TEXT("{,}"),
	TEXT("{\"a\": 1 \"b\": 2}"),
	TEXT("{\"a\": 1, \"a\": 2}"),
	TEXT("{\"\": {\"\\n\": [null]}}"),
	TEXT("{\"a\": [1, {\"b\": "
	     "-2.5}], \"c\": \"\\u20ac\"}"),
	TEXT("// x\n1"),
	TEXT("/* */1"),
	TEXT("# x"),
	TEXT("1\f"),
	TEXT("\v1"),
	TEXT("\xc2\xa0"
	     "1"),
	TEXT(" \t\r\n1 \t\r\n"),
	TEXT("1\0"),
	TEXT("[1]x"),
	TEXT("{}{}"),
	TEXT("1 2"),
	TEXT("truefalse"),
	TEXT("1true"),
	TEXT("\"a\"\"b\""),
	TEXT("nul"),
	TEXT("[true,false,null]"),
	TEXT("[tru]"),
};

static void jansson_accepts_the_same(void **state)
{
	bool exempt;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(referee_cases); i++) {
		const char *text = referee_cases[i].text;
		json_t *ours = our_trees(text, referee_cases[i].len, &exempt);
		json_t *theirs = jansson_trees(text, referee_cases[i].len, &exempt);

		if (!ours != !theirs)
			fail_msg("%s: jansson says %s", text, theirs ? "yes" : "no");
		if (ours && !json_equal(ours, theirs))
			fail_msg("%s is something else to jansson", text);
		json_decref(ours);
		json_decref(theirs);
	}
}

static const struct json_case choice_cases[] = {
	{ "an object", "{\"kind\": \"Pod\"}", "D { 'kind' 'Pod' )" },
	{ "numbers tell JSON from YAML", "[1]", "D [ #1 )" },
	{ "behind space and a byte order mark", "\xef\xbb\xbf \r\n[1]", "D [ #1 )" },
	{ "a bare word makes it YAML", "{\"kind\": Pod, n: 1}", "D { 'kind' Pod n 1 )" },
	{ "so does a bare key", "{kind: \"Pod\"}", "D { kind 'Pod' )" },
	{ "so does a comma at the end", "[1,]", "D [ 1 )" },
	{ "so does a comment", "[1, # x\n2]", "D [ 1 2 )" },
	{ "only the first value decides", "[1] [x]",
	  "D [ #1 ) D [ json-syntax 1:6: 'x' is no JSON "
	  "value; strings need quotes" },
	{ "YAML in the next document makes it YAML", "{\"a\": 1}\n---\nb: c\n",
	  "D { 'a' 1 ) D { b c )" },
	{ "even behind a comment", "{\"a\": 1}\n--- # x\n[2]", "D { 'a' 1 ) D [ 2 )" },
	{ "so does a comment between documents", "{}\n# x\n---\n[1]\n", "D { ) D [ 1 )" },
	{ "JSON in the next document does not", "{}\n---\n---\n[1] x",
	  "D { ) D [ #1 ) D json-syntax 4:5: 'x' is no JSON value; strings need quotes" },
	{ "nor does the end", "[1]\n---\n", "D [ #1 )" },
	{ "JSON that was cut off is JSON", "{\"kind\": \"Po",
	  "D { 'kind' json-syntax 1:13: the input ends inside the string of line 1" },
	{ "cut off in an escape", "[\"\\u12",
	  "D [ json-syntax 1:3: '\\u' without four "
	  "hexadecimal digits" },
	{ "a scalar is YAML", "\"x\"", "D 'x'" },
	{ "a document marker is YAML", "---\n{\"a\": 1}\n", "D { 'a' 1 )" },
};

static void the_first_value_tells_json_from_yaml(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(choice_cases); i++) {
		const struct json_case *c = &choice_cases[i];
		const char *got = events(*state, "-", c->text, strlen(c->text), false);

		if (strcmp(got, c->want) != 0)
			fail_msg("%s:\n got  %s\n want %s", c->what, got, c->want);
	}
}

static void nesting_ends_at_128_levels(void **state)
{
	char text[300];

	memset(text, '[', 128);
	memset(text + 128, ']', 128);
	assert_null(strstr(events(*state, "x.json", text, 256, false), "too-deep"));
	memset(text, '[', 300);
	assert_string_equal(strstr(events(*state, "x", text, 300, false), "too-deep"),
			    "too-deep 1:129: nested deeper than 128 levels");
}

/* Text that crosses the ends of the scanner's buffer in many ways. */
static void long_input_is_read_in_pieces(void **state)
{
	BUF_AUTO text = { 0 };
	bool exempt;
	json_t *ours, *theirs;

	(void)state;
	buf_puts(&text, "[0");
	for (int i = 0; i < 30000; i++)
		buf_printf(&text,
			   ", {\"\xc3\xa9%d\": \"\xe2\x82\xac\\ud83d\\ude00\\n%d\"}\n", i,
			   i);
	buf_puts(&text, "]");
	ours = our_trees(text.at, text.len, &exempt);
	theirs = jansson_trees(text.at, text.len, &exempt);
	assert_true(json_equal(ours, theirs));
	json_decref(ours);
	json_decref(theirs);
}

static void long_scalars_are_refused(void **state)
{
	BUF_AUTO text = { 0 };

	buf_puts(&text, "[\"");
	for (int i = 0; i < 10 << 20; i++)
		buf_putc(&text, 'x');
	assert_non_null(strstr(events(*state, "-", text.at, text.len, false),
			       "D [ too-large 1:"));
	memcpy(text.at + (8 << 20), "\"]", 3);
	assert_null(
		strstr(events(*state, "-", text.at, (8 << 20) + 2, false), "too-large"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_comes_out_as_events),
		TEST(places_count_lines_and_code_points),
		TEST(errors_say_what_and_where),
		TEST(jansson_accepts_the_same),
		TEST(the_first_value_tells_json_from_yaml),
		TEST(nesting_ends_at_128_levels),
		TEST(long_input_is_read_in_pieces),
		TEST(long_scalars_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
