/* SPDX-License-Identifier: GPL-2.0-or-later */
/* values: what options take that is more than a word of a list. */
#include "helpers.h"

#include <netpolc/cli/values.h>

#include <limits.h>

static const struct {
	const char *name;
	bool good;
} tables[] = {
	{ "netpolc", true },
	{ "a", true },
	{ "Net_pol-2", true },
	{ "abcdefghijklmnopqrstuvwxyz01234", true },
	{ "abcdefghijklmnopqrstuvwxyz012345", false },
	{ "", false },
	{ "2nd", false },
	{ "_t", false },
	{ "-t", false },
	{ "a b", false },
	{ "a;b", false },
	{ "a.b", false },
	{ "a\"", false },
	{ "\303\244", false },
	{ "table", false },
	{ "auto-merge", false },
	{ "destroy", false },
	{ "xt", false },
	{ "filter", true },
};

static void table_names_are_those_that_nft_takes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (table_name_is_good(tables[i].name) != tables[i].good)
			fail_msg("'%s'", tables[i].name);
}

#define NO_PRIORITY 12345

static const struct {
	const char *text;
	int want;
} priorities[] = {
	{ "0", 0 },
	{ "-1", -1 },
	{ "17", 17 },
	{ "2147483647", INT_MAX },
	{ "-2147483648", INT_MIN },
	{ "2147483648", NO_PRIORITY },
	{ "-2147483649", NO_PRIORITY },
	{ "99999999999999999999", NO_PRIORITY },
	{ "filter", 0 },
	{ "raw", -300 },
	{ "mangle", -150 },
	{ "security", 50 },
	{ "filter - 1", -1 },
	{ "filter-1", -1 },
	{ "filter +5", 5 },
	{ "mangle+ 50", -100 },
	{ "security + 2147483647", NO_PRIORITY },
	{ "security + 2147483597", INT_MAX },
	{ "", NO_PRIORITY },
	{ "+1", NO_PRIORITY },
	{ "filter1", NO_PRIORITY },
	{ "filter 1", NO_PRIORITY },
	{ "filter -", NO_PRIORITY },
	{ "filter - - 1", NO_PRIORITY },
	{ "filter - x", NO_PRIORITY },
	{ "filters", NO_PRIORITY },
	{ "1 ", NO_PRIORITY },
	{ "0x10", NO_PRIORITY },
	{ "dstnat", NO_PRIORITY },
	{ "- 1", NO_PRIORITY },
};

static void priorities_are_written_as_in_nft(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(priorities); i++) {
		int got = 0;

		if (!priority_parse(&got, priorities[i].text))
			got = NO_PRIORITY;
		if (got != priorities[i].want)
			fail_msg("'%s' is %d", priorities[i].text, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_names_are_those_that_nft_takes),
		cmocka_unit_test(priorities_are_written_as_in_nft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
