/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source: which files inputs stand for, their bytes, and the lines kept.  Every
 * test works in a directory of its own that is removed behind it.
 */
#include "helpers.h"

#include <netpolc/base/buf.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/source.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct world {
	struct arena *arena;
	struct diags *diags;
	struct sources sources;
	char dir[64];
};

static int world_setup(void **state)
{
	struct arena *a = arena_new();
	struct world *w = ARENA_NEW(a, struct world);

	*w = (struct world){ .arena = a, .diags = diags_new(a, false) };
	w->sources.arena = a;
	strcpy(w->dir, "/tmp/netpolc-source-XXXXXX");
	*state = w;
	return mkdtemp(w->dir) && !chdir(w->dir) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int flag,
			struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int world_done(void **state)
{
	struct world *w = *state;
	int failed = chdir("/") || nftw(w->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);

	arena_free(w->arena);
	return failed;
}

#define WORLD_TEST(function)                                                             \
	cmocka_unit_test_setup_teardown(function, world_setup, world_done)

static void write_file(const char *path, const char *text, size_t len)
{
	BUF_AUTO b = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	buf_add(&b, text, len);
	assert_true(fd >= 0);
	assert_int_equal(buf_write(&b, fd), 0);
	close(fd);
}

static void touch(const char *path)
{
	write_file(path, "a\n", 2);
}

/* ---- which files ------------------------------------------------------------ */

/* The names listed and, behind them, the messages, each followed by a comma. */
static const char *expand(struct world *w, const char *const inputs[], size_t n)
{
	char **copies = ARENA_ARRAY(w->arena, n, char *);
	const struct diag *const *messages;
	BUF_AUTO b = { 0 };
	size_t len;

	for (size_t i = 0; i < n; i++)
		copies[i] = arena_strndup(w->arena, inputs[i], strlen(inputs[i]));
	sources_expand(&w->sources, w->diags, copies, n);
	for (size_t i = 0; i < w->sources.len; i++)
		buf_printf(&b, "%s,", w->sources.at[i]);
	messages = diag_sorted(w->diags, &len);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(messages[i]->id, DIAG_UNREADABLE);
		buf_printf(&b, "%s,", messages[i]->message);
	}
	return arena_strndup(w->arena, b.at ? b.at : "", b.len);
}

#define EXPAND(w, ...)                                                                   \
	expand((w), (const char *const[]){ __VA_ARGS__ },                                \
	       ARRAY_SIZE(((const char *const[]){ __VA_ARGS__ })))

static void a_directory_is_its_manifests_sorted_by_name(void **state)
{
	mkdir("d", 0755);
	mkdir("d/m", 0755);
	mkdir("d/m.yaml", 0755);
	touch("d/z.yaml");
	touch("d/a.json");
	touch("d/b.yml");
	touch("d/notes.txt");
	touch("d/yaml");
	touch("d/m/x.yaml");
	touch("d/m.yaml/y.yaml");
	assert_string_equal(EXPAND(*state, "d/"),
			    "d/a.json,d/b.yml,d/m/x.yaml,d/m.yaml/y.yaml,d/z.yaml,");
}

static void what_is_excluded_is_passed_over(void **state)
{
	struct world *w = *state;

	mkdir("d", 0755);
	mkdir("d/shop", 0755);
	mkdir("d/shop/node_modules", 0755);
	mkdir("d/locked", 0000);
	touch("d/package.json");
	touch("d/shop/package.json");
	touch("d/shop/node_modules/a.yaml");
	touch("d/shop/web.yaml");
	touch("d/web.yaml");
	assert_true(sources_exclude(&w->sources, "package.json"));
	assert_true(sources_exclude(&w->sources, "shop/node_modules/"));
	assert_true(sources_exclude(&w->sources, "/locked"));
	assert_true(sources_exclude(&w->sources, "d"));
	assert_false(sources_exclude(&w->sources, "//"));
	assert_string_equal(EXPAND(*state, "d/", "d/package.json"),
			    "d/shop/web.yaml,d/web.yaml,d/package.json,");
	assert_int_equal(w->sources.nexcluded, 4);
}

