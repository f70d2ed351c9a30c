/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helpers.h"
#include <netpolc/manifest/names.h>
#include <stdbool.h>
#include <string.h>

#define X9  "xxxxxxxxx"
#define X63 X9 X9 X9 X9 X9 X9 X9
#define X64 X63 "x"

struct name_case {
	const char *what, *text;
	bool good;
};

static void expect(const char *(*fault)(const char *, size_t),
		   const struct name_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((fault(cases[i].text, strlen(cases[i].text)) == NULL) !=
		    cases[i].good)
			fail_msg("%s", cases[i].what);
}

static void subdomains_are_as_dns_1123_has_them(void **state)
{
	static const struct name_case cases[] = {
		{ "one letter", "a", true },
		{ "parts", "a-b.c0.9", true },
		{ "a part may be long", X64 ".a", true },
		{ "253 characters", X63 "." X63 "." X63 "." X9 X9 X9 X9 X9 X9 "xxxxxxx",
		  true },
		{ "254 characters", X63 "." X63 "." X63 "." X9 X9 X9 X9 X9 X9 "xxxxxxxx",
		  false },
		{ "nothing", "", false },
		{ "upper case", "A", false },
		{ "an underscore", "a_b", false },
		{ "a hyphen first", "-a", false },
		{ "a hyphen at a part's end", "a-.b", false },
		{ "two dots", "a..b", false },
		{ "a dot last", "a.", false },
	};

	(void)state;
	expect(fault_of_subdomain, cases, ARRAY_SIZE(cases));
}

static void namespaces_are_dns_labels(void **state)
{
	static const struct name_case cases[] = {
		{ "63 characters", X63, true },	  { "64 characters", X64, false },
		{ "digits", "0-9", true },	  { "a dot", "a.b", false },
		{ "a hyphen last", "a-", false }, { "nothing", "", false },
	};

	(void)state;
	expect(fault_of_dns_label, cases, ARRAY_SIZE(cases));
}

static void label_keys_may_have_a_dns_prefix(void **state)
{
	static const struct name_case cases[] = {
		{ "a name", "app", true },
		{ "all characters", "A.b_c-9", true },
		{ "a prefix", "app.kubernetes.io/name", true },
		{ "63 characters", "a/" X63, true },
		{ "64 characters", "a/" X64, false },
		{ "an empty prefix", "/a", false },
		{ "an empty name", "a/", false },
		{ "two slashes", "a/b/c", false },
		{ "upper case in the prefix", "A.b/c", false },
		{ "nothing", "", false },
		{ "a dot last", "a.", false },
		{ "a space", "a b", false },
	};

	(void)state;
	expect(fault_of_label_key, cases, ARRAY_SIZE(cases));
}

static void label_values_may_be_empty(void **state)
{
	static const struct name_case cases[] = {
		{ "nothing", "", true },	 { "63 characters", X63, true },
		{ "64 characters", X64, false }, { "all characters", "A.b_c-9", true },
		{ "a slash", "a/b", false },	 { "a hyphen first", "-a", false },
		{ "a newline", "a\nb", false },	 { "not ASCII", "ä", false },
	};

	(void)state;
	expect(fault_of_label_value, cases, ARRAY_SIZE(cases));
	if (!fault_of_label_value("a\0b", 3))
		fail_msg("a NUL");
}

static void port_names_need_a_letter(void **state)
{
	static const struct name_case cases[] = {
		{ "a word", "http", true },
		{ "one letter among digits", "8080-x", true },
		{ "15 characters", "abcdefghijklmno", true },
		{ "16 characters", "abcdefghijklmnop", false },
		{ "digits alone", "80", false },
		{ "two hyphens", "a--b", false },
		{ "a hyphen first", "-a", false },
		{ "upper case", "Http", false },
		{ "a dot", "a.b", false },
		{ "nothing", "", false },
	};

	(void)state;
	expect(fault_of_port_name, cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(subdomains_are_as_dns_1123_has_them),
		TEST(namespaces_are_dns_labels),
		TEST(label_keys_may_have_a_dns_prefix),
		TEST(label_values_may_be_empty),
		TEST(port_names_need_a_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
