/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diag: levels, order, repeats, and that findings keep what they need. */
#include "helpers.h"

#include <netpolc/base/diag.h>

#include <string.h>

static const struct {
	const char *what;
	bool strict;
	enum diag_id ids[3];
	size_t n;
	int status;
} status_cases[] = {
	{ "nothing", false, { 0 }, 0, 0 },
	{ "a warning", false, { DIAG_ODD_CIDR }, 1, 0 },
	{ "an error", false, { DIAG_ODD_CIDR, DIAG_BAD_CIDR }, 2, 2 },
	{ "a refusal of the system beats an error",
	  false,
	  { DIAG_KERNEL, DIAG_BAD_CIDR },
	  2,
	  3 },
	{ "a warning about input", false, { DIAG_SHARED_ADDRESS }, 1, 0 },
	{ "a warning about input when strict", true, { DIAG_SHARED_ADDRESS }, 1, 2 },
	{ "something hidden when strict", true, { DIAG_UNKNOWN_KIND }, 1, 2 },
};

static void the_worst_finding_decides_the_exit_status(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_cases); i++) {
		struct diags *ds = diags_new(*state, status_cases[i].strict);

		for (size_t n = 0; n < status_cases[i].n; n++)
			diag_add(ds, status_cases[i].ids[n], NULL, "x");
		if (diag_exit_status(ds) != status_cases[i].status ||
		    diag_failed(ds) != (status_cases[i].status != 0))
			fail_msg("%s", status_cases[i].what);
	}
}

static void a_changed_level_counts(void **state)
{
	struct diags *ds = diags_new(*state, false);
	struct diag *d = diag_add(ds, DIAG_BAD_CIDR, NULL, "x");

	assert_int_equal(diag_count(ds, DIAG_ERROR), 1);
	diag_set_level(ds, d, DIAG_WARNING);
	assert_int_equal(diag_count(ds, DIAG_ERROR), 0);
	assert_int_equal(diag_count(ds, DIAG_WARNING), 1);
	assert_false(diag_failed(ds));
}

static const struct {
	const char *what;
	bool strict;
	enum diag_id id;
	enum diag_level set, level, want; /* set DIAG_SYSTEM: not */
} level_cases[] = {
	{ "an error becomes a warning", false, DIAG_BAD_CIDR, DIAG_SYSTEM, DIAG_WARNING,
	  DIAG_WARNING },
	{ "a warning becomes an error", false, DIAG_NO_PODS, DIAG_SYSTEM, DIAG_ERROR,
	  DIAG_ERROR },
	{ "a warning stays what --strict makes of it", true, DIAG_NO_PODS, DIAG_SYSTEM,
	  DIAG_WARNING, DIAG_ERROR },
	{ "--strict does not lower", true, DIAG_NO_PODS, DIAG_SYSTEM, DIAG_SYSTEM,
	  DIAG_SYSTEM },
	{ "--strict is about nothing else", true, DIAG_KERNEL, DIAG_SYSTEM, DIAG_WARNING,
	  DIAG_WARNING },
	{ "what was raised stays raised", false, DIAG_NO_PODS, DIAG_ERROR, DIAG_WARNING,
	  DIAG_ERROR },
	{ "what was lowered does not hold", false, DIAG_NO_PODS, DIAG_NOTE, DIAG_ERROR,
	  DIAG_ERROR },
	{ "off is off", false, DIAG_NO_PODS, DIAG_OFF, DIAG_ERROR, DIAG_OFF },
};

static void a_level_of_its_own_holds(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(level_cases); i++) {
		struct diags *ds = diags_new(*state, level_cases[i].strict);
		enum diag_level want = level_cases[i].want;
		const struct diag *d;

		if (level_cases[i].set != DIAG_SYSTEM)
			diags_set_level(ds, level_cases[i].id, level_cases[i].set);
		d = diag_add_level(ds, level_cases[i].id, level_cases[i].level, NULL,
				   "%d", 7);
		if (d->level != want || diag_count(ds, want) != 1)
			fail_msg("%s", level_cases[i].what);
		assert_string_equal(d->message, want == DIAG_OFF ? "" : "7");
	}
}

