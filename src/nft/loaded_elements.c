/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the messages of a set's dump; out: its elements as numbers, in order.
 */
#include <netpolc/nft/loading.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

#include <libmnl/libmnl.h>
#include <stdlib.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

static u128 big_endian(const uint8_t *bytes, size_t len)
{
	u128 number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | bytes[i];
	return number;
}

size_t loading_words(size_t bytes)
{
	return (bytes + 3) / 4 * 4;
}

/* Whether the family behind an address is the address's own. */
static bool is_own_family(const struct set *s, const uint8_t *bytes)
{
	return *bytes == (s->key[0] == KEY_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
}

/* Splits a key into the number that may begin or end a range and, of a concatenation,
 * that of the exact part, which stands behind a range and before a value.  Behind a
 * range of addresses there may be their family instead.  False when the key is none
 * of ours. */
static bool read_key(const struct nlattr *attr, const struct set *s, u128 *exact,
		     u128 *range)
{
	const struct nlattr *value = loading_nested(attr).at[NFTA_DATA_VALUE];
	size_t last = key_bytes(s->key[s->nkeys - 1]);
	size_t first = s->nkeys > 1 ? key_bytes(s->key[0]) : 0;
	size_t range_at = set_range_leads(s) ? 0 : loading_words(first);
	size_t first_at = set_range_leads(s) ? loading_words(last) : 0;
	size_t end = first_at ? first_at + first : range_at + last;
	const uint8_t *bytes;

	if (s->pipapo)
		end = loading_words(last) + 1;
	if (!value || mnl_attr_get_payload_len(value) < end)
		return false;
	bytes = mnl_attr_get_payload(value);
	*range = big_endian(bytes + range_at, last);
	*exact = big_endian(bytes + first_at, first);
	return !s->pipapo || is_own_family(s, bytes + loading_words(last));
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

bool loading_element(struct loading_dump *d, const struct nlattr *attr,
		     struct loaded_element *e)
{
	struct loading_attributes all = loading_nested(attr);
	uint32_t flags = loading_number(all.at[NFTA_SET_ELEM_FLAGS]);
	u128 exact;

	if (flags & ~(uint32_t)NFT_SET_ELEM_INTERVAL_END || !all.at[NFTA_SET_ELEM_KEY] ||
	    !read_key(all.at[NFTA_SET_ELEM_KEY], d->shape, &e->first, &e->lo))
		return false;
	e->hi = e->lo;
	if (all.at[NFTA_SET_ELEM_KEY_END] &&
	    !read_key(all.at[NFTA_SET_ELEM_KEY_END], d->shape, &exact, &e->hi))
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

	if (loading_element(d, attr, &e))
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
static void join_ends(const struct set *s, struct loaded_elements *all)
{
	size_t kept = 0;

	if (all->len)
		qsort(all->at, all->len, sizeof(*all->at), compare_places);
	for (size_t i = 0; i < all->len; i++) {
		struct loaded_element e = all->at[i];
		size_t next = i + 1;

		if (e.end)
			continue;
		while (next < all->len && all->at[next].lo == e.lo)
			next++;
		e.hi = next < all->len ? all->at[next].lo - 1 : key_max(s->key[0]);
		all->at[kept++] = e;
	}
	all->len = kept;
}

int loaded_elements(struct table_reader *l, const char *table,
		    const struct loaded_set *set, struct arena *a,
		    struct loaded_elements *out)
{
	struct set shape;
	struct loading_dump d = {
		.l = l, .table = table, .shape = &shape, .arena = a, .elements = out
	};
	struct nlmsghdr *nlh;
	int err;

	if (!loaded_form_shape(set, &shape)) {
		out->odd = true;
		return 0;
	}
	nlh = loading_request(l, NFT_MSG_GETSETELEM, NLM_F_DUMP);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, table);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set->name);
	err = loading_ask(l, nlh, add_elements, &d);
	if (err)
		return err;
	/* Of a plain interval, the end is an element of its own. */
	if (shape.intervals && shape.nkeys == 1 && !shape.pipapo)
		join_ends(&shape, out);
	else if (out->len)
		qsort(out->at, out->len, sizeof(*out->at), compare_elements);
	return 0;
}
