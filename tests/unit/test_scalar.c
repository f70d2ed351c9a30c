/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helpers.h"
#include <netpolc/manifest/scalar.h>
#include <string.h>

/* What goyaml.v2 makes of each text, one list per type. */
static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

static const char *const truths[] = {
	"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
};

static const char *const lies[] = {
	"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
};

static const struct {
	const char *text;
	int64_t value;
} integers[] = {
	{ "0", 0 },
	{ "-0", 0 },
	{ "+0", 0 },
	{ "7", 7 },
	{ "-7", -7 },
	{ "+7", 7 },
	{ "010", 8 },
	{ "-010", -8 },
	{ "00", 0 },
	{ "0o17", 15 },
	{ "0O17", 15 },
	{ "0x1F", 31 },
	{ "0X1f", 31 },
	{ "-0x10", -16 },
	{ "0b101", 5 },
	{ "0B1", 1 },
	{ "-0b11", -3 },
	{ "1_000", 1000 },
	{ "1__0_", 10 },
	{ "0_7", 7 },
	{ "0x_f_f", 255 },
	{ "0b-1", -1 },
	{ "0b+1", 1 },
	{ "9223372036854775807", INT64_MAX },
	{ "-9223372036854775808", INT64_MIN },
};

/* Integers all the same, but without a value here. */
static const char *const large_integers[] = {
	"9223372036854775808",
	"18446744073709551615",
	"0xFFFFFFFFFFFFFFFF",
};

static const char *const floats[] = {
	"1.5",
	"-1.5",
	"+1.5",
	".5",
	"-.5",
	"5.",
	"1e3",
	"1E+3",
	"1.e-3",
	"08",
	"09.5",
	"1_0.5",
	".5_0",
	"18446744073709551616",
	"-9223372036854775809",
	"+9223372036854775808",
	"0777777777777777777777777",
	"1e308",
	".inf",
	".Inf",
	".INF",
	"+.inf",
	"-.INF",
	".nan",
	".NaN",
	".NAN",
	"1e-999",
};

static const char *const strings[] = {
	"a",
	"yEs",
	"nULL",
	"tRUE",
	"oN",
	"+",
	"-",
	".",
	"..",
	"e3",
	".e3",
	"1e",
	"1e+",
	"1.2.3",
	"0x",
	"0xg",
	"0b",
	"0b2",
	"0o",
	"0o8",
	"--1",
	"+-1",
	"-0b-1",
	"0x1p3",
	"1e999",
	"-1e999",
	"0xFFFFFFFFFFFFFFFFF",
	"-0xFFFFFFFFFFFFFFFFF",
	"inf",
	"nan",
	".iNf",
	"-.nan",
	"_1",
	"._5",
	".5_",
	".5__0",
	"1:20",
	"2001-01-01",
	"2001-01-01T00:00:00Z",
	"10.0.0.1",
	"1/2",
	"0 ",
	" 0",
	"<<",
	"=",
	"6d4b75cb6d",
	"1e3d",
	"\xc3\xa9",
};

static void expect(enum scalar_type want, const char *text)
{
	enum scalar_type got = scalar_type(SCALAR_PLAIN, text, strlen(text));

	if (got != want)
		fail_msg("'%s' is %s, not %s", text, scalar_type_name(want),
			 scalar_type_name(got));
}

#define EXPECT_ALL(type, texts)                                                          \
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)                                   \
	expect(type, (texts)[i])

static void plain_scalars_have_the_types_of_goyaml(void **state)
{
	(void)state;
	EXPECT_ALL(TYPE_NULL, nulls);
	EXPECT_ALL(TYPE_BOOL, truths);
	EXPECT_ALL(TYPE_BOOL, lies);
	EXPECT_ALL(TYPE_INTEGER, large_integers);
	EXPECT_ALL(TYPE_FLOAT, floats);
	EXPECT_ALL(TYPE_STRING, strings);
}

static void integers_have_values(void **state)
{
	int64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(integers); i++) {
		const char *text = integers[i].text;

		expect(TYPE_INTEGER, text);
		assert_true(scalar_integer(text, strlen(text), &value));
		if (value != integers[i].value)
			fail_msg("%s is not %lld", text, (long long)value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(large_integers); i++)
		assert_false(scalar_integer(large_integers[i], strlen(large_integers[i]),
					    &value));
	assert_false(scalar_integer("x", 1, &value));
	assert_false(scalar_integer("", 0, &value));
	assert_false(scalar_integer("_", 1, &value));
}

static void booleans_have_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(truths); i++)
		assert_true(scalar_bool(truths[i], strlen(truths[i])));
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
		assert_false(scalar_bool(lies[i], strlen(lies[i])));
}

static void a_nul_inside_makes_a_string(void **state)
{
	(void)state;
	assert_int_equal(scalar_type(SCALAR_PLAIN, "1\0", 2), TYPE_STRING);
	assert_int_equal(scalar_type(SCALAR_PLAIN, ".5\0", 3), TYPE_STRING);
	assert_int_equal(scalar_type(SCALAR_PLAIN, "y\0", 2), TYPE_STRING);
	assert_int_equal(scalar_type(SCALAR_PLAIN, "\0", 1), TYPE_STRING);
}

static void other_forms_need_no_look_at_the_text(void **state)
{
	(void)state;
	assert_int_equal(scalar_type(SCALAR_STRING, "1", 1), TYPE_STRING);
	assert_int_equal(scalar_type(SCALAR_BOOL, "true", 4), TYPE_BOOL);
	assert_int_equal(scalar_type(SCALAR_NULL, "null", 4), TYPE_NULL);
	assert_int_equal(scalar_type(SCALAR_NUMBER, "-12", 3), TYPE_INTEGER);
	assert_int_equal(scalar_type(SCALAR_NUMBER, "1.0", 3), TYPE_FLOAT);
	assert_int_equal(scalar_type(SCALAR_NUMBER, "1e3", 3), TYPE_FLOAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_scalars_have_the_types_of_goyaml),
		TEST(integers_have_values),
		TEST(booleans_have_values),
		TEST(a_nul_inside_makes_a_string),
		TEST(other_forms_need_no_look_at_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