static void a_named_file_needs_no_ending_and_keeps_its_place(void **state)
{
	mkdir("d", 0755);
	touch("d/a.yaml");
	touch("notes.txt");
	assert_string_equal(EXPAND(*state, "notes.txt", "d"), "notes.txt,d/a.yaml,");
}

static void a_file_is_listed_once(void **state)
{
	mkdir("d", 0755);
	touch("d/a.yaml");
	assert_int_equal(symlink("a.yaml", "d/b.yaml"), 0);
	assert_int_equal(link("d/a.yaml", "c.yaml"), 0);
	assert_string_equal(EXPAND(*state, "d", "./d/a.yaml", "c.yaml", "d"),
			    "d/a.yaml,");
}

static void a_directory_loop_ends(void **state)
{
	mkdir("d", 0755);
	mkdir("d/e", 0755);
	touch("d/e/a.yaml");
	assert_int_equal(symlink("..", "d/e/up"), 0);
	assert_int_equal(symlink(".", "d/self"), 0);
	assert_int_equal(symlink("ring", "d/ring"), 0);
	assert_string_equal(EXPAND(*state, "d"), "d/e/a.yaml,");
}

static void what_cannot_be_read_is_reported_and_left_out(void **state)
{
	mkdir("d", 0755);
	touch("d/a.yaml");
	assert_int_equal(symlink("gone", "d/b.yaml"), 0);
	assert_int_equal(mkfifo("d/c.yaml", 0644), 0);
	assert_string_equal(EXPAND(*state, "no", "d"),
			    "d/a.yaml,cannot read 'no': No such file or directory,"
			    "cannot read 'd/b.yaml': No such file or directory,"
			    "cannot read 'd/c.yaml': not a regular file,");
	assert_int_equal(diag_exit_status(((struct world *)*state)->diags), 3);
}

/* What a link led to may have been a directory of policies. */
static void a_link_that_leads_nowhere_is_reported(void **state)
{
	mkdir("d", 0755);
	assert_int_equal(symlink("gone", "d/policies"), 0);
	assert_int_equal(symlink("user@host.1", "d/.#notes"), 0);
	assert_string_equal(EXPAND(*state, "d"),
			    "cannot read 'd/policies': No such file or directory,");
}

static void what_takes_the_place_of_a_listed_file_is_not_waited_for(void **state)
{
	struct world *w = *state;

	mkdir("d", 0755);
	touch("d/a.yaml");
	touch("named");
	assert_string_equal(EXPAND(w, "d", "named"), "d/a.yaml,named,");
	unlink("d/a.yaml");
	assert_int_equal(mkfifo("d/a.yaml", 0644), 0);
	assert_null(source_open(&w->sources, w->diags, 0));
	assert_string_equal(EXPAND(w), "d/a.yaml,named,"
				       "cannot read 'd/a.yaml': not a regular file,");
}

/* As EXPAND(), without the privilege to read everything. */
static const char *expand_as_nobody(struct world *w, const char *input)
{
	const uid_t user = geteuid();
	const char *got;

	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(seteuid(user ? user : 65534), 0);
	got = EXPAND(w, input);
	assert_int_equal(seteuid(user), 0);
	return got;
}

static void a_locked_directory_is_reported(void **state)
{
	mkdir("d", 0);
	assert_string_equal(expand_as_nobody(*state, "d"),
			    "cannot read 'd': Permission denied,");
}

/* It may be listed, but what it lists may not be looked at. */
static void a_directory_that_nobody_may_enter_hides_nothing(void **state)
{
	mkdir("d", 0755);
	mkdir("d/m", 0755);
	touch("d/m/a.yaml");
	touch("d/notes.txt");
	assert_int_equal(chmod("d", 0444), 0);
	assert_string_equal(expand_as_nobody(*state, "d"),
			    "cannot read 'd/m': Permission denied,");
	assert_int_equal(chmod("d", 0755), 0);
}

