/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply beside other programs: whatever they commit, and when, the table is in the
 * end what was asked for, and the result says how.
 */
#include "byhand.h"
#include "compiled.h"
#include "namespace.h"

#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/readback.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define KILLS 200

static struct ctx cx;
static const struct ruleset *first, *second;

/* What another program commits in the way of each of our transactions.  Shared with
 * whatever process sends them. */
struct others {
	const char *before, *after;
	int times;	    /* so often */
	const char *refuse; /* answer the first transaction with this error */
	int runs;
};
static struct others *others;

static int run_beside(const char *path, bool check, struct arena *until, char **errors)
{
	bool busy = others->runs++ < others->times;
	int rc;

	if (busy && others->before)
		try_by_hand(others->before);
	if (busy && others->refuse) {
		*errors = strdup(others->refuse);
		return -1;
	}
	rc = kernel_libnftables.run(path, check, until, errors);
	if (busy && others->after)
		try_by_hand(others->after);
	return rc;
}

static const struct kernel_ops beside = { run_beside };

#define FOREIGN "table inet other {}\ndelete table inet other"
#define EDIT	"add chain inet netpolc mine"
#define FIRST	"delete element inet netpolc ingress4 { 10.0.0.2 }"

static const struct {
	const char *what, *before, *after;
	int times;
	const char *refuse;
	enum apply_outcome outcome;
	int runs; /* transactions, 2 without disturbance */
} races[] = {
	{ "nobody", NULL, NULL, 0, NULL, APPLY_CHANGED, 2 },
	{ "a commit before ours", FOREIGN, NULL, 1, NULL, APPLY_CHANGED, 2 },
	{ "a commit after ours", NULL, FOREIGN, 99, NULL, APPLY_CHANGED, 2 },
	{ "an edit of our table before ours", EDIT, NULL, 1, NULL, APPLY_CHANGED, 3 },
	{ "an edit of our table after ours", NULL, EDIT, 2, NULL, APPLY_CHANGED, 3 },
	{ "an edit after each of ours", NULL, EDIT, 4, NULL, APPLY_REPLACED, 5 },
	{ "what we would delete is gone", FIRST, NULL, 1, NULL, APPLY_REPLACED, 3 },
	{ "the table deleted before ours", "delete table inet netpolc", NULL, 1, NULL,
	  APPLY_REPLACED, 2 },
	{ "the table deleted between ours", NULL, "delete table inet netpolc", 1, NULL,
	  APPLY_REPLACED, 3 },
	{ "everything flushed after ours", NULL, "flush ruleset", 2, NULL, APPLY_REPLACED,
	  3 },
	{ "a refusal", NULL, NULL, 1, "Error: Could not process rule: File exists\n",
	  APPLY_REPLACED, 2 },
	{ "no room for answers", NULL, NULL, 1,
	  "netlink: Error: Could not process rule: No buffer space available\n",
	  APPLY_CHANGED, 3 },
};

static void load(const struct ruleset *rs)
{
	assert_true(kernel_replace(&cx, &kernel_libnftables, rs, false));
}

static void whoever_is_faster_the_table_is_right(void **state)
{
	const struct apply_options options = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(races); i++) {
		struct apply_result r;
		BUF_AUTO why = { 0 };

		load(first);
		memset(others, 0, sizeof(*others));
		others->before = races[i].before;
		others->after = races[i].after;
		others->times = races[i].times;
		others->refuse = races[i].refuse;
		r = apply_ruleset(&cx, &beside, second, &options);
		if (r.outcome != races[i].outcome || others->runs != races[i].runs)
			fail_msg("%s: outcome %d after %d runs: %s", races[i].what,
				 r.outcome, others->runs, r.fallback ? r.fallback : "");
		if ((r.outcome == APPLY_REPLACED) != (r.fallback != NULL))
			fail_msg("%s: no word of why", races[i].what);
		if (!readback_equal(&cx, second, &why))
			fail_msg("%s: %s", races[i].what, why.at);
	}
}

/* Other programs commit so fast that nothing can be read between: the table is
 * replaced without a look. */
