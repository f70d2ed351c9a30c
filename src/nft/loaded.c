/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: netlink messages of nf_tables; out: what they say about one table.
 *
 * The idea: each kind of thing in a table is one dump, and one function that adds
 * a message of that dump to the structs.  Chains cannot be asked for by table, so
 * every message is checked for ours.
 */
#include <netpolc/nft/loading.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/udata.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define SET_COUNT     20		/* NFTA_SET_COUNT, of headers since Linux 6.16 */
#define RECEIVE_BYTES (64 * 1024)	/* a dump comes in pieces of half of it */
#define QUEUE_BYTES   (4 * 1024 * 1024) /* what the kernel may have in store for us */

static int keep_attribute(const struct nlattr *attr, void *to)
{
	struct loading_attributes *all = to;
	unsigned type = mnl_attr_get_type(attr);

	if (type < LOADING_ATTRIBUTES)
		all->at[type] = attr;
	return MNL_CB_OK;
}

struct loading_attributes loading_attributes(const struct nlmsghdr *nlh)
{
	struct loading_attributes all = { 0 };

	mnl_attr_parse(nlh, sizeof(struct nfgenmsg), keep_attribute, &all);
	return all;
}

struct loading_attributes loading_nested(const struct nlattr *nest)
{
	struct loading_attributes all = { 0 };

	mnl_attr_parse_nested(nest, keep_attribute, &all);
	return all;
}

