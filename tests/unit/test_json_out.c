/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_out: text in quotes.
 */
#include "helpers.h"

#include <netpolc/base/json_out.h>

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *what, *text, *want;
} quoted[] = {
	{ "nothing", "", "\"\"" },
	{ "plain text", "a ~/.b{}", "\"a ~/.b{}\"" },
	{ "a quote", "a\"b", "\"a\\\"b\"" },
	{ "a backslash", "a\\b", "\"a\\\\b\"" },
	{ "a control character with a letter", "a\nb", "\"a\\nb\"" },
	{ "one without", "\x1b[m", "\"\\u001B[m\"" },
	{ "beyond ASCII", "\xc3\xa9", "\"\\u00E9\"" },
	{ "beyond 16 bits", "\xf0\x9f\x98\x80", "\"\\uD83D\\uDE00\"" },
	{ "no UTF-8", "a\xff", "\"a\\\\xff\"" },
};

static void text_is_quoted_in_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		BUF_AUTO got = { 0 };

		buf_putc(&got, '>');
		json_quote(&got, quoted[i].text);
		if (strcmp(got.at + 1, quoted[i].want) != 0)
			fail_msg("%s: %s", quoted[i].what, got.at);
	}
}

/* As jansson has it. */
static void every_byte_of_ascii_is_quoted(void **state)
{
	(void)state;
	for (int c = 1; c < 128; c++) {
		const char text[] = { 'a', (char)c, 'b', '\0' };
		json_t *json = json_string(text);
		char *want = json_dumps(json, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
		BUF_AUTO got = { 0 };

		json_quote(&got, text);
		assert_string_equal(got.at, want);
		assert_int_equal(got.len, strlen(want));
		free(want);
		json_decref(json);
	}
}

static void text_of_every_length_is_quoted(void **state)
{
	(void)state;
	for (size_t len = 0; len < 600; len++) {
		BUF_AUTO text = { 0 }, got = { 0 };

		for (size_t i = 0; i < len; i++)
			buf_putc(&text, 'n');
		json_quote(&got, len ? text.at : "");
		assert_int_equal(got.len, len + 2);
		assert_true(got.cap > got.len);
		assert_int_equal(got.at[0], '"');
		assert_int_equal(strspn(got.at + 1, "n"), len);
		assert_string_equal(got.at + 1 + len, "\"");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_quoted_in_ascii),
		TEST(every_byte_of_ascii_is_quoted),
		TEST(text_of_every_length_is_quoted),
	};

	return cmocka_run_group_tests_name("json_out", tests, NULL, NULL);
}
