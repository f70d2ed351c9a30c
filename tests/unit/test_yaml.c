/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events.h"
#include <netpolc/manifest/breaks.h>

struct yaml_case {
	const char *what, *text, *want;
};

static void check(struct arena *a, const struct yaml_case *c, size_t len, bool places)
{
	const char *got = events(a, "x.yaml", c->text, len, places);

	if (strcmp(got, c->want) != 0)
		fail_msg("%s:\n got  %s\n want %s", c->what, got, c->want);
}

static void check_all(struct arena *a, const struct yaml_case *cases, size_t n,
		      bool places)
{
	for (size_t i = 0; i < n; i++)
		check(a, &cases[i], strlen(cases[i].text), places);
}

static const struct yaml_case structure_cases[] = {
	{ "nothing has no document", "", "" },
	{ "comments have no document", "# a\n# b\n", "" },
	{ "block style", "a: 1\nb:\n- x\n- 'y'\n", "D { a 1 b [ x 'y' ) )" },
	{ "flow style", "{kind: Pod, metadata: {name: x}}",
	  "D { kind Pod metadata { name x ) )" },
	{ "a flow mapping with quoted keys is not JSON", "{\"kind\": Pod}",
	  "D { 'kind' Pod )" },
	{ "several documents", "a\n---\nb\n...\n---\nc\n", "D a D b D c" },
	{ "an empty document is null", "---\n---\n- x\n", "D  D [ x )" },
	{ "a literal is a string", "a: |\n  x\n   y\n", "D { a 'x\n y\n' )" },
	{ "a folded scalar is a string", "a: >-\n  x\n  y\n", "D { a 'x y' )" },
	{ "CRLF", "a: b\r\nc:\r\n- d\r\n", "D { a b c [ d ) )" },
	{ "a byte order mark",
	  "\xef\xbb\xbf"
	  "a: b\n",
	  "D { a b )" },
	{ "an escaped NUL in a string", "a: \"x\\0y\"\n", "D { a 'x\\0y' )" },
};

static void yaml_comes_out_as_events(void **state)
{
	check_all(*state, structure_cases, ARRAY_SIZE(structure_cases), false);
}

static const struct yaml_case tag_cases[] = {
	{ "!!str makes a string", "!!str 5", "D '5'" },
	{ "!!int makes a quoted scalar plain", "!!int \"5\"", "D 5" },
	{ "!!bool too", "!!bool 'yes'", "D yes" },
	{ "!!float too", "!!float '1'", "D 1" },
	{ "!!null too", "!!null ''", "D " },
	{ "a long tag", "!<tag:yaml.org,2002:str> 5", "D '5'" },
	{ "an unknown tag makes a string", "[!x 5, !x '5', !!set 5]",
	  "D [ '5' '5' '5' )" },
	{ "!!binary is something else", "!!binary NQ==", "D <NQ==" },
	{ "a plain merge key", "<<: {a: b}", "D { <<^ { a b ) )" },
	{ "a tagged merge key", "!!merge <<: {a: b}", "D { <<^ { a b ) )" },
	{ "a quoted one is a string", "'<<': {a: b}", "D { '<<' { a b ) )" },
	{ "so is one tagged as such", "!!str <<: {a: b}", "D { '<<' { a b ) )" },
};

static void tags_decide_what_a_scalar_is(void **state)
{
	check_all(*state, tag_cases, ARRAY_SIZE(tag_cases), false);
}

