/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_state: what is written is read, and what others write is taken for no more
 * than it says.
 */
#include "helpers.h"

#include <netpolc/nft/ruleset_state.h>

#include <string.h>

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void what_is_written_is_read(void **state)
{
	struct ruleset *rs = ruleset_new(*state, "t", -1);
	struct ruleset_state s;

	strcpy(rs->digest.at, DIGEST);
	rs->version = "1.2.3";
	s = ruleset_state_parse(ruleset_state_print(rs));
	assert_true(s.ours && s.whole);
	assert_string_equal(s.digest, DIGEST);
	assert_int_equal(s.layout, RULESET_LAYOUT);
	assert_string_equal(s.version, "1.2.3");
}

static const struct {
	const char *comment;
	bool ours, whole;
	const char *digest;
	int layout;
} comments[] = {
	{ NULL, false, false, "", 0 },
	{ "", false, false, "", 0 },
	{ "netpolc", false, false, "", 0 },
	{ "another program's", false, false, "", 0 },
	{ "netpolc ", true, false, "", 0 },
	{ "netpolc " DIGEST, true, false, DIGEST, 0 },
	{ "netpolc " DIGEST "0 layout 1 version 1", true, false, "", 0 },
	{ "netpolc 12 layout 1 version 1", true, true, "12", 1 },
	{ "netpolc 12 layout 1 version ", true, false, "12", 1 },
	{ "netpolc 12 layout 1 version 1 and", true, false, "12", 1 },
	{ "netpolc 12 layout 1 version \033[1m", true, false, "12", 1 },
	{ "netpolc 12 layout -1 version 1", true, false, "12", 0 },
	{ "netpolc 12 layout 1234567890 version 1", true, false, "12", 0 },
	{ "netpolc 12 version 1 layout 1", true, false, "12", 0 },
};

static void a_comment_says_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(comments); i++) {
		struct ruleset_state s = ruleset_state_parse(comments[i].comment);

		if (s.ours != comments[i].ours || s.whole != comments[i].whole ||
		    s.layout != comments[i].layout ||
		    strcmp(s.digest, comments[i].digest) != 0)
			fail_msg("'%s': %d %d '%s' %d", comments[i].comment, s.ours,
				 s.whole, s.digest, s.layout);
	}
}

static void what_settles_says_so(void **state)
{
	struct ruleset_state s =
		ruleset_state_parse("netpolc 12 layout 1 version 1 settling");

	(void)state;
	assert_true(s.whole && s.settling);
	assert_string_equal(s.version, "1");
	assert_false(ruleset_state_parse("netpolc 12 layout 1 version 1").settling);
	assert_false(
		ruleset_state_parse("netpolc 12 layout 1 version 1 settling on").whole);
}

static void the_version_makes_no_difference(void **state)
{
	struct ruleset_state a = ruleset_state_parse("netpolc 12 layout 1 version 1");
	struct ruleset_state b = ruleset_state_parse("netpolc 12 layout 1 version 2");

	(void)state;
	assert_true(ruleset_state_equal(&a, &b));
	b = ruleset_state_parse("netpolc 13 layout 1 version 1");
	assert_false(ruleset_state_equal(&a, &b));
	b = ruleset_state_parse("netpolc 12 layout 2 version 1");
	assert_false(ruleset_state_equal(&a, &b));
	b = ruleset_state_parse("netpolc 12 layout 1");
	assert_false(ruleset_state_equal(&b, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(a_comment_says_what_it_says),
		TEST(what_settles_says_so),
		TEST(the_version_makes_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
