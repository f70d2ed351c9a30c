/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intern: equal text is one pointer, different text is not. */
#include "helpers.h"

#include <netpolc/base/intern.h>

#include <string.h>

static void equal_texts_are_one_pointer(void **state)
{
	struct intern *in = intern_new(*state);
	char text[] = "app=web,app=db";
	const char *app = intern(in, text, 3);

	assert_string_equal(app, "app");
	assert_ptr_equal(intern(in, text + 8, 3), app);
	assert_ptr_equal(intern_str(in, "app"), app);
	text[0] = 'X';
	assert_string_equal(app, "app");
	assert_ptr_not_equal(intern_str(in, "Xpp"), app);
}

static void texts_that_begin_alike_differ(void **state)
{
	struct intern *in = intern_new(*state);

	assert_ptr_not_equal(intern_str(in, "web"), intern_str(in, "web1"));
	assert_ptr_not_equal(intern_str(in, ""), intern_str(in, "w"));
	assert_string_equal(intern(in, NULL, 0), "");
	assert_ptr_equal(intern(in, NULL, 0), intern_str(in, ""));
}

static void finding_does_not_add(void **state)
{
	struct intern *in = intern_new(*state);
	const char *web;

	assert_null(intern_find(in, "web", 3));
	assert_null(intern_find(in, "web", 3));
	web = intern_str(in, "web");
	assert_ptr_equal(intern_find(in, "website", 3), web);
}

static void many_texts_stay_where_they_are(void **state)
{
	struct intern *in = intern_new(*state);
	const char *at[5000];

	for (int i = 0; i < 5000; i++)
		at[i] = intern_str(in, arena_printf(*state, "pod-%d", i));
	for (int i = 0; i < 5000; i++)
		assert_ptr_equal(intern_str(in, arena_printf(*state, "pod-%d", i)),
				 at[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_texts_are_one_pointer),
		TEST(texts_that_begin_alike_differ),
		TEST(finding_does_not_add),
		TEST(many_texts_stay_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
