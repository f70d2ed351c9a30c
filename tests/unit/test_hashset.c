/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hashset: the first of all equal items is found, whatever the hashes are. */
#include "helpers.h"

#include <netpolc/base/hashset.h>

#include <string.h>

static bool equal(const void *a, const void *b)
{
	return *(const unsigned *)a == *(const unsigned *)b;
}

static uint64_t good_hash(const void *item, uint64_t seed)
{
	return hash_bytes(item, sizeof(unsigned), seed);
}

static uint64_t one_for_all(const void *item, uint64_t seed)
{
	(void)item;
	(void)seed;
	return 15;
}

static const struct {
	const char *what;
	struct hashset_type type;
	unsigned n;
} cases[] = {
	{ "a good hash", { good_hash, equal }, 20000 },
	{ "a hash that always collides", { one_for_all, equal }, 300 },
};

static void the_first_of_equal_items_is_kept(void **state)
{
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		struct hashset *set = hashset_new(*state, &cases[c].type);
		unsigned *items = arena_array(*state, cases[c].n, 2 * sizeof(*items));

		for (unsigned i = 0; i < 2 * cases[c].n; i++) {
			unsigned key = i % cases[c].n;

			items[i] = key;
			if (hashset_add(set, &items[i]) != &items[key])
				fail_msg("%s: add %u", cases[c].what, i);
			if (hashset_find(set, &key) != &items[key])
				fail_msg("%s: find %u", cases[c].what, i);
		}
		assert_int_equal(hashset_len(set), cases[c].n);
	}
}

static void what_was_not_added_is_not_found(void **state)
{
	struct hashset *set = hashset_new(*state, &cases[0].type);
	unsigned items[100], key;

	assert_null(hashset_find(set, &items));
	for (unsigned i = 0; i < ARRAY_SIZE(items); i++) {
		items[i] = i * 2;
		hashset_add(set, &items[i]);
	}
	for (key = 1; key < 200; key += 2)
		assert_null(hashset_find(set, &key));
}

static uint64_t seed_seen;

static uint64_t note_seed(const void *item, uint64_t seed)
{
	(void)item;
	seed_seen = seed;
	return 0;
}

static void every_set_draws_its_own_seed(void **state)
{
	static const struct hashset_type type = { note_seed, equal };
	uint64_t first;
	unsigned key = 0;

	hashset_find(hashset_new(*state, &type), &key);
	first = seed_seen;
	hashset_find(hashset_new(*state, &type), &key);
	assert_true(first != seed_seen);
	assert_true(hash_bytes("a", 1, 1) != hash_bytes("a", 1, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_of_equal_items_is_kept),
		TEST(what_was_not_added_is_not_found),
		TEST(every_set_draws_its_own_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
