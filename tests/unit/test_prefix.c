/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix: what is an address, what it is printed as, and what a prefix covers. */
#include "helpers.h"

#include <netpolc/base/prefix.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define ZERO   PREFIX_LEADING_ZERO
#define HOST   PREFIX_HOST_BITS
#define MAPPED PREFIX_MAPPED

/* want is what is printed; NULL when text is refused. */
static const struct {
	const char *text, *want;
	unsigned odd;
} address_cases[] = {
	{ "10.1.2.3", "10.1.2.3", 0 },
	{ "0.0.0.0", "0.0.0.0", 0 },
	{ "255.255.255.255", "255.255.255.255", 0 },
	{ "010.001.0.00", "10.1.0.0", ZERO },
	{ "0000000000000000010.1.1.1", "10.1.1.1", ZERO },
	{ "::", "::", 0 },
	{ "::1", "::1", 0 },
	{ "1::", "1::", 0 },
	{ "fd00::A:b", "fd00::a:b", 0 },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", 0 },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", 0 },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", 0 },
	{ "1:0:0:4:0:0:0:8", "1:0:0:4::8", 0 },
	{ "1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a", 0 },
	{ "64:ff9b::1.2.3.4", "64:ff9b::102:304", 0 },
	{ "::1.2.3.4", "::1.2.3.4", 0 },
	{ "0001:00002::", "1:2::", ZERO },
	{ "::ffff:10.1.2.3", "10.1.2.3", MAPPED },
	{ "::ffff:0a01:0203", "10.1.2.3", MAPPED },
	{ "::ffff:010.1.2.3", "10.1.2.3", MAPPED | ZERO },
	{ "::fffe:0:1", "::fffe:0:1", 0 },

	{ "", NULL, 0 },
	{ "10.1.2", NULL, 0 },
	{ "10.1.2.", NULL, 0 },
	{ "10.1.2.3.", NULL, 0 },
	{ "10.1.2.3.4", NULL, 0 },
	{ ".1.2.3.4", NULL, 0 },
	{ "10..2.3", NULL, 0 },
	{ "10.1.2.256", NULL, 0 },
	{ "10.1.2.4294967297", NULL, 0 },
	{ "10.1.2.-3", NULL, 0 },
	{ "10.1.2.+3", NULL, 0 },
	{ "0x10.1.2.3", NULL, 0 },
	{ "10.1.2.3 ", NULL, 0 },
	{ " 10.1.2.3", NULL, 0 },
	{ "10.1.2.3/8", NULL, 0 },
	{ "10.1.2.a", NULL, 0 },
	{ ":", NULL, 0 },
	{ ":::", NULL, 0 },
	{ "1:", NULL, 0 },
	{ ":1", NULL, 0 },
	{ "::1:", NULL, 0 },
	{ "1::2::3", NULL, 0 },
	{ "1:2:3:4:5:6:7", NULL, 0 },
	{ "1:2:3:4:5:6:7:8:", NULL, 0 },
	{ "1:2:3:4:5:6:7:8:9", NULL, 0 },
	{ "1:2:3:4:5:6:7:8::", NULL, 0 },
	{ "1:2:3:4::5:6:7:8", NULL, 0 },
	{ "::10000", NULL, 0 },
	{ "::g", NULL, 0 },
	{ "fe80::1%eth0", NULL, 0 },
	{ "[::1]", NULL, 0 },
	{ "1:2:3:4:5:6:7:1.2.3.4", NULL, 0 },
	{ "1:2:3:4:5:1.2.3.4", NULL, 0 },
	{ "::1.2.3", NULL, 0 },
	{ "::1.2.3.256", NULL, 0 },
	{ "::1.2.3.4:5", NULL, 0 },
};

static void addresses_are_read_as_the_api_server_reads_them(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(address_cases); i++) {
		const char *text = address_cases[i].text, *want = address_cases[i].want;
		struct address a;
		unsigned odd = 99;
		char got[ADDRESS_TEXT];

		(void)state;
		if (address_parse(&a, text, &odd) != !!want)
			fail_msg("'%s' was %s", text, want ? "refused" : "taken");
		if (want && strcmp(address_text(got, a), want))
			fail_msg("'%s' was read as %s", text, got);
		if (want && odd != address_cases[i].odd)
			fail_msg("'%s' is odd in another way: %u", text, odd);
	}
}