static void standard_input_and_a_fifo_are_fine_when_named(void **state)
{
	assert_int_equal(mkfifo("f", 0644), 0);
	assert_string_equal(EXPAND(*state, "-", "f", "-"), "-,f,");
}

/* ---- bytes and lines -------------------------------------------------------- */

static struct source *open_text(struct world *w, const char *text, size_t len)
{
	struct source *src;

	write_file("in", text, len);
	EXPAND(w, "in");
	src = source_open(&w->sources, w->diags, 0);
	assert_non_null(src);
	return src;
}

static void assert_line(const struct source *src, uint32_t line, const char *want)
{
	size_t len;
	const char *at = source_line(src, line, &len);

	if (want && at ? len != strlen(want) || memcmp(at, want, len) : want != at)
		fail_msg("line %u is not '%s'", (unsigned)line, want ? want : "(none)");
}

static size_t read_all(struct source *src)
{
	char bytes[4096];
	size_t all = 0, n;

	while ((n = source_read(src, bytes, sizeof(bytes))))
		all += n;
	return all;
}

static void lines_are_kept_without_their_ends(void **state)
{
	static const char text[] = "one\ntwo\r\n\nfour";
	struct source *src = open_text(*state, text, strlen(text));

	assert_line(src, 2, NULL);
	assert_int_equal(read_all(src), strlen(text));
	assert_line(src, 0, NULL);
	assert_line(src, 1, "one");
	assert_line(src, 2, "two");
	assert_line(src, 3, "");
	assert_line(src, 4, "four");
	assert_line(src, 5, NULL);
	assert_false(source_failed(src));
	source_close(src);
}

static void forgotten_lines_are_gone(void **state)
{
	struct source *src = open_text(*state, "1\n2\n3\n4\n", 8);

	read_all(src);
	source_forget(src, 3);
	assert_line(src, 2, NULL);
	assert_line(src, 3, "3");
	source_forget(src, 2);
	assert_line(src, 4, "4");
	source_forget(src, 1000);
	assert_line(src, 4, NULL);
	source_close(src);
}

static void forgetting_too_much_does_not_lose_the_line_that_goes_on(void **state)
{
	struct source *src = open_text(*state, "one\ntwo\n", 8);
	char bytes[8];

	assert_int_equal(source_read(src, bytes, 4), 4);
	source_forget(src, 1000);
	assert_int_equal(source_read(src, bytes, 2), 2);
	source_forget(src, 1000);
	assert_int_equal(source_read(src, bytes, 2), 2);
	assert_line(src, 2, "two");
	source_close(src);
}

