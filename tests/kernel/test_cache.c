/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache against the running kernel: it is believed when it is right, and never
 * otherwise; and applying comes to the same with any cache.
 */
#include "byhand.h"
#include "compiled.h"
#include "namespace.h"

#include <fcntl.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/isolation.h>
#include <netpolc/nft/readback.h>
#include <sys/stat.h>

static char top[] = "/tmp/netpolc-cache.XXXXXX";
static char dir[64], file[128];
static struct ctx cx;
static const struct ruleset *first, *second;

static struct apply_result apply(const struct ruleset *rs)
{
	const struct apply_options options = { .cache = dir };
	struct apply_result r = apply_ruleset(&cx, &kernel_libnftables, rs, &options);

	assert_int_not_equal(r.outcome, APPLY_FAILED);
	assert_true(readback_equal(&cx, rs, NULL));
	return r;
}

/* The first ruleset is loaded, and the cache knows. */
static void load_first(void)
{
	chmod(dir, 0700);
	by_hand("table inet netpolc {}\ndelete table inet netpolc");
	unlink(file);
	assert_int_equal(apply(first).outcome, APPLY_REPLACED);
	assert_true(readback_is_known(first, dir));
}

static bool is_recalled(const struct ruleset *rs)
{
	struct arena *a = arena_new();
	struct readback found;

	assert_int_equal(readback_delta(a, rs, dir, &found), 0);
	arena_free(a);
	return found.cached;
}

static void what_was_applied_is_known(void **state)
{
	uint32_t before;

	(void)state;
	load_first();
	before = generation();
	assert_int_equal(apply(first).outcome, APPLY_UNCHANGED);
	assert_int_equal(generation(), before);
	assert_false(readback_is_known(second, dir));
	assert_true(is_recalled(second));
	assert_int_equal(apply(second).outcome, APPLY_CHANGED);
	assert_true(readback_is_known(second, dir));
	assert_int_equal(apply(first).outcome, APPLY_CHANGED);
	assert_true(readback_is_known(first, dir));
}

static void a_commit_of_others_makes_it_stale(void **state)
{
	(void)state;
	load_first();
	by_hand("table inet other {}\ndelete table inet other");
	assert_false(readback_is_known(first, dir));
	assert_false(is_recalled(second));
	assert_int_equal(apply(first).outcome, APPLY_UNCHANGED);
	assert_true(readback_is_known(first, dir));
}

static const char *chain_of(const struct isolation *of, const struct isolated *address)
{
	assert_true(address->chain < of->chains.len);
	return of->chains.at[address->chain]->name;
}

static size_t same_addresses(const struct isolation *x, const struct isolation *y,
			     enum family f, enum direction d)
{
	const struct isolated_list *a = &x->addresses[f][d], *b = &y->addresses[f][d];

	assert_int_equal(a->len, b->len);
	for (size_t i = 0; i < a->len; i++) {
		assert_true(a->at[i].number == b->at[i].number);
		assert_string_equal(chain_of(x, &a->at[i]), chain_of(y, &b->at[i]));
	}
	return a->len;
}

/* Of one pod, both families, both directions. */
static void check_addresses(const struct isolation *x, const struct isolation *y)
{
	size_t all = 0;

	for (enum family f = 0; f < FAMILIES; f++)
		for (enum direction d = 0; d < DIRECTIONS; d++)
			all += same_addresses(x, y, f, d);
	assert_int_equal(all, 4);
}

/* With the cache as without. */
static void check_isolation(void)
{
	struct arena *a = arena_new();
	struct isolation with, without;

	assert_true(isolation_read(&cx, a, "netpolc", dir, &with));
	assert_true(isolation_read(&cx, a, "netpolc", NULL, &without));
	check_addresses(&with, &without);
	arena_free(a);
}

static void it_knows_whom_the_kernel_isolates_and_by_which_chain(void **state)
{
	struct arena *a = arena_new();
	struct isolation read, recalled;

	(void)state;
	load_first();
	assert_true(isolation_recall(a, "netpolc", dir, &recalled));
	assert_true(isolation_read(&cx, a, "netpolc", NULL, &read));
	check_addresses(&read, &recalled);
	arena_free(a);
	check_isolation();
}

/* So it is not asked of the kernel. */
static void it_knows_whom_others_have_set_free(void **state)
{
	struct arena *a = arena_new();
	struct isolation before, after;

	(void)state;
	load_first();
	assert_true(isolation_read(&cx, a, "netpolc", NULL, &before));
	by_hand("flush map inet netpolc ingress4");
	assert_true(isolation_read(&cx, a, "netpolc", dir, &after));
	check_addresses(&before, &after);
	arena_free(a);
}

/* ---- wrong in all ways ---- */

static void change_byte(off_t at)
{
	int fd = open(file, O_RDWR);
	char byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte = (char)~byte;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static off_t size(void)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_size;
}

static void spoil_missing(void)
{
	unlink(file);
}

static void spoil_empty(void)
{
	assert_int_equal(truncate(file, 0), 0);
}

static void spoil_header(void)
{
	change_byte(9);
}

static void spoil_last_byte(void)
{
	change_byte(size() - 1);
}

/* The first one that is isolated. */
static void spoil_address(void)
{
	BUF_AUTO bytes = { 0 };
	int fd = open(file, O_RDONLY);
	const char *at;
	char byte;

	while (read(fd, &byte, 1) == 1)
		buf_putc(&bytes, byte);
	close(fd);
	at = memmem(bytes.at, bytes.len, "ingress4", sizeof("ingress4"));
	assert_non_null(at);
	/* Behind what the set is like, and how many there are. */
	change_byte(at - bytes.at + (off_t)sizeof("ingress4") + 3 * 4 + 8);
}

