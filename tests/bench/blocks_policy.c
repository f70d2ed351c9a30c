/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A number of ipBlocks comes in, a policy that has them goes out.
 */
#include "blocks.h"

#include "packets.h"

#include <netpolc/base/arena.h>

/* Prefix lengths of 100 blocks; one of ten, if it is shorter than /24, has excepts. */
static const struct {
	unsigned length, share;
} mix[] = { { 16, 5 }, { 17, 3 }, { 18, 4 },  { 19, 5 }, { 20, 8 }, { 21, 6 },
	    { 22, 9 }, { 23, 7 }, { 24, 25 }, { 25, 2 }, { 26, 3 }, { 27, 3 },
	    { 28, 4 }, { 29, 3 }, { 30, 2 },  { 31, 1 }, { 32, 10 } };

u128 blocks_address(struct gen *random)
{
	unsigned first;

	do
		first = 1 + below(random, 223);
	while (first == 10 || first == 127);
	return (u128)first << 24 | below(random, 1u << 24);
}

static struct range any_part(struct gen *random, struct range r, unsigned from,
			     unsigned to)
{
	u128 size = (u128)1 << (32 - to);
	u128 lo = r.lo + size * below(random, 1u << (to - from));

	return (struct range){ lo, lo + size - 1 };
}

static void put_prefix(struct buf *out, struct range r, unsigned length)
{
	address_print(out, (struct address){ FAMILY_IPV4, r.lo });
	buf_printf(out, "/%u", length);
}

static unsigned any_length(struct gen *random)
{
	unsigned n = below(random, 100), i = 0;

	while (n >= mix[i].share)
		n -= mix[i++].share;
	return mix[i].length;
}

/* One peer of the policy; what it lets in goes into *inside. */
static void put_block(struct gen *random, struct arena *a, struct buf *out,
		      struct ranges *inside)
{
	unsigned length = any_length(random);
	u128 lo = blocks_address(random) >> (32 - length) << (32 - length);
	const struct range block = { lo, lo | (u128)UINT32_MAX >> length };
	struct ranges own = { 0 };

	ranges_add(a, &own, block);
	buf_puts(out, "   - ipBlock: {cidr: ");
	put_prefix(out, block, length);
	buf_puts(out, ", except: [");
	for (unsigned n = length < 24 && below(random, 10) == 0 ? 2 : 0; n > 0; n--) {
		unsigned longer = length + 2 + below(random, 7);
		struct range hole = any_part(random, block, length, longer);

		ranges_subtract(a, &own, hole);
		put_prefix(out, hole, longer);
		buf_puts(out, n > 1 ? ", " : "");
	}
	buf_puts(out, "]}\n");
	for (size_t i = 0; i < own.len; i++)
		ranges_add(a, inside, own.at[i]);
}

void blocks_manifests(struct gen *random, struct arena *a, struct buf *out,
		      unsigned blocks, struct ranges *inside)
{
	buf_puts(out, "{apiVersion: v1, kind: Namespace, metadata: {name: default}}\n"
		      "---\n{apiVersion: v1, kind: Pod, metadata: {name: target},\n"
		      " spec: {containers: [{name: c}]},\n"
		      " status: {phase: Running, podIP: ");
	address_print(out, scene_address(0));
	buf_puts(out, "}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		      "metadata: {name: blocks}\nspec:\n podSelector: {}\n"
		      " ingress:\n - from:\n");
	for (unsigned i = 0; i < blocks; i++)
		put_block(random, a, out, inside);
}