static const struct yaml_case alias_cases[] = {
	{ "a scalar", "- &a x\n- *a\n", "D [ x x )" },
	{ "its form is kept", "- &a 'x'\n- *a\n", "D [ 'x' 'x' )" },
	{ "a mapping", "a: &m {p: [1], q: {}}\nb: *m\n",
	  "D { a { p [ 1 ) q { ) ) b { p [ 1 ) q { ) ) )" },
	{ "a merge key of an alias", "a: &m {p: 1}\nb: {<<: *m}\n",
	  "D { a { p 1 ) b { <<^ { p 1 ) ) )" },
	{ "an anchor within an anchor", "- &o [&i x, y]\n- *i\n- *o\n",
	  "D [ [ x y ) x [ x y ) )" },
	{ "an alias within an anchor", "- &a [x]\n- &b [*a, *a]\n- *b\n",
	  "D [ [ x ) [ [ x ) [ x ) ) [ [ x ) [ x ) ) )" },
	{ "an anchor set anew", "- &a x\n- *a\n- &a y\n- *a\n", "D [ x x y y )" },
	{ "an anchor set anew within itself", "- &a [&a x, *a]\n- *a\n",
	  "D [ [ x x ) x )" },
	{ "an alias as a key", "- &a x\n- {*a : y}\n", "D [ x { x y ) )" },
	{ "an anchored null", "a: &n\nb: *n\n", "D { a  b  )" },
	{ "names end with the document", "&a x\n---\n*a\n",
	  "D x D yaml-syntax 3:1: alias '*a' without an anchor '&a' before it in its "
	  "document" },
	{ "an unknown name", "a: *b\n",
	  "D { a yaml-syntax 1:4: alias '*b' without an anchor '&b' before it in its "
	  "document" },
	{ "a value within itself", "&a [x, *a]\n",
	  "D [ x yaml-syntax 1:8: alias '*a' inside the value that it stands for" },
};

static void aliases_are_replaced_by_their_values(void **state)
{
	check_all(*state, alias_cases, ARRAY_SIZE(alias_cases), false);
}

static const struct yaml_case place_cases[] = {
	{ "columns count code points", "\xc3\xa9\xc3\xa9: \xe2\x82\xac x\n",
	  "D@1:1+0 {@1:1+0 \xc3\xa9\xc3\xa9@1:1+2 \xe2\x82\xac x@1:5+3 )@2:1+0" },
	{ "a flow collection begins at its bracket", "a: [b]",
	  "D@1:1+0 {@1:1+0 a@1:1+1 [@1:4+1 b@1:5+1 )@1:6+1 )@2:1+0" },
	{ "a scalar of several lines has no width", "'a\n b'", "D@1:1+0 'a b'@1:1+0" },
	{ "a byte order mark takes no column", "\xef\xbb\xbf[a]",
	  "D@1:1+0 [@1:1+1 a@1:2+1 )@1:3+1" },
	{ "CRLF is one line end", "a:\r\n- b\r\n- c\r\n",
	  "D@1:1+0 {@1:1+0 a@1:1+1 [@2:1+1 b@2:3+1 c@3:3+1 )@4:1+0 )@4:1+0" },
	{ "a lone CR is no line end", "- a\r- b\n- c\n",
	  "D@1:1+0 [@1:1+0 a@1:3+1 b@1:7+1 c@2:3+1 )@3:1+0" },
	{ "nor is NEL", "- a\xc2\x85- b\n- c\n",
	  "D@1:1+0 [@1:1+0 a@1:3+1 b@1:7+1 c@2:3+1 )@3:1+0" },
	{ "nor are LS and PS", "- \xc3\xa9\xe2\x80\xa8- b\xe2\x80\xa9- c\n- d\n",
	  "D@1:1+0 [@1:1+0 \xc3\xa9@1:3+1 b@1:7+1 c@1:11+1 d@2:3+1 )@3:1+0" },
	{ "several in one comment", "# \xc2\x85# \r# \xe2\x80\xa8[a,\nb]\n",
	  "D@1:10+0 [@1:10+1 a@1:11+1 b@2:1+1 )@2:2+1" },
	{ "one at the very end", "- a\r", "D@1:1+0 [@1:1+0 a@1:3+1 )@1:5+0" },
	{ "an alias has the place of its value", "- &a x\n- *a\n",
	  "D@1:1+0 [@1:1+0 x@1:3+4 x@1:3+4 )@3:1+0" },
};

static void places_are_those_of_an_editor(void **state)
{
	check_all(*state, place_cases, ARRAY_SIZE(place_cases), true);
}

