/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a group, the atoms of a peer, and ports that one side allows and the other does
 * not.  Out: the policies that made the difference.
 *
 * A subject that one side alone isolates owes it to the policies that isolate.  Where
 * both isolate, the rules that allow are named; what one of them allowed to an atom is
 * asked once, because groups share classes and atoms.
 */
#include <netpolc/analysis/comparing.h>

#include <netpolc/base/arena.h>

/* The words of a cause before its refs. */
enum { WORD_KIND, WORD_GAINED, WORD_DIRECTION, WORD_SIDE, HEAD_WORDS };

struct cause_words {
	uint32_t *at;
	size_t len, cap;
};

static void begin(struct comparing *c, struct cause_words *w, enum cause_kind kind,
		  enum direction d, bool gained)
{
	const uint32_t head[HEAD_WORDS] = {
		[WORD_KIND] = kind,
		[WORD_GAINED] = gained,
		[WORD_DIRECTION] = d,
		/* What isolates takes away; what allows gives. */
		[WORD_SIDE] = gained == (kind == CAUSE_ISOLATION) ? BEFORE : AFTER,
	};

	for (size_t i = 0; i < HEAD_WORDS; i++)
		*ARENA_PUSH(c->arena, w) = head[i];
}

static void add_ref(struct comparing *c, struct cause_words *w, struct rule_ref ref)
{
	*ARENA_PUSH(c->arena, w) = ref.policy;
	*ARENA_PUSH(c->arena, w) = ref.rule;
}

uint32_t compare_bare_cause(struct comparing *c, enum cause_kind kind, enum direction d,
			    bool gained)
{
	struct cause_words w = { 0 };

	begin(c, &w, kind, d, gained);
	return words_intern(c->causes, w.at, w.len)->id;
}

static uint32_t by_isolation(struct comparing *c, enum direction d, bool gained,
			     uint32_t subject)
{
	enum side s = gained ? BEFORE : AFTER;
	uint32_t id = c->keys[subject].profile.class[d][s];
	const struct class *class = &c->dc[s]->classes->at[d][id];
	struct cause_words w = { 0 };

	begin(c, &w, CAUSE_ISOLATION, d, gained);
	for (size_t i = 0; i < class->npolicies; i++)
		add_ref(c, &w,
			(struct rule_ref){ .policy = class->policies[i],
					   .rule = NO_RULE });
	return words_intern(c->causes, w.at, w.len)->id;
}

static uint32_t by_rules(struct comparing *c, enum direction d, bool gained,
			 uint32_t subject, const uint32_t atoms[FAMILIES],
			 const struct portgap *ports)
{
	enum side s = gained ? AFTER : BEFORE;
	uint32_t class = c->keys[subject].profile.class[d][s];
	const uint32_t key[] = {
		d, gained, class, atoms[FAMILY_IPV4], atoms[FAMILY_IPV6], ports->id
	};
	uint32_t id = words_intern(c->asked, key, ARRAY_SIZE(key))->id;
	struct rule_refs refs = { 0 };
	struct cause_words w = { 0 };

	if (id < c->answers.len)
		return c->answers.at[id];
	explain_cell(c->arena, c->dc[s], d, class, atoms, ports, &refs);
	begin(c, &w, CAUSE_RULES, d, gained);
	for (size_t i = 0; i < refs.len; i++)
		add_ref(c, &w, refs.at[i]);
	return *ARENA_PUSH(c->arena, &c->answers) =
		       words_intern(c->causes, w.at, w.len)->id;
}

uint32_t compare_cause(struct comparing *c, enum direction d, bool gained,
		       uint32_t subject, const uint32_t atoms[FAMILIES],
		       const struct portgap *ports)
{
	enum side allowing = gained ? AFTER : BEFORE;

	if (c->keys[subject].profile.class[d][allowing] == NO_CLASS)
		return by_isolation(c, d, gained, subject);
	return by_rules(c, d, gained, subject, atoms, ports);
}

const struct cause *compare_spell(struct comparing *c, uint32_t id)
{
	const struct words *w = words_at(c->causes, id);
	struct cause *cause = ARENA_NEW(c->arena, struct cause);
	struct rule_ref *refs;

	*cause = (struct cause){ .kind = (enum cause_kind)w->at[WORD_KIND],
				 .gained = w->at[WORD_GAINED],
				 .direction = (enum direction)w->at[WORD_DIRECTION],
				 .side = (enum side)w->at[WORD_SIDE],
				 .nrefs = (w->len - HEAD_WORDS) / 2 };
	refs = ARENA_ARRAY(c->arena, cause->nrefs, struct rule_ref);
	for (size_t i = 0; i < cause->nrefs; i++)
		refs[i] = (struct rule_ref){ .policy = w->at[HEAD_WORDS + 2 * i],
					     .rule = w->at[HEAD_WORDS + 2 * i + 1] };
	cause->refs = refs;
	return cause;
}
