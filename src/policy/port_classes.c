/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every edge of a range in any set begins a class; the bits of a set are filled
 * by running through the classes beside its ranges.
 */
#include <netpolc/policy/port_classes.h>

#include <netpolc/base/arena.h>

/* Marks where classes of a protocol begin. */
static void mark_edges(bool begins[PORT_MAX + 2], const struct portset *const *sets,
		       size_t n, enum protocol p)
{
	begins[0] = true;
	for (size_t i = 0; i < n; i++) {
		for (size_t r = 0; r < sets[i]->ports[p].len; r++) {
			begins[(size_t)sets[i]->ports[p].at[r].lo] = true;
			begins[(size_t)sets[i]->ports[p].at[r].hi + 1] = true;
		}
	}
}

/* Numbers the classes of a protocol from next on. */
static uint32_t number_classes(struct arena *a, struct port_classes *pc,
			       const struct portset *const *sets, size_t n,
			       enum protocol p, uint32_t next)
{
	struct arena *scratch = arena_new();
	bool *begins = ARENA_ARRAY(scratch, PORT_MAX + 2, bool);

	mark_edges(begins, sets, n, p);
	pc->of_port[p] = ARENA_ARRAY(a, PORT_MAX + 1, uint32_t);
	for (size_t port = 0; port <= PORT_MAX; port++) {
		next += begins[port];
		pc->of_port[p][port] = next - 1;
	}
	arena_free(scratch);
	return next;
}

static void fill_bits(struct port_classes *pc, const struct portset *set, uint64_t *bits)
{
	for (enum protocol p = 0; p < PROTOCOLS; p++) {
		for (size_t r = 0; r < set->ports[p].len; r++) {
			uint32_t first = pc->of_port[p][(size_t)set->ports[p].at[r].lo];
			uint32_t last = pc->of_port[p][(size_t)set->ports[p].at[r].hi];

			for (uint32_t i = first; i <= last; i++)
				bits[i / 64] |= (uint64_t)1 << i % 64;
		}
	}
	if (set->everything)
		bits[pc->other / 64] |= (uint64_t)1 << pc->other % 64;
}

const struct port_classes *port_classes_build(struct arena *a,
					      const struct portset *const *sets, size_t n,
					      size_t words)
{
	struct port_classes *pc = ARENA_NEW(a, struct port_classes);

	for (enum protocol p = 0; p < PROTOCOLS; p++)
		pc->other = number_classes(a, pc, sets, n, p, pc->other);
	pc->words = pc->other / 64 + 1;
	if (n > words / pc->words)
		return NULL;
	pc->bits = ARENA_ARRAY(a, n * pc->words, uint64_t);
	for (size_t i = 0; i < n; i++)
		fill_bits(pc, sets[i], &pc->bits[i * pc->words]);
	pc->bytes = PROTOCOLS * (PORT_MAX + 1) * sizeof(uint32_t) + n * pc->words * 8;
	return pc;
}
