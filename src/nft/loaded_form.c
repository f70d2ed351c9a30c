/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what a ruleset has; out: the numbers that stand for it when it is loaded.  And
 * the other way round.
 */
#include <netpolc/nft/loaded_form.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/ruleset_state.h>

#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#define CHAIN_TYPE "filter"

/* ---- sets ---- */

/* nft's numbers of data types.  Those of a concatenation's parts stand in one number,
 * the last part lowest. */
static const uint32_t type_numbers[] = {
	[KEY_IPV4] = 7,
	[KEY_IPV6] = 8,
	[KEY_PORT] = 13,
};
#define TYPE_FAMILY 2 /* nf_proto: what stands behind an address for pipapo */
#define TYPE_BITS   6
#define TYPE_MASK   ((1u << TYPE_BITS) - 1)

static bool read_type(uint32_t number, enum key_type *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_numbers); i++) {
		if (type_numbers[i] != number)
			continue;
		*out = (enum key_type)i;
		return true;
	}
	return false;
}

struct loaded_set loaded_form_set(const struct set *s)
{
	uint32_t key = type_numbers[s->key[0]];

	if (set_range_leads(s))
		key |= type_numbers[s->key[1]] << TYPE_BITS;
	else if (s->nkeys > 1)
		key = key << TYPE_BITS | type_numbers[s->key[1]];
	if (s->pipapo)
		key = key << TYPE_BITS | TYPE_FAMILY;
	return (struct loaded_set){
		.name = s->name,
		.flags = (s->intervals ? (uint32_t)NFT_SET_INTERVAL : 0) |
			 (s->map ? (uint32_t)NFT_SET_MAP : 0),
		.key_type = key,
		.data_type = s->map ? (uint32_t)NFT_DATA_VERDICT : 0,
		.count = LOADED_UNCOUNTED,
	};
}

bool loaded_form_shape(const struct loaded_set *s, struct set *out)
{
	uint32_t known = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_CONCAT;
	uint32_t first = s->key_type >> TYPE_BITS, last = s->key_type & TYPE_MASK;

	*out = (struct set){ .name = s->name,
			     .pipapo = first && last == TYPE_FAMILY,
			     .intervals = s->flags & NFT_SET_INTERVAL,
			     .map = s->flags & NFT_SET_MAP };
	out->nkeys = first && !out->pipapo ? 2 : 1;
	if (s->flags & ~known || (out->map && s->data_type != (uint32_t)NFT_DATA_VERDICT))
		return false;
	if (out->nkeys == 1)
		return read_type(first ? first : last, &out->key[0]);
	return read_type(first, &out->key[set_range_leads(out)]) &&
	       read_type(last, &out->key[!set_range_leads(out)]);
}

bool loaded_form_alike(const struct loaded_set *a, const struct loaded_set *b)
{
	const uint32_t told = ~(uint32_t)NFT_SET_CONCAT;

	return a->key_type == b->key_type && (a->flags & told) == (b->flags & told) &&
	       (!(a->flags & NFT_SET_MAP) || a->data_type == b->data_type);
}

bool loaded_form_same_rules(const struct loaded_chain *a, const struct loaded_chain *b)
{
	return a->rules == b->rules && a->comment && b->comment &&
	       strcmp(a->comment, b->comment) == 0;
}

const struct loaded_chain *loaded_form_state(const struct loaded_table *t)
{
	for (size_t i = 0; i < t->chains.len; i++)
		if (strcmp(t->chains.at[i]->name, RULESET_STATE) == 0)
			return t->chains.at[i];
	return NULL;
}

bool loaded_form_marks(const struct loaded_chain *c)
{
	size_t len = c->comment ? strspn(c->comment, "0123456789abcdef") : 0;

	return len == RULESET_HASH && (!c->comment[len] || c->comment[len] == ' ');
}

bool loaded_form_marked(const struct loaded_chain *c, const char *comment)
{
	return c->comment && comment && strlen(comment) == RULESET_HASH &&
	       strncmp(c->comment, comment, RULESET_HASH) == 0;
}

bool loaded_form_altered(const struct loaded_chain *c, const struct loaded_chain *state)
{
	return c->altered || (state && c->youngest > state->youngest);
}

