/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../input.h"
#include "helpers.h"
#include <netpolc/base/buf.h>
#include <netpolc/manifest/node.h>
#include <string.h>

/* A tree as one line: {key:value …} [item …], - for what was skipped, ! before a key
 * with a twin. */
static void put_node(struct buf *out, const struct node *n)
{
	switch (n->kind) {
	case NODE_SCALAR:
		buf_add(out, n->text, n->len);
		return;
	case NODE_SKIPPED:
		buf_putc(out, '-');
		return;
	case NODE_MAPPING:
	case NODE_SEQUENCE:
		break;
	}
	buf_putc(out, n->kind == NODE_MAPPING ? '{' : '[');
	for (const struct node *c = n->first; c; c = c->next) {
		if (c != n->first)
			buf_putc(out, ' ');
		if (n->kind == NODE_MAPPING)
			buf_printf(out, "%s%s:", c->twin ? "!" : "",
				   c->key ? c->key : "?");
		put_node(out, c);
	}
	buf_putc(out, n->kind == NODE_MAPPING ? '}' : ']');
}

/* What is kept of the first document in text, and in *path the path of the deepest
 * last child. */
static const char *tree(struct arena *a, const struct shape *shapes, const char *text,
			const char **path)
{
	const struct shape want = { "", shapes };
	struct input in;
	struct nodes ns = { .arena = a };
	struct node *root;
	const struct event *e;
	BUF_AUTO out = { 0 };

	input_open(&in, "test.yaml", text, strlen(text));
	ns.reader = in.r;
	assert_int_equal(reader_next(in.r)->type, EVENT_DOCUMENT);
	e = reader_next(in.r);
	root = node_root(&ns, e);
	assert_true(node_read(&ns, root, e, &want));
	root = node_copy(a, root);
	put_node(&out, root);
	while (root->last)
		root = root->last;
	if (path)
		*path = node_path(a, root);
	input_close(&in);
	return arena_strndup(a, out.at, out.len);
}

static const struct shape leaf[] = { { NULL, NULL } };
static const struct shape any[] = { { "*", leaf }, { NULL, NULL } };
static const struct shape some[] = {
	{ "labels", any }, { "name", leaf }, { "whole", NULL }, { NULL, NULL }
};

static const struct {
	const char *what, *text, *tree;
} shape_cases[] = {
	{ "unknown keys keep their name", "{name: a, other: {b: [c]}}",
	  "{name:a other:-}" },
	{ "a part of a key is no key", "{nam: a, names: b}", "{nam:- names:-}" },
	{ "any key matches *", "{labels: {a: b, c: {d: e}}}", "{labels:{a:b c:{d:-}}}" },
	{ "sequences are looked through", "{labels: [{a: b}, c, [{d: e}]]}",
	  "{labels:[{a:b} c [{d:e}]]}" },
	{ "no children keep the whole", "{whole: {a: [{b: c}]}}", "{whole:{a:[{b:c}]}}" },
	{ "a key that is a list", "{[a]: b, name: c}", "{?:- name:c}" },
};

static void a_shape_says_what_is_kept(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(shape_cases); i++) {
		const char *got = tree(*state, some, shape_cases[i].text, NULL);

		if (strcmp(got, shape_cases[i].tree))
			fail_msg("%s: %s", shape_cases[i].what, got);
	}
}

/* Behind its NUL a key may be longer than the memory behind the shape's. */
static void a_key_that_goes_on_behind_a_nul_matches_nothing(void **state)
{
	const size_t len = (size_t)6 << 20;
	char *text = arena_alloc(*state, len);

	memset(text, 'x', len);
	memcpy(text, "{? \"name\\0", 10);
	strcpy(text + len - 7, "\" : a}");
	assert_string_equal(tree(*state, some, text, NULL), "{name:-}");
}

