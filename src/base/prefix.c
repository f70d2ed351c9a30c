/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, numbers go out, and back.  The grammar is that of Go's parser
 * before 1.17, which kube-apiserver keeps for ipBlock.cidr: IPv4 octets may have
 * leading zeros and are decimal, IPv6 groups are hexadecimal of any length.  So
 * inet_pton() will not do.  What is printed is what inet_ntop() says, as that is what
 * nft says; but it goes through sprintf() for each group, and element lists are long.
 */
#include <netpolc/base/prefix.h>

#include <stdlib.h>
#include <string.h>

/* Reads digits of the base at *at into *n, at most max; counts them. */
static size_t read_number(const char **at, unsigned base, unsigned max, unsigned *n)
{
	size_t digits = 0;

	for (*n = 0;; digits++, (*at)++) {
		char c = **at;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a') + 10;
		else
			return digits;
		*n = *n * base + digit;
		if (*n > max)
			return 0;
	}
}

static bool read_ipv4(const char **at, u128 *number, unsigned *odd)
{
	*number = 0;
	for (int i = 0; i < 4; i++) {
		unsigned octet;
		size_t digits;

		if (i && *(*at)++ != '.')
			return false;
		if (**at == '0' && (*at)[1] >= '0' && (*at)[1] <= '9')
			*odd |= PREFIX_LEADING_ZERO;
		digits = read_number(at, 10, 255, &octet);
		if (!digits)
			return false;
		*number = *number << 8 | octet;
	}
	return true;
}

/* One group, or the IPv4 address that may end the text; how many groups. */
static int read_group(const char **at, uint16_t *groups, int room, unsigned *odd)
{
	const char *start = *at;
	unsigned group;
	size_t digits = read_number(at, 16, 0xffff, &group);
	u128 ipv4;

	if (!digits)
		return 0;
	if (**at != '.') {
		if (digits > 4)
			*odd |= PREFIX_LEADING_ZERO;
		groups[0] = (uint16_t)group;
		return 1;
	}
	*at = start;
	if (room < 2 || !read_ipv4(at, &ipv4, odd))
		return 0;
	groups[0] = (uint16_t)(ipv4 >> 16);
	groups[1] = (uint16_t)(ipv4 & 0xffff);
	return 2;
}

/* Reads up to 8 groups; *gap is where "::" stood, or -1. */
static int read_groups(const char **at, uint16_t groups[8], int *gap, unsigned *odd)
{
	int n = 0;

	*gap = -1;
	if ((*at)[0] == ':' && (*at)[1] == ':') {
		*gap = 0;
		*at += 2;
	}
	while (n < 8 && !(*gap == n && (**at == '\0' || **at == '/'))) {
		int got = read_group(at, &groups[n], 8 - n, odd);

		n += got;
		if (!got)
			return -1;
		if (got == 2 || **at != ':')
			break;
		if ((*at)[1] == ':') {
			if (*gap >= 0)
				return -1;
			*gap = n;
			++*at;
		} else if (n == 8) {
			return -1;
		}
		++*at;
	}
	return n;
}

static bool read_ipv6(const char **at, u128 *number, unsigned *odd)
{
	uint16_t groups[8];
	int gap, n = read_groups(at, groups, &gap, odd);

	/* "::" stands for one group at least. */
	if (n < 0 || (gap < 0 ? n != 8 : n == 8))
		return false;
	*number = 0;
	for (int i = 0; i < n; i++) {
		if (i == gap)
			*number <<= 16 * (8 - n);
		*number = *number << 16 | groups[i];
	}
	if (gap == n && n)
		*number <<= 16 * (8 - n);
	return true;
}

static bool read_address(const char **at, struct address *out, unsigned *odd)
{
	const char *start = *at;

	*odd = 0;
	out->family = FAMILY_IPV4;
	if (read_ipv4(at, &out->number, odd))
		return true;
	*at = start;
	*odd = 0;
	out->family = FAMILY_IPV6;
	return read_ipv6(at, &out->number, odd);
}

static bool is_mapped(const struct address *a)
{
	return a->family == FAMILY_IPV6 && a->number >> 32 == 0xffff;
}

unsigned family_bits(enum family f)
{
	return f == FAMILY_IPV4 ? 32 : 128;
}

const char *family_name(enum family f)
{
	return f == FAMILY_IPV4 ? "IPv4" : "IPv6";
}

/* The number whose lowest bits are ones. */
static u128 ones(unsigned bits)
{
	return bits ? ~(u128)0 >> (128 - bits) : 0;
}

bool address_parse(struct address *out, const char *text, unsigned *odd)
{
	struct address a;
	unsigned what;

	if (!read_address(&text, &a, &what) || *text)
		return false;
	if (is_mapped(&a)) {
		what |= PREFIX_MAPPED;
		a = (struct address){ FAMILY_IPV4, a.number & ones(32) };
	}
	*out = a;
	if (odd)
		*odd = what;
	return true;
}

bool prefix_parse(struct prefix *out, const char *text, unsigned *odd)
{
	struct prefix p;
	unsigned what;
	u128 host;

	if (!read_address(&text, &p.base, &what) || *text++ != '/')
		return false;
	if (text[0] == '0' && text[1])
		what |= PREFIX_LEADING_ZERO;
	if (!read_number(&text, 10, family_bits(p.base.family), &p.length) || *text)
		return false;
	if (is_mapped(&p.base) && p.length >= 96) {
		what |= PREFIX_MAPPED;
		p.base = (struct address){ FAMILY_IPV4, p.base.number & ones(32) };
		p.length -= 96;
	}
	host = ones(family_bits(p.base.family) - p.length);
	if (p.base.number & host)
		what |= PREFIX_HOST_BITS;
	p.base.number &= ~host;
	*out = p;
	if (odd)
		*odd = what;
	return true;
}