static const struct yaml_case error_cases[] = {
	{ "an open bracket", "a: [b\nc: d\n",
	  "D { a [ b c yaml-syntax 2:2: did not find expected ',' or ']' while parsing a "
	  "flow "
	  "sequence" },
	{ "a mapping in a scalar's place", "a: b\n c: d\n",
	  "D { a b c yaml-syntax 2:3: mapping values are not allowed in this context" },
	{ "a tab", "a:\n\t- b\n",
	  "D { a yaml-syntax 2:1: found character that cannot start any token (a tab; "
	  "indent "
	  "with spaces) while scanning for the next token" },
	{ "a reserved character", "a: @b\n",
	  "D { a yaml-syntax 1:4: found character that cannot start any token ('@' or "
	  "'`'; "
	  "quote the text) while scanning for the next token" },
	{ "an open quote", "a: 'b\n",
	  "D { a yaml-syntax 2:1: found unexpected end of stream while scanning a quoted "
	  "scalar" },
	{ "an unknown tag handle", "!x!y z",
	  "D yaml-syntax 1:1: found undefined tag handle "
	  "while parsing a node" },
	{ "a lone byte", "a: b\n\xc3\xa9 \x80\n",
	  " yaml-syntax 2:3: not UTF-8: invalid leading UTF-8 octet 0x80 at byte offset "
	  "8" },
	{ "a truncated sequence", "a: \xe2\x82",
	  " yaml-syntax 1:4: not UTF-8: incomplete UTF-8 octet sequence at byte offset "
	  "3" },
	{ "an overlong sequence", "a: \xc0\xaf",
	  " yaml-syntax 1:4: not UTF-8: invalid length of a UTF-8 sequence at byte "
	  "offset "
	  "3" },
	{ "an encoded surrogate", "a: \xed\xa0\x80",
	  " yaml-syntax 1:4: not UTF-8: invalid Unicode character 0xd800 at byte offset "
	  "3" },
	{ "a control character", "a: b\n\x1b[0m",
	  "D { a yaml-syntax 2:1: control character U+001B at "
	  "byte offset 5" },
};

static void errors_say_what_and_where(void **state)
{
	check_all(*state, error_cases, ARRAY_SIZE(error_cases), false);
}

#define BYTES(text) text, sizeof(text) - 1

static void bytes_that_are_no_text_are_refused_or_read(void **state)
{
	assert_string_equal(
		events(*state, "x", BYTES("a: b\0c\n"), false),
		" yaml-syntax 1:5: control character U+0000 at byte offset 4");
	assert_string_equal(events(*state, "x",
				   BYTES("\xff\xfe-\0 \0a\0\n\0-\0 \0\xac\x20\n\0"),
				   true),
			    "D@1:1+0 [@1:1+0 a@1:3+1 \xe2\x82\xac@2:3+1 )@3:1+0");
	assert_string_equal(events(*state, "x", BYTES("\xfe\xff\0a\0:\0 \0b"), false),
			    "D { a b )");
	assert_string_equal(events(*state, "x", BYTES("\xff\xfe-\0 \0\x00\xdc"), false),
			    " yaml-syntax 1:3: not UTF-16: unexpected low surrogate area "
			    "0xdc00 at byte offset 6");
}

static const char *tail(const char *text)
{
	const char *name = strstr(text, "too-");

	return name ? name : strstr(text, "alias-budget");
}

static void nesting_ends_at_128_levels(void **state)
{
	char text[300] = { 0 };

	memset(text, '[', 128);
	memset(text + 128, ']', 128);
	assert_null(tail(events(*state, "x", text, 256, false)));
	memset(text, '[', 129);
	memset(text + 129, ']', 129);
	assert_string_equal(tail(events(*state, "x", text, 258, false)),
			    "too-deep 1:129: nested deeper than 128 levels");
}

static void an_alias_does_not_help_to_nest_deeper(void **state)
{
	BUF_AUTO text = { 0 };

	buf_puts(&text, "[&a ");
	for (int i = 0; i < 100; i++)
		buf_puts(&text, "[");
	for (int i = 0; i < 100; i++)
		buf_puts(&text, "]");
	buf_puts(&text, ",");
	for (int i = 0; i < 50; i++)
		buf_puts(&text, "[");
	buf_puts(&text, "*a");
	assert_non_null(
		strstr(events(*state, "x", text.at, text.len, false), "too-deep"));
}

