/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visible: what is harmless passes, what is not is shown, widths are right. */
#include "helpers.h"

#include <netpolc/base/visible.h>

#include <string.h>

static const struct {
	const char *what, *text, *want;
	size_t width; /* of all of it */
} cases[] = {
	{ "plain text", "app=web", "app=web", 7 },
	{ "an escape sequence", "\033[31m", "\\x1b[31m", 8 },
	{ "a line end", "a\nb\r", "a\\x0ab\\x0d", 10 },
	{ "DEL", "\177", "\\x7f", 4 },
	{ "a C1 control", "\302\233", "\\u009b", 6 },
	{ "the first character behind C1", "\302\240", "\302\240", 1 },
	{ "a letter of two bytes", "\303\251", "\303\251", 1 },
	{ "a wide letter", "\344\270\255", "\344\270\255", 2 },
	{ "a combining mark", "e\314\201", "e\314\201", 1 },
	{ "a change of direction", "\342\200\256x", "\\u202ex", 7 },
	{ "a lone continuation byte", "\200a", "\\x80a", 5 },
	{ "a cut-off character", "\344\270", "\\xe4\\xb8", 8 },
	{ "an overlong slash", "\300\257", "\\xc0\\xaf", 8 },
	{ "an overlong NUL of three bytes", "\340\200\200", "\\xe0\\x80\\x80", 12 },
	{ "half of a surrogate pair", "\355\240\200", "\\xed\\xa0\\x80", 12 },
	{ "the highest character", "\364\217\277\277", "\364\217\277\277", 1 },
	{ "one beyond", "\364\220\200\200", "\\xf4\\x90\\x80\\x80", 16 },
	{ "what would be five bytes", "\370\220\200\200", "\\xf8\\x90\\x80\\x80", 16 },
	{ "a byte that UTF-8 never has", "\377", "\\xff", 4 },
};

static void only_harmless_characters_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		size_t len = strlen(text), width = 0;
		BUF_AUTO whole = { 0 }, steps = { 0 };

		visible_text(&whole, text);
		if (strcmp(whole.at, cases[i].want))
			fail_msg("%s: %s", cases[i].what, whole.at);
		for (size_t at = 0; at < len;)
			width += visible_char(&steps, text + at, len - at, &at);
		if (strcmp(steps.at, cases[i].want) || width != cases[i].width)
			fail_msg("%s: %zu columns", cases[i].what, width);
	}
}

static void nothing_is_read_behind_the_text(void **state)
{
	BUF_AUTO b = { 0 };
	size_t taken = 0;

	(void)state;
	assert_int_equal(visible_char(&b, "\344\270\255", 2, &taken), 4);
	assert_string_equal(b.at, "\\xe4");
	assert_int_equal(taken, 1);
}

static void text_is_cut_between_characters(void **state)
{
	(void)state;
	assert_int_equal(text_fit("abc", 3, 3), 3);
	assert_int_equal(text_fit("abcd", 4, 3), 3);
	assert_int_equal(text_fit("a\344\270\255", 4, 4), 4);
	assert_int_equal(text_fit("a\344\270\255", 4, 3), 1);
	assert_int_equal(text_fit("\344\270\255", 3, 2), 0);
}

static void a_list_is_cut_between_entries(void **state)
{
	static const struct {
		const char *list;
		size_t max;
		const char *want;
	} lists[] = {
		{ "tcp 1, 2; udp 3", 15, "tcp 1, 2; udp 3" },
		{ "tcp 1, 2; udp 3", 14, "tcp 1, 2 and 1 more" },
		{ "tcp 1, 2; udp 3", 8, "tcp 1, 2 and 1 more" },
		{ "tcp 1, 2; udp 3", 7, "tcp 1 and 2 more" },
		{ "tcp 1, 2; udp 3", 1, "tcp 1 and 2 more" },
		{ "one,entry", 3, "one,entry" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		BUF_AUTO out = { 0 };

		text_list(&out, lists[i].list, lists[i].max);
		assert_string_equal(out.at, lists[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_harmless_characters_pass),
		TEST(nothing_is_read_behind_the_text),
		TEST(text_is_cut_between_characters),
		TEST(a_list_is_cut_between_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
