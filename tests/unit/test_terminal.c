/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal: how wide it is, and that what is none has no width. */
#include "helpers.h"

#include <netpolc/base/terminal.h>

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#define WIDTH 100

static void a_terminal_is_as_wide_as_it_says(void **state)
{
	static const struct {
		const char *columns;
		size_t want;
	} cases[] = {
		{ NULL, WIDTH },    { "40", 40 },      { "1", 1 },
		{ "", WIDTH },	    { "0", WIDTH },    { "-40", WIDTH },
		{ "40 ", WIDTH },   { "wide", WIDTH }, { "65535", 65535 },
		{ "65536", WIDTH },
	};
	const struct winsize size = { .ws_row = 24, .ws_col = WIDTH };
	int terminal, end;

	(void)state;
	assert_int_equal(openpty(&terminal, &end, NULL, NULL, &size), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsetenv("COLUMNS");
		if (cases[i].columns)
			setenv("COLUMNS", cases[i].columns, 1);
		assert_int_equal(terminal_width(end), cases[i].want);
	}
	close(end);
	close(terminal);
}

static void what_is_no_terminal_has_no_width(void **state)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	setenv("COLUMNS", "40", 1);
	assert_int_equal(terminal_width(fd), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_is_as_wide_as_it_says),
		cmocka_unit_test(what_is_no_terminal_has_no_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
