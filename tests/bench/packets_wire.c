/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset and packets come in, packets are sent where the ruleset judges them.
 *
 * The idea: everything stays in a network namespace made for it.  Packets leave a
 * raw socket through the output hook and go into one end of a virtual cable whose
 * other end is down, so almost all that they cost is the hook's.  They open the
 * same few connections again and again, which nobody answers: to connection
 * tracking each is new, and none makes an entry any more once all were sent.
 */
#include "packets.h"

#include <errno.h>
#include <fcntl.h>
#include <netpolc/lab/links.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ETHERNET 14

/* Registers connection tracking before the entries are made, and keeps it. */
static const char first_table[] =
	"table inet first {\n\tchain out {\n"
	"\t\ttype filter hook output priority -150; policy accept;\n"
	"\t\tct state established,related accept\n\t}\n}\n";

static int open_socket(void)
{
	int size = 1 << 22, fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}

/* Where IPv6 is missing, nothing needs to be switched off. */
static int make_space(void)
{
	int space, err = links_namespace(&space);

	if (!err)
		links_setting("ipv6/conf/default/disable_ipv6", "1");
	if (!err)
		err = links_pair("w0", NULL, "w1", space);
	if (!err)
		err = links_up("lo", true);
	if (!err)
		err = links_up("w0", false);
	if (!err)
		err = links_default_route("w0", FAMILY_IPV4);
	return err;
}

static bool pass_allowed(struct wire *w)
{
	return sendmmsg(w->fd, w->messages, WIRE_PACKETS, 0) == WIRE_PACKETS;
}

/* Sending many stops at the first that is denied. */
static bool pass_denied(struct wire *w)
{
	for (size_t i = 0; i < WIRE_PACKETS; i++)
		if (sendmsg(w->fd, &w->messages[i].msg_hdr, 0) >= 0 || errno != EPERM)
			return false;
	return true;
}

void wire_put(struct wire *w, size_t i, const struct packet_probe *p)
{
	static const uint8_t nobody[6] = { 0 };
	size_t len = packet_build(w->frames[i], p, (uint32_t)i, nobody);

	w->to[i] = (struct sockaddr_in){ .sin_family = AF_INET };
	w->to[i].sin_addr.s_addr = htonl((uint32_t)p->to.number);
	w->parts[i] = (struct iovec){ w->frames[i] + ETHERNET, len - ETHERNET };
	w->messages[i].msg_hdr = (struct msghdr){ .msg_name = &w->to[i],
						  .msg_namelen = sizeof(w->to[i]),
						  .msg_iov = &w->parts[i],
						  .msg_iovlen = 1 };
}

bool wire_pass(struct wire *w)
{
	return w->denied ? pass_denied(w) : pass_allowed(w);
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

const char *wire_prepare(void)
{
	char users[32];

	if (geteuid() == 0)
		return NULL;
	snprintf(users, sizeof(users), "0 %u 1", (unsigned)geteuid());
	if (unshare(CLONE_NEWUSER) < 0 || write_file("/proc/self/uid_map", users))
		return "neither root nor user namespaces can be had";
	return NULL;
}

const char *wire_open(struct wire *w, const char *ruleset)
{
	const char *why;
	int err = make_space();

	if (err)
		return strerror(-err);
	w->fd = open_socket();
	if (w->fd < 0)
		return strerror(errno);
	why = wire_load(first_table);
	if (!why && !pass_allowed(w))
		why = "packets do not leave the raw socket";
	return why ? why : wire_load(ruleset);
}
