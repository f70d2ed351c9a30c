/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To be loaded in front of the C library: makes sockets fail as the environment says.
 *
 * NETPOLC_FAULT=unsupported	there is no netfilter netlink
 * NETPOLC_FAULT=N		the N-th read of a netlink socket finds that answers
 *				were lost for want of room
 * NETPOLC_FAULT=local		there is no descriptor for a socket to other programs
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char *fault(void)
{
	const char *said = getenv("NETPOLC_FAULT");

	return said ? said : "";
}

static int is_netlink(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
	       domain == AF_NETLINK;
}

int socket(int domain, int type, int protocol)
{
	int (*next)(int, int, int) = NULL;

	*(void **)&next = dlsym(RTLD_NEXT, "socket");
	if (domain == AF_NETLINK && protocol == NETLINK_NETFILTER &&
	    !strcmp(fault(), "unsupported")) {
		errno = EPROTONOSUPPORT;
		return -1;
	}
	if (domain == AF_UNIX && !strcmp(fault(), "local")) {
		errno = EMFILE;
		return -1;
	}
	return next(domain, type, protocol);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	static int calls;
	ssize_t (*next)(int, struct msghdr *, int) = NULL;
	ssize_t n;

	*(void **)&next = dlsym(RTLD_NEXT, "recvmsg");
	n = next(fd, message, flags);
	if (!is_netlink(fd) || ++calls != atoi(fault()))
		return n;
	errno = ENOBUFS;
	return -1;
}
