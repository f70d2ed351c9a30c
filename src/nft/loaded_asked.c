/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the elements that a hash set should have; out: whether it has these and no others.
 *
 * The idea: for each piece of a dump the kernel walks a hash set from its start, so a
 * dump takes time with the square of the set's size.  So it is asked for every element
 * by its key, which takes time with the size.  Nearly all answers say the same: from one
 * that was looked at a socket filter is made that holds back whatever equals it in all
 * but the key, so that only what differs is delivered.  And the kernel counts a set's
 * elements: where each of as many is there, there is no other, but for the one that
 * stands for all keys, which is not counted and is asked for too.
 */
#include <netpolc/nft/loading.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>

/* Elements of a request whose answers are held back: each request costs as much as some
 * twenty elements.  Of other answers no more than have room in a queue that was not made
 * longer; a filter is not worth its making for fewer. */
#define AT_ONCE	     1000
#define FEW	     32
#define ANSWER_BYTES 512
#define KEY_BYTES    32 /* two IPv6 addresses */

struct asking {
	struct loading_dump dump; /* of what answers are read with */
	const struct loaded_set *set;
	const struct loaded_element **at; /* what is asked for; the next answer's first */
	size_t due;			  /* answers of the request that did not come */
	bool differs;
	/* The last answer, and where the key is in it. */
	uint8_t answer[ANSWER_BYTES];
	size_t answer_len, key_at, key_len;
};

/* ---- requests ---- */

static void put_big_endian(uint8_t *to, u128 n, size_t len)
{
	while (len--) {
		to[len] = (uint8_t)n;
		n >>= 8;
	}
}

static void put_key(struct nlmsghdr *nlh, const struct set *s,
		    const struct loaded_element *e)
{
	size_t last = key_bytes(s->key[s->nkeys - 1]), start = 0;
	uint8_t bytes[KEY_BYTES] = { 0 };
	struct nlattr *key;

	if (s->nkeys > 1) {
		put_big_endian(bytes, e->first, key_bytes(s->key[0]));
		start = loading_words(key_bytes(s->key[0]));
	}
	put_big_endian(bytes + start, e->lo, last);
	key = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_KEY);
	mnl_attr_put(nlh, NFTA_DATA_VALUE, start ? start + loading_words(last) : last,
		     bytes);
	mnl_attr_nest_end(nlh, key);
}

static struct nlmsghdr *begin_request(struct asking *a)
{
	struct nlmsghdr *nlh = loading_request(a->dump.l, NFT_MSG_GETSETELEM, NLM_F_ACK);

	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, a->dump.table);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, a->set->name);
	return nlh;
}

/* ---- answers ---- */

static bool is_same(const struct loaded_element *a, const struct loaded_element *b)
{
	if (a->lo != b->lo || a->hi != b->hi || a->first != b->first ||
	    a->code != b->code || a->end != b->end)
		return false;
	return a->chain == b->chain ||
	       (a->chain && b->chain && strcmp(a->chain, b->chain) == 0);
}

static int hear_element(const struct nlattr *attr, void *to)
{
	struct loaded_element e = { 0 };
	struct asking *a = to;

	if (!a->due || !loading_element(&a->dump, attr, &e) || !is_same(&e, *a->at)) {
		a->differs = true;
		return MNL_CB_OK;
	}
	a->due--;
	a->at++;
	return MNL_CB_OK;
}

/* Keeps the answer, whose one element is there. */
static void keep_answer(struct asking *a, const struct nlmsghdr *nlh,
			const struct nlattr *elements)
{
	const struct nlattr *element = mnl_attr_get_payload(elements), *key, *value;

	a->answer_len = 0;
	key = loading_nested(element).at[NFTA_SET_ELEM_KEY];
	value = key ? loading_nested(key).at[NFTA_DATA_VALUE] : NULL;
	if (!value || nlh->nlmsg_len > sizeof(a->answer))
		return;
	a->answer_len = nlh->nlmsg_len;
	memcpy(a->answer, nlh, a->answer_len);
	a->key_at =
		(size_t)((const char *)mnl_attr_get_payload(value) - (const char *)nlh);
	a->key_len = loading_words(mnl_attr_get_payload_len(value));
}

static int hear(const struct nlmsghdr *nlh, void *to)
{
	const struct nlattr *elements =
		loading_attributes(nlh).at[NFTA_SET_ELEM_LIST_ELEMENTS];
	struct asking *a = to;

	if (!elements || !mnl_attr_get_payload_len(elements)) {
		a->differs = true;
		return MNL_CB_OK;
	}
	keep_answer(a, nlh, elements);
	return mnl_attr_parse_nested(elements, hear_element, a);
}

/* Asks for n elements, whose answers are due unless they are held back. */
static int ask(struct asking *a, size_t n, bool held_back)
{
	struct nlmsghdr *nlh = begin_request(a);
	struct nlattr *list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	int err;

	for (size_t i = 0; i < n; i++) {
		struct nlattr *element = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);

		put_key(nlh, a->dump.shape, a->at[i]);
		mnl_attr_nest_end(nlh, element);
	}
	mnl_attr_nest_end(nlh, list);
	a->due = held_back ? 0 : n;
	err = loading_ask(a->dump.l, nlh, hear, a);
	if (held_back)
		a->at += n;
	a->differs |= a->due > 0;
	return err;
}

