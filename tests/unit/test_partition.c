/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * partition: what no split tells apart stays together, by tables of splits and by
 * comparison with signatures.
 */
#include "helpers.h"

#include <netpolc/policy/partition.h>

#include <stdlib.h>
#include <string.h>

#define MOST 8

/* Each split is a string of digits, the elements in the order given. */
static const struct {
	const char *what;
	uint32_t n;
	const char *splits[5];
	const char *want; /* the block of each element */
} cases[] = {
	{ "no split, one block", 4, { NULL }, "0000" },
	{ "one element", 1, { "0" }, "0" },
	{ "the first apart", 4, { "0" }, "0111" },
	{ "the last apart", 4, { "3" }, "0001" },
	{ "the middle apart", 4, { "12" }, "0110" },
	{ "everything, nothing changes", 4, { "0123" }, "0000" },
	{ "an empty split changes nothing", 4, { "" }, "0000" },
	{ "the same split twice", 4, { "13", "13" }, "0101" },
	{ "a split and its complement", 4, { "13", "02" }, "0101" },
	{ "the order of members says nothing", 5, { "420" }, "01010" },
	{ "blocks are numbered by their smallest", 5, { "4", "3" }, "00012" },
	{ "a split across two blocks", 6, { "012", "0145" }, "001233" },
	{ "a split inside one block", 6, { "012", "1" }, "010222" },
	{ "a whole block and part of another", 6, { "012", "0123" }, "000122" },
	{ "cut again where it was cut", 6, { "0123", "01", "0" }, "012233" },
	{ "the back of a block, then its front", 6, { "45", "01", "23" }, "001122" },
	{ "all apart", 4, { "0", "1", "2" }, "0123" },
	{ "three ways through one block", 8, { "0246", "0145", "0123" }, "01234567" },
};

static size_t members(const char *text, uint32_t out[MOST])
{
	for (size_t i = 0; text[i]; i++)
		out[i] = (uint32_t)(text[i] - '0');
	return strlen(text);
}

static void splits_tell_elements_apart(void **state)
{
	struct arena *a = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct partition *p = partition_new(a, cases[i].n);
		uint32_t set[MOST], out[MOST], blocks, most = 0;

		for (size_t s = 0; cases[i].splits[s]; s++)
			partition_split(p, set, members(cases[i].splits[s], set));
		blocks = partition_number(p, a, out);
		for (uint32_t e = 0; e < cases[i].n; e++) {
			if (out[e] != (uint32_t)(cases[i].want[e] - '0'))
				fail_msg("%s: element %u", cases[i].what, e);
			most = out[e] > most ? out[e] : most;
		}
		if (blocks != most + 1)
			fail_msg("%s: %u blocks", cases[i].what, blocks);
	}
}

static void nothing_has_no_block(void **state)
{
	struct partition *p = partition_new(*state, 0);
	uint32_t none;

	partition_split(p, &none, 0);
	assert_int_equal(partition_number(p, *state, &none), 0);
}

/* Elements share a block exactly when every split had both or neither. */
static void blocks_are_equal_signatures(void **state)
{
	enum { N = 40, SPLITS = 12 };
	struct arena *a = *state;

	srand(7);
	for (int round = 0; round < 200; round++) {
		struct partition *p = partition_new(a, N);
		uint32_t signature[N] = { 0 }, out[N], set[N];
		int share = 1 + rand() % 9;

		for (uint32_t s = 0; s < SPLITS; s++) {
			size_t len = 0;

			for (uint32_t e = 0; e < N; e++)
				if (rand() % 10 < share)
					set[len++] = e;
			for (size_t i = 0; i < len; i++)
				signature[set[i]] |= 1u << s;
			partition_split(p, set, len);
		}
		partition_number(p, a, out);
		for (uint32_t x = 0; x < N; x++)
			for (uint32_t y = 0; y < N; y++)
				assert_int_equal(out[x] == out[y],
						 signature[x] == signature[y]);
		arena_reset(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(splits_tell_elements_apart),
		TEST(nothing_has_no_block),
		TEST(blocks_are_equal_signatures),
	};

	return cmocka_run_group_tests_name("partition", tests, NULL, NULL);
}
