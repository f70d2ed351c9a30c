/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probes: each line comes out as it was written, with its verdict. */
#include "asking.h"

#include <netpolc/base/diag.h>
#include <netpolc/cli/probes.h>

#include <fcntl.h>

#define WEB_DB "shop/web\tshop/db-0\t"

static const struct {
	const char *what, *in, *want;
	size_t errors;
} streams[] = {
	{ "nothing", "", "", 0 },
	{ "a probe allowed", WEB_DB "TCP\t5432\n", WEB_DB "TCP\t5432\tallow\n", 0 },
	{ "a probe denied", WEB_DB "TCP\t80\n", WEB_DB "TCP\t80\tdeny\n", 0 },
	{ "the protocol as it was written", WEB_DB "tCp\t5432\n",
	  WEB_DB "tCp\t5432\tallow\n", 0 },
	{ "addresses as they were written", "FD00::0:1\tshop/web\tudp\t1\n",
	  "FD00::0:1\tshop/web\tudp\t1\tallow\n", 0 },
	{ "more columns are ignored", WEB_DB "TCP\t5432\tdeny\tx\n",
	  WEB_DB "TCP\t5432\tallow\n", 0 },
	{ "an empty fifth column", WEB_DB "TCP\t5432\t\n", WEB_DB "TCP\t5432\tallow\n",
	  0 },
	{ "a name is resolved", WEB_DB "TCP\tpg\n", WEB_DB "TCP\tpg\tallow\n", 0 },
	{ "comments and empty lines are skipped", "#x\n\n\r\n" WEB_DB "TCP\t80\n",
	  WEB_DB "TCP\t80\tdeny\n", 0 },
	{ "a line end of DOS", WEB_DB "TCP\t80\r\n", WEB_DB "TCP\t80\tdeny\n", 0 },
	{ "a last line without its end", WEB_DB "TCP\t80", WEB_DB "TCP\t80\tdeny\n", 0 },
	{ "a workload and its twin",
	  "shop/Deployment/api\tshop/Deployment/api\tTCP\t80\n",
	  "shop/Deployment/api\tshop/Deployment/api\tTCP\t80\tdeny\n", 0 },
	{ "a bad line among good ones", WEB_DB "TCP\t80\nx\n" WEB_DB "TCP\t5432\n",
	  WEB_DB "TCP\t80\tdeny\nx\t\t\t\terror\n" WEB_DB "TCP\t5432\tallow\n", 1 },
	{ "three columns", WEB_DB "TCP\n", WEB_DB "TCP\t\terror\n", 1 },
	{ "an unknown source", "x/y\tshop/web\tTCP\t1\n",
	  "x/y\tshop/web\tTCP\t1\terror\n", 1 },
	{ "an unknown destination", "shop/web\tx/y\tTCP\t1\n",
	  "shop/web\tx/y\tTCP\t1\terror\n", 1 },
	{ "a finished pod", "shop/web\tshop/done\tTCP\t1\n",
	  "shop/web\tshop/done\tTCP\t1\terror\n", 1 },
	{ "another protocol", WEB_DB "ICMP\t1\n", WEB_DB "ICMP\t1\terror\n", 1 },
	{ "a port that is none", WEB_DB "TCP\t0\n", WEB_DB "TCP\t0\terror\n", 1 },
	{ "a name that is not there", WEB_DB "TCP\thttp\n", WEB_DB "TCP\thttp\terror\n",
	  1 },
	{ "space is part of a column", " shop/web\tshop/db-0\tTCP\t80\n",
	  " shop/web\tshop/db-0\tTCP\t80\terror\n", 1 },
	{ "spaces for tabs", "shop/web shop/db-0 TCP 80\n",
	  "shop/web shop/db-0 TCP 80\t\t\t\terror\n", 1 },
};

