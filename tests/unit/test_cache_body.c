/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache_body: what is put is got, and bytes that are not whole are refused.
 */
#include "samples.h"
#include "table.h"

#include <netpolc/nft/cache.h>

static struct delta *compare(struct arena *a, const struct ruleset *rs,
			     const struct cache *c)
{
	struct delta *d = delta_new(a, rs, c->loaded);

	for (size_t i = 0; i < c->loaded->sets.len; i++) {
		const struct set *want = delta_set(d, &c->loaded->sets.at[i]);
		struct loaded_elements have;

		assert_non_null(want);
		cache_elements(c, i, a, &have);
		delta_elements(d, want, &have);
	}
	delta_finish(d);
	return d;
}

static void what_is_put_is_got(void **state)
{
	for (size_t i = 0; i < nsamples; i++) {
		const struct ruleset *rs = samples[i].build(*state);
		struct cache c = { 0 };
		BUF_AUTO bytes = { 0 };
		struct delta *d;

		cache_body_put(&bytes, rs, NULL);
		assert_true(cache_body_get(*state, (uint8_t *)bytes.at, bytes.len, &c));
		d = compare(*state, rs, &c);
		if (d->why)
			fail_msg("%s: %s", samples[i].name, d->why);
	}
}

/* Shorter, longer, or a byte wrong: whatever is made of it, nothing is read beyond
 * its end, and what is cut off is not taken. */
static void bytes_that_are_not_whole_are_refused(void **state)
{
	const struct ruleset *rs = samples[0].build(*state);
	BUF_AUTO bytes = { 0 };
	uint8_t *copy;

	cache_body_put(&bytes, rs, NULL);
	for (size_t len = 0; len < bytes.len; len++) {
		struct cache c = { 0 };

		copy = malloc(len ? len : 1);
		memcpy(copy, bytes.at, len);
		assert_false(cache_body_get(*state, copy, len, &c));
		free(copy);
	}
	for (size_t i = 0; i < bytes.len; i++) {
		struct cache c = { 0 };

		copy = malloc(bytes.len);
		memcpy(copy, bytes.at, bytes.len);
		copy[i] = (uint8_t)~copy[i];
		if (cache_body_get(*state, copy, bytes.len, &c))
			for (size_t s = 0; s < c.loaded->sets.len; s++) {
				struct loaded_elements got;

				cache_elements(&c, s, *state, &got);
			}
		free(copy);
	}
	buf_putc(&bytes, 0);
	assert_false(cache_body_get(*state, (uint8_t *)bytes.at, bytes.len,
				    &(struct cache){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_put_is_got),
		TEST(bytes_that_are_not_whole_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
