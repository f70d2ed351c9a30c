/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prefix - IPv4 and IPv6 addresses and prefixes as numbers
 *
 * An address is a family and a number in host order: an IPv4 address is below
 * 2^32.  Parsing follows what kube-apiserver accepts in ipBlock.cidr (the sloppy
 * parser: leading zeros in IPv4 octets are decimal) and says what was unusual
 * about the text, so that the caller can warn.
 */
#ifndef NETPOLC_PREFIX_H
#define NETPOLC_PREFIX_H

#include <netpolc/base/buf.h>
#include <netpolc/base/ranges.h>

enum family { FAMILY_IPV4, FAMILY_IPV6 };
#define FAMILIES 2

struct address {
	enum family family;
	u128 number;
};

struct prefix {
	struct address base; /* host bits are zero */
	unsigned length;     /* 0..32 or 0..128 */
};

/* What is odd, but accepted, about the text of an address or prefix. */
#define PREFIX_LEADING_ZERO 0x1 /* 010.0.0.0/8 read as 10.0.0.0/8 */
#define PREFIX_HOST_BITS    0x2 /* 10.1.2.3/8 masked to 10.0.0.0/8 */
#define PREFIX_MAPPED	    0x4 /* ::ffff:10.0.0.0/104 taken as IPv4 10.0.0.0/8 */

/* False when text is no address; no zone, no surrounding space.  odd may be NULL. */
bool address_parse(struct address *out, const char *text, unsigned *odd);
bool prefix_parse(struct prefix *out, const char *text, unsigned *odd);

int address_compare(struct address a, struct address b);
bool address_equal(struct address a, struct address b);

/* Sorts them and drops repeats; returns how many are left. */
size_t addresses_unique(struct address *at, size_t n);
struct range prefix_range(struct prefix p);
bool prefix_covers(struct prefix outer, struct prefix inner);
u128 family_max(enum family f); /* the highest address */
unsigned family_bits(enum family f);
const char *family_name(enum family f); /* "IPv4" */

/* The length of the prefix that is exactly lo to hi, or -1 if none is. */
int range_prefix(enum family f, struct range r);

/* Canonical text (RFC 5952 for IPv6), as nft prints it. */
void address_print(struct buf *b, struct address a);
void prefix_print(struct buf *b, struct prefix p);

/* The shortest way to write a range: an address, a prefix, or "lo-hi". */
void range_print(struct buf *b, enum family f, struct range r);

/* Room for any address with its NUL. */
#define ADDRESS_TEXT 46
const char *address_text(char text[ADDRESS_TEXT], struct address a);

/* The same without the NUL; tells where the text ends. */
char *address_put(char text[ADDRESS_TEXT - 1], enum family f, u128 number);

#endif