/* All that the file at path holds. */
static char *contents(struct arena *a, const char *path)
{
	char *text = arena_alloc(a, 4 << 20);
	int fd = open(path, O_RDONLY);

	assert_true(read(fd, text, (4 << 20) - 1) >= 0);
	close(fd);
	return text;
}

static char *answers(struct asking *as, const char *in, size_t len)
{
	char in_path[32], out_path[32], *text;
	int fd;

	asking_file(in_path, in, len);
	asking_file(out_path, "", 0);
	fd = open(out_path, O_WRONLY);
	probes_answer(&as->cx, as->asker, arena_strndup(as->cx.arena, in_path, 31), fd);
	close(fd);
	text = contents(as->cx.arena, out_path);
	unlink(in_path);
	unlink(out_path);
	return text;
}

static void every_probe_comes_out_with_its_verdict(void **state)
{
	struct asking *as = *state;
	size_t errors = 0;

	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		const char *got = answers(as, streams[i].in, strlen(streams[i].in));

		if (strcmp(got, streams[i].want))
			fail_msg("%s: %s", streams[i].what, got);
		errors += streams[i].errors;
		if (diag_count(as->cx.diags, DIAG_ERROR) != errors)
			fail_msg("%s: not so many errors", streams[i].what);
	}
	assert_int_equal(diag_exit_status(as->cx.diags), 2);
}

static void a_bad_line_is_reported_where_it_stands(void **state)
{
	static const char in[] = "# one\n\n" WEB_DB "TCP\t80\nbad\n";
	struct asking *as = *state;
	size_t len;

	answers(as, in, strlen(in));
	for (const struct diag *const *d = diag_sorted(as->cx.diags, &len); len;
	     d++, len--)
		if ((*d)->id == DIAG_BAD_PROBE) {
			assert_int_equal((*d)->origin.at.line, 4);
			return;
		}
	fail_msg("not reported");
}

/* One whose rest is ignored, one that never has its columns, one after them. */
static void long_lines_do_not_disturb_others(void **state)
{
	static const char good[] = WEB_DB "TCP\t5432\t", last[] = "\n" WEB_DB "TCP\t80\n";
	const size_t rest = 600000;
	struct asking *as = *state;
	char *in = arena_alloc(as->cx.arena, 2 * rest + 200), *at = in;
	const char *got;

	at = mempcpy(at, good, strlen(good));
	memset(at, 'x', rest);
	at += rest;
	*at++ = '\n';
	memset(at, 'y', rest);
	at += rest;
	at = mempcpy(at, last, strlen(last));
	got = answers(as, in, (size_t)(at - in));
	assert_ptr_equal(strstr(got, WEB_DB "TCP\t5432\tallow\nyyy"), got);
	assert_non_null(strstr(got, "y\t\t\t\terror\n" WEB_DB "TCP\t80\tdeny\n"));
	assert_int_equal(diag_count(as->cx.diags, DIAG_ERROR), 1);
}

static void what_cannot_be_written_is_the_systems_fault(void **state)
{
	struct asking *as = *state;
	char path[32];
	int fd = open("/dev/full", O_WRONLY);

	asking_file(path, WEB_DB "TCP\t80\n", strlen(WEB_DB "TCP\t80\n"));
	probes_answer(&as->cx, as->asker, path, fd);
	close(fd);
	unlink(path);
	assert_int_equal(diag_exit_status(as->cx.diags), 3);
}

static void a_missing_file_is_the_systems_fault(void **state)
{
	struct asking *as = *state;

	probes_answer(&as->cx, as->asker, "/nonexistent/probes", STDOUT_FILENO);
	assert_int_equal(diag_exit_status(as->cx.diags), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKING(every_probe_comes_out_with_its_verdict),
		ASKING(a_bad_line_is_reported_where_it_stands),
		ASKING(long_lines_do_not_disturb_others),
		ASKING(what_cannot_be_written_is_the_systems_fault),
		ASKING(a_missing_file_is_the_systems_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