int address_compare(struct address a, struct address b)
{
	if (a.family != b.family)
		return a.family < b.family ? -1 : 1;
	return (a.number > b.number) - (a.number < b.number);
}

bool address_equal(struct address a, struct address b)
{
	return a.family == b.family && a.number == b.number;
}

static int compare_pointed(const void *a, const void *b)
{
	return address_compare(*(const struct address *)a, *(const struct address *)b);
}

size_t addresses_unique(struct address *at, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(at, n, sizeof(*at), compare_pointed);
	for (size_t i = 0; i < n; i++)
		if (!kept || !address_equal(at[kept - 1], at[i]))
			at[kept++] = at[i];
	return kept;
}

struct range prefix_range(struct prefix p)
{
	u128 host = ones(family_bits(p.base.family) - p.length);

	return (struct range){ p.base.number, p.base.number | host };
}

bool prefix_covers(struct prefix outer, struct prefix inner)
{
	struct range o = prefix_range(outer), i = prefix_range(inner);

	return outer.base.family == inner.base.family && o.lo <= i.lo && i.hi <= o.hi;
}

u128 family_max(enum family f)
{
	return ones(family_bits(f));
}

int range_prefix(enum family f, struct range r)
{
	u128 open = r.lo ^ r.hi;

	if ((open & (open + 1)) || (r.lo & open))
		return -1;
	return (int)family_bits(f) - __builtin_popcountll((uint64_t)open) -
	       __builtin_popcountll((uint64_t)(open >> 64));
}

/* ---- text, without a NUL: each tells where it ends ---- */

/* A digit that is not wanted is written over: that costs less than to foresee it. */
static char *put_octet(char *at, unsigned n)
{
	*at = (char)('0' + n / 100);
	at += n >= 100;
	*at = (char)('0' + n / 10 % 10);
	at += n >= 10;
	*at = (char)('0' + n % 10);
	return at + 1;
}

static char *put_ipv4(char *at, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		at = put_octet(at, n >> shift & 0xff);
		*at++ = '.';
	}
	return at - 1;
}

static char *put_group(char *at, unsigned n)
{
	static const char digits[] = "0123456789abcdef";

	*at = digits[n >> 12];
	at += n > 0xfff;
	*at = digits[n >> 8 & 0xf];
	at += n > 0xff;
	*at = digits[n >> 4 & 0xf];
	at += n > 0xf;
	*at = digits[n & 0xf];
	return at + 1;
}

/* Groups from, but not to, with a colon between. */
static char *put_groups(char *at, const uint16_t groups[8], int from, int to)
{
	for (int i = from; i < to; i++) {
		if (i > from)
			*at++ = ':';
		at = put_group(at, groups[i]);
	}
	return at;
}

/* The groups that "::" stands for, from but not to: the longest run of zeros, the first
 * of several, if it is one of two or more. */
struct gap {
	int from, to;
};

static struct gap find_gap(const uint16_t groups[8])
{
	struct gap gap = { 0 };
	int from = 0;

	for (int i = 0; i < 8; i++) {
		if (groups[i])
			from = i + 1;
		else if (i > from && i + 1 - from > gap.to - gap.from)
			gap = (struct gap){ from, i + 1 };
	}
	return gap;
}

static char *put_ipv6(char *at, u128 number)
{
	const u128 high = number >> 32;
	uint16_t groups[8];
	struct gap gap;

	if (high == 0xffff)
		return put_ipv4(stpcpy(at, "::ffff:"), (uint32_t)number);
	if (!high && number >> 16)
		return put_ipv4(stpcpy(at, "::"), (uint32_t)number);
	for (size_t i = 8; i-- > 0; number >>= 16)
		groups[i] = (uint16_t)number;
	gap = find_gap(groups);
	at = put_groups(at, groups, 0, gap.from);
	if (gap.to)
		at = stpcpy(at, "::");
	return put_groups(at, groups, gap.to, 8);
}

char *address_put(char text[ADDRESS_TEXT - 1], enum family f, u128 number)
{
	if (f == FAMILY_IPV4)
		return put_ipv4(text, (uint32_t)number);
	return put_ipv6(text, number);
}

const char *address_text(char text[ADDRESS_TEXT], struct address a)
{
	*address_put(text, a.family, a.number) = '\0';
	return text;
}

void address_print(struct buf *b, struct address a)
{
	buf_end(b, address_put(buf_room(b, ADDRESS_TEXT - 1), a.family, a.number));
}

void prefix_print(struct buf *b, struct prefix p)
{
	address_print(b, p.base);
	buf_putc(b, '/');
	buf_putu(b, p.length);
}

void range_print(struct buf *b, enum family f, struct range r)
{
	struct prefix p = { { f, r.lo }, 0 };
	int length = range_prefix(f, r);

	if (length >= 0 && r.lo != r.hi) {
		p.length = (unsigned)length;
		prefix_print(b, p);
		return;
	}
	address_print(b, p.base);
	if (r.lo == r.hi)
		return;
	buf_putc(b, '-');
	address_print(b, (struct address){ f, r.hi });
}