uint32_t loading_number(const struct nlattr *attr)
{
	return attr ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

const char *loading_text(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_str(attr) : "";
}

const char *loading_copy(struct arena *a, const struct nlattr *attr)
{
	return arena_strndup(a, loading_text(attr), strlen(loading_text(attr)));
}

static bool is_ours(const struct loading_dump *d, const struct nlattr *table)
{
	return strcmp(loading_text(table), d->table) == 0;
}

/* ---- asking ---- */

struct nlmsghdr *loading_request(struct table_reader *l, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(l->bytes);
	struct nfgenmsg *nf;

	nlh->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	nlh->nlmsg_seq = ++l->seq;
	nf = mnl_nlmsg_put_extra_header(nlh, sizeof(*nf));
	nf->nfgen_family = NFPROTO_INET;
	nf->version = NFNETLINK_V0;
	nf->res_id = 0;
	return nlh;
}

int loading_ask(struct table_reader *l, const struct nlmsghdr *nlh, loading_fn *each,
		void *to)
{
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(l->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(l->nl, l->bytes, RECEIVE_BYTES);

		if (n < 0)
			return -errno;
		more = mnl_cb_run(l->bytes, (size_t)n, l->seq, l->port, each, to);
	}
	return more == MNL_CB_ERROR ? -errno : 0;
}

/* A dump of the things of one kind in d->table; attr is that kind's attribute for
 * the table, 0 where the kernel does not let us ask for one. */
static int dump(struct loading_dump *d, uint16_t type, uint16_t attr, loading_fn *each)
{
	struct nlmsghdr *nlh = loading_request(d->l, type, NLM_F_DUMP);

	if (attr)
		mnl_attr_put_strz(nlh, attr, d->table);
	return loading_ask(d->l, nlh, each, d);
}

/* ---- chains and rules ---- */

static uint64_t chain_hash(const void *item, uint64_t seed)
{
	const struct loaded_chain *c = item;

	return hash_bytes(c->name, strlen(c->name), seed);
}

static bool chain_equal(const void *a, const void *b)
{
	const struct loaded_chain *x = a, *y = b;

	return strcmp(x->name, y->name) == 0;
}

static const struct hashset_type by_name = { chain_hash, chain_equal };

struct loaded_chain *loaded_find(const struct table_reader *l, const char *chain)
{
	const struct loaded_chain key = { .name = chain };

	return hashset_find(l->chains, &key);
}

struct loaded_chain *loading_chain(struct loading_dump *d, const char *name)
{
	if (!d->chain || strcmp(d->chain->name, name) != 0)
		d->chain = loaded_find(d->l, name);
	return d->chain;
}

static struct loaded_chain *new_chain(struct table_reader *l, const struct nlattr *name)
{
	struct loaded_chain *c = ARENA_NEW(l->arena, struct loaded_chain);

	c->name = loading_copy(l->arena, name);
	hashset_add(l->chains, c);
	return c;
}

static int add_chain(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;
	struct loading_attributes all = loading_attributes(nlh), hook;
	struct arena *a = d->l->arena;
	struct loaded_chain *c;

	if (!is_ours(d, all.at[NFTA_CHAIN_TABLE]))
		return MNL_CB_OK;
	c = new_chain(d->l, all.at[NFTA_CHAIN_NAME]);
	if (all.at[NFTA_CHAIN_HOOK]) {
		hook = loading_nested(all.at[NFTA_CHAIN_HOOK]);
		c->base = true;
		c->hook = loading_number(hook.at[NFTA_HOOK_HOOKNUM]);
		c->priority = (int)loading_number(hook.at[NFTA_HOOK_PRIORITY]);
		c->type = loading_copy(a, all.at[NFTA_CHAIN_TYPE]);
		c->accept = loading_number(all.at[NFTA_CHAIN_POLICY]) == NF_ACCEPT;
	}
	*ARENA_PUSH(a, &d->to->chains) = c;
	return MNL_CB_OK;
}

static int find_comment(const struct nftnl_udata *item, void *to)
{
	const char **comment = to;
	const char *text = nftnl_udata_get(item);
	uint8_t len = nftnl_udata_len(item);

	if (nftnl_udata_type(item) == NFTNL_UDATA_RULE_COMMENT && len && !text[len - 1])
		*comment = text;
	return 0;
}

/* As long as the message is. */
static const char *comment_of(const struct nlattr *userdata)
{
	const char *comment = NULL;

	if (userdata)
		nftnl_udata_parse(mnl_attr_get_payload(userdata),
				  mnl_attr_get_payload_len(userdata), find_comment,
				  &comment);
	return comment;
}

static const char *copy_comment(struct arena *a, const struct nlattr *userdata)
{
	const char *comment = comment_of(userdata);

	return comment ? arena_strndup(a, comment, strlen(comment)) : NULL;
}

static uint64_t wide_number_of(const struct nlattr *attr)
{
	return attr ? be64toh(mnl_attr_get_u64(attr)) : 0;
}

static int add_rule(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;
	struct loading_attributes all = loading_attributes(nlh);
	const struct nlattr *userdata = all.at[NFTA_RULE_USERDATA];
	uint64_t handle = wide_number_of(all.at[NFTA_RULE_HANDLE]);
	const struct nlattr *body = all.at[NFTA_RULE_EXPRESSIONS];
	struct loaded_chain *c;

	if (!is_ours(d, all.at[NFTA_RULE_TABLE]))
		return MNL_CB_OK;
	c = loading_chain(d, loading_text(all.at[NFTA_RULE_CHAIN]));
	if (!c)
		c = new_chain(d->l, all.at[NFTA_RULE_CHAIN]);
	if (!c->rules++)
		c->comment = copy_comment(d->l->arena, userdata);
	else if (!loaded_form_marked(c, comment_of(userdata)))
		c->altered = true;
	if (handle > c->youngest)
		c->youngest = handle;
	if (body)
		c->bodies = hash_bytes(mnl_attr_get_payload(body),
				       mnl_attr_get_payload_len(body), c->bodies);
	return MNL_CB_OK;
}

static int first_comment(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;
	struct loading_attributes all = loading_attributes(nlh);

	if (!d->seen)
		d->comment = copy_comment(d->l->arena, all.at[NFTA_RULE_USERDATA]);
	d->seen = true;
	return MNL_CB_OK;
}

/* ---- sets and objects ---- */

static int add_set(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;
	struct loading_attributes all = loading_attributes(nlh);
	uint32_t flags = loading_number(all.at[NFTA_SET_FLAGS]);
	struct loaded_set *s;

	if (!is_ours(d, all.at[NFTA_SET_TABLE]) || flags & NFT_SET_ANONYMOUS)
		return MNL_CB_OK;
	s = ARENA_PUSH(d->l->arena, &d->to->sets);
	s->name = loading_copy(d->l->arena, all.at[NFTA_SET_NAME]);
	s->flags = flags;
	s->key_type = loading_number(all.at[NFTA_SET_KEY_TYPE]);
	s->data_type = loading_number(all.at[NFTA_SET_DATA_TYPE]);
	s->count = LOADED_UNCOUNTED;
	if (all.at[SET_COUNT])
		s->count = loading_number(all.at[SET_COUNT]);
	return MNL_CB_OK;
}

static struct loaded_counter read_counter(const char *name, const struct nlattr *data)
{
	struct loading_attributes all = { 0 };

	if (data)
		all = loading_nested(data);
	return (struct loaded_counter){ name,
					wide_number_of(all.at[NFTA_COUNTER_PACKETS]),
					wide_number_of(all.at[NFTA_COUNTER_BYTES]) };
}

static int add_object(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;
	struct loading_attributes all = loading_attributes(nlh);
	struct arena *a = d->l->arena;
	const char *name;

	if (!is_ours(d, all.at[NFTA_OBJ_TABLE]))
		return MNL_CB_OK;
	name = loading_copy(a, all.at[NFTA_OBJ_NAME]);
	if (loading_number(all.at[NFTA_OBJ_TYPE]) == NFT_OBJECT_COUNTER)
		*ARENA_PUSH(a, &d->to->counters) =
			read_counter(name, all.at[NFTA_OBJ_DATA]);
	else
		*ARENA_PUSH(a, &d->to->others) = name;
	return MNL_CB_OK;
}

static int add_flowtable(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;
	struct loading_attributes all = loading_attributes(nlh);

	if (is_ours(d, all.at[NFTA_FLOWTABLE_TABLE]))
		*ARENA_PUSH(d->l->arena, &d->to->others) =
			loading_copy(d->l->arena, all.at[NFTA_FLOWTABLE_NAME]);
	return MNL_CB_OK;
}

/* ---- the whole ---- */

static int keep_generation(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;

	d->number = loading_number(loading_attributes(nlh).at[NFTA_GEN_ID]);
	return MNL_CB_OK;
}

int loaded_generation(struct table_reader *l, uint32_t *out)
{
	struct loading_dump d = { .l = l };
	int err = loading_ask(l, loading_request(l, NFT_MSG_GETGEN, NLM_F_ACK),
			      keep_generation, &d);

	*out = d.number;
	return err;
}

static int keep_flags(const struct nlmsghdr *nlh, void *to)
{
	struct loading_dump *d = to;

	d->number = loading_number(loading_attributes(nlh).at[NFTA_TABLE_FLAGS]);
	return MNL_CB_OK;
}

int loaded_exists(struct table_reader *l, const char *table, bool *dormant)
{
	struct loading_dump d = { .l = l, .table = table };
	struct nlmsghdr *nlh = loading_request(l, NFT_MSG_GETTABLE, NLM_F_ACK);
	int err;

	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, table);
	err = loading_ask(l, nlh, keep_flags, &d);
	*dormant = d.number & NFT_TABLE_F_DORMANT;
	return err;
}

