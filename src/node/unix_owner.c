/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A name comes in, the user whose socket listens there goes out.
 */
#include <netpolc/node/unix_owner.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#define ANSWER_BYTES (32 * 1024)

struct search {
	const char *name;
	size_t len;
	bool found;
	uid_t user;
};

/* Of one socket. */
struct attributes {
	const struct nlattr *name, *user;
};

static int keep_attribute(const struct nlattr *attr, void *to)
{
	struct attributes *all = to;

	if (mnl_attr_get_type(attr) == UNIX_DIAG_NAME)
		all->name = attr;
	else if (mnl_attr_get_type(attr) == UNIX_DIAG_UID)
		all->user = attr;
	return MNL_CB_OK;
}

static int look_at(const struct nlmsghdr *nlh, void *to)
{
	struct attributes all = { 0 };
	struct search *s = to;

	mnl_attr_parse(nlh, sizeof(struct unix_diag_msg), keep_attribute, &all);
	if (!all.name || !all.user || mnl_attr_get_payload_len(all.name) != s->len ||
	    memcmp(mnl_attr_get_payload(all.name), s->name, s->len) != 0)
		return MNL_CB_OK;
	s->found = true;
	s->user = mnl_attr_get_u32(all.user);
	return MNL_CB_OK;
}

static int search_all(struct mnl_socket *nl, struct search *s)
{
	char bytes[ANSWER_BYTES];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct unix_diag_req *request;
	int more = MNL_CB_OK;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request = mnl_nlmsg_put_extra_header(nlh, sizeof(*request));
	request->sdiag_family = AF_UNIX;
	request->udiag_states = 1u << TCP_LISTEN;
	request->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_UID;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(nl, bytes, sizeof(bytes));

		if (n < 0)
			return -errno;
		more = mnl_cb_run(bytes, (size_t)n, 0, 0, look_at, s);
	}
	return more == MNL_CB_ERROR ? -errno : 0;
}

int unix_owner(const struct sockaddr_un *name, socklen_t len, uid_t *out)
{
	struct search s = { .name = name->sun_path,
			    .len = len - offsetof(struct sockaddr_un, sun_path) };
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	int err;

	if (!nl)
		return -errno;
	err = search_all(nl, &s);
	mnl_socket_close(nl);
	if (!err && !s.found)
		err = -ENOENT;
	if (!err)
		*out = s.user;
	return err;
}
