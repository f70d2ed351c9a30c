/* SPDX-License-Identifier: GPL-2.0-or-later */
/* buf: text grows by any means, stays terminated, and is written whole. */
#include "helpers.h"

#include <netpolc/base/buf.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *what;
	uint64_t n;
	const char *want;
} numbers[] = {
	{ "zero", 0, "0" },
	{ "one digit", 9, "9" },
	{ "two digits", 10, "10" },
	{ "the largest", UINT64_MAX, "18446744073709551615" },
};

static void numbers_are_decimal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		BUF_AUTO b = { 0 };

		buf_putu(&b, numbers[i].n);
		if (strcmp(b.at, numbers[i].want))
			fail_msg("%s: %s", numbers[i].what, b.at);
	}
}

static void pieces_are_appended_and_terminated(void **state)
{
	BUF_AUTO b = { 0 };

	(void)state;
	assert_null(b.at);
	buf_add(&b, "", 0);
	assert_null(b.at);
	buf_puts(&b, "ip");
	buf_putc(&b, ' ');
	buf_add(&b, "saddrXX", 5);
	buf_printf(&b, " %d", 4);
	assert_string_equal(b.at, "ip saddr 4");
	assert_int_equal(b.len, 10);
}

/* Room, NUL and all, at every distance from what a buffer holds before it grows. */
static void room_is_what_was_asked_for_and_a_nul(void **state)
{
	(void)state;
	for (size_t before = 0; before < 300; before++) {
		for (size_t len = 0; len < 300; len++) {
			BUF_AUTO b = { 0 };
			char *at;

			for (size_t i = 0; i < before; i++)
				buf_putc(&b, '<');
			at = buf_room(&b, len);
			assert_ptr_equal(at, b.at + before);
			assert_int_equal(b.len, before);
			assert_true(b.cap > before + len);
			memset(at, '>', len + 1);
			buf_end(&b, at + len);
			assert_int_equal(b.len, before + len);
			assert_int_equal(strlen(b.at), before + len);
			assert_int_equal(strspn(b.at, "<"), before);
		}
	}
}

static void less_than_the_room_may_be_used(void **state)
{
	BUF_AUTO b = { 0 };
	char *at = buf_room(&b, 1000);

	(void)state;
	memset(at, '?', 1000);
	buf_end(&b, at + 2);
	assert_string_equal(b.at, "??");
	assert_int_equal(b.len, 2);
	buf_end(&b, buf_room(&b, 1000));
	assert_string_equal(b.at, "??");
}

/* Added to a buffer that has just no room, just room, or more. */
static void a_full_buffer_grows(void **state)
{
	static const char *const pieces[] = { "", "n", "ip", "saddr" };

	(void)state;
	for (size_t before = 240; before < 270; before++) {
		for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
			const size_t len = strlen(pieces[i]);
			BUF_AUTO b = { 0 };

			while (b.len < before) {
				buf_putc(&b, '<');
				assert_true(b.cap > b.len);
				assert_int_equal(b.at[b.len], '\0');
			}
			buf_puts(&b, pieces[i]);
			assert_true(b.cap > b.len);
			assert_int_equal(b.len, before + len);
			assert_string_equal(b.at + before, pieces[i]);
			buf_add(&b, pieces[i], len);
			assert_true(b.cap > b.len);
			assert_string_equal(b.at + before + len, pieces[i]);
		}
	}
}

static void text_of_every_length_fits(void **state)
{
	(void)state;
	for (int len = 0; len < 1100; len++) {
		BUF_AUTO printed = { 0 }, added = { 0 };

		buf_putc(&printed, '<');
		buf_printf(&printed, "%*s", len, "");
		buf_putc(&added, '<');
		for (int i = 0; i < len; i++)
			buf_putc(&added, ' ');
		assert_int_equal(printed.len, (size_t)len + 1);
		assert_string_equal(printed.at, added.at);
	}
}

/* A process that reads all of a pipe, and exits with 0 when it was n times 'n'. */
static pid_t start_reader(const int ends[2], size_t n)
{
	pid_t child = fork();
	char bytes[999];
	ssize_t got;

	if (child)
		return child;
	close(ends[1]);
	usleep(20000);
	while ((got = read(ends[0], bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			if (bytes[i] != 'n')
				_exit(1);
		n -= (size_t)got;
	}
	_exit(n ? 1 : 0);
}

static void a_slow_reader_gets_everything(void **state)
{
	const size_t n = 300000;
	BUF_AUTO b = { 0 };
	int ends[2], status;
	pid_t child;

	(void)state;
	for (size_t i = 0; i < n; i++)
		buf_putc(&b, 'n');
	fflush(NULL);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	child = start_reader(ends, n);
	close(ends[0]);
	assert_int_equal(buf_write(&b, ends[1]), 0);
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_failing_write_is_reported(void **state)
{
	BUF_AUTO b = { 0 };
	int fd = open("/dev/full", O_WRONLY), ends[2];

	(void)state;
	assert_int_equal(buf_write(&b, -1), 0);
	buf_puts(&b, "x");
	assert_int_equal(buf_write(&b, -1), -EBADF);
	if (fd >= 0)
		assert_int_equal(buf_write(&b, fd), -ENOSPC);
	close(fd);

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	assert_int_equal(buf_write(&b, ends[1]), -EPIPE);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_decimal),
		cmocka_unit_test(pieces_are_appended_and_terminated),
		cmocka_unit_test(room_is_what_was_asked_for_and_a_nul),
		cmocka_unit_test(less_than_the_room_may_be_used),
		cmocka_unit_test(a_full_buffer_grows),
		cmocka_unit_test(text_of_every_length_fits),
		cmocka_unit_test(a_slow_reader_gets_everything),
		cmocka_unit_test(a_failing_write_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
