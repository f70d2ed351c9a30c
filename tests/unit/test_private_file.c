/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * private_file: what others may have written is not read, what is written is whole, and
 * where something fails the file of before is there.  Every test works in a directory of
 * its own.
 */
#include "helpers.h"
#include "own_dir.h"

#include <netpolc/base/private_file.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_ONLY()                                                                      \
	do                                                                               \
		if (geteuid())                                                           \
			skip();                                                          \
	while (0)

#define DIR_TEST(function)                                                               \
	cmocka_unit_test_setup_teardown(function, own_dir_enter, own_dir_leave)

static int open_dir(void)
{
	int dir;

	assert_null(private_dir_open("d", true, &dir));
	assert_true(dir >= 0);
	return dir;
}

static const char *replace(int dir, const char *text)
{
	BUF_AUTO bytes = { 0 };

	buf_puts(&bytes, text);
	return private_file_replace(dir, "f", &bytes);
}

static int lowest_free(void)
{
	int err = errno, fd = open("/", O_PATH);

	close(fd);
	errno = err;
	return fd;
}

static void refuses_dir(const char *path, const char *reason)
{
	int dir, free_before = lowest_free();
	const char *why = private_dir_open(path, false, &dir);

	assert_non_null(why);
	assert_string_equal(why, reason);
	assert_int_equal(dir, -1);
	assert_int_equal(lowest_free(), free_before);
}

static void refuses_file(int dir, const char *reason)
{
	int fd, free_before = lowest_free();
	const char *why = private_file_open(dir, "f", &fd);

	assert_non_null(why);
	assert_string_equal(why, reason);
	assert_int_equal(fd, -1);
	assert_int_equal(lowest_free(), free_before);
}