static const struct {
	const char *text, *want;
	unsigned odd;
} prefix_cases[] = {
	{ "10.0.0.0/8", "10.0.0.0/8", 0 },
	{ "0.0.0.0/0", "0.0.0.0/0", 0 },
	{ "10.1.2.3/32", "10.1.2.3/32", 0 },
	{ "::/0", "::/0", 0 },
	{ "fd00::1/128", "fd00::1/128", 0 },
	{ "fd00::/8", "fd00::/8", 0 },
	{ "1::/16", "1::/16", 0 },
	{ "10.1.2.3/8", "10.0.0.0/8", HOST },
	{ "1.2.3.4/0", "0.0.0.0/0", HOST },
	{ "fd00::1/64", "fd00::/64", HOST },
	{ "::1/0", "::/0", HOST },
	{ "010.0.0.0/8", "10.0.0.0/8", ZERO },
	{ "10.0.0.0/08", "10.0.0.0/8", ZERO },
	{ "0.0.0.0/00", "0.0.0.0/0", ZERO },
	{ "::ffff:10.0.0.0/104", "10.0.0.0/8", MAPPED },
	{ "::ffff:10.0.0.1/104", "10.0.0.0/8", MAPPED | HOST },
	{ "::ffff:10.0.0.1/128", "10.0.0.1/32", MAPPED },
	{ "::ffff:0:0/96", "0.0.0.0/0", MAPPED },
	{ "::ffff:0:0/95", "::fffe:0:0/95", HOST },
	{ "::ffff:10.0.0.0/0", "::/0", HOST },

	{ "", NULL, 0 },
	{ "10.0.0.0", NULL, 0 },
	{ "10.0.0.0/", NULL, 0 },
	{ "10.0.0.0/33", NULL, 0 },
	{ "10.0.0.0/033", NULL, 0 },
	{ "10.0.0.0/+8", NULL, 0 },
	{ "10.0.0.0/-1", NULL, 0 },
	{ "10.0.0.0/ 8", NULL, 0 },
	{ "10.0.0.0/8 ", NULL, 0 },
	{ "10.0.0.0/8/8", NULL, 0 },
	{ "10.0.0.0/4294967304", NULL, 0 },
	{ "10.0.0.0/255.0.0.0", NULL, 0 },
	{ "10.0/8", NULL, 0 },
	{ "/8", NULL, 0 },
	{ "::/129", NULL, 0 },
	{ "::1%lo/128", NULL, 0 },
};

static void prefixes_are_masked_and_oddities_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefix_cases); i++) {
		const char *text = prefix_cases[i].text, *want = prefix_cases[i].want;
		BUF_AUTO got = { 0 };
		struct prefix p;
		unsigned odd = 99;

		if (prefix_parse(&p, text, &odd) != !!want)
			fail_msg("'%s' was %s", text, want ? "refused" : "taken");
		if (want)
			prefix_print(&got, p);
		if (want && strcmp(got.at, want))
			fail_msg("'%s' was read as %s", text, got.at);
		if (want && odd != prefix_cases[i].odd)
			fail_msg("'%s' is odd in another way: %u", text, odd);
		if (want && !prefix_parse(&p, text, NULL))
			fail_msg("'%s' was refused without odd", text);
	}
}

static void what_inet_pton_takes_is_taken_alike(void **state)
{
	static const char alphabet[] = "0011fF::::..2";

	(void)state;
	srand(1);
	for (int n = 0; n < 300000; n++) {
		char text[24] = "";
		uint8_t bytes[16];
		struct address a;
		u128 want = 0;

		for (int i = 0, len = rand() % 20; i < len; i++)
			text[i] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
		if (inet_pton(AF_INET6, text, bytes) != 1)
			continue;
		for (int i = 0; i < 16; i++)
			want = want << 8 | bytes[i];
		if (!address_parse(&a, text, NULL))
			fail_msg("'%s' was refused", text);
		if (a.number != (want >> 32 == 0xffff ? want & 0xffffffff : want))
			fail_msg("'%s' was read as another address", text);
	}
}

static void check_text(enum family f, u128 number)
{
	const unsigned n = family_bits(f) / 8;
	const struct address a = { f, number };
	char got[ADDRESS_TEXT], want[ADDRESS_TEXT];
	BUF_AUTO printed = { 0 };
	uint8_t bytes[16];

	for (unsigned i = 0; i < n; i++)
		bytes[i] = (uint8_t)(number >> 8 * (n - 1 - i));
	inet_ntop(f == FAMILY_IPV4 ? AF_INET : AF_INET6, bytes, want, sizeof(want));
	if (strcmp(address_text(got, a), want))
		fail_msg("%s is written as %s", want, got);
	address_print(&printed, a);
	assert_string_equal(printed.at, want);
	assert_int_equal(printed.len, strlen(want));
}

/* Zeros in all places, beside numbers of one digit or of all. */
static void addresses_are_written_as_inet_ntop_writes_them(void **state)
{
	static const unsigned few[] = { 0, 0xa, 0xffff };

	(void)state;
	for (unsigned n = 0; n < 3 * 3 * 3 * 3 * 3 * 3 * 3 * 3; n++) {
		u128 number = 0;

		for (unsigned i = 0, left = n; i < 8; i++, left /= 3)
			number = number << 16 | few[left % 3];
		check_text(FAMILY_IPV6, number);
	}
}

