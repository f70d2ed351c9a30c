/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a table come in, by name, and the digest of all of them goes out.
 */
#include <netpolc/nft/table_digest.h>

#include <endian.h>
#include <string.h>

/* What the next part is: so nothing passes for something else. */
enum part { PART_COUNTER, PART_CHAIN, PART_SET, PART_ELEMENTS };

static void flush(struct table_digest *t)
{
	if (!t->len)
		return;
	digest_number(&t->digest, PART_ELEMENTS);
	digest_part(&t->digest, t->at, t->len);
	t->len = 0;
}

static void add_part(struct table_digest *t, enum part part, const char *name)
{
	flush(t);
	digest_number(&t->digest, part);
	digest_str(&t->digest, name);
}

static void add_key(struct table_digest *t, u128 n, enum key_type type)
{
	for (size_t i = 0; i < key_bytes(type); i++)
		t->at[t->len++] = (uint8_t)(n >> (8 * i));
}

void table_digest_begin(struct table_digest *t, const char *table, int priority)
{
	t->len = 0;
	digest_init(&t->digest);
	digest_number(&t->digest, RULESET_LAYOUT);
	digest_str(&t->digest, table);
	digest_number(&t->digest, (uint64_t)priority);
}

void table_digest_counter(struct table_digest *t, const char *name)
{
	add_part(t, PART_COUNTER, name);
}

void table_digest_chain(struct table_digest *t, const char *name, bool base, size_t rules,
			const char *comment)
{
	add_part(t, PART_CHAIN, name);
	digest_number(&t->digest, base);
	digest_number(&t->digest, rules);
	digest_str(&t->digest, comment ? comment : "");
}

void table_digest_set(struct table_digest *t, const struct set *s)
{
	add_part(t, PART_SET, s->name);
	digest_number(&t->digest, s->nkeys);
	digest_number(&t->digest, s->key[0]);
	digest_number(&t->digest, s->nkeys > 1 ? s->key[1] : 0);
	digest_number(&t->digest, s->intervals);
	digest_number(&t->digest, s->pipapo);
	digest_number(&t->digest, s->map);
}

void table_digest_element(struct table_digest *t, const struct set *s,
			  const struct element *e, size_t chain)
{
	uint32_t number = htole32((uint32_t)chain);

	if (t->len + 64 > sizeof(t->at))
		flush(t);
	if (s->nkeys > 1)
		add_key(t, e->first, s->key[0]);
	add_key(t, e->lo, s->key[s->nkeys - 1]);
	if (s->intervals)
		add_key(t, e->hi, s->key[s->nkeys - 1]);
	if (!s->map)
		return;
	t->at[t->len++] = (uint8_t)e->verdict.kind;
	memcpy(&t->at[t->len], &number, sizeof(number));
	t->len += sizeof(number);
}

struct digest_hex table_digest_end(struct table_digest *t)
{
	flush(t);
	return digest_end(&t->digest);
}
