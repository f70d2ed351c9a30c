/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times what ipBlocks cost the first packet of a connection: a pod whose one ingress
 * policy names 1 to 10,000 of them, against one hash look-up and against an interval
 * set of the same addresses.
 *
 * The packets come from all over the blocks, or from all over what lies outside.  These
 * are denied, and would meet one copy of the chain only; so here they pass, behind all
 * that denies them.  Everything takes turns.
 *
 * usage: blocks [ROUNDS]
 */
#include "blocks.h"
#include "figure.h"
#include "packets.h"

#include <netpolc/base/arena.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS 10000 /* in the set of the one look-up */

static const unsigned sizes[] = { 1, 100, 1000, 10000 };

enum side { INSIDE, OUTSIDE, SIDES };
enum shape { SHAPE_NETPOLC, SHAPE_INTERVALS, SHAPES };

struct bench {
	struct arena *arena;
	struct gen random;
	struct trial *base, *lookup[SIDES];
	struct trial *at[ARRAY_SIZE(sizes)][SHAPES][SIDES];
	struct trial *all[1 + SIDES + ARRAY_SIZE(sizes) * SHAPES * SIDES];
	size_t len, elements[ARRAY_SIZE(sizes)], ranges[ARRAY_SIZE(sizes)];
};

/* ---- trials ---- */

static u128 any_source(struct bench *b, const struct ranges *inside, enum side side)
{
	u128 a;

	if (side == INSIDE) {
		const struct range *r =
			&inside->at[below(&b->random, (unsigned)inside->len)];

		return r->lo + below(&b->random, (unsigned)(r->hi - r->lo + 1));
	}
	do
		a = blocks_address(&b->random);
	while (ranges_contain(inside, a));
	return a;
}

static struct trial *add_trial(struct bench *b, const char *text,
			       const struct ranges *inside, enum side side)
{
	struct trial *t = ARENA_NEW(b->arena, struct trial);

	for (size_t i = 0; i < WIRE_PACKETS; i++) {
		const struct packet_probe p = { .from = { FAMILY_IPV4,
							  any_source(b, inside, side) },
						.to = scene_address(0),
						.protocol = IPPROTO_TCP,
						.port = SERVICE_PORT,
						.source_port = (uint16_t)(1024 + i) };

		wire_put(&t->wire, i, &p);
	}
	trial_open(t, "blocks", text);
	b->all[b->len++] = t;
	return t;
}

static void put_plain(struct buf *out, const struct ranges *set, bool intervals,
		      const char *rules)
{
	plain_open(out, intervals);
	for (size_t i = 0; i < set->len; i++) {
		buf_puts(out, "\t\t\t");
		address_print(out, (struct address){ FAMILY_IPV4, set->at[i].lo });
		if (set->at[i].hi > set->at[i].lo) {
			buf_puts(out, "-");
			address_print(out,
				      (struct address){ FAMILY_IPV4, set->at[i].hi });
		}
		buf_puts(out, ",\n");
	}
	plain_close(out, rules);
}

static void add_references(struct bench *b)
{
	struct ranges hosts = { 0 };
	BUF_AUTO text = { 0 };
	BUF_AUTO bare = { 0 };

	for (unsigned i = 0; i < HOSTS; i++) {
		u128 a = blocks_address(&b->random) & ~(u128)1; /* no two touch */

		ranges_add(b->arena, &hosts, (struct range){ a, a });
	}
	put_plain(&bare, &hosts, false, "");
	b->base = add_trial(b, bare.at, &hosts, INSIDE);
	put_plain(&text, &hosts, false, "ip saddr @peers accept");
	for (enum side side = 0; side < SIDES; side++)
		b->lookup[side] = add_trial(b, text.at, &hosts, side);
}

static void let_pass(struct buf *out, const char *text)
{
	static const char head[] = "\tchain denied {\n\t\t", verdict[] = "drop";
	const char *denied = strstr(text, head);

	if (!denied || strncmp(denied + strlen(head), verdict, strlen(verdict)) != 0)
		trial_fail("ruleset", "it has no chain \"denied\" that drops");
	denied += strlen(head);
	buf_add(out, text, (size_t)(denied - text));
	buf_puts(out, "accept");
	buf_puts(out, denied + strlen(verdict));
}

/* Lines at three tabs. */
static size_t count_elements(const char *text)
{
	size_t n = 0;

	while ((text = strstr(text, "\n\t\t\t"))) {
		text++;
		n++;
	}
	return n;
}

static void add_size(struct bench *b, size_t size)
{
	BUF_AUTO manifests = { 0 };
	BUF_AUTO netpolc = { 0 };
	BUF_AUTO passing = { 0 };
	BUF_AUTO intervals = { 0 };
	struct ranges inside = { 0 };

	blocks_manifests(&b->random, b->arena, &manifests, sizes[size], &inside);
	netpolc_text(&netpolc, &manifests);
	let_pass(&passing, netpolc.at);
	put_plain(&intervals, &inside, true, "ip saddr @peers accept");
	b->ranges[size] = inside.len;
	b->elements[size] = count_elements(netpolc.at);
	for (enum side side = 0; side < SIDES; side++) {
		b->at[size][SHAPE_NETPOLC][side] =
			add_trial(b, passing.at, &inside, side);
		b->at[size][SHAPE_INTERVALS][side] =
			add_trial(b, intervals.at, &inside, side);
	}
}

/* ---- output ---- */

static void print_size(const struct bench *b, size_t size)
{
	static const char *const sides[SIDES] = { "inside", "outside" };
	char what[80];

	for (enum side side = 0; side < SIDES; side++) {
		double ns = trial_cost(b->at[size][SHAPE_NETPOLC][side], b->base);

		snprintf(what, sizeof(what),
			 "ipBlocks: %5u, a packet from %s, against one look-up",
			 sizes[size], sides[side]);
		figure_print(what, ns, "ns", trial_cost(b->lookup[side], b->base));
		figure_print("  against an interval set", ns, "ns",
			     trial_cost(b->at[size][SHAPE_INTERVALS][side], b->base));
	}
	figure_print("  elements, against ranges", (double)b->elements[size], "",
		     (double)b->ranges[size]);
}

int main(int argc, char *argv[])
{
	struct bench b = { .arena = arena_new(), .random = { .state = 1 } };
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 20;
	const char *why = wire_prepare();

	if (why)
		trial_fail("namespaces", why);
	add_references(&b);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		add_size(&b, i);
	for (unsigned long round = 0; round < rounds; round++)
		for (size_t i = 0; i < b.len; i++)
			trial_turn(b.all[i]);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		print_size(&b, i);
	arena_free(b.arena);
	return 0;
}