static void under_commits_without_pause_the_table_is_right(void **state)
{
	const struct apply_options options = { 0 };
	const struct ruleset *const both[] = { second, first };
	pid_t child;

	(void)state;
	load(first);
	child = fork();
	assert_true(child >= 0);
	while (!child) {
		try_by_hand(FOREIGN);
		try_by_hand(EDIT);
	}
	for (size_t i = 0; i < 20; i++)
		assert_int_not_equal(
			apply_ruleset(&cx, &kernel_libnftables, both[i % 2], &options)
				.outcome,
			APPLY_FAILED);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_not_equal(
		apply_ruleset(&cx, &kernel_libnftables, second, &options).outcome,
		APPLY_FAILED);
	assert_true(readback_equal(&cx, second, NULL));
}

/* ---- killed ---- */

static int run_after_a_kill(const char *path, bool check, struct arena *until,
			    char **errors)
{
	if (!others->runs++)
		raise(SIGKILL);
	return run_beside(path, check, until, errors);
}

static void the_last_trouble_is_the_reason(void **state)
{
	const struct kernel_ops ops = { run_after_a_kill };
	const struct apply_options options = { 0 };
	struct apply_result r;

	(void)state;
	load(first);
	*others = (struct others){ .after = EDIT, .times = 99 };
	r = apply_ruleset(&cx, &ops, second, &options);
	assert_int_equal(r.outcome, APPLY_REPLACED);
	assert_string_equal(r.fallback, "other programs commit all the time");
}

/* Whoever has fd's other end goes on when a child is killed, and is waited for. */
static void wait_for_all(int fd)
{
	char byte;

	assert_int_equal(read(fd, &byte, 1), 0);
	close(fd);
}

static void apply_without_end(const char *cache)
{
	const struct apply_options options = { .cache = cache };

	for (;;) {
		apply_ruleset(&cx, &kernel_libnftables, second, &options);
		apply_ruleset(&cx, &kernel_libnftables, first, &options);
	}
}

static void a_killed_apply_leaves_the_old_table_or_the_new(void **state)
{
	char dir[] = "/tmp/netpolc-kill.XXXXXX", file[64];
	struct apply_options options = { .cache = dir };
	size_t counts[2] = { 0 };
	uint32_t random = 1;

	(void)state;
	assert_non_null(mkdtemp(dir));
	load(first);
	for (int i = 0; i < KILLS; i++) {
		bool now[2];
		int ends[2];
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		assert_true(child >= 0);
		if (!child)
			apply_without_end(dir);
		close(ends[1]);
		random = random * 1664525 + 1013904223;
		usleep(random >> 16);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		wait_for_all(ends[0]);
		now[0] = readback_equal(&cx, first, NULL);
		now[1] = readback_equal(&cx, second, NULL);
		if (!now[0] && !now[1])
			fail_msg("something in between after %d", i);
		counts[0] += now[0];
		counts[1] += now[1];
		assert_int_not_equal(apply_ruleset(&cx, &kernel_libnftables,
						   i % 2 ? first : second, &options)
					     .outcome,
				     APPLY_FAILED);
		assert_true(readback_equal(&cx, i % 2 ? first : second, NULL));
	}
	print_message("%zu times one, %zu times the other\n", counts[0], counts[1]);
	snprintf(file, sizeof(file), "%s/netpolc.cache", dir);
	remove(file);
	remove(strcat(file, "-new"));
	remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_is_faster_the_table_is_right),
		cmocka_unit_test(under_commits_without_pause_the_table_is_right),
		cmocka_unit_test(the_last_trouble_is_the_reason),
		cmocka_unit_test(a_killed_apply_leaves_the_old_table_or_the_new),
	};
	struct settings set = settings_default();
	struct compiled c[2];
	int failed;

	enter_namespace();
	ctx_init(&cx, &set);
	compile_two(c);
	first = c[0].ruleset;
	second = c[1].ruleset;
	others = mmap(NULL, sizeof(*others), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(others != MAP_FAILED);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (int i = 0; i < 2; i++)
		loaded_free(&c[i].input);
	ctx_free(&cx);
	return failed;
}