static void the_table_answers(void **state)
{
	(void)state;
	assert_string_equal(diag_name(DIAG_EXCEPT_RANGE), "except-outside-cidr");
	assert_string_equal(diag_meaning(DIAG_YAML_SYNTAX), "not valid YAML");
	assert_int_equal(diag_flags(DIAG_BAD_CIDR), DIAG_CONTAINED);
	assert_int_equal(diag_default_level(DIAG_UNKNOWN_KIND), DIAG_HIDDEN);
	assert_string_equal(diag_name(DIAG_OUTPUT), "output");
}

/* ---- order and repeats ------------------------------------------------------ */

static const struct object web = { .kind = "NetworkPolicy",
				   .space = "shop",
				   .name = "web" };
static const struct object db = { .kind = "NetworkPolicy",
				  .space = "shop",
				  .name = "db" };

static const struct {
	struct origin origin;
	const char *message;
} reported[] = {
	{ { .at = { 1, 1, 1, 0 } }, "h" },
	{ { .at = { 0, 2, 1, 0 } }, "f" },
	{ { .at = { 0, 1, 5, 0 } }, "c" },
	{ { .at = { 0, 1, 5, 0 } }, "d" },
	{ { .at = { 0, 1, 5, 0 } }, "c" },
	{ { .at = { 0, 1, 5, 0 }, .path = "spec" }, "c" },
	{ { .at = { 0, 1, 2, 0 } }, "b" },
	{ { .at = { 0, 10, 1, 0 } }, "g" },
	{ { .at = { 3, 0, 0, 0 } }, "_" },
	{ { .at = { 0, 0, 0, 0 } }, "a" },
	{ { .at = { 0, 0, 0, 0 }, .object = &web }, "a" },
	{ { .at = { 0, 0, 0, 0 }, .object = &db }, "a" },
	{ { .at = { 0, 0, 0, 0 }, .object = &db }, "a" },
};

static void findings_are_sorted_without_repeats(void **state)
{
	struct diags *ds = diags_new(*state, false);
	const struct diag *const *all;
	char got[40] = "";
	size_t len;

	diag_sorted(ds, &len);
	assert_int_equal(len, 0);
	for (size_t i = 0; i < ARRAY_SIZE(reported); i++)
		diag_add(ds, DIAG_BAD_CIDR, &reported[i].origin, "%s",
			 reported[i].message);
	all = diag_sorted(ds, &len);
	for (size_t i = 0; i < len; i++)
		strcat(got, all[i]->message);
	assert_string_equal(got, "_aaabcdcfgh");
	assert_ptr_equal(diag_sorted(ds, &len), all);
	assert_int_equal(len, 11);
	diag_add(ds, DIAG_BAD_CIDR, NULL, "later");
	diag_sorted(ds, &len);
	assert_int_equal(len, 12);
}

static void the_same_text_with_another_id_is_no_repeat(void **state)
{
	struct diags *ds = diags_new(*state, false);
	size_t len;

	diag_add(ds, DIAG_BAD_CIDR, NULL, "x");
	diag_add(ds, DIAG_BAD_PORT, NULL, "x");
	diag_sorted(ds, &len);
	assert_int_equal(len, 2);
}

/* ---- what findings keep ----------------------------------------------------- */

static void findings_copy_what_they_refer_to(void **state)
{
	struct diags *ds = diags_new(*state, false);
	struct arena *scratch = arena_new();
	struct object *object = ARENA_NEW(scratch, struct object);
	struct origin origin = { .at = { 0, 1, 1, 1 }, .object = object };
	const struct diag *d;

	object->kind = arena_strndup(scratch, "Pod", 3);
	object->name = arena_strndup(scratch, "web-0", 5);
	origin.path = arena_strndup(scratch, "status.podIP", 12);
	d = diag_add(ds, DIAG_BAD_ADDRESS, &origin, "%s", "no address");
	arena_free(scratch);

	assert_string_equal(d->origin.object->kind, "Pod");
	assert_null(d->origin.object->space);
	assert_string_equal(d->origin.object->name, "web-0");
	assert_string_equal(d->origin.path, "status.podIP");
	assert_null(d->quote);
}

