/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest: SHA-256 over parts whose borders count. */
#include "helpers.h"

#include <netpolc/base/digest.h>

#include <string.h>

static struct digest_hex digest_of(const char *const parts[], size_t n)
{
	struct digest d;

	digest_init(&d);
	for (size_t i = 0; i < n; i++)
		digest_str(&d, parts[i]);
	return digest_end(&d);
}

/* What sha256sum says of the same bytes, lengths included. */
static const struct {
	const char *what;
	const char *parts[2];
	size_t n;
	const char *want;
} cases[] = {
	{ "no part at all",
	  { NULL },
	  0,
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "an empty part",
	  { "" },
	  1,
	  "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc" },
	{ "the border after one byte",
	  { "a", "bc" },
	  2,
	  "9a8acca1b6c6c0befd3fbc756aed625da998c998f7252e738c4ef061906b9b21" },
	{ "the border after two bytes",
	  { "ab", "c" },
	  2,
	  "43ee655579de01ca739b3f95c1c2d3f46d353b2c0df818064ea594506cdb2617" },
	{ "one part",
	  { "abc" },
	  1,
	  "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391" },
};

static void digests_are_sha256_of_length_and_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct digest_hex got = digest_of(cases[i].parts, cases[i].n);

		if (strcmp(got.at, cases[i].want))
			fail_msg("%s: %s", cases[i].what, got.at);
	}
}

static void a_number_is_a_part_of_eight_bytes_lowest_first(void **state)
{
	struct digest x, y;

	(void)state;
	digest_init(&x);
	digest_number(&x, 0x0102030405060708);
	digest_init(&y);
	digest_part(&y, "\10\7\6\5\4\3\2\1", 8);
	assert_string_equal(digest_end(&x).at, digest_end(&y).at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_sha256_of_length_and_part),
		cmocka_unit_test(a_number_is_a_part_of_eight_bytes_lowest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
