/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detached: the copy is out of reach, and is heard for as long as somebody listens.
 */
#include "helpers.h"

#include <netpolc/base/detached.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void messages_arrive_whole_and_in_order(void **state)
{
	char want[8000], got[sizeof(want)];
	pid_t copy;
	int fd;

	(void)state;
	copy = detached_begin(&fd);
	if (!copy) {
		for (int i = 0; i < 3; i++) {
			memset(want, 'a' + i, sizeof(want));
			detached_say(fd, want, sizeof(want));
		}
		_exit(0);
	}
	assert_true(copy > 0);
	for (int i = 0; i < 3; i++) {
		memset(want, 'a' + i, sizeof(want));
		assert_true(detached_hear(fd, got, sizeof(got)));
		assert_memory_equal(got, want, sizeof(want));
	}
	assert_false(detached_hear(fd, got, sizeof(got)));
	detached_wait(copy, fd);
	assert_int_equal(kill(copy, 0), -1);
}

static void a_copy_that_is_killed_says_nothing(void **state)
{
	char got[8];
	pid_t copy;
	int fd;

	(void)state;
	copy = detached_begin(&fd);
	if (!copy)
		raise(SIGKILL);
	assert_true(copy > 0);
	assert_false(detached_hear(fd, got, sizeof(got)));
	detached_wait(copy, fd);
}

/* Says one message with an open and locked file, if any, and ends. */
static pid_t copy_with(int open_file, int *line)
{
	pid_t copy = detached_begin(line);

	assert_true(copy >= 0);
	if (copy)
		return copy;
	if (open_file < 0)
		detached_say(*line, "with", 4);
	else if (!flock(open_file, LOCK_EX))
		_exit(!detached_say_with(*line, "with", 4, open_file));
	_exit(0);
}

static void an_open_file_comes_along_locked(void **state)
{
	const int file = open("/", O_RDONLY | O_CLOEXEC);
	const int other = open("/", O_RDONLY | O_CLOEXEC);
	siginfo_t info;
	char got[4];
	int line, fd;
	pid_t copy;

	(void)state;
	assert_true(file >= 0 && other >= 0);
	copy = copy_with(file, &line);
	close(file);
	assert_int_equal(waitid(P_PID, (id_t)copy, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
	assert_true(detached_hear_with(line, got, sizeof(got), &fd));
	assert_memory_equal(got, "with", 4);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
	close(fd);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	detached_wait(copy, line);
	close(other);
}

static void nobody_hears_of_a_file(void **state)
{
	int file = open("/", O_RDONLY | O_CLOEXEC), line, fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	line = fds[0];
	assert_true(detached_say_with(line, "with", 4, file));
	close(fds[1]);
	assert_false(detached_say_with(line, "with", 4, file));
	close(line);
	close(file);
}

static void no_file_comes_along(void **state)
{
	char got[4];
	int line, fd = 0;
	pid_t copy = copy_with(-1, &line);

	(void)state;
	assert_true(detached_hear_with(line, got, sizeof(got), &fd));
	assert_int_equal(fd, -1);
	fd = 0;
	assert_false(detached_hear_with(line, got, sizeof(got), &fd));
	assert_int_equal(fd, -1);
	detached_wait(copy, line);
}

/* What it says of being alone is lost, and does not end it. */
static void a_copy_goes_on_when_nobody_listens(void **state)
{
	int fd, ends[2];
	char byte;
	pid_t copy;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	copy = detached_begin(&fd);
	if (!copy) {
		if (read(ends[0], &byte, 1) == 1)
			detached_say(fd, "x", 1);
		_exit(write(ends[1], "y", 1) != 1);
	}
	assert_true(copy > 0);
	close(fd);
	assert_int_equal(write(ends[1], "x", 1), 1);
	detached_wait(copy, -1);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	close(ends[0]);
	close(ends[1]);
}

struct copy {
	pid_t process, session;
	sigset_t blocked;
	struct stat files[3]; /* standard ones */
};

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static void the_copy_is_out_of_reach_and_keeps_standard_output(void **state)
{
	struct copy said = { 0 };
	struct stat here;
	pid_t copy;
	int fd;

	(void)state;
	copy = detached_begin(&fd);
	if (!copy) {
		said.process = getpid();
		said.session = getsid(0);
		sigprocmask(SIG_SETMASK, NULL, &said.blocked);
		for (int i = 0; i < 3; i++)
			fstat(i, &said.files[i]);
		detached_say(fd, &said, sizeof(said));
		_exit(0);
	}
	assert_true(copy > 0);
	assert_true(detached_hear(fd, &said, sizeof(said)));
	detached_wait(copy, fd);
	assert_int_equal(said.process, copy);
	assert_int_equal(said.session, copy);
	for (int s = 1; s <= SIGSYS; s++)
		if (s != SIGKILL && s != SIGSTOP && !sigismember(&said.blocked, s))
			fail_msg("signal %d is not blocked", s);
	assert_int_equal(fstat(STDOUT_FILENO, &here), 0);
	assert_true(same_file(&here, &said.files[STDOUT_FILENO]));
	assert_int_equal(stat("/dev/null", &here), 0);
	assert_true(same_file(&here, &said.files[STDERR_FILENO]));
}

static void without_room_for_a_socket_there_is_no_copy(void **state)
{
	struct rlimit before, none = { 0 };
	pid_t copy;
	int fd;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	copy = detached_begin(&fd);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(copy, -EMFILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_arrive_whole_and_in_order),
		TEST(a_copy_that_is_killed_says_nothing),
		TEST(an_open_file_comes_along_locked),
		TEST(no_file_comes_along),
		TEST(nobody_hears_of_a_file),
		TEST(a_copy_goes_on_when_nobody_listens),
		TEST(the_copy_is_out_of_reach_and_keeps_standard_output),
		TEST(without_room_for_a_socket_there_is_no_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
