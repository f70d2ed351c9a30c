/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump of nf_tables comes in, the name of a flowtable goes out.
 */
#include <netpolc/node/flowtables.h>

#include <netpolc/base/arena.h>

#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define NEW_FLOWTABLE (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWFLOWTABLE)
#define GET_FLOWTABLE (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETFLOWTABLE)
#define BYTES	      (32 * 1024)

struct names {
	const char *table, *flowtable; /* NULL: not said */
};

struct search {
	struct arena *arena;
	const char *found;
};

static int keep(const struct nlattr *attr, void *to)
{
	struct names *names = to;

	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return MNL_CB_OK;
	if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_TABLE)
		names->table = mnl_attr_get_str(attr);
	if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_NAME)
		names->flowtable = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

const char *flowtables_name(struct arena *a, const struct nlmsghdr *message)
{
	struct names names = { 0 };

	if (message->nlmsg_type != NEW_FLOWTABLE)
		return NULL;
	mnl_attr_parse(message, sizeof(struct nfgenmsg), keep, &names);
	if (!names.table || !names.flowtable)
		return NULL;
	return arena_printf(a, "%s %s", names.table, names.flowtable);
}

static int look(const struct nlmsghdr *message, void *to)
{
	struct search *search = to;

	if (!search->found)
		search->found = flowtables_name(search->arena, message);
	return MNL_CB_OK;
}

static void ask(struct mnl_socket *nl, char *bytes, struct search *search)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(bytes);
	struct nfgenmsg *nf;
	int more = MNL_CB_OK;

	request->nlmsg_type = GET_FLOWTABLE;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = 1;
	nf = mnl_nlmsg_put_extra_header(request, sizeof(*nf));
	nf->nfgen_family = NFPROTO_UNSPEC;
	nf->version = NFNETLINK_V0;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(nl, bytes, BYTES);

		more = n < 0 ? MNL_CB_ERROR
			     : mnl_cb_run(bytes, (size_t)n, 1, mnl_socket_get_portid(nl),
					  look, search);
	}
}

const char *flowtables_first(struct arena *a)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	struct search search = { .arena = a };

	if (!nl)
		return NULL;
	ask(nl, arena_alloc(a, BYTES), &search);
	mnl_socket_close(nl);
	return search.found;
}