/* ---- the filter ---- */

struct program {
	struct sock_filter at[BPF_MAXINSNS];
	unsigned short len;
};

static void instruction(struct program *p, uint16_t code, uint8_t jump, uint32_t value)
{
	p->at[p->len++] = (struct sock_filter){ code, jump, 0, value };
}

/* Delivers the message if what was loaded is not the value. */
static void expect(struct program *p, uint32_t value)
{
	instruction(p, BPF_JMP | BPF_JEQ | BPF_K, 1, value);
	instruction(p, BPF_RET | BPF_K, 0, UINT32_MAX);
}

/* Whether messages may differ in the word there. */
static bool is_free(const struct asking *a, size_t at)
{
	return at == offsetof(struct nlmsghdr, nlmsg_seq) ||
	       (at >= a->key_at && at < a->key_at + a->key_len);
}

/* Holds back what says the same as the last answer of other keys; the first word of an
 * answer is its length.  False if that is not to be had. */
static bool hold_back(const struct asking *a)
{
	struct program p = { .len = 0 };
	struct sock_fprog filter = { .filter = p.at };
	uint32_t word;

	if (!a->answer_len || a->answer_len % sizeof(word))
		return false;
	for (size_t at = 0; at < a->answer_len; at += sizeof(word)) {
		if (is_free(a, at))
			continue;
		memcpy(&word, a->answer + at, sizeof(word));
		instruction(&p, BPF_LD | BPF_W | BPF_ABS, 0, (uint32_t)at);
		expect(&p, ntohl(word));
	}
	instruction(&p, BPF_RET | BPF_K, 0, 0);
	filter.len = p.len;
	return !setsockopt(mnl_socket_get_fd(a->dump.l->nl), SOL_SOCKET, SO_ATTACH_FILTER,
			   &filter, sizeof(filter));
}

static void let_through(const struct asking *a)
{
	int none = 0;

	setsockopt(mnl_socket_get_fd(a->dump.l->nl), SOL_SOCKET, SO_DETACH_FILTER, &none,
		   sizeof(none));
}

/* ---- the whole ---- */

/* Asks for n elements of the same verdict. */
static int ask_alike(struct asking *a, size_t n)
{
	bool held_back = false;
	int err = 0;

	if (n > FEW) {
		err = ask(a, 1, false);
		n--;
		held_back = !err && !a->differs && hold_back(a);
	}
	while (n && !err && !a->differs) {
		size_t most = held_back ? AT_ONCE : FEW;
		size_t some = n < most ? n : most;

		err = ask(a, some, held_back);
		n -= some;
	}
	if (held_back)
		let_through(a);
	return err;
}

/* -ENOENT: as it should be, no element stands for all keys. */
static int ask_for_any(struct asking *a)
{
	struct nlmsghdr *nlh = begin_request(a);
	struct nlattr *list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct nlattr *element = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);

	mnl_attr_put_u32(nlh, NFTA_SET_ELEM_FLAGS, htonl(NFT_SET_ELEM_CATCHALL));
	mnl_attr_nest_end(nlh, element);
	mnl_attr_nest_end(nlh, list);
	return loading_ask(a->dump.l, nlh, hear, a);
}

static int compare_verdicts(const void *x, const void *y)
{
	const struct loaded_element *a = *(const struct loaded_element *const *)x;
	const struct loaded_element *b = *(const struct loaded_element *const *)y;

	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return a->chain == b->chain ? 0 : strcmp(a->chain, b->chain);
}

static int ask_all(struct asking *a, size_t n)
{
	const struct loaded_element **at = a->at, **end = at + n;
	int err = 0;

	qsort(at, n, sizeof(const struct loaded_element *), compare_verdicts);
	while (at < end && !err && !a->differs) {
		const struct loaded_element **next = at + 1;

		while (next < end && !compare_verdicts(at, next))
			next++;
		err = ask_alike(a, (size_t)(next - at));
		at = next;
	}
	if (!err && !a->differs)
		err = ask_for_any(a) == -ENOENT ? 0 : -ENOENT;
	return err;
}

/* What ends a request so that nothing of it can come any more; the set has no such
 * element, or will not be asked. */
static bool is_answer(int err)
{
	return err == -ENOENT || err == -EINVAL || err == -EOPNOTSUPP;
}

int loaded_holds(struct table_reader *l, const char *table, const struct loaded_set *set,
		 const struct loaded_elements *these, bool *out)
{
	struct arena *scratch;
	struct set shape;
	struct asking a = { .set = set };
	int err;

	*out = false;
	if (!loaded_form_shape(set, &shape) || shape.intervals || these->odd ||
	    !these->len || set->count != these->len)
		return 0;
	scratch = arena_new();
	a.dump = (struct loading_dump){
		.l = l, .table = table, .shape = &shape, .arena = scratch
	};
	a.at = ARENA_ARRAY(scratch, these->len, const struct loaded_element *);
	for (size_t i = 0; i < these->len; i++)
		a.at[i] = &these->at[i];
	err = ask_all(&a, these->len);
	arena_free(scratch);
	*out = !err && !a.differs;
	return is_answer(err) ? 0 : err;
}