static void long_scalars_are_refused(void **state)
{
	BUF_AUTO text = { 0 };

	for (int i = 0; i < 10 << 20; i++)
		buf_putc(&text, 'x');
	assert_string_equal(
		tail(events(*state, "x", text.at, text.len, false)),
		"too-large 1:8404992: a scalar or comment of more than 8 MiB");
	text.at[0] = '\'';
	text.at[8000000] = '\'';
	assert_null(tail(events(*state, "x", text.at, 8000001, false)));
}

static void billions_of_laughs_end_soon(void **state)
{
	BUF_AUTO text = { 0 };
	struct input in;
	size_t n = 0;

	(void)state;
	buf_puts(&text, "- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 30; i++) {
		buf_printf(&text, "- &a%d [", i);
		for (int k = 0; k < 10; k++)
			buf_printf(&text, "%s*a%d", k ? ", " : "", i - 1);
		buf_puts(&text, "]\n");
	}
	input_open(&in, "x", text.at, text.len);
	while (reader_next(in.r)->type != EVENT_END)
		n++;
	assert_true(reader_failed(in.r));
	assert_int_equal(diag_sorted(in.cx.diags, &n)[0]->id, DIAG_ALIAS_BUDGET);
	assert_true(n < 10000000);
	input_close(&in);
}

static void replayed_events_are_counted(void **state)
{
	BUF_AUTO text = { 0 };
	struct input in;
	size_t n = 0;

	(void)state;
	buf_puts(&text, "- &a [");
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "x,");
	buf_puts(&text, "]\n");
	for (int i = 0; i < 200; i++)
		buf_puts(&text, "- *a\n");
	input_open(&in, "x", text.at, text.len);
	while (reader_next(in.r)->type != EVENT_END)
		n++;
	assert_in_range(n, 10000000, 10200000);
	assert_int_equal(diag_sorted(in.cx.diags, &n)[0]->id, DIAG_ALIAS_BUDGET);
	input_close(&in);
}

static void anchored_text_is_counted(void **state)
{
	BUF_AUTO text = { 0 };

	for (int i = 0; i < 20; i++) {
		buf_puts(&text, "- &a ");
		for (int k = 0; k < 1 << 20; k++)
			buf_putc(&text, 'x');
		buf_putc(&text, '\n');
		if (i == 14)
			assert_null(tail(events(*state, "x", text.at, text.len, false)));
	}
	assert_string_equal(
		tail(events(*state, "x", text.at, text.len, false)),
		"alias-budget 16:3: anchors and aliases come to more than any "
		"manifest needs");
}

static void replayed_text_is_counted(void **state)
{
	BUF_AUTO text = { 0 };

	buf_puts(&text, "- &a ");
	for (int k = 0; k < 1 << 20; k++)
		buf_putc(&text, 'x');
	buf_putc(&text, '\n');
	for (int i = 0; i < 65; i++) {
		if (i == 64)
			assert_null(tail(events(*state, "x", text.at, text.len, false)));
		buf_puts(&text, "- *a\n");
	}
	assert_non_null(strstr(events(*state, "x", text.at, text.len, false),
			       "alias-budget 66:3"));
}

static void repeat(struct buf *b, const char *format, int n)
{
	for (int i = 0; i < n; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_printf(b, format, i);
#pragma GCC diagnostic pop
	}
}

static void odd_line_ends_are_counted(void **state)
{
	BUF_AUTO text = { 0 };

	repeat(&text, "#\r", BREAKS_MAX);
	assert_string_equal(events(*state, "x", text.at, text.len, false), "");
	buf_puts(&text, "#\r");
	assert_non_null(strstr(events(*state, "x", text.at, text.len, false),
			       "more than 10000 lines end without a line feed"));
}

static void directives_are_counted(void **state)
{
	BUF_AUTO text = { 0 };

	repeat(&text, "%%TAG !a%d! x\n", 100000);
	assert_non_null(strstr(events(*state, "x", text.at, text.len, false),
			       "more than 1000 %TAG directives"));
}

