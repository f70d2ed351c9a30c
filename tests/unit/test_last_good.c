/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * last_good: what a copy of the process writes ahead is what is kept, and whatever
 * becomes of the copy, the files are whole, those of before or those of afterwards. Every
 * test has a directory of its own, where the first of two rulesets is kept.
 */
#include "lowered.h"
#include "own_dir.h"

#include <netpolc/base/private_file.h>
#include <netpolc/enforce/last_good.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST, SECOND, RULESETS };

static const char *const names[] = { "mine.nft", "mine.json" };

static struct config config;
static struct run runs[RULESETS];
static struct last_good kept[RULESETS];
static struct buf texts[RULESETS][ARRAY_SIZE(names)]; /* as they are kept */

static void read_file(struct buf *out, const char *name)
{
	char path[64], bytes[4096];
	ssize_t n;
	FD_AUTO fd = -1;

	snprintf(path, sizeof(path), "state/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_add(out, bytes, (size_t)n);
}

static size_t count_files(void)
{
	DIR *dir = opendir("state");
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		n += e->d_type == DT_REG;
	closedir(dir);
	return n;
}

static void holds(size_t which)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		BUF_AUTO found = { 0 };

		read_file(&found, names[i]);
		assert_string_equal(found.at, texts[which][i].at);
	}
}

/* The files are those of that ruleset, and nothing is beside them. */
static void holds_alone(size_t which)
{
	holds(which);
	assert_int_equal(count_files(), ARRAY_SIZE(names));
}

/* Of what is kept; NULL: of nothing. */
static void warns(size_t which, const char *reason)
{
	size_t len, n = 0;
	const struct diag *const *all = diag_sorted(runs[which].cx.diags, &len);

	for (size_t i = 0; i < len; i++) {
		if (all[i]->id != DIAG_LAST_GOOD)
			continue;
		n++;
		assert_non_null(reason);
		assert_non_null(strstr(all[i]->message, reason));
	}
	assert_int_equal(n, reason ? 1 : 0);
}

static void lower_policy(size_t which, const char *text)
{
	struct lower_options opt = config.lower;

	kept[which] = (struct last_good){ .cx = &runs[which].cx, .cfg = &config };
	kept[which].rs = lower_text(&runs[which], NULL, &opt, text);
	kept[which].cl = runs[which].cluster;
}

static int enter(void **state)
{
	assert_int_equal(own_dir_enter(state), 0);
	config = (struct config){ .state_dir = "state", .lower = lower_defaults() };
	config.lower.table = "mine";
	lower_policy(FIRST, PODS ON("x", "ingress: [{from: [" APP("v") "]}]"));
	lower_policy(SECOND, PODS ON("x", "ingress: [{from: [" APP("web") "]}]"));
	for (size_t which = RULESETS; which--;) {
		last_good_keep(&kept[which]);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			read_file(&texts[which][i], names[i]);
	}
	assert_string_not_equal(texts[FIRST][0].at, texts[SECOND][0].at);
	assert_string_not_equal(texts[FIRST][1].at, texts[SECOND][1].at);
	holds_alone(FIRST);
	return 0;
}

static int leave(void **state)
{
	for (size_t which = 0; which < RULESETS; which++) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			buf_free(&texts[which][i]);
		run_free(&runs[which]);
	}
	return own_dir_leave(state);
}

#define DIR_TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

/* All is written when it says so. */
static void copy_is_done(const struct last_good *lg)
{
	struct pollfd fd = { .fd = lg->line, .events = POLLIN };

	assert_int_equal(poll(&fd, 1, -1), 1);
}

