/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libc takes for an address we take for the same one, and print alike; what
 * we print, of addresses and prefixes, reads back as the same without oddities.
 */
#include "fuzz.h"
#include <arpa/inet.h>
#include <netpolc/base/prefix.h>
#include <string.h>

#define TEXT_MAX 80

static const int domains[FAMILIES] = { AF_INET, AF_INET6 };

static u128 number_of(const unsigned char *bytes, size_t n)
{
	u128 out = 0;

	for (size_t i = 0; i < n; i++)
		out = out << 8 | bytes[i];
	return out;
}

/* Whether libc takes text for an address of the family. */
static bool libc_reads(enum family f, const char *text, struct address *out)
{
	unsigned char bytes[16];

	if (inet_pton(domains[f], text, bytes) != 1)
		return false;
	*out = (struct address){ f, number_of(bytes, f == FAMILY_IPV4 ? 4 : 16) };
	return true;
}

/* printed is what libc writes. */
static bool libc_writes(struct address a, const char *printed)
{
	const unsigned n = family_bits(a.family) / 8;
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	for (unsigned i = 0; i < n; i++)
		bytes[i] = (unsigned char)(a.number >> 8 * (n - 1 - i) & 0xff);
	return strcmp(inet_ntop(domains[a.family], bytes, text, sizeof(text)), printed) ==
	       0;
}

static void check_address(const char *text)
{
	struct address ours = { 0 }, theirs, again;
	char printed[ADDRESS_TEXT];
	unsigned odd = 0;
	bool good = address_parse(&ours, text, &odd);

	for (enum family f = 0; f < FAMILIES; f++) {
		bool taken = libc_reads(f, text, &theirs);

		HOLDS(!taken || good);
		if (taken && !(odd & PREFIX_MAPPED))
			HOLDS(address_equal(ours, theirs));
		if (good && ours.family == f && !odd)
			HOLDS(taken);
	}
	if (!good)
		return;
	HOLDS(ours.number <= family_max(ours.family));
	HOLDS(libc_writes(ours, address_text(printed, ours)));
	odd = 0;
	HOLDS(address_parse(&again, printed, &odd) && address_equal(ours, again) && !odd);
	HOLDS(libc_reads(ours.family, printed, &theirs) && address_equal(ours, theirs));
}

static void check_prefix(const char *text)
{
	struct prefix p, again;
	BUF_AUTO printed = { 0 };
	unsigned odd = 0;

	if (!prefix_parse(&p, text, NULL))
		return;
	HOLDS(p.length <= (p.base.family == FAMILY_IPV4 ? 32 : 128));
	HOLDS(prefix_range(p).lo == p.base.number);
	HOLDS(prefix_range(p).hi <= family_max(p.base.family));
	prefix_print(&printed, p);
	HOLDS(prefix_parse(&again, printed.at, &odd) && !odd);
	HOLDS(address_equal(p.base, again.base) && p.length == again.length);
	HOLDS(prefix_covers(p, again) && prefix_covers(again, p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1] = { 0 };

	memcpy(text, data, size < TEXT_MAX ? size : TEXT_MAX);
	check_address(text);
	check_prefix(text);
	return 0;
}