static const struct {
	const char *what;
	uint32_t line;
	const char *want;
} quote_cases[] = {
	{ "before what is kept", 9, NULL },
	{ "the first line", 10, "spec:" },
	{ "a line that ends with CR LF", 11, "  ingress:" },
	{ "an empty line", 12, "" },
	{ "the last line, without an end", 13, "  - {}" },
	{ "behind what is kept", 14, NULL },
	{ "an unknown line", 0, NULL },
};

static void the_quoted_line_comes_from_the_object(void **state)
{
	static const char text[] = "spec:\n  ingress:\r\n\n  - {}";
	static const uint32_t starts[] = { 0, 6, 18, 19 };
	const struct object object = {
		.lines = { text, sizeof(text) - 1, 10, starts, ARRAY_SIZE(starts) },
	};
	struct diags *ds = diags_new(*state, false);

	for (size_t i = 0; i < ARRAY_SIZE(quote_cases); i++) {
		const char *want = quote_cases[i].want, *got;
		struct origin at = { .at = { .line = quote_cases[i].line },
				     .object = &object };

		got = diag_add(ds, DIAG_BAD_CIDR, &at, "x")->quote;
		if (!got != !want || (got && strcmp(got, want)))
			fail_msg("%s: '%s'", quote_cases[i].what, got ? got : "(none)");
	}
}

static void a_quote_can_be_set_unless_it_is_too_long(void **state)
{
	struct diags *ds = diags_new(*state, false);
	struct diag *d = diag_add(ds, DIAG_YAML_SYNTAX, NULL, "x");
	char line[DIAG_QUOTE_MAX + 1];

	memset(line, 'x', sizeof(line));
	diag_set_quote(ds, d, line, DIAG_QUOTE_MAX);
	assert_int_equal(strlen(d->quote), DIAG_QUOTE_MAX);
	diag_set_quote(ds, d, line, DIAG_QUOTE_MAX + 1);
	assert_null(d->quote);
}

static void notes_stay_in_order(void **state)
{
	struct diags *ds = diags_new(*state, false);
	struct diag *d = diag_add(ds, DIAG_DUPLICATE_OBJECT, NULL, "x");
	const struct origin at = { .at = { 0, 7, 1, 1 } };

	diag_see(ds, d, &at, "the %s", "first");
	diag_see(ds, d, NULL, "the second");
	diag_see(ds, d, NULL, "the third");
	assert_string_equal(d->related->message, "the first");
	assert_int_equal(d->related->level, DIAG_NOTE);
	assert_int_equal(d->related->origin.at.line, 7);
	assert_string_equal(d->related->related->message, "the second");
	assert_string_equal(d->related->related->related->message, "the third");
	assert_null(d->related->related->related->related);
	assert_int_equal(diag_count(ds, DIAG_NOTE), 0);
}

/* A finding about something long, times as many as there are, is memory. */
static void a_finding_keeps_no_more_than_people_read(void **state)
{
	enum { LONG = 100000 };
	char *name = arena_alloc(*state, LONG + 1);
	const struct object object = { .kind = name, .space = name, .name = name };
	const struct origin origin = { .object = &object, .path = name };
	struct diags *ds = diags_new(*state, false);
	size_t before = arena_bytes(*state);
	const struct diag *d;

	memset(name, 'x', LONG);
	d = diag_add(ds, DIAG_BAD_NAME, &origin, "'%s'", name);
	assert_in_range(arena_bytes(*state) - before, 1, LONG / 10);
	assert_memory_equal(d->message, "'xxx", 4);
	assert_string_equal(d->message + strlen(d->message) - 4, "x…");
	assert_memory_equal(d->origin.object->name, "xxx", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_worst_finding_decides_the_exit_status),
		TEST(a_changed_level_counts),
		TEST(a_level_of_its_own_holds),
		TEST(the_table_answers),
		TEST(findings_are_sorted_without_repeats),
		TEST(the_same_text_with_another_id_is_no_repeat),
		TEST(findings_copy_what_they_refer_to),
		TEST(the_quoted_line_comes_from_the_object),
		TEST(a_quote_can_be_set_unless_it_is_too_long),
		TEST(notes_stay_in_order),
		TEST(a_finding_keeps_no_more_than_people_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
