/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends come in, numbers go out; two numbers come in, ports go out.
 *
 * Of one source, its own egress depends on the atoms of the destination alone, and the
 * destination's ingress on its row and families.  There are far fewer of either than of
 * behaviours, so each is looked up once and remembered for the other destinations.
 */
#include <netpolc/analysis/behaviour.h>

#include <netpolc/analysis/reach.h>
#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/ends.h>
#include <netpolc/policy/words.h>

/* What an end does to others: its row for ingress, and the families it has, a bit
 * each. */
struct stance {
	uint32_t row, families;
};

/* A behaviour, by the parts of it that others depend on. */
struct parts {
	uint32_t atoms, stance; /* ids */
	bool bare;
};

/* What was found for a source. */
struct remembered {
	size_t at; /* which source, or an earlier one */
	struct reach reach;
};

struct behaviours {
	struct arena *arena;
	const struct settings *set;
	const struct decisions *dc;
	struct words_index *all, *atoms, *stances;
	struct {
		struct parts *at;
		size_t len, cap;
	} parts; /* by number */
	struct memo {
		struct remembered *at;
		size_t len, cap;
		size_t now; /* counts sources */
	} own, theirs;	    /* by atoms, by stance */
};

struct behaviours *behaviours_new(struct ctx *cx, const struct decisions *dc)
{
	struct behaviours *all = ARENA_NEW(cx->arena, struct behaviours);

	all->arena = cx->arena;
	all->set = &cx->set;
	all->dc = dc;
	all->all = words_index_new(cx->arena);
	all->atoms = words_index_new(cx->arena);
	all->stances = words_index_new(cx->arena);
	return all;
}

const struct behaviour *behaviour_at(const struct behaviours *all, uint32_t id)
{
	return (const struct behaviour *)words_at(all->all, id)->at;
}

size_t behaviours_len(const struct behaviours *all)
{
	return words_len(all->all);
}

/* NULL: not isolated. */
static const struct row *row_of(const struct behaviours *all, const struct behaviour *b,
				enum direction d)
{
	return b->class[d] == NO_CLASS ? NULL : all->dc->rows[d][b->class[d]];
}

static uint32_t families_of(const struct behaviour *b)
{
	uint32_t families = 0;

	for (enum family f = 0; f < FAMILIES; f++)
		if (b->atom[f] != NO_ATOM)
			families |= 1u << f;
	return families;
}

static uint32_t intern(struct words_index *ix, const void *at, size_t size)
{
	return words_intern(ix, at, size / sizeof(uint32_t))->id;
}

static uint32_t add(struct behaviours *all, const struct behaviour *b)
{
	uint32_t id = intern(all->all, b, sizeof(*b));
	const struct row *row = row_of(all, b, INGRESS);
	const struct stance stance = { row ? row->id : NO_ROW, families_of(b) };

	if (id == all->parts.len)
		*ARENA_PUSH(all->arena, &all->parts) = (struct parts){
			intern(all->atoms, b->atom, sizeof(b->atom)),
			intern(all->stances, &stance, sizeof(stance)),
			b->bare,
		};
	return id;
}

uint32_t behaviour_of_pod(struct behaviours *all, uint32_t pod)
{
	struct end end = end_of_pod(all->dc, pod);
	struct behaviour b;

	for (enum direction d = 0; d < DIRECTIONS; d++)
		b.class[d] = all->dc->classes->of_pod[d][pod];
	for (enum family f = 0; f < FAMILIES; f++)
		b.atom[f] = all->set->families[f] ? end.atom[f] : NO_ATOM;
	b.bare = end.bare;
	return add(all, &b);
}

uint32_t behaviour_of_atoms(struct behaviours *all, const uint32_t atoms[FAMILIES])
{
	struct behaviour b = { .class = { NO_CLASS, NO_CLASS },
			       .atom = { atoms[FAMILY_IPV4], atoms[FAMILY_IPV6] } };

	return add(all, &b);
}

/* What a row lets an end of these families have to do with the atoms. */
static struct reach granted(const struct behaviours *all, const struct row *row,
			    uint32_t families, const uint32_t atoms[FAMILIES])
{
	struct portsets *sets = all->dc->portsets;
	struct reach reach = { 0 };

	for (enum family f = 0; f < FAMILIES; f++)
		if (families & 1u << f && atoms[f] != NO_ATOM)
			reach_add(sets, &reach, f,
				  row ? row_ports(row, atoms[f])
				      : portset_everything(sets));
	return reach;
}

const struct portset *behaviour_reach(const struct behaviours *all, uint32_t from,
				      uint32_t to)
{
	const struct behaviour *x = behaviour_at(all, from), *y = behaviour_at(all, to);
	const struct reach own =
		granted(all, row_of(all, x, EGRESS), families_of(x), y->atom);
	const struct reach theirs =
		granted(all, row_of(all, y, INGRESS), families_of(y), x->atom);

	return reach_both(all->dc->portsets, &own, &theirs, x->bare && y->bare);
}

static void begin(struct arena *a, struct memo *memo, size_t len)
{
	while (memo->len < len)
		*ARENA_PUSH(a, memo) = (struct remembered){ 0 };
	memo->now++;
}

/* Whether the entry has to be filled for the source at hand. */
static bool is_due(const struct memo *memo, struct remembered *entry)
{
	bool due = entry->at != memo->now;

	entry->at = memo->now;
	return due;
}

static const struct reach *own_reach(struct behaviours *all, const struct behaviour *b,
				     uint32_t atoms)
{
	struct remembered *entry = &all->own.at[atoms];

	if (is_due(&all->own, entry))
		entry->reach = granted(all, row_of(all, b, EGRESS), families_of(b),
				       words_at(all->atoms, atoms)->at);
	return &entry->reach;
}

static const struct reach *their_reach(struct behaviours *all, const struct behaviour *b,
				       uint32_t id)
{
	struct remembered *entry = &all->theirs.at[id];
	const uint32_t *stance = words_at(all->stances, id)->at;

	if (is_due(&all->theirs, entry))
		entry->reach = granted(
			all, stance[0] == NO_ROW ? NULL : all->dc->all_rows[stance[0]],
			stance[1], b->atom);
	return &entry->reach;
}

void behaviour_reach_first(struct behaviours *all, uint32_t from, size_t n,
			   const struct portset **out)
{
	const struct behaviour *b = behaviour_at(all, from);

	begin(all->arena, &all->own, words_len(all->atoms));
	begin(all->arena, &all->theirs, words_len(all->stances));
	for (size_t i = 0; i < n; i++) {
		const struct parts *parts = &all->parts.at[i];

		out[i] = reach_both(all->dc->portsets, own_reach(all, b, parts->atoms),
				    their_reach(all, b, parts->stance),
				    b->bare && parts->bare);
	}
}
