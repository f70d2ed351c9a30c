/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena: memory is zeroed, aligned, apart from all other, and given back at once. */
#include "helpers.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *what;
	size_t size;
} sizes[] = {
	{ "nothing", 0 },
	{ "one byte", 1 },
	{ "one more than the alignment", 17 },
	{ "what fits the first chunk", 4096 },
	{ "what gets a chunk of its own", 4097 },
	{ "more than the largest chunk", (size_t)3 << 20 },
};

static void fill_and_check(struct arena *a, size_t size, const char *what)
{
	unsigned char *at = arena_alloc(a, size);

	if ((uintptr_t)at % alignof(max_align_t))
		fail_msg("%s: not aligned", what);
	for (size_t i = 0; i < size; i++)
		if (at[i])
			fail_msg("%s: not zeroed", what);
	memset(at, 0xff, size);
}

static void memory_is_zeroed_and_aligned_even_after_a_reset(void **state)
{
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			for (int n = 0; n < 20; n++)
				fill_and_check(*state, sizes[i].size, sizes[i].what);
		arena_reset(*state);
		assert_int_equal(arena_bytes(*state), 0);
	}
}

static void allocations_do_not_overlap(void **state)
{
	unsigned char *at[1000];

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		at[i] = arena_alloc(*state, i * 7 % 300);
		memset(at[i], (int)i, i * 7 % 300);
	}
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		for (size_t j = 0; j < i * 7 % 300; j++)
			assert_int_equal(at[i][j], (unsigned char)i);
}

static void bytes_are_counted(void **state)
{
	arena_alloc(*state, 10);
	arena_array(*state, 3, 100);
	assert_int_equal(arena_bytes(*state), 310);
}

static void arrays_grow_and_keep_their_elements(void **state)
{
	struct {
		unsigned *at;
		size_t len, cap;
	} v = { 0 };

	for (unsigned i = 0; i < 10000; i++) {
		unsigned *element = ARENA_PUSH((struct arena *)*state, &v);

		assert_int_equal(*element, 0);
		*element = i;
	}
	assert_int_equal(v.len, 10000);
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(v.at[i], i);
}

static void what_is_added_to_a_cut_array_is_zeroed(void **state)
{
	struct {
		unsigned *at;
		size_t len, cap;
	} v = { 0 };

	for (unsigned i = 0; i < 4; i++)
		*ARENA_PUSH((struct arena *)*state, &v) = 7;
	v.len = 1;
	assert_int_equal(*ARENA_PUSH((struct arena *)*state, &v), 0);
	assert_int_equal(v.at[0], 7);
	assert_int_equal(v.len, 2);
}

static void texts_are_copied_and_terminated(void **state)
{
	char long_text[5000];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_string_equal(arena_strndup(*state, "netpolc", 3), "net");
	assert_string_equal(arena_strndup(*state, NULL, 0), "");
	assert_string_equal(arena_printf(*state, "%s=%d", "port", 80), "port=80");
	assert_string_equal(arena_printf(*state, "%s", long_text), long_text);
}

struct endings {
	int n, at[3]; /* when each of them was called, from 1 on */
};

struct ending_case {
	struct endings *all;
	int which;
};

static void note_end(void *what)
{
	struct ending_case *e = what;

	e->all->at[e->which] = ++e->all->n;
}

/* In memory of the arena, which has to be there still. */
static void ask_for_ends(struct arena *a, struct endings *all)
{
	*all = (struct endings){ 0 };
	for (int i = 0; i < 3; i++) {
		struct ending_case *e = ARENA_NEW(a, struct ending_case);

		*e = (struct ending_case){ all, i };
		arena_at_end(a, note_end, e);
	}
	assert_int_equal(all->n, 0);
}

static void called_once_in_reverse(const struct endings *all)
{
	assert_int_equal(all->n, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(all->at[i], 3 - i);
}

static void the_last_that_is_asked_for_the_end_comes_first(void **state)
{
	struct arena *a = arena_new();
	struct endings all;

	(void)state;
	ask_for_ends(a, &all);
	arena_reset(a);
	called_once_in_reverse(&all);
	arena_reset(a);
	called_once_in_reverse(&all);
	ask_for_ends(a, &all);
	arena_free(a);
	called_once_in_reverse(&all);
}

/* Exit status of a process that asks for n elements of size bytes. */
static int status_of_asking_for(struct arena *a, size_t n, size_t size)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		close(STDERR_FILENO);
		arena_array(a, n, size);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_size_that_overflows_ends_the_run_with_3(void **state)
{
	assert_int_equal(status_of_asking_for(*state, SIZE_MAX / 2, 4), 3);
	assert_int_equal(status_of_asking_for(*state, SIZE_MAX / 4 + 2, 4), 3);
	assert_int_equal(status_of_asking_for(*state, SIZE_MAX, 1), 3);
	assert_int_equal(status_of_asking_for(*state, 10, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_is_zeroed_and_aligned_even_after_a_reset),
		TEST(allocations_do_not_overlap),
		TEST(bytes_are_counted),
		TEST(arrays_grow_and_keep_their_elements),
		TEST(what_is_added_to_a_cut_array_is_zeroed),
		TEST(texts_are_copied_and_terminated),
		TEST(the_last_that_is_asked_for_the_end_comes_first),
		TEST(a_size_that_overflows_ends_the_run_with_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