int loaded_comment(struct table_reader *l, const char *table, const char *chain,
		   const char **out)
{
	struct loading_dump d = { .l = l, .table = table };
	struct nlmsghdr *nlh = loading_request(l, NFT_MSG_GETRULE, NLM_F_DUMP);
	int err;

	mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, table);
	mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, chain);
	err = loading_ask(l, nlh, first_comment, &d);
	*out = d.comment;
	return err;
}

int loaded_read(struct table_reader *l, const char *table, struct loaded_table *out)
{
	static const struct {
		uint16_t type, attr;
		loading_fn *each;
	} dumps[] = {
		{ NFT_MSG_GETCHAIN, 0, add_chain },
		{ NFT_MSG_GETRULE, NFTA_RULE_TABLE, add_rule },
		{ NFT_MSG_GETSET, NFTA_SET_TABLE, add_set },
		{ NFT_MSG_GETOBJ, NFTA_OBJ_TABLE, add_object },
		{ NFT_MSG_GETFLOWTABLE, NFTA_FLOWTABLE_TABLE, add_flowtable },
	};
	int err = loaded_exists(l, table, &out->dormant);

	for (size_t i = 0; !err && i < ARRAY_SIZE(dumps); i++) {
		struct loading_dump d = { .l = l, .table = table, .to = out };

		err = dump(&d, dumps[i].type, dumps[i].attr, dumps[i].each);
	}
	return err;
}

int loaded_rules(struct table_reader *l, const char *table, const char *chain)
{
	struct loading_dump d = { .l = l, .table = table };
	struct nlmsghdr *nlh = loading_request(l, NFT_MSG_GETRULE, NLM_F_DUMP);

	mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, table);
	if (chain)
		mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, chain);
	return loading_ask(l, nlh, add_rule, &d);
}

void loaded_know(struct table_reader *l, struct loaded_chain *c)
{
	hashset_add(l->chains, c);
}

int loaded_namespace(const struct table_reader *l, uint64_t *out)
{
	socklen_t len = sizeof(*out);

	if (getsockopt(mnl_socket_get_fd(l->nl), SOL_SOCKET, SO_NETNS_COOKIE, out, &len) <
	    0)
		return -errno;
	return 0;
}

int loaded_open(struct table_reader **out, struct arena *a)
{
	struct table_reader *l = ARENA_NEW(a, struct table_reader);
	int size = QUEUE_BYTES, fd;

	*out = l;
	l->arena = a;
	l->chains = hashset_new(a, &by_name);
	l->nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!l->nl)
		return -errno;
	if (mnl_socket_bind(l->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	fd = mnl_socket_get_fd(l->nl);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	l->port = mnl_socket_get_portid(l->nl);
	l->bytes = arena_alloc(a, RECEIVE_BYTES);
	return 0;
}

void loaded_close(struct table_reader *l)
{
	if (l->nl)
		mnl_socket_close(l->nl);
}

static void close_reader(void *l)
{
	loaded_close(l);
}

void loaded_close_at_end(struct table_reader *l)
{
	arena_at_end(l->arena, close_reader, l);
}
