/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random ipBlocks: a base near something that lives, a telling length, excepts
 * inside, and a way of writing it all down (A 63-75).
 */
#include "generate.h"
#include <arpa/inet.h>
#include <netpolc/base/arena.h>
#include <stdio.h>

static unsigned width(enum family f)
{
	return f == FAMILY_IPV4 ? 32 : 128;
}

static u128 host_mask(enum family f, unsigned length)
{
	unsigned bits = width(f) - length;

	return bits == 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
}

static struct address any_anchor(struct making *mk)
{
	static const struct address strangers[] = {
		{ FAMILY_IPV4, 0xcb007107 }, /* 203.0.113.7 */
		{ FAMILY_IPV4, 0xc0000200 }, /* 192.0.2.0 */
		{ FAMILY_IPV4, 0x0a0000ff }, /* 10.0.0.255 */
		{ FAMILY_IPV6, (u128)0x20010db8 << 96 },
	};
	const struct model *m = mk->model;
	struct random *r = &mk->random;
	size_t kind = mk->unborn ? 2 : random_below(r, 10);

	if (kind == 0 && m->nnodes) {
		tag(mk, 72);
		return m->nodes[random_below(r, m->nnodes)].addresses[0];
	}
	if (kind == 1)
		return (struct address){ FAMILY_IPV6, (u128)0x20010db800010000 << 64 |
							      random_below(r, 9) };
	if (kind == 2)
		return RANDOM_PICK(r, strangers);
	for (int tries = 0; tries < 5; tries++) {
		const struct model_pod *pod = &m->pods[random_below(r, m->npods)];

		if (pod->naddresses) {
			tag(mk, 72);
			return pod->addresses[random_below(r, pod->naddresses)];
		}
	}
	return strangers[0];
}

static unsigned any_length(struct making *mk, enum family f)
{
	static const unsigned ipv4[] = {
		0, 8, 16, 23, 24, 24, 25, 28, 30, 31, 32, 32, 1
	};
	static const unsigned ipv6[] = { 0,   8,   16,	48,  63,  64,  64,
					 112, 120, 121, 127, 128, 128, 1 };
	struct random *r = &mk->random;
	unsigned length = f == FAMILY_IPV4 ? RANDOM_PICK(r, ipv4) : RANDOM_PICK(r, ipv6);

	if (mk->unborn && random_chance(r, 70))
		length = 0;

	if (length == 0)
		tag(mk, f == FAMILY_IPV4 ? 70 : 71);
	if (length == width(f))
		tag(mk, 75);
	return length;
}

static const char *ipv4_text(struct making *mk, const struct model_cidr *c)
{
	struct random *r = &mk->random;
	unsigned n = (unsigned)c->base.number;
	unsigned o[4] = { n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255 };

	if (random_chance(r, 8)) {
		tag(mk, 68);
		return arena_printf(mk->arena, "%03u.%02u.%u.%04u/%u", o[0], o[1], o[2],
				    o[3], c->length);
	}
	return arena_printf(mk->arena, "%u.%u.%u.%u/%u", o[0], o[1], o[2], o[3],
			    c->length);
}

static const char *ipv6_text(struct making *mk, const struct model_cidr *c)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	bool whole = random_chance(&mk->random, 15);

	for (int i = 0; i < 16; i++)
		a.s6_addr[i] = (uint8_t)(c->base.number >> (120 - 8 * i));
	inet_ntop(AF_INET6, &a, text, sizeof(text));
	for (int i = 0; whole && i < 8; i++)
		snprintf(text + 5 * i, 6, i < 7 ? "%02X%02X:" : "%02X%02X",
			 a.s6_addr[2 * i], a.s6_addr[2 * i + 1]);
	return arena_printf(mk->arena, "%s/%u", text, c->length);
}

/* Most people write the network's address; some leave host bits. */
static void write_cidr(struct making *mk, struct model_cidr *c)
{
	u128 mask = host_mask(c->base.family, c->length);

	if (!random_chance(&mk->random, 15))
		c->base.number &= ~mask;
	else if (c->base.number & mask)
		tag(mk, 67);
	c->text = c->base.family == FAMILY_IPV4 ? ipv4_text(mk, c) : ipv6_text(mk, c);
}

/* An except: an address in the block, and a length beyond the block's. */
static struct model_cidr make_except(struct making *mk, const struct model_cidr *outer)
{
	struct random *r = &mk->random;
	enum family f = outer->base.family;
	unsigned room = width(f) - outer->length;
	struct model_cidr c = { .base = any_anchor(mk) };
	u128 mask = host_mask(f, outer->length);

	if (c.base.family != f || random_chance(r, 30))
		c.base = (struct address){ f,
					   (u128)random_next(r) << 64 | random_next(r) };
	c.base.number = (outer->base.number & ~mask) | (c.base.number & mask);
	c.length = outer->length + 1 + (unsigned)random_below(r, room < 8 ? room : 8);
	if (random_chance(r, 40))
		c.length = width(f) - (unsigned)random_below(r, room < 3 ? room : 3);
	write_cidr(mk, &c);
	return c;
}

/* The block as one of IPv4-mapped addresses; its excepts could not be told from
 * ones of another family, so only a block without any is written so. */
static void write_mapped(struct making *mk, struct model_cidr *c)
{
	unsigned n = (unsigned)c->base.number;

	c->text = arena_printf(mk->arena, "::ffff:%u.%u.%u.%u/%u", n >> 24, n >> 16 & 255,
			       n >> 8 & 255, n & 255, c->length + 96);
	tag(mk, 69);
}

static bool overlap(const struct model_cidr *a, const struct model_cidr *b)
{
	unsigned shorter = a->length < b->length ? a->length : b->length;
	u128 mask = ~host_mask(a->base.family, shorter);

	return (a->base.number & mask) == (b->base.number & mask);
}

struct model_block *make_block(struct making *mk)
{
	struct random *r = &mk->random;
	struct model_block *block = ARENA_NEW(mk->arena, struct model_block);
	struct model_cidr *cidr = &block->cidr;
	size_t want;

	cidr->base = any_anchor(mk);
	cidr->length = any_length(mk, cidr->base.family);
	write_cidr(mk, cidr);
	block->except_form = (enum form)random_below(r, 3);
	if (cidr->length == width(cidr->base.family) ||
	    random_chance(r, mk->unborn ? 75 : 45)) {
		if (cidr->base.family == FAMILY_IPV4 && random_chance(r, 6))
			write_mapped(mk, cidr);
		return block;
	}
	block->except_form = FORM_FULL;
	want = 1 + random_below(r, 4);
	for (size_t i = 0; i < want; i++) {
		block->except[i] = make_except(mk, cidr);
		if (i && overlap(&block->except[i], &block->except[i - 1]))
			tag(mk, 65);
	}
	block->nexcept = want;
	tag(mk, 64);
	return block;
}
