/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: equal arrays have one entry, ids count up, entries stay as they are. */
#include "helpers.h"

#include <netpolc/policy/words.h>

static void equal_arrays_are_one(void **state)
{
	struct words_index *ix = words_index_new(*state);
	uint32_t at[] = { 1, 2, 3 };
	const struct words *all = words_intern(ix, at, 3);
	const struct words *two = words_intern(ix, at, 2);
	const struct words *none = words_intern(ix, NULL, 0);

	assert_ptr_equal(words_intern(ix, at, 3), all);
	assert_ptr_equal(words_intern(ix, at, 2), two);
	assert_ptr_equal(words_intern(ix, at, 0), none);
	at[2] = 4;
	assert_ptr_not_equal(words_intern(ix, at, 3), all);
	/* What was given may change: the entry has a copy. */
	assert_int_equal(all->at[2], 3);
	assert_int_equal(two->len, 2);
}

static void ids_count_up(void **state)
{
	struct words_index *ix = words_index_new(*state);

	assert_int_equal(words_len(ix), 0);
	for (uint32_t i = 0; i < 1000; i++) {
		const uint32_t at[] = { i, 7 };

		assert_int_equal(words_intern(ix, at, 2)->id, i);
		assert_int_equal(words_intern(ix, at, 2)->id, i);
		assert_int_equal(words_len(ix), i + 1);
	}
	assert_int_equal(words_at(ix, 500)->at[0], 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_arrays_are_one),
		TEST(ids_count_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
