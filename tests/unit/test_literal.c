/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * literal: which text is a number, and times as text.
 */
#include "helpers.h"

#include <netpolc/base/literal.h>

#include <limits.h>
#include <string.h>

static const struct {
	const char *what, *text;
	unsigned long lo, hi;
	bool good;
	unsigned long want;
} numbers[] = {
	{ "the least", "3", 3, 9, true, 3 },
	{ "below it", "2", 3, 9, false, 0 },
	{ "the greatest", "9", 3, 9, true, 9 },
	{ "above it", "10", 3, 9, false, 0 },
	{ "nothing", "", 0, 9, false, 0 },
	{ "no octal number", "010", 0, 10, true, 10 },
	{ "a hexadecimal number", "0x1", 0, 9, false, 0 },
	{ "a sign", "+1", 0, 9, false, 0 },
	{ "a negative number", "-1", 0, ULONG_MAX, false, 0 },
	{ "a blank before it", " 1", 0, 9, false, 0 },
	{ "a blank behind it", "1 ", 0, 9, false, 0 },
	{ "a unit", "1s", 0, 9, false, 0 },
	{ "the greatest of all", "18446744073709551615", 0, ULONG_MAX, true, ULONG_MAX },
	{ "one more", "18446744073709551616", 0, ULONG_MAX, false, 0 },
};

static void digits_within_limits_are_a_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		unsigned long got = 0;
		bool good =
			number_parse(&got, numbers[i].text, numbers[i].lo, numbers[i].hi);

		if (good != numbers[i].good || (good && got != numbers[i].want))
			fail_msg("%s: %s %lu", numbers[i].what, good ? "good" : "bad",
				 got);
	}
}

static const struct {
	const char *what;
	struct timespec when;
	const char *want;
} times[] = {
	{ "the first second", { 0, 0 }, "1970-01-01T00:00:00Z" },
	{ "the one before", { -1, 0 }, "1969-12-31T23:59:59Z" },
	{ "the end of a second", { 1764101700, 999999999 }, "2025-11-25T20:15:00Z" },
	{ "a leap day", { 1709164800, 0 }, "2024-02-29T00:00:00Z" },
	{ "a year of one digit", { -62135596800, 0 }, "0001-01-01T00:00:00Z" },
	{ "the first second of all", { TIME_FIRST, 0 }, "0000-01-01T00:00:00Z" },
	{ "one fewer", { TIME_FIRST - 1, 0 }, "" },
	{ "the last second of all", { TIME_LAST, 0 }, "9999-12-31T23:59:59Z" },
	{ "one more", { TIME_LAST + 1, 0 }, "" },
	{ "what no year holds", { INT64_MAX, 0 }, "" },
};

static void a_time_is_text_as_long_as_there_is_a_year(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		char got[TIME_TEXT] = "?";

		time_print(got, &times[i].when);
		if (strcmp(got, times[i].want) != 0)
			fail_msg("%s: %s", times[i].what, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(digits_within_limits_are_a_number),
		TEST(a_time_is_text_as_long_as_there_is_a_year),
	};

	return cmocka_run_group_tests_name("literal", tests, NULL, NULL);
}
