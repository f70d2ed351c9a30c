/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waiting: who waits at a terminal is told for what, and nobody else is. */
#include "helpers.h"

#include <netpolc/run/waiting.h>

#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Standard error on a terminal of ours, or the file that it was. */
struct screen {
	int terminal, before;
};

static void screen_open(struct screen *s, const char *term)
{
	int end;

	assert_int_equal(openpty(&s->terminal, &end, NULL, NULL, NULL), 0);
	s->before = dup(STDERR_FILENO);
	assert_true(dup2(end, STDERR_FILENO) >= 0);
	close(end);
	setenv("TERM", term, 1);
}

static void screen_close(struct screen *s)
{
	assert_true(dup2(s->before, STDERR_FILENO) >= 0);
	close(s->before);
	close(s->terminal);
}

/* Reads until the text has been shown. */
static void await(const struct screen *s, const char *text)
{
	char seen[512] = "";
	size_t len = 0;

	while (!strstr(seen, text)) {
		ssize_t n = read(s->terminal, seen + len, sizeof(seen) - len - 1);

		assert_true(n > 0);
		len += (size_t)n;
		seen[len] = '\0';
	}
}

static void whoever_waits_is_told(void **state)
{
	const struct config cfg = { .loudness = NORMAL };
	struct waiting *waiting;
	struct screen s;

	(void)state;
	screen_open(&s, "xterm");
	waiting = waiting_begin(&cfg, "counting");
	if (waiting)
		await(&s, "\rnetpolc: counting, 1 s\033[K");
	waiting_end(waiting);
	if (waiting)
		await(&s, "\r\033[K");
	screen_close(&s);
	assert_non_null(waiting);
}

static void nobody_else_is_told(void **state)
{
	static const struct {
		const char *what, *term;
		struct config cfg;
	} cases[] = {
		{ "quiet", "xterm", { .loudness = QUIET } },
		{ "stages tell themselves", "xterm", { .loudness = VERBOSE } },
		{ "a program reads", "xterm", { .diagnostics = DIAG_JSON } },
		{ "nothing can be erased", "dumb", { .loudness = NORMAL } },
	};
	struct screen s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct waiting *waiting;

		screen_open(&s, cases[i].term);
		waiting = waiting_begin(&cases[i].cfg, "counting");
		waiting_end(waiting);
		screen_close(&s);
		if (waiting)
			fail_msg("%s", cases[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_waits_is_told),
		cmocka_unit_test(nobody_else_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
