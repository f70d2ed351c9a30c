/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glob: which paths a pattern is about. */
#include "helpers.h"

#include <netpolc/base/glob.h>

static const struct {
	const char *what, *pattern, *path;
	bool want;
} cases[] = {
	{ "a name at the top", "package.json", "package.json", true },
	{ "a name below", "package.json", "a/b/package.json", true },
	{ "a directory of that name, not what is in it", "a", "a/b", false },
	{ "a part of a name", "package", "package.json", false },
	{ "a star within a name", "*.json", "a/package.json", true },
	{ "a slash at the end", "node_modules/", "a/node_modules", true },
	{ "a slash at the beginning", "/a", "a", true },
	{ "that is about the top alone", "/a", "b/a", false },
	{ "a path", "a/b", "a/b", true },
	{ "that begins at the top", "a/b", "c/a/b", false },
	{ "and ends where it ends", "a/b", "a/b/c", false },
	{ "a star is one directory", "charts/*/templates", "charts/web/templates", true },
	{ "not two", "charts/*/templates", "charts/web/sub/templates", false },
	{ "and not none", "charts/*/templates", "charts/templates", false },
	{ "two stars are any number", "charts/**/templates", "charts/a/b/templates",
	  true },
	{ "none, too", "charts/**/templates", "charts/templates", true },
	{ "but from there on", "charts/**/templates", "a/charts/templates", false },
	{ "two stars at the beginning", "**/a/*.yaml", "c/a/b.yaml", true },
	{ "with nothing before", "**/a/*.yaml", "a/b.yaml", true },
	{ "and a star is still one", "**/a/*.yaml", "a/b/c.yaml", false },
	{ "two stars at the end", "a/**", "a/b/c", true },
	{ "a star ends at a slash", "*b/b", "a/b", false },
	{ "a hidden file", "*.yaml", ".hidden.yaml", true },
	{ "letters to choose from", "[ab].yaml", "b.yaml", true },
	{ "a star that is one", "\\*", "a", false },
};

static void a_pattern_is_about_names_or_paths(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct glob g;

		assert_true(glob_parse(*state, &g, cases[i].pattern));
		if (glob_matches(&g, cases[i].path) != cases[i].want)
			fail_msg("%s: '%s' and '%s'", cases[i].what, cases[i].pattern,
				 cases[i].path);
	}
}

static void nothing_is_no_pattern(void **state)
{
	struct glob g;

	assert_false(glob_parse(*state, &g, ""));
	assert_false(glob_parse(*state, &g, "/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pattern_is_about_names_or_paths),
		TEST(nothing_is_no_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