static void peeking_consumes_nothing(void **state)
{
	struct source *src = open_text(*state, "{\n}\n", 4);
	const char *at;
	char bytes[10];
	size_t len;

	at = source_peek(src, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(at, "{\n}\n", 4);
	assert_line(src, 1, NULL);
	assert_int_equal(source_read(src, bytes, sizeof(bytes)), 4);
	assert_int_equal(source_read(src, bytes, sizeof(bytes)), 0);
	source_peek(src, &len);
	assert_int_equal(len, 0);
	source_close(src);
}

static void lines_are_handed_on_whole_where_they_fit(void **state)
{
	struct source *src = open_text(*state, "aaaa\nbbbb\ncccc\n", 15);
	char bytes[12];

	assert_int_equal(source_read(src, bytes, sizeof(bytes)), 10);
	assert_line(src, 2, "bbbb");
	assert_int_equal(source_read(src, bytes, 3), 3);
	assert_line(src, 3, "ccc");
	assert_int_equal(source_read(src, bytes, 3), 2);
	assert_line(src, 3, "cccc");
	source_close(src);
}

static void all_lines_of_a_large_input_pass_through_the_window(void **state)
{
	BUF_AUTO b = { 0 };
	struct source *src;
	uint32_t line = 0;
	char bytes[5000];
	size_t n;

	for (unsigned i = 1; i <= 400000; i++)
		buf_printf(&b, "line %u%s\n", i, i % 97 ? "" : " with a longer tail");
	src = open_text(*state, b.at, b.len);
	while ((n = source_read(src, bytes, sizeof(bytes)))) {
		char want[50];

		for (size_t i = 0; i < n; i++)
			line += bytes[i] == '\n';
		sprintf(want, "line %u%s", line, line % 97 ? "" : " with a longer tail");
		assert_line(src, line, want);
		if (line > 50000 && line < 60000)
			source_forget(src, line);
	}
	assert_int_equal(line, 400000);
	assert_line(src, 1, NULL);
	assert_line(src, 399000, "line 399000");
	source_close(src);
}

static void a_line_longer_than_the_window_is_dropped_whole(void **state)
{
	const size_t long_line = (size_t)3 << 20;
	BUF_AUTO b = { 0 };
	struct source *src;

	buf_puts(&b, "first\n");
	for (size_t i = 0; i < long_line; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\nthird\n");
	src = open_text(*state, b.at, b.len);
	assert_int_equal(read_all(src), b.len);
	assert_line(src, 1, NULL);
	assert_line(src, 2, NULL);
	assert_line(src, 3, "third");
	source_close(src);
}

static void a_slow_pipe_is_read_to_its_end(void **state)
{
	struct world *w = *state;
	struct source *src;
	pid_t child;

	assert_int_equal(mkfifo("f", 0644), 0);
	EXPAND(w, "f");
	fflush(NULL);
	child = fork();
	if (!child) {
		int fd = open("f", O_WRONLY);

		for (int i = 0; i < 3; i++) {
			if (write(fd, "kind: P", 7) != 7)
				_exit(1);
			usleep(5000);
			if (write(fd, "od\n", 3) != 3)
				_exit(1);
		}
		_exit(0);
	}
	src = source_open(&w->sources, w->diags, 0);
	assert_int_equal(read_all(src), 30);
	assert_line(src, 3, "kind: Pod");
	source_close(src);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_read_error_is_reported_and_ends_the_input(void **state)
{
	struct world *w = *state;
	struct source *src;

	sources_add(&w->sources, w->dir);
	sources_add(&w->sources, "gone");
	src = source_open(&w->sources, w->diags, 0);
	assert_int_equal(read_all(src), 0);
	assert_true(source_failed(src));
	assert_int_equal(diag_count(w->diags, DIAG_SYSTEM), 1);
	source_close(src);
	assert_null(source_open(&w->sources, w->diags, 1));
	assert_int_equal(diag_count(w->diags, DIAG_SYSTEM), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_directory_is_its_manifests_sorted_by_name),
		WORLD_TEST(what_is_excluded_is_passed_over),
		WORLD_TEST(a_named_file_needs_no_ending_and_keeps_its_place),
		WORLD_TEST(a_file_is_listed_once),
		WORLD_TEST(a_directory_loop_ends),
		WORLD_TEST(what_cannot_be_read_is_reported_and_left_out),
		WORLD_TEST(a_link_that_leads_nowhere_is_reported),
		WORLD_TEST(what_takes_the_place_of_a_listed_file_is_not_waited_for),
		WORLD_TEST(a_locked_directory_is_reported),
		WORLD_TEST(a_directory_that_nobody_may_enter_hides_nothing),
		WORLD_TEST(standard_input_and_a_fifo_are_fine_when_named),
		WORLD_TEST(lines_are_kept_without_their_ends),
		WORLD_TEST(forgotten_lines_are_gone),
		WORLD_TEST(forgetting_too_much_does_not_lose_the_line_that_goes_on),
		WORLD_TEST(peeking_consumes_nothing),
		WORLD_TEST(lines_are_handed_on_whole_where_they_fit),
		WORLD_TEST(all_lines_of_a_large_input_pass_through_the_window),
		WORLD_TEST(a_line_longer_than_the_window_is_dropped_whole),
		WORLD_TEST(a_slow_pipe_is_read_to_its_end),
		WORLD_TEST(a_read_error_is_reported_and_ends_the_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