static void holds(int dir, const char *text)
{
	char bytes[64] = "";
	int fd;

	assert_null(private_file_open(dir, "f", &fd));
	assert_true(read(fd, bytes, sizeof(bytes) - 1) >= 0);
	assert_string_equal(bytes, text);
	close(fd);
	assert_int_equal(access("d/.f", F_OK), -1);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* ---- the way it should be ---- */

static void what_is_written_is_ours_alone(void **state)
{
	mode_t before = umask(0);
	FD_AUTO dir = open_dir();

	(void)state;
	assert_null(replace(dir, "first"));
	umask(before);
	holds(dir, "first");
	assert_int_equal(mode_of("d"), 0700);
	assert_int_equal(mode_of("d/f"), 0600);
	assert_null(replace(dir, "second"));
	holds(dir, "second");
	assert_null(private_file_remove(dir, "f"));
	assert_null(private_file_remove(dir, "f"));
	refuses_file(dir, strerror(ENOENT));
	assert_int_equal(errno, ENOENT);
}

static void what_is_missing_is_made_only_when_asked(void **state)
{
	(void)state;
	refuses_dir("d", strerror(ENOENT));
	assert_int_equal(errno, ENOENT);
	close(open_dir());
	close(open_dir());
}

/* ---- others ---- */

static void a_directory_of_others_is_refused(void **state)
{
	(void)state;
	close(open_dir());
	assert_int_equal(symlink("d", "link"), 0);
	refuses_dir("link", "it is no directory");
	close(open("plain", O_CREAT | O_WRONLY, 0600));
	refuses_dir("plain", "it is no directory");
	chmod("d", 0720);
	refuses_dir("d", "others may write to it");
	assert_int_equal(errno, 0);
	chmod("d", 0702);
	refuses_dir("d", "others may write to it");
}

static void a_file_of_others_is_refused(void **state)
{
	FD_AUTO dir = open_dir();

	(void)state;
	assert_null(replace(dir, "text"));
	chmod("d/f", 0620);
	refuses_file(dir, "others may write to it");
	chmod("d/f", 0602);
	refuses_file(dir, "others may write to it");
	assert_int_equal(rename("d/f", "d/g"), 0);
	assert_int_equal(chmod("d/g", 0600), 0);
	assert_int_equal(symlink("g", "d/f"), 0);
	refuses_file(dir, strerror(ELOOP));
	assert_int_equal(unlink("d/f"), 0);
	assert_int_equal(mkfifo("d/f", 0600), 0); /* and nobody writes to it */
	refuses_file(dir, "it is no regular file");
}

static void what_another_user_owns_is_refused(void **state)
{
	ROOT_ONLY();
	FD_AUTO dir = open_dir();

	(void)state;
	assert_null(replace(dir, "text"));
	assert_int_equal(chown("d/f", 1, 1), 0);
	refuses_file(dir, "it belongs to another user");
	assert_int_equal(chown("d", 1, 1), 0);
	refuses_dir("d", "it belongs to another user");
}

/* Where the new file goes through, something is already. */
static void what_is_in_the_way_is_not_followed(void **state)
{
	FD_AUTO dir = open_dir();

	(void)state;
	assert_int_equal(symlink("../victim", "d/.f"), 0);
	assert_null(replace(dir, "text"));
	assert_int_equal(access("victim", F_OK), -1);
	holds(dir, "text");
	assert_int_equal(unlink("d/f"), 0);
	assert_int_equal(symlink("../victim", "d/f"), 0);
	assert_null(replace(dir, "text"));
	assert_int_equal(access("victim", F_OK), -1);
	holds(dir, "text");
}

/* ---- what goes wrong ---- */

static void a_killed_run_is_no_obstacle(void **state)
{
	FD_AUTO dir = open_dir();

	(void)state;
	close(openat(dir, ".f", O_CREAT | O_WRONLY, 0600));
	assert_null(replace(dir, "text"));
	holds(dir, "text");
}

static void two_at_once_do_not_mix(void **state)
{
	FD_AUTO dir = open_dir();
	FD_AUTO other = open_dir();

	(void)state;
	assert_null(replace(dir, "before"));
	assert_int_equal(flock(other, LOCK_EX), 0);
	assert_string_equal(replace(dir, "after"), "another process is writing there");
	holds(dir, "before");
	assert_int_equal(flock(other, LOCK_UN), 0);
	assert_null(replace(dir, "after"));
	assert_null(replace(other, "both"));
	holds(dir, "both");
}

static void an_open_file_knows_that_another_took_its_place(void **state)
{
	FD_AUTO dir = open_dir();
	FD_AUTO fd = -1;

	(void)state;
	assert_null(replace(dir, "before"));
	assert_null(private_file_open(dir, "f", &fd));
	assert_true(private_file_is(fd, "d/f"));
	assert_null(replace(dir, "after"));
	assert_false(private_file_is(fd, "d/f"));
	assert_int_equal(unlinkat(dir, "f", 0), 0);
	assert_false(private_file_is(fd, "d/f"));
}

/* As on a full disk. */
static void what_cannot_be_written_leaves_the_file_of_before(void **state)
{
	FD_AUTO dir = open_dir();
	struct rlimit before, small;
	const char *why;

	(void)state;
	assert_null(replace(dir, "before"));
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 3;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	why = replace(dir, "afterwards");
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	assert_string_equal(why, strerror(EFBIG));
	holds(dir, "before");
}

static void what_cannot_be_renamed_is_not_left(void **state)
{
	FD_AUTO dir = open_dir();

	(void)state;
	assert_int_equal(mkdirat(dir, "f", 0700), 0);
	assert_string_equal(replace(dir, "text"), strerror(EISDIR));
	assert_int_equal(access("d/.f", F_OK), -1);
	assert_string_equal(private_file_remove(dir, "f"), strerror(EISDIR));
}

/* ---- in steps ---- */

/* As it is without the other steps. */
static int write_beside(int dir, const char *text)
{
	BUF_AUTO bytes = { 0 };
	int fd;

	buf_puts(&bytes, text);
	assert_null(private_file_write(dir, "f", &bytes, &fd));
	assert_true(fd >= 0);
	return fd;
}

static void what_is_written_is_put_in_its_place_later(void **state)
{
	FD_AUTO dir = open_dir();
	FD_AUTO dropped = -1;
	FD_AUTO second = -1;
	FD_AUTO third = -1;

	(void)state;
	assert_null(replace(dir, "first"));
	dropped = write_beside(dir, "dropped");
	second = write_beside(dir, "second");
	assert_int_equal(mode_of("d/.f"), 0600);
	assert_null(private_sync(second));
	assert_int_equal(access("d/.f", F_OK), 0);
	assert_null(private_file_put(dir, "f"));
	assert_null(private_sync(dir));
	holds(dir, "second");
	third = write_beside(dir, "third");
	private_file_drop(dir, "f");
	private_file_drop(dir, "f");
	holds(dir, "second");
}

static void what_is_not_there_cannot_be_put(void **state)
{
	FD_AUTO dir = open_dir();

	(void)state;
	assert_null(replace(dir, "first"));
	assert_string_equal(private_sync(-1), strerror(EBADF));
	assert_string_equal(private_file_put(dir, "f"), strerror(ENOENT));
	holds(dir, "first");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIR_TEST(what_is_written_is_ours_alone),
		DIR_TEST(what_is_missing_is_made_only_when_asked),
		DIR_TEST(a_directory_of_others_is_refused),
		DIR_TEST(a_file_of_others_is_refused),
		DIR_TEST(what_another_user_owns_is_refused),
		DIR_TEST(what_is_in_the_way_is_not_followed),
		DIR_TEST(a_killed_run_is_no_obstacle),
		DIR_TEST(two_at_once_do_not_mix),
		DIR_TEST(an_open_file_knows_that_another_took_its_place),
		DIR_TEST(what_cannot_be_written_leaves_the_file_of_before),
		DIR_TEST(what_cannot_be_renamed_is_not_left),
		DIR_TEST(what_is_written_is_put_in_its_place_later),
		DIR_TEST(what_is_not_there_cannot_be_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
