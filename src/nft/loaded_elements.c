/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the messages of a set's dump; out: its elements as numbers, in order.
 */
#include <netpolc/nft/loading.h>

#include <netpolc/base/arena.h>

#include <libmnl/libmnl.h>
#include <stdlib.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

static uint32_t last_part(uint32_t type)
{
	return type & ((1u << LOADED_TYPE_BITS) - 1);
}

static bool is_with_family(uint32_t type)
{
	return type >> LOADED_TYPE_BITS && last_part(type) == LOADED_FAMILY;
}

/* Bytes of a key part of nft's type; 0 for types that we never use. */
static size_t part_bytes(uint32_t type)
{
	switch (last_part(type)) {
	case LOADED_FAMILY:
		return 1;
	case LOADED_IPV4:
		return 4;
	case LOADED_IPV6:
		return 16;
	case LOADED_PORT:
		return 2;
	default:
		return 0;
	}
}

static u128 big_endian(const uint8_t *bytes, size_t len)
{
	u128 number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* Whether the family behind an address is the address's own. */
static bool is_own_family(uint32_t type, const uint8_t *bytes)
{
	return *bytes == (type == LOADED_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
}

/* Splits a key into the number that may begin or end a range and, of a concatenation,
 * that of the exact part, which stands behind a range and before a value.  Behind a
 * range of addresses there may be their family instead.  False when the key is none
 * of ours. */
static bool read_key(const struct nlattr *attr, const struct loaded_set *set, u128 *exact,
		     u128 *range)
{
	const struct nlattr *value = loading_nested(attr).at[NFTA_DATA_VALUE];
	uint32_t type = set->key_type, head_type = type >> LOADED_TYPE_BITS;
	size_t head = part_bytes(head_type), tail = part_bytes(type);
	size_t start = (head + 3) / 4 * 4;
	bool leads = head_type && set->flags & NFT_SET_INTERVAL;
	const uint8_t *bytes;

	if (!value || !tail || (head_type && !head))
		return false;
	if (mnl_attr_get_payload_len(value) < start + tail)
		return false;
	bytes = mnl_attr_get_payload(value);
	*range = leads ? big_endian(bytes, head) : big_endian(bytes + start, tail);
	*exact = leads ? big_endian(bytes + start, tail) : big_endian(bytes, head);
	if (!is_with_family(type))
		return true;
	*exact = 0;
	return is_own_family(head_type, bytes + start);
}

/* Element after element names the same few chains: their names are kept once. */
static const char *chain_name(struct loading_dump *d, const struct nlattr *attr)
{
	const struct loaded_chain *c = loading_chain(d, loading_text(attr));

	return c ? c->name : loading_copy(d->arena, attr);
}

static bool read_verdict(struct loading_dump *d, const struct nlattr *attr,
			 struct loaded_element *e)
{
	struct loading_attributes data = loading_nested(attr), verdict;

	if (!data.at[NFTA_DATA_VERDICT])
		return false;
	verdict = loading_nested(data.at[NFTA_DATA_VERDICT]);
	e->code = (int32_t)loading_number(verdict.at[NFTA_VERDICT_CODE]);
	if (verdict.at[NFTA_VERDICT_CHAIN])
		e->chain = chain_name(d, verdict.at[NFTA_VERDICT_CHAIN]);
	return true;
}

/* Whether the end of an interval is an element of its own. */
static bool plain_interval(const struct loaded_set *s)
{
	return s->flags & NFT_SET_INTERVAL && !(s->key_type >> LOADED_TYPE_BITS);
}

static bool read_element(struct loading_dump *d, const struct nlattr *attr,
			 struct loaded_element *e)
{
	struct loading_attributes all = loading_nested(attr);
	uint32_t flags = loading_number(all.at[NFTA_SET_ELEM_FLAGS]);
	u128 exact;

	if (flags & ~(uint32_t)NFT_SET_ELEM_INTERVAL_END || !all.at[NFTA_SET_ELEM_KEY] ||
	    !read_key(all.at[NFTA_SET_ELEM_KEY], d->set, &e->first, &e->lo))
		return false;
	e->hi = e->lo;
	if (all.at[NFTA_SET_ELEM_KEY_END] &&
	    !read_key(all.at[NFTA_SET_ELEM_KEY_END], d->set, &exact, &e->hi))
		return false;
	if (all.at[NFTA_SET_ELEM_KEY_END] && exact != e->first)
		return false;
	e->end = flags & NFT_SET_ELEM_INTERVAL_END;
	if (!e->end && all.at[NFTA_SET_ELEM_DATA])
		return read_verdict(d, all.at[NFTA_SET_ELEM_DATA], e);
	return true;
}

static int add_element(const struct nlattr *attr, void *to)
{
	struct loaded_element e = { 0 };
	struct loading_dump *d = to;

	if (read_element(d, attr, &e))
		*ARENA_PUSH(d->arena, d->elements) = e;
	else
		d->elements->odd = true;
	return MNL_CB_OK;
}

static int add_elements(const struct nlmsghdr *nlh, void *to)
{
	struct loading_attributes all = loading_attributes(nlh);

	if (!all.at[NFTA_SET_ELEM_LIST_ELEMENTS])
		return MNL_CB_OK;
	return mnl_attr_parse_nested(all.at[NFTA_SET_ELEM_LIST_ELEMENTS], add_element,
				     to);
}

static int compare_elements(const void *a, const void *b)
{
	const struct loaded_element *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

static int compare_places(const void *a, const void *b)
{
	const struct loaded_element *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return (int)x->end - (int)y->end;
}

/* An interval goes from its start to the place before the next start or end; the
 * last may be open, to the end of the address space. */
static void join_ends(const struct loaded_set *s, struct loaded_elements *all)
{
	size_t bits = 8 * part_bytes(s->key_type), kept = 0;
	u128 max = ~(u128)0 >> (128 - bits);

	if (all->len)
		qsort(all->at, all->len, sizeof(*all->at), compare_places);
	for (size_t i = 0; i < all->len; i++) {
		struct loaded_element e = all->at[i];
		size_t next = i + 1;

		if (e.end)
			continue;
		while (next < all->len && all->at[next].lo == e.lo)
			next++;
		e.hi = next < all->len ? all->at[next].lo - 1 : max;
		all->at[kept++] = e;
	}
	all->len = kept;
}

int loaded_elements(struct table_reader *l, const char *table,
		    const struct loaded_set *set, struct arena *a,
		    struct loaded_elements *out)
{
	struct loading_dump d = {
		.l = l, .table = table, .set = set, .arena = a, .elements = out
	};
	struct nlmsghdr *nlh = loading_request(l, NFT_MSG_GETSETELEM, NLM_F_DUMP);
	int err;

	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, table);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set->name);
	err = loading_ask(l, nlh, add_elements, &d);
	if (err)
		return err;
	if (plain_interval(set) && part_bytes(set->key_type))
		join_ends(set, out);
	else if (out->len)
		qsort(out->at, out->len, sizeof(*out->at), compare_elements);
	return 0;
}
