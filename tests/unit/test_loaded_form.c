/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loaded_form: the numbers are those of nft and the kernel, and what is written down
 * is read as what it was.
 */
#include "helpers.h"
#include "samples.h"

#include <netpolc/nft/loaded_form.h>

#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

/* nft: ipv4_addr is 7, ipv6_addr 8, inet_service 13, nf_proto 2; six bits each. */
static const struct {
	const char *what;
	struct set set;
	struct loaded_set want;
} sets[] = {
	{ "addresses", { .nkeys = 1, .key = { KEY_IPV4 } }, { .key_type = 7 } },
	{ "a map of ranges",
	  { .nkeys = 1, .key = { KEY_IPV6 }, .map = true, .intervals = true },
	  { .key_type = 8,
	    .flags = NFT_SET_MAP | NFT_SET_INTERVAL,
	    .data_type = (uint32_t)NFT_DATA_VERDICT } },
	{ "two keys",
	  { .nkeys = 2, .key = { KEY_IPV4, KEY_PORT } },
	  { .key_type = 7 << 6 | 13 } },
	{ "two keys, where a range leads",
	  { .nkeys = 2, .key = { KEY_IPV4, KEY_PORT }, .intervals = true },
	  { .key_type = 13 << 6 | 7, .flags = NFT_SET_INTERVAL } },
	{ "ranges with their family",
	  { .nkeys = 1, .key = { KEY_IPV6 }, .intervals = true, .pipapo = true },
	  { .key_type = 8 << 6 | 2, .flags = NFT_SET_INTERVAL } },
};

static void types_are_those_of_nft(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct loaded_set got = loaded_form_set(&sets[i].set);

		if (got.key_type != sets[i].want.key_type ||
		    got.flags != sets[i].want.flags ||
		    got.data_type != sets[i].want.data_type)
			fail_msg("%s: type %u, flags %u, data %u", sets[i].what,
				 got.key_type, got.flags, got.data_type);
	}
}

static bool same_shape(const struct set *a, const struct set *b)
{
	return strcmp(a->name, b->name) == 0 && a->nkeys == b->nkeys &&
	       a->key[0] == b->key[0] && (a->nkeys == 1 || a->key[1] == b->key[1]) &&
	       a->intervals == b->intervals && a->pipapo == b->pipapo && a->map == b->map;
}

static void every_set_is_read_as_what_it_was(void **state)
{
	for (size_t i = 0; i < nsamples; i++) {
		const struct ruleset *rs = samples[i].build(*state);

		for (size_t j = 0; j < rs->nsets; j++) {
			struct loaded_set loaded = loaded_form_set(rs->sets[j]);
			struct set shape;

			loaded.flags |= rs->sets[j]->nkeys > 1 ? NFT_SET_CONCAT : 0;
			if (!loaded_form_shape(&loaded, &shape) ||
			    !same_shape(&shape, rs->sets[j]) ||
			    !loaded_form_same(&loaded, rs->sets[j]))
				fail_msg("%s: %s", samples[i].name, rs->sets[j]->name);
		}
	}
}

static void what_no_set_of_ours_is_has_no_shape(void **state)
{
	static const struct loaded_set odd[] = {
		{ .key_type = 9 },			     /* ether_addr */
		{ .key_type = 7 << 6 | 9 },		     /* and behind */
		{ .key_type = 7 << 12 | 7 << 6 | 13 },	     /* three parts */
		{ .key_type = 7, .flags = NFT_SET_TIMEOUT }, /* elements go */
		{ .key_type = 7, .flags = NFT_SET_MAP, .data_type = 13 }, /* ports */
	};
	const struct set addresses = { .nkeys = 1, .key = { KEY_IPV4 } };
	struct set shape;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		if (loaded_form_shape(&odd[i], &shape))
			fail_msg("the %zuth has one", i);
		if (loaded_form_same(&odd[i], &addresses))
			fail_msg("the %zuth is one of addresses", i);
	}
}

static void verdicts_are_those_of_the_kernel(void **state)
{
	(void)state;
	assert_int_equal(loaded_form_code(VERDICT_NONE), 0);
	assert_int_equal(loaded_form_code(VERDICT_ACCEPT), NF_ACCEPT);
	assert_int_equal(loaded_form_code(VERDICT_DROP), NF_DROP);
	assert_int_equal(loaded_form_code(VERDICT_GOTO), NFT_GOTO);
	assert_int_equal(loaded_form_code(VERDICT_JUMP), NFT_JUMP);
	for (enum verdict_kind v = VERDICT_ACCEPT; v <= VERDICT_JUMP; v++)
		assert_int_equal(loaded_form_verdict(loaded_form_code(v)), v);
	assert_int_equal(loaded_form_verdict(NF_QUEUE), VERDICT_NONE);
}

static void a_chain_of_ours_is_hooked_in_one_way(void **state)
{
	struct loaded_chain good = { .name = "forward" }, c;

	(void)state;
	loaded_form_hook(&good, -1);
	assert_true(good.base && good.priority == -1 && loaded_form_hooked(&good));
	c = good;
	c.hook = NF_INET_LOCAL_IN;
	assert_false(loaded_form_hooked(&c));
	c = good;
	c.name = HOOK_POSTROUTING;
	assert_false(loaded_form_hooked(&c));
	c.hook = NF_INET_POST_ROUTING;
	assert_true(loaded_form_hooked(&c));
	c = good;
	c.accept = false;
	assert_false(loaded_form_hooked(&c));
	c = good;
	c.type = "nat";
	assert_false(loaded_form_hooked(&c));
	c = good;
	c.type = NULL;
	assert_false(loaded_form_hooked(&c));
}

static const struct {
	const char *what, *first, *comment;
	bool marked;
} marks[] = {
	{ "the hash", "0123456789abcdef shop/web", "0123456789abcdef", true },
	{ "the hash, where no policies are", "0123456789abcdef", "0123456789abcdef",
	  true },
	{ "nothing", "0123456789abcdef shop/web", NULL, false },
	{ "another chain's", "0123456789abcdef shop/web", "0123456789abcdee", false },
	{ "the first rule's", "0123456789abcdef shop/web", "0123456789abcdef shop/web",
	  false },
	{ "a part of it", "0123456789abcdef", "0123456789abcde", false },
	{ "all of a first one that is no hash", "mine", "mine", false },
	{ "a hash, behind nothing", NULL, "0123456789abcdef", false },
};

static void a_rule_of_ours_has_the_hash_of_its_chain(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const struct loaded_chain c = { .comment = marks[i].first };

		if (loaded_form_marked(&c, marks[i].comment) != marks[i].marked)
			fail_msg("%s", marks[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(types_are_those_of_nft),
		TEST(every_set_is_read_as_what_it_was),
		TEST(what_no_set_of_ours_is_has_no_shape),
		TEST(verdicts_are_those_of_the_kernel),
		TEST(a_chain_of_ours_is_hooked_in_one_way),
		TEST(a_rule_of_ours_has_the_hash_of_its_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
