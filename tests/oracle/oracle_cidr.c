/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CIDR text in, containment out.  The text of ipBlock is read here as the API
 * server's sloppy parser reads it: leading zeros are decimal (A 68), host bits
 * are masked away (A 67), and a block of IPv4-mapped addresses is one of IPv4
 * addresses (A 69).  Nothing of base/prefix is used.
 */
#include "oracle.h"
#include <string.h>

struct cidr {
	struct address base;
	unsigned length;
};

/* Digits up to end, of which there must be one; the value must not exceed max. */
static bool read_number(const char *text, const char *end, unsigned radix, unsigned max,
			unsigned *out)
{
	unsigned value = 0;

	if (text == end)
		return false;
	for (; text < end; text++) {
		const char *digits = "0123456789abcdef";
		const char *found =
			strchr(digits, *text >= 'A' && *text <= 'F' ? *text + 32 : *text);

		if (!*text || !found || (unsigned)(found - digits) >= radix)
			return false;
		value = value * radix + (unsigned)(found - digits);
		if (value > max)
			return false;
	}
	*out = value;
	return true;
}

static bool read_ipv4(const char *text, const char *end, u128 *out)
{
	u128 number = 0;

	for (int octet = 0; octet < 4; octet++) {
		const char *stop =
			octet < 3 ? memchr(text, '.', (size_t)(end - text)) : end;
		unsigned value;

		if (!stop || !read_number(text, stop, 10, 255, &value))
			return false;
		number = number << 8 | value;
		text = stop + 1;
	}
	*out = number;
	return true;
}

/* Groups between colons, the last of which may be dotted; returns how many
 * 16-bit words they are, or -1. */
static int read_groups(const char *text, const char *end, unsigned words[8])
{
	int n = 0;

	if (text == end)
		return 0;
	for (;;) {
		const char *stop = memchr(text, ':', (size_t)(end - text));
		u128 dotted;

		if (n == 8)
			return -1;
		if (!stop && memchr(text, '.', (size_t)(end - text))) {
			if (n > 6 || !read_ipv4(text, end, &dotted))
				return -1;
			words[n] = (unsigned)(dotted >> 16);
			words[n + 1] = (unsigned)(dotted & 0xffff);
			return n + 2;
		}
		if (!read_number(text, stop ? stop : end, 16, 0xffff, &words[n]))
			return -1;
		n++;
		if (!stop)
			return n;
		text = stop + 1;
	}
}

static bool read_ipv6(const char *text, const char *end, u128 *out)
{
	const char *gap = memmem(text, (size_t)(end - text), "::", 2);
	unsigned head[8] = { 0 }, tail[8] = { 0 };
	int nhead = read_groups(text, gap ? gap : end, head);
	int ntail = gap ? read_groups(gap + 2, end, tail) : 0;

	if (nhead < 0 || ntail < 0)
		return false;
	if (gap ? nhead + ntail > 7 : nhead != 8)
		return false;
	*out = 0;
	for (int i = 0; i < 8; i++) {
		unsigned word = i < nhead ? head[i] : 0;

		if (i >= 8 - ntail)
			word = tail[i - (8 - ntail)];
		*out = *out << 16 | word;
	}
	return true;
}

static bool read_part(struct address *out, const char *text, const char *end)
{
	if (memchr(text, ':', (size_t)(end - text))) {
		out->family = FAMILY_IPV6;
		return read_ipv6(text, end, &out->number);
	}
	out->family = FAMILY_IPV4;
	return read_ipv4(text, end, &out->number);
}

/* ::ffff:a.b.c.d is a.b.c.d. */
static bool is_mapped(struct address a)
{
	return a.family == FAMILY_IPV6 && a.number >> 32 == 0xffff;
}

static bool read_cidr(struct cidr *out, const char *text)
{
	const char *slash = strchr(text, '/');

	if (!slash || !read_part(&out->base, text, slash))
		return false;
	if (!read_number(slash + 1, text + strlen(text), 10,
			 out->base.family == FAMILY_IPV4 ? 32 : 128, &out->length))
		return false;
	if (is_mapped(out->base) && out->length >= 96) {
		out->base.family = FAMILY_IPV4;
		out->base.number &= 0xffffffff;
		out->length -= 96;
	}
	return true;
}

bool oracle_read_address(struct address *out, const char *text)
{
	if (!read_part(out, text, text + strlen(text)))
		return false;
	if (is_mapped(*out)) {
		out->family = FAMILY_IPV4;
		out->number &= 0xffffffff;
	}
	return true;
}

bool oracle_cidr_has(const char *cidr, struct address a)
{
	struct cidr c;
	unsigned width = a.family == FAMILY_IPV4 ? 32 : 128;

	if (!read_cidr(&c, cidr) || c.base.family != a.family)
		return false;
	if (c.length == 0)
		return true;
	return c.base.number >> (width - c.length) == a.number >> (width - c.length);
}

bool oracle_cidr_is_all(const char *cidr, enum family f)
{
	struct cidr c;

	return read_cidr(&c, cidr) && c.length == 0 && c.base.family == f;
}
