/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_out: text in quotes.
 */
#include "helpers.h"

#include <netpolc/base/json_out.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_quoted_in_ascii),
	};

	return cmocka_run_group_tests_name("json_out", tests, NULL, NULL);
}
