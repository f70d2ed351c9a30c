/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell comes in, policies and rules go out; kept by what they depend on.
 */
#include <netpolc/analysis/matrix_why.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/words.h>

struct matrix_reasons {
	struct arena *arena;
	const struct matrix *m;
	const struct portgap *everything;
	struct words_index *asked;
	struct {
		const struct matrix_why **at;
		size_t len, cap;
	} answers; /* parallel to asked */
};

/* What an answer depends on. */
struct question {
	uint32_t direction;
	uint32_t class;
	uint32_t atom[FAMILIES]; /* of the other end */
	uint32_t ports;		 /* id of a gap, or NO_PORTS */
};
#define NO_PORTS UINT32_MAX

struct matrix_reasons *matrix_reasons_new(struct ctx *cx, const struct matrix *m)
{
	struct matrix_reasons *reasons = ARENA_NEW(cx->arena, struct matrix_reasons);
	const struct portset *all = portset_everything(m->ends->dc->portsets);

	reasons->arena = cx->arena;
	reasons->m = m;
	reasons->asked = words_index_new(cx->arena);
	reasons->everything = portgap_of(portgaps_new(cx->arena, false), all, NULL);
	return reasons;
}

static void add_policies(struct matrix_reasons *r, struct matrix_why *why,
			 enum direction d, uint32_t class)
{
	const struct class *c = &r->m->ends->dc->classes->at[d][class];

	why->isolated = true;
	for (size_t i = 0; i < c->npolicies; i++)
		*ARENA_PUSH(r->arena, &why->policies) = c->policies[i];
}

static void settle(struct id_list *ids)
{
	size_t kept = 0;

	ids_sort(ids->at, ids->len);
	for (size_t i = 0; i < ids->len; i++)
		if (!kept || ids->at[kept - 1] != ids->at[i])
			ids->at[kept++] = ids->at[i];
	ids->len = kept;
}

static const struct matrix_why *why_of_many(struct matrix_reasons *r, enum direction d,
					    const struct matrix_end *subject)
{
	struct matrix_why *why = ARENA_NEW(r->arena, struct matrix_why);

	why->several = true;
	for (size_t i = 0; i < subject->nmembers; i++) {
		const struct behaviour *b = behaviour_at(r->m->ends->behaviours,
							 subject->members[i].behaviour);

		if (b->class[d] != NO_CLASS)
			add_policies(r, why, d, b->class[d]);
	}
	settle(&why->policies);
	return why;
}

static const struct matrix_why *answer(struct matrix_reasons *r, const struct question *q,
				       const struct portgap *ports)
{
	struct matrix_why *why = ARENA_NEW(r->arena, struct matrix_why);

	if (q->class == NO_CLASS)
		return why;
	add_policies(r, why, q->direction, q->class);
	explain_cell(r->arena, r->m->ends->dc, q->direction, q->class, q->atom,
		     ports ? ports : r->everything, &why->rules);
	return why;
}

const struct matrix_why *matrix_why(struct matrix_reasons *r, enum direction d,
				    size_t from, size_t to)
{
	const struct matrix_end *ends[] = { r->m->from.at[from], r->m->to.at[to] };
	const struct matrix_end *subject = ends[d == INGRESS],
				*other = ends[d != INGRESS];
	const struct portgap *ports = matrix_at(r->m, from, to)->ports;
	const struct behaviours *all = r->m->ends->behaviours;
	const struct behaviour *x, *y;
	struct question q;
	uint32_t id;

	if (subject->nmembers > 1 || other->nmembers > 1)
		return why_of_many(r, d, subject);
	x = behaviour_at(all, subject->members->behaviour);
	y = behaviour_at(all, other->members->behaviour);
	q = (struct question){ d,
			       x->class [d],
			       { y->atom[FAMILY_IPV4], y->atom[FAMILY_IPV6] },
			       ports ? ports->id : NO_PORTS };
	id = words_intern(r->asked, (const uint32_t *)&q, sizeof(q) / sizeof(uint32_t))
		     ->id;
	if (id == r->answers.len)
		*ARENA_PUSH(r->arena, &r->answers) = answer(r, &q, ports);
	return r->answers.at[id];
}