static void skipping_ends_behind_the_value(void **state)
{
	static const char text[] =
		"- {a: [b, {c: d}]}\n- e\n- [[]]\n- &x [f]\n- *x\n- g\n";
	struct input in;
	BUF_AUTO out = { 0 };
	const struct event *e;

	(void)state;
	input_open(&in, "x", BYTES(text));
	reader_next(in.r);
	reader_next(in.r);
	while ((e = reader_next(in.r))->type != EVENT_END) {
		put_event(&out, e, false);
		reader_skip(in.r);
	}
	assert_string_equal(out.at, "{ e [ [ [ g )");
	input_close(&in);
}

static void a_syntax_error_quotes_its_line(void **state)
{
	struct input in;
	size_t n;
	const struct diag *d;

	(void)state;
	input_open(&in, "x", BYTES("a: 1\nb: {c,\nd: e\n f: g\n"));
	while (reader_next(in.r)->type != EVENT_END)
		continue;
	d = diag_sorted(in.cx.diags, &n)[0];
	assert_int_equal(n, 1);
	assert_string_equal(d->quote, " f: g");
	assert_string_equal(d->related->quote, "b: {c,");
	input_close(&in);
}

static void an_error_in_one_place_has_no_note(void **state)
{
	struct input in;
	size_t n;

	(void)state;
	input_open(&in, "x", BYTES("a: b\n c: d\n"));
	while (reader_next(in.r)->type != EVENT_END)
		continue;
	assert_null(diag_sorted(in.cx.diags, &n)[0]->related);
	input_close(&in);
}

/* A process's memory begins with a page that cannot be read. */
static void a_read_error_ends_the_stream_in_silence(void **state)
{
	static const char *const names[] = { "x.yaml", "x.json" };
	char path[] = "/proc/self/mem";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct input in = { .fd = -1 };
		size_t n;

		input_open_path(&in, names[i], path);
		assert_int_equal(reader_next(in.r)->type, EVENT_END);
		assert_true(reader_failed(in.r));
		assert_int_equal(diag_sorted(in.cx.diags, &n)[0]->id, DIAG_UNREADABLE);
		assert_int_equal(n, 1);
		input_close(&in);
	}
}

/* Reads text with breaks_scan() in pieces of every length. */
static void pieces_do_not_change_where_breaks_are(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a\r\nb\rc\xc2\x85\xe2\x82\xac\xe2\x80\xa8\r\r\nd\r";
	static const struct odd_break want[] = {
		{ 4, 1 }, { 6, 3 }, { 8, 5 }, { 9, 6 }, { 13, 1 }
	};

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct breaks b = { .arena = *state };

		for (size_t i = 0; i < sizeof(text) - 1; i += piece) {
			size_t rest = sizeof(text) - 1 - i;

			breaks_scan(&b, (const unsigned char *)text + i,
				    rest < piece ? rest : piece);
		}
		breaks_scan(&b, NULL, 0);
		assert_int_equal(b.len, ARRAY_SIZE(want));
		assert_memory_equal(b.at, want, sizeof(want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(yaml_comes_out_as_events),
		TEST(tags_decide_what_a_scalar_is),
		TEST(aliases_are_replaced_by_their_values),
		TEST(places_are_those_of_an_editor),
		TEST(errors_say_what_and_where),
		TEST(bytes_that_are_no_text_are_refused_or_read),
		TEST(nesting_ends_at_128_levels),
		TEST(an_alias_does_not_help_to_nest_deeper),
		TEST(long_scalars_are_refused),
		TEST(billions_of_laughs_end_soon),
		TEST(replayed_events_are_counted),
		TEST(anchored_text_is_counted),
		TEST(replayed_text_is_counted),
		TEST(odd_line_ends_are_counted),
		TEST(directives_are_counted),
		TEST(skipping_ends_behind_the_value),
		TEST(a_syntax_error_quotes_its_line),
		TEST(an_error_in_one_place_has_no_note),
		TEST(a_read_error_ends_the_stream_in_silence),
		TEST(pieces_do_not_change_where_breaks_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
