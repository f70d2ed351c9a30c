/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: port sets for atoms.  Out: their unions.
 *
 * A note is the last set that was given and the note before it, so the notes are a
 * tree; what an atom was given is the path from its note to the root.
 */
#include <netpolc/policy/sums.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>

struct note {
	const struct note *before; /* NULL: nothing */
	const struct portset *ports;
	const struct portset *total; /* NULL: not computed yet */
};

struct sums {
	struct arena *arena, *scratch;
	struct portsets *portsets;
	struct note **at; /* by atom */
	struct id_list atoms;
	struct hashset *notes;
	struct note *last; /* that was asked for */
	struct {
		const struct portset **at;
		size_t len, cap;
	} parts;
};

static uint64_t hash_note(const void *item, uint64_t seed)
{
	const struct note *n = item;
	const uintptr_t key[] = { (uintptr_t)n->before, (uintptr_t)n->ports };

	return hash_bytes(key, sizeof(key), seed);
}

static bool equal_notes(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	return x->before == y->before && x->ports == y->ports;
}

struct sums *sums_new(struct arena *a, struct arena *scratch, struct portsets *portsets,
		      uint32_t natoms)
{
	struct sums *s = ARENA_NEW(a, struct sums);

	s->arena = a;
	s->scratch = scratch;
	s->portsets = portsets;
	s->at = ARENA_ARRAY(a, natoms, struct note *);
	return s;
}

void sums_begin(struct sums *s)
{
	static const struct hashset_type type = { hash_note, equal_notes };

	for (size_t i = 0; i < s->atoms.len; i++)
		s->at[s->atoms.at[i]] = NULL;
	s->atoms.len = 0;
	s->last = NULL;
	s->notes = hashset_new(s->scratch, &type);
}

static struct note *note_behind(struct sums *s, const struct note *before,
				const struct portset *ports)
{
	struct note *n, probe = { before, ports, NULL };

	if (s->last && equal_notes(s->last, &probe))
		return s->last;
	n = hashset_find(s->notes, &probe);
	if (!n) {
		n = ARENA_NEW(s->scratch, struct note);
		*n = probe;
		hashset_add(s->notes, n);
	}
	s->last = n;
	return n;
}

void sums_give(struct sums *s, uint32_t atom, const struct portset *ports)
{
	struct note *known = s->at[atom];

	if (known && known->ports == ports)
		return;
	if (!known)
		*ARENA_PUSH(s->arena, &s->atoms) = atom;
	s->at[atom] = note_behind(s, known, ports);
}

const struct id_list *sums_atoms(const struct sums *s)
{
	return &s->atoms;
}

const struct portset *sums_total(struct sums *s, uint32_t atom)
{
	struct note *note = s->at[atom];

	if (note->total)
		return note->total;
	s->parts.len = 0;
	for (const struct note *n = note; n; n = n->before)
		*ARENA_PUSH(s->arena, &s->parts) = n->ports;
	note->total = portset_union_all(s->portsets, s->parts.at, s->parts.len);
	return note->total;
}
