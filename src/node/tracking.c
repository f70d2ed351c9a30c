/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A family comes in; whether its connections are tracked goes out.
 *
 * The only user of netlink sockets in this layer, beside connection tracking's own
 * library.
 */
#include <netpolc/node/tracking.h>

#include <netpolc/node/conntrack.h>

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>
#include <linux/netfilter_ipv4.h>

#ifndef NFNL_SUBSYS_HOOK
#define NFNL_SUBSYS_HOOK 12
#endif

#define RECEIVE_BYTES (32 * 1024)
#define PATIENCE_MS   1000 /* for a datagram that goes nowhere */

/* ---- the kernel's list of hooks ---- */

/* What of a message says whose hook it is. */
struct hook {
	const char *function; /* or NULL: the kernel has no names */
	const struct nlattr *priority, *chain;
};

static int keep(const struct nlattr *attr, void *to)
{
	struct hook *h = to;

	if (mnl_attr_get_type(attr) == NFNLA_HOOK_FUNCTION_NAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		h->function = mnl_attr_get_str(attr);
	else if (mnl_attr_get_type(attr) == NFNLA_HOOK_PRIORITY &&
		 mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		h->priority = attr;
	else if (mnl_attr_get_type(attr) == NFNLA_HOOK_CHAIN_INFO)
		h->chain = attr;
	return MNL_CB_OK;
}

bool tracking_is_hook(const struct nlmsghdr *message)
{
	struct hook h = { 0 };

	mnl_attr_parse(message, sizeof(struct nfgenmsg), keep, &h);
	if (h.function) /* ipv4_conntrack_in, ipv6_conntrack_in */
		return strstr(h.function, "conntrack_in");
	return h.priority && !h.chain &&
	       (int)ntohl(mnl_attr_get_u32(h.priority)) == NF_IP_PRI_CONNTRACK;
}

static int look_for_hook(const struct nlmsghdr *message, void *found)
{
	*(bool *)found |= tracking_is_hook(message);
	return MNL_CB_OK;
}

static int ask(struct mnl_socket *nl, enum family f, bool *found)
{
	char bytes[RECEIVE_BYTES];
	struct nlmsghdr *request = mnl_nlmsg_put_header(bytes);
	struct nfgenmsg *nf;
	int more = MNL_CB_OK;

	request->nlmsg_type = NFNL_SUBSYS_HOOK << 8 | NFNL_MSG_HOOK_GET;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = 1;
	nf = mnl_nlmsg_put_extra_header(request, sizeof(*nf));
	nf->nfgen_family = f == FAMILY_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	nf->version = NFNETLINK_V0;
	mnl_attr_put_u32(request, NFNLA_HOOK_HOOKNUM, htonl(NF_INET_PRE_ROUTING));
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(nl, bytes, sizeof(bytes));

		if (n < 0)
			return -errno;
		more = mnl_cb_run(bytes, (size_t)n, 1, mnl_socket_get_portid(nl),
				  look_for_hook, found);
	}
	return more == MNL_CB_ERROR ? -errno : 0;
}

/* 0, or a negative errno where the kernel does not tell. */
static int find_hook(enum family f, bool *found)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int err = nl ? ask(nl, f, found) : -errno;

	if (nl)
		mnl_socket_close(nl);
	return err;
}

/* ---- a datagram ---- */

/* Bound to a port of the loopback address that nobody else has. */
static int loopback_socket(enum family f, struct conntrack_end *at)
{
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool old = f == FAMILY_IPV4;
	struct sockaddr *name = old ? (void *)&four : (void *)&six;
	socklen_t len = old ? sizeof(four) : sizeof(six);
	int fd = socket(name->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	if (bind(fd, name, len) < 0 || getsockname(fd, name, &len) < 0) {
		close(fd);
		return -1;
	}
	at->address = (struct address){ f, old ? INADDR_LOOPBACK : 1 };
	at->port = ntohs(old ? four.sin_port : six.sin6_port);
	return fd;
}

static bool deliver(int from, int to)
{
	struct pollfd ready = { .fd = to, .events = POLLIN };
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	return !getsockname(to, (struct sockaddr *)&name, &len) &&
	       sendto(from, "", 1, 0, (struct sockaddr *)&name, len) == 1 &&
	       poll(&ready, 1, PATIENCE_MS) == 1;
}

/* What has arrived has left an entry, if any do. */
static bool leaves_entry(enum family f)
{
	struct conntrack_end from, to;
	int source = loopback_socket(f, &from), sink = loopback_socket(f, &to);
	bool sent = source >= 0 && sink >= 0 && deliver(source, sink), found = false;
	struct conntrack *ct;

	if (sent && !conntrack_open(&ct)) {
		found = conntrack_forget_udp(ct, &from, &to) == 0;
		conntrack_close(ct);
	}
	if (source >= 0)
		close(source);
	if (sink >= 0)
		close(sink);
	return found;
}

bool tracking_is_on(enum family f)
{
	bool found = false;

	return find_hook(f, &found) ? leaves_entry(f) : found;
}