static void every_number_in_an_address_has_its_digits(void **state)
{
	(void)state;
	for (u128 n = 0; n <= UINT8_MAX; n++)
		for (unsigned shift = 0; shift < 32; shift += 8)
			check_text(FAMILY_IPV4,
				   (n << shift) | (0x01020304 & ~(0xffU << shift)));
	for (u128 n = 0; n <= UINT16_MAX; n++)
		check_text(FAMILY_IPV6, (u128)0xfd << 120 | n);
}

static const struct {
	const char *what, *outer, *inner;
	bool want;
} cover_cases[] = {
	{ "a longer prefix inside", "10.0.0.0/8", "10.1.0.0/16", true },
	{ "itself", "10.0.0.0/8", "10.0.0.0/8", true },
	{ "a shorter one", "10.1.0.0/16", "10.0.0.0/8", false },
	{ "a neighbour", "10.0.0.0/8", "11.0.0.0/8", false },
	{ "the other family", "::/0", "10.0.0.0/8", false },
	{ "the other family, other way", "0.0.0.0/0", "::/96", false },
	{ "all of a family", "::/0", "ffff::/16", true },
};

static void a_prefix_covers_what_lies_inside(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cover_cases); i++) {
		struct prefix outer, inner;

		assert_true(prefix_parse(&outer, cover_cases[i].outer, NULL));
		assert_true(prefix_parse(&inner, cover_cases[i].inner, NULL));
		if (prefix_covers(outer, inner) != cover_cases[i].want)
			fail_msg("%s", cover_cases[i].what);
	}
}

static const struct {
	const char *what;
	enum family family;
	struct range range;
	const char *want;
} range_cases[] = {
	{ "one address", FAMILY_IPV4, { 0x0a000001, 0x0a000001 }, "10.0.0.1" },
	{ "a prefix", FAMILY_IPV4, { 0x0a000000, 0x0affffff }, "10.0.0.0/8" },
	{ "a prefix of two", FAMILY_IPV4, { 0x0a000000, 0x0a000001 }, "10.0.0.0/31" },
	{ "two that are none", FAMILY_IPV4, { 1, 2 }, "0.0.0.1-0.0.0.2" },
	{ "as many as a prefix, elsewhere", FAMILY_IPV4, { 2, 5 }, "0.0.0.2-0.0.0.5" },
	{ "all of a family", FAMILY_IPV4, { 0, UINT32_MAX }, "0.0.0.0/0" },
	{ "all but one", FAMILY_IPV4, { 1, UINT32_MAX }, "0.0.0.1-255.255.255.255" },
	{ "all of the other", FAMILY_IPV6, { 0, ~(u128)0 }, "::/0" },
	{ "a long one of the other", FAMILY_IPV6, { 0xfe, 0xff }, "::fe/127" },
	{ "a short one of the other",
	  FAMILY_IPV6,
	  { (u128)0x20010db8 << 96, ((u128)0x20010db9 << 96) - 1 },
	  "2001:db8::/32" },
};

static void a_range_is_written_the_shortest_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(range_cases); i++) {
		BUF_AUTO got = { 0 };

		range_print(&got, range_cases[i].family, range_cases[i].range);
		if (strcmp(got.at, range_cases[i].want) != 0)
			fail_msg("%s: %s", range_cases[i].what, got.at);
	}
}

static void addresses_have_an_order_by_family_and_number(void **state)
{
	const struct address a = { FAMILY_IPV4, 9 }, b = { FAMILY_IPV4, 10 },
			     c = { FAMILY_IPV6, 1 };

	(void)state;
	assert_true(address_compare(a, b) < 0 && address_compare(b, a) > 0);
	assert_true(address_compare(b, c) < 0 && address_compare(c, b) > 0);
	assert_int_equal(address_compare(c, c), 0);
	assert_true(address_equal(a, a) && !address_equal(a, b));
	assert_false(address_equal((struct address){ FAMILY_IPV4, 1 }, c));
}

static void unique_addresses_are_sorted_and_stand_once(void **state)
{
	struct address at[] = { { FAMILY_IPV6, 1 }, { FAMILY_IPV4, 2 },
				{ FAMILY_IPV4, 1 }, { FAMILY_IPV4, 2 },
				{ FAMILY_IPV6, 1 }, { FAMILY_IPV4, 2 } };
	const struct address want[] = { { FAMILY_IPV4, 1 },
					{ FAMILY_IPV4, 2 },
					{ FAMILY_IPV6, 1 } };

	(void)state;
	assert_int_equal(addresses_unique(at, ARRAY_SIZE(at)), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_true(address_equal(at[i], want[i]));
	assert_int_equal(addresses_unique(at, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_are_read_as_the_api_server_reads_them),
		TEST(prefixes_are_masked_and_oddities_told),
		TEST(what_inet_pton_takes_is_taken_alike),
		TEST(addresses_are_written_as_inet_ntop_writes_them),
		TEST(every_number_in_an_address_has_its_digits),
		TEST(a_prefix_covers_what_lies_inside),
		TEST(a_range_is_written_the_shortest_way),
		TEST(addresses_have_an_order_by_family_and_number),
		TEST(unique_addresses_are_sorted_and_stand_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