static const struct {
	const char *what, *text, *tree;
} merge_cases[] = {
	{ "a mapping is merged", "{<<: {a: 1}, b: 2}", "{b:2 a:1}" },
	{ "explicit keys win", "{<<: {a: 2, b: 2}, b: 3}", "{b:3 a:2}" },
	{ "a merge behind a key contests it", "{a: 1, <<: {a: 2, b: 2}, b: 3}",
	  "{a:1 b:3 !a:2}" },
	{ "a second merge contests the first", "{<<: {a: 1}, <<: {a: 2}}", "{a:1 !a:2}" },
	{ "a key stands twice in a merge", "{<<: {a: 1, a: 2}}", "{a:1 !a:2}" },
	{ "earlier merges win", "{<<: [{a: 1}, {a: 2, b: 2}]}", "{a:1 b:2}" },
	{ "merges nest", "{<<: {<<: {a: 1}, b: 2}}", "{b:2 a:1}" },
	{ "a quoted << is a key", "{'<<': {a: 1}}", "{<<:{a:1}}" },
	{ "a scalar cannot be merged", "{<<: x, a: 1}", "{a:1 <<:x}" },
	{ "a key stands twice", "{a: 1, b: 2, a: 3, a: 4}", "{a:1 b:2 !a:3 !a:4}" },
	{ "twice beside a merge", "{a: 1, <<: {a: 2}, a: 3}", "{a:1 !a:3 !a:2}" },
	{ "keys are compared whole", "{a: 1, aa: 2, \"a\\0b\": 3}", "{a:1 aa:2 a:3}" },
	{ "an empty merge", "{<<: []}", "{}" },
};

static void merge_keys_and_twins_are_settled(void **state)
{
	static const struct shape whole[] = { { "*", NULL }, { NULL, NULL } };

	for (size_t i = 0; i < ARRAY_SIZE(merge_cases); i++) {
		const char *got = tree(*state, whole, merge_cases[i].text, NULL);

		if (strcmp(got, merge_cases[i].tree))
			fail_msg("%s: %s", merge_cases[i].what, got);
	}
}

/* Large mappings are settled by sorting, small ones pair by pair. */
static void twins_are_found_among_many_keys(void **state)
{
	struct arena *a = *state;
	const char *text = "{", *got;

	for (int i = 0; i < 500; i++)
		text = arena_printf(a, "%sk%d: v, ", text, i);
	got = tree(a, any, arena_printf(a, "%sk250: w}", text), NULL);
	assert_non_null(strstr(got, " k250:v "));
	assert_non_null(strstr(got, " !k250:w}"));
	assert_null(strchr(strchr(got, '!') + 1, '!'));
}

static void a_path_names_fields_and_items(void **state)
{
	static const struct shape whole[] = { { "*", NULL }, { NULL, NULL } };
	const char *path;

	tree(*state, whole, "{spec: {ingress: [{from: []}, {from: [x, y]}]}}", &path);
	assert_string_equal(path, "spec.ingress[1].from[1]");
	tree(*state, whole, "{metadata: {labels: {a.b/c: d}}}", &path);
	assert_string_equal(path, "metadata.labels['a.b/c']");
}

static void a_path_shows_so_much_of_a_key(void **state)
{
	struct arena *a = *state;
	const char *path, *key = "/";

	while (strlen(key) < 320)
		key = arena_printf(a, "%sx", key);
	tree(a, any, arena_printf(a, "{%s: b}", key), &path);
	assert_string_equal(path, arena_printf(a, "['%s']", key));
	tree(a, any, arena_printf(a, "{%sxxx: b}", key), &path);
	assert_string_equal(path, arena_printf(a, "['%s…']", key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_shape_says_what_is_kept),
		TEST(a_key_that_goes_on_behind_a_nul_matches_nothing),
		TEST(merge_keys_and_twins_are_settled),
		TEST(twins_are_found_among_many_keys),
		TEST(a_path_names_fields_and_items),
		TEST(a_path_shows_so_much_of_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