bool loaded_form_same(const struct loaded_set *have, const struct set *want)
{
	const struct loaded_set due = loaded_form_set(want);

	return loaded_form_alike(have, &due);
}

enum family loaded_form_isolated(const char *set)
{
	static const char *const names[FAMILIES] = { "isolated4", "isolated6" };
	enum family f = 0;

	while (f < FAMILIES && strcmp(set, names[f]) != 0)
		f++;
	return f;
}

bool loaded_form_dispatches(const char *set, enum family *f, enum direction *d)
{
	static const char *const names[FAMILIES][DIRECTIONS] = {
		[FAMILY_IPV4] = { [INGRESS] = "ingress4", [EGRESS] = "egress4" },
		[FAMILY_IPV6] = { [INGRESS] = "ingress6", [EGRESS] = "egress6" },
	};

	for (*f = 0; *f < FAMILIES; (*f)++)
		for (*d = 0; *d < DIRECTIONS; (*d)++)
			if (strcmp(set, names[*f][*d]) == 0)
				return true;
	return false;
}

/* ---- chains ---- */

static int compare_chains(const void *x, const void *y)
{
	const struct loaded_chain *const *a = x, *const *b = y;

	return strcmp((*a)->name, (*b)->name);
}

void loaded_form_sort_chains(struct loaded_chains *chains)
{
	if (chains->len)
		qsort(chains->at, chains->len, sizeof(*chains->at), compare_chains);
}

size_t loaded_form_chain(const struct loaded_chains *sorted, const char *name)
{
	const struct loaded_chain key = { .name = name }, *wanted = &key;
	struct loaded_chain *const *found = NULL;

	if (sorted->len)
		found = bsearch(&wanted, sorted->at, sorted->len, sizeof(*sorted->at),
				compare_chains);
	return found ? (size_t)(found - sorted->at) : sorted->len;
}

const char *loaded_form_policies(const struct loaded_chain *c)
{
	const char *space = c->comment ? strchr(c->comment, ' ') : NULL;

	return space ? space + 1 : "";
}

/* ---- verdicts ---- */

static const int32_t codes[] = {
	[VERDICT_NONE] = 0,	   [VERDICT_ACCEPT] = NF_ACCEPT, [VERDICT_DROP] = NF_DROP,
	[VERDICT_GOTO] = NFT_GOTO, [VERDICT_JUMP] = NFT_JUMP,
};

int32_t loaded_form_code(enum verdict_kind kind)
{
	return codes[kind];
}

enum verdict_kind loaded_form_verdict(int32_t code)
{
	for (enum verdict_kind kind = VERDICT_ACCEPT; kind < ARRAY_SIZE(codes); kind++)
		if (codes[kind] == code)
			return kind;
	return VERDICT_NONE;
}

/* ---- elements ---- */

struct loaded_elements loaded_form_elements(struct arena *a, const struct set *s)
{
	struct loaded_elements out = {
		.at = ARENA_ARRAY(a, s->len, struct loaded_element), .len = s->len
	};

	for (size_t i = 0; i < s->len; i++) {
		const struct element *e = &s->at[i];

		out.at[i] = (struct loaded_element){
			.lo = e->lo,
			.hi = e->hi,
			.first = e->first,
			.code = loaded_form_code(e->verdict.kind),
			.chain = e->verdict.chain ? e->verdict.chain->name : NULL,
		};
	}
	return out;
}

/* ---- chains ---- */

static unsigned hook_number(const char *chain)
{
	return strcmp(chain_hook(chain), HOOK_POSTROUTING) ? NF_INET_FORWARD
							   : NF_INET_POST_ROUTING;
}

void loaded_form_hook(struct loaded_chain *c, int priority)
{
	c->base = true;
	c->hook = hook_number(c->name);
	c->priority = priority;
	c->type = CHAIN_TYPE;
	c->accept = true;
}

bool loaded_form_hooked(const struct loaded_chain *c)
{
	return c->hook == hook_number(c->name) && c->accept && c->type &&
	       strcmp(c->type, CHAIN_TYPE) == 0;
}
