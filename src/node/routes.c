/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: addresses; out: the links that lead to them.
 *
 * The links are read once, the routes one by one: RTM_GETROUTE answers as the kernel
 * would for a packet, and with RTM_F_FIB_MATCH it says which route that was.
 */
#include <netpolc/node/routes.h>

#include <netpolc/base/arena.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#define REQUEST_BYTES 256
#define ANSWER_BYTES  (64 * 1024)

struct routes {
	struct arena *arena;
	struct mnl_socket *nl;
	uint32_t seq;
	char *answer;
	struct {
		struct link *at;
		size_t len, cap;
	} links;
	struct way *way; /* that is being asked for */
};

static int ask(struct routes *r, struct nlmsghdr *nlh, mnl_cb_t each)
{
	int more = MNL_CB_OK;

	nlh->nlmsg_seq = ++r->seq;
	if (mnl_socket_sendto(r->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(r->nl, r->answer, ANSWER_BYTES);

		if (n < 0)
			return -errno;
		more = mnl_cb_run(r->answer, (size_t)n, r->seq,
				  mnl_socket_get_portid(r->nl), each, r);
	}
	return more == MNL_CB_ERROR ? -errno : 0;
}

/* ---- links ---- */

static int find_bridge(const struct nlattr *attr, void *to)
{
	bool *bridge = to;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		*bridge = !strcmp(mnl_attr_get_str(attr), "bridge");
	return MNL_CB_OK;
}

static int find_name(const struct nlattr *attr, void *to)
{
	struct link *link = to;

	if (mnl_attr_get_type(attr) == IFLA_IFNAME)
		link->name = mnl_attr_get_str(attr);
	if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
		mnl_attr_parse_nested(attr, find_bridge, &link->bridge);
	return MNL_CB_OK;
}

static int add_link(const struct nlmsghdr *nlh, void *to)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct link link = { .index = (unsigned)info->ifi_index };
	struct routes *r = to;

	mnl_attr_parse(nlh, sizeof(*info), find_name, &link);
	if (!link.name)
		return MNL_CB_OK;
	link.name = arena_strndup(r->arena, link.name, strlen(link.name));
	*ARENA_PUSH(r->arena, &r->links) = link;
	return MNL_CB_OK;
}

static int read_links(struct routes *r)
{
	char bytes[REQUEST_BYTES];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	return ask(r, nlh, add_link);
}

static const struct link *link_of(const struct routes *r, unsigned index)
{
	for (size_t i = 0; i < r->links.len; i++)
		if (r->links.at[i].index == index)
			return &r->links.at[i];
	return NULL;
}

const struct link *routes_link(const struct routes *r, const char *name)
{
	for (size_t i = 0; i < r->links.len; i++)
		if (!strcmp(r->links.at[i].name, name))
			return &r->links.at[i];
	return NULL;
}

bool routes_bridged(const struct routes *r)
{
	for (size_t i = 0; i < r->links.len; i++)
		if (r->links.at[i].bridge)
			return true;
	return false;
}

/* ---- routes ---- */

struct found {
	unsigned index;
	bool gateway;
};

static int find_way(const struct nlattr *attr, void *to)
{
	struct found *found = to;
	unsigned type = mnl_attr_get_type(attr);

	if (type == RTA_OIF)
		found->index = mnl_attr_get_u32(attr);
	found->gateway |= type == RTA_GATEWAY || type == RTA_VIA;
	return MNL_CB_OK;
}

static int keep_way(const struct nlmsghdr *nlh, void *to)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(nlh);
	struct found found = { 0 };
	struct routes *r = to;

	mnl_attr_parse(nlh, sizeof(*route), find_way, &found);
	if (route->rtm_type == RTN_UNICAST)
		r->way->link = link_of(r, found.index);
	r->way->direct = r->way->link && route->rtm_dst_len && !found.gateway;
	return MNL_CB_STOP;
}

static void put_address(struct nlmsghdr *nlh, struct address a)
{
	uint8_t bytes[16];
	size_t len = family_bits(a.family) / 8;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(a.number >> (8 * (len - 1 - i)));
	mnl_attr_put(nlh, RTA_DST, len, bytes);
}

int routes_find(struct routes *r, struct address to, struct way *out)
{
	char bytes[REQUEST_BYTES];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct rtmsg *route;
	int err;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	route = mnl_nlmsg_put_extra_header(nlh, sizeof(*route));
	route->rtm_family = to.family == FAMILY_IPV4 ? AF_INET : AF_INET6;
	route->rtm_dst_len = (uint8_t)family_bits(to.family);
	route->rtm_flags = RTM_F_FIB_MATCH;
	put_address(nlh, to);
	*out = (struct way){ 0 };
	r->way = out;
	err = ask(r, nlh, keep_way);
	/* Unreachable by the lack of a route, or by a route that says so. */
	return err == -ENETUNREACH || err == -EHOSTUNREACH || err == -EACCES ||
			       err == -EINVAL
		       ? 0
		       : err;
}

/* ---- the whole ---- */

int routes_open(struct routes **out, struct arena *a)
{
	struct routes *r = ARENA_NEW(a, struct routes);

	*out = r;
	r->arena = a;
	r->answer = arena_alloc(a, ANSWER_BYTES);
	r->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!r->nl || mnl_socket_bind(r->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	return read_links(r);
}

void routes_close(struct routes *r)
{
	if (r->nl)
		mnl_socket_close(r->nl);
}