static void spoil_end(void)
{
	assert_int_equal(truncate(file, size() - 1), 0);
}

static void spoil_longer(void)
{
	assert_int_equal(truncate(file, size() + 1), 0);
}

static void spoil_mode(void)
{
	assert_int_equal(chmod(file, 0622), 0);
}

static void spoil_directory(void)
{
	assert_int_equal(chmod(dir, 0777), 0);
}

static void spoil_link(void)
{
	char other[256];

	snprintf(other, sizeof(other), "%s-moved", file);
	assert_int_equal(rename(file, other), 0);
	assert_int_equal(symlink(other, file), 0);
}

static void spoil_kind(void)
{
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
}

/* Another namespace in which as much was committed. */
static void spoil_namespace(void)
{
	uint32_t wanted = generation();

	enter_namespace();
	while (generation() < wanted - 1)
		by_hand("table inet other {}\ndelete table inet other");
	assert_int_equal(apply_ruleset(&cx, &kernel_libnftables, first,
				       &(struct apply_options){ 0 })
				 .outcome,
			 APPLY_REPLACED);
	assert_int_equal(generation(), wanted);
}

static const struct {
	const char *what;
	void (*spoil)(void);
	bool body; /* the header alone is good */
} spoilt[] = {
	{ "missing", spoil_missing, false },
	{ "empty", spoil_empty, false },
	{ "a byte of the header", spoil_header, false },
	{ "a byte of the body", spoil_last_byte, true },
	{ "an address", spoil_address, true },
	{ "cut off", spoil_end, true },
	{ "longer", spoil_longer, true },
	{ "others may write it", spoil_mode, false },
	{ "others may write into the directory", spoil_directory, false },
	{ "a link", spoil_link, false },
	{ "no file", spoil_kind, false },
	{ "of another namespace", spoil_namespace, false },
};

static void whatever_is_wrong_with_it_the_table_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spoilt); i++) {
		load_first();
		spoilt[i].spoil();
		if (readback_is_known(first, dir) != spoilt[i].body ||
		    is_recalled(second))
			fail_msg("believed: %s", spoilt[i].what);
		check_isolation();
		assert_int_equal(apply(second).outcome, APPLY_CHANGED);
	}
}

static void store(const struct ruleset *rs)
{
	const struct cache_note note = { .rs = rs, .generation = generation() };

	assert_null(cache_store(dir, &note, cx.arena));
}

/* Whole, and of this generation, but not true. */
static void a_cache_that_lies_is_found_out(void **state)
{
	(void)state;
	load_first();
	store(second);
	assert_false(readback_is_known(second, dir));
	assert_false(is_recalled(first));
	assert_int_equal(apply(second).outcome, APPLY_CHANGED);
}

/* It says of the first that it is the second. */
static void a_cache_whose_halves_disagree_is_found_out(void **state)
{
	struct ruleset forged = *second;

	(void)state;
	load_first();
	forged.digest = first->digest;
	store(&forged);
	assert_false(is_recalled(second));
	assert_int_equal(apply(second).outcome, APPLY_CHANGED);
}

static void where_nothing_can_be_kept_applying_works(void **state)
{
	struct apply_options options = { .cache = "/proc/netpolc" };
	struct apply_result r;

	(void)state;
	load_first();
	r = apply_ruleset(&cx, &kernel_libnftables, second, &options);
	assert_int_equal(r.outcome, APPLY_CHANGED);
	assert_non_null(r.uncached);
	assert_true(readback_equal(&cx, second, NULL));
	options.cache = NULL;
	r = apply_ruleset(&cx, &kernel_libnftables, first, &options);
	assert_null(r.uncached);
}

static void a_check_stores_nothing(void **state)
{
	const struct apply_options options = { .cache = dir, .check = true };

	(void)state;
	load_first();
	assert_int_equal(
		apply_ruleset(&cx, &kernel_libnftables, second, &options).outcome,
		APPLY_CHANGED);
	assert_true(readback_is_known(first, dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_applied_is_known),
		cmocka_unit_test(a_commit_of_others_makes_it_stale),
		cmocka_unit_test(it_knows_whom_the_kernel_isolates_and_by_which_chain),
		cmocka_unit_test(it_knows_whom_others_have_set_free),
		cmocka_unit_test(whatever_is_wrong_with_it_the_table_is_read),
		cmocka_unit_test(a_cache_that_lies_is_found_out),
		cmocka_unit_test(a_cache_whose_halves_disagree_is_found_out),
		cmocka_unit_test(where_nothing_can_be_kept_applying_works),
		cmocka_unit_test(a_check_stores_nothing),
	};
	struct settings set = settings_default();
	struct compiled c[2];
	int failed;

	enter_namespace();
	if (!mkdtemp(top))
		skip_test("no directory for temporary files");
	snprintf(dir, sizeof(dir), "%s/run", top);
	snprintf(file, sizeof(file), "%s/netpolc.cache", dir);
	ctx_init(&cx, &set);
	compile_two(c);
	first = c[0].ruleset;
	second = c[1].ruleset;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (int i = 0; i < 2; i++)
		loaded_free(&c[i].input);
	remove(file);
	remove(strcat(file, "-moved"));
	remove(dir);
	remove(top);
	ctx_free(&cx);
	return failed;
}