/* As a process that was killed. */
static void leave_beside(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

/* ---- tests ---- */

static ino_t inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

/* What is kept is what the copy has written. */
static void is_kept_only_afterwards(void **state)
{
	ino_t ruleset, objects;

	(void)state;
	assert_true(last_good_ahead(&kept[SECOND]));
	copy_is_done(&kept[SECOND]);
	holds(FIRST);
	ruleset = inode_of("state/.mine.nft");
	objects = inode_of("state/.mine.json");
	last_good_keep(&kept[SECOND]);
	holds_alone(SECOND);
	assert_int_equal(inode_of("state/mine.nft"), ruleset);
	assert_int_equal(inode_of("state/mine.json"), objects);
	assert_int_equal(kept[SECOND].copy, 0);
	warns(SECOND, NULL);
}

/* As where only the objects have changed. */
static void only_what_differs_is_written(void **state)
{
	const ino_t before = inode_of("state/mine.nft");

	(void)state;
	assert_int_equal(truncate("state/mine.json", 0), 0);
	assert_true(last_good_ahead(&kept[FIRST]));
	copy_is_done(&kept[FIRST]);
	assert_int_equal(access("state/.mine.json", F_OK), 0);
	assert_int_equal(access("state/.mine.nft", F_OK), -1);
	last_good_keep(&kept[FIRST]);
	holds_alone(FIRST);
	assert_int_equal(inode_of("state/mine.nft"), before);
}

static void is_forgotten_when_it_is_not_in_force(void **state)
{
	(void)state;
	last_good_ahead(&kept[SECOND]);
	last_good_drop(&kept[SECOND]);
	holds_alone(FIRST);
	warns(SECOND, NULL);
	last_good_drop(&kept[FIRST]);
	holds_alone(FIRST);
}

static void what_is_kept_is_not_written(void **state)
{
	struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct stat before, st;

	(void)state;
	assert_int_equal(stat("state/mine.nft", &before), 0);
	assert_true(last_good_ahead(&kept[FIRST]));
	assert_int_equal(utimensat(AT_FDCWD, "state/mine.nft", old, 0), 0);
	last_good_keep(&kept[FIRST]);
	holds_alone(FIRST);
	assert_int_equal(stat("state/mine.nft", &st), 0);
	assert_true(st.st_mtim.tv_sec > 1);
	assert_int_equal(st.st_ino, before.st_ino);
}

static void a_copy_that_cannot_write_is_made_up_for(void **state)
{
	struct rlimit before, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	last_good_ahead(&kept[SECOND]);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(kept[SECOND].copy > 0);
	last_good_keep(&kept[SECOND]);
	holds_alone(SECOND);
	warns(SECOND, NULL);
}

static void a_copy_that_is_killed_is_made_up_for(void **state)
{
	(void)state;
	assert_true(last_good_ahead(&kept[SECOND]));
	assert_true(kept[SECOND].copy > 0);
	assert_int_equal(kill(kept[SECOND].copy, SIGKILL), 0);
	last_good_keep(&kept[SECOND]);
	holds_alone(SECOND);
	warns(SECOND, NULL);
}

/* Whatever it has left. */
static void a_copy_that_is_killed_leaves_nothing(void **state)
{
	(void)state;
	leave_beside("state/.mine.json");
	assert_true(last_good_ahead(&kept[SECOND]));
	assert_int_equal(kill(kept[SECOND].copy, SIGKILL), 0);
	last_good_drop(&kept[SECOND]);
	holds_alone(FIRST);
}

static void what_is_left_beside_is_dropped_when_nothing_changes(void **state)
{
	(void)state;
	leave_beside("state/.mine.json");
	last_good_keep(&kept[FIRST]);
	holds_alone(FIRST);
	warns(FIRST, NULL);
}

static void what_is_left_beside_is_forgotten_too(void **state)
{
	(void)state;
	leave_beside("state/.mine.json");
	last_good_forget(&runs[FIRST].cx, &config);
	assert_int_equal(count_files(), 0);
}

static void nobody_writes_beside_another(void **state)
{
	int dir;

	(void)state;
	assert_null(private_dir_open("state", false, &dir));
	assert_null(private_dir_take(dir));
	assert_true(last_good_ahead(&kept[SECOND]));
	last_good_keep(&kept[SECOND]);
	holds_alone(FIRST);
	warns(SECOND, "another process is writing there");
	close(dir);
}

/* Also when the copy has ended. */
static void nobody_comes_in_between(void **state)
{
	siginfo_t info;
	FD_AUTO dir = -1;

	(void)state;
	assert_null(private_dir_open("state", false, &dir));
	assert_true(last_good_ahead(&kept[SECOND]));
	assert_int_equal(waitid(P_PID, (id_t)kept[SECOND].copy, &info, WEXITED | WNOWAIT),
			 0);
	assert_non_null(private_dir_take(dir));
	last_good_keep(&kept[SECOND]);
	assert_null(private_dir_take(dir));
	holds_alone(SECOND);
	warns(SECOND, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIR_TEST(is_kept_only_afterwards),
		DIR_TEST(is_forgotten_when_it_is_not_in_force),
		DIR_TEST(what_is_kept_is_not_written),
		DIR_TEST(a_copy_that_cannot_write_is_made_up_for),
		DIR_TEST(a_copy_that_is_killed_is_made_up_for),
		DIR_TEST(a_copy_that_is_killed_leaves_nothing),
		DIR_TEST(what_is_left_beside_is_dropped_when_nothing_changes),
		DIR_TEST(what_is_left_beside_is_forgotten_too),
		DIR_TEST(nobody_writes_beside_another),
		DIR_TEST(nobody_comes_in_between),
		DIR_TEST(only_what_differs_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
