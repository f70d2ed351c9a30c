/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: names of links and what they should be; out: rtnetlink requests.
 *
 * The idea: a request is built in one buffer, sent over a socket of its own and
 * answered by one acknowledgement; nothing is fast here and nothing has to be.
 */
#include <netpolc/lab/links.h>

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#define REQUEST_BYTES 1024
#define ANSWER_BYTES  8192 /* the request comes back in an error */

static int exchange(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	char answer[ANSWER_BYTES];
	ssize_t n;

	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	if (n < 0 || mnl_cb_run(answer, (size_t)n, nlh->nlmsg_seq,
				mnl_socket_get_portid(nl), NULL, NULL) < 0)
		return -errno;
	return 0;
}

static int request(struct nlmsghdr *nlh)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int err;

	if (!nl)
		return -errno;
	nlh->nlmsg_seq = 1;
	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	err = exchange(nl, nlh);
	mnl_socket_close(nl);
	return err;
}

static void put_peer(struct nlmsghdr *nlh, const char *far, int far_fd)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data, *peer;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, far);
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)far_fd);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

int links_pair(const char *near, const uint8_t *near_mac, const char *far, int far_fd)
{
	char bytes[REQUEST_BYTES];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, near);
	if (near_mac)
		mnl_attr_put(nlh, IFLA_ADDRESS, 6, near_mac);
	put_peer(nlh, far, far_fd);
	return request(nlh);
}

int links_up(const char *name, bool neighbours)
{
	char bytes[REQUEST_BYTES];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct ifinfomsg *link;

	nlh->nlmsg_type = RTM_NEWLINK;
	link = mnl_nlmsg_put_extra_header(nlh, sizeof(*link));
	link->ifi_index = (int)if_nametoindex(name);
	link->ifi_flags = IFF_UP | (neighbours ? 0u : (unsigned)IFF_NOARP);
	link->ifi_change = IFF_UP | IFF_NOARP;
	return link->ifi_index ? request(nlh) : -ENODEV;
}

/* By way of a gateway that does not exist: one neighbour entry for all, not one
 * for each address in a table that all namespaces share. */
int links_default_route(const char *name, enum family family)
{
	static const uint8_t gateway[FAMILIES][16] = {
		[FAMILY_IPV4] = { 192, 0, 2, 1 },
		[FAMILY_IPV6] = { 0xfe, 0x80, [15] = 1 },
	};
	char bytes[REQUEST_BYTES];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct rtmsg *route;

	nlh->nlmsg_type = RTM_NEWROUTE;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	route = mnl_nlmsg_put_extra_header(nlh, sizeof(*route));
	route->rtm_family = family == FAMILY_IPV4 ? AF_INET : AF_INET6;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = RT_SCOPE_UNIVERSE;
	route->rtm_type = RTN_UNICAST;
	route->rtm_flags = RTNH_F_ONLINK;
	mnl_attr_put(nlh, RTA_GATEWAY, family == FAMILY_IPV4 ? 4 : 16, gateway[family]);
	mnl_attr_put_u32(nlh, RTA_OIF, if_nametoindex(name));
	return request(nlh);
}

int links_setting(const char *path, const char *value)
{
	char name[128];
	int fd, err = 0;

	snprintf(name, sizeof(name), "/proc/sys/net/%s", path);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int links_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

int links_namespace(int *fd)
{
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	*fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}
