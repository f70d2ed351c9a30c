/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection by ordinary sockets, for tests where packets made by hand would not
 * do.
 *
 *   connect serve PORT               answers TCP and UDP of both families, for ever
 *   connect tcp|udp ADDRESS PORT     0 when answered within a second, else 1
 *   connect udp ADDRESS PORT FROM SOURCE-PORT
 *                                    sends from there, whoever has that address
 */
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 1000

static struct addrinfo *resolve(const char *address, const char *port, int type)
{
	const struct addrinfo hints = { .ai_socktype = type,
					.ai_family = address ? AF_UNSPEC : AF_INET6,
					.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV |
						    AI_PASSIVE };
	struct addrinfo *found;

	if (getaddrinfo(address, port, &hints, &found)) {
		fprintf(stderr, "no address or port: %s %s\n", address, port);
		exit(2);
	}
	return found;
}

/* One that takes IPv4 too. */
static int server(const char *port, int type)
{
	struct addrinfo *at = resolve(NULL, port, type);
	int fd = socket(AF_INET6, type, 0), off = 0;

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, at->ai_addr, at->ai_addrlen) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 16) < 0)) {
		perror("serve");
		exit(2);
	}
	freeaddrinfo(at);
	return fd;
}

static void answer(int fd, int type)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char byte;

	if (type == SOCK_STREAM) {
		int connection = accept(fd, NULL, NULL);

		(void)!write(connection, "!", 1);
		close(connection);
	} else if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &len) == 1) {
		sendto(fd, "!", 1, 0, (struct sockaddr *)&from, len);
	}
}

static int serve(const char *port)
{
	struct pollfd both[2] = { { .fd = server(port, SOCK_STREAM), .events = POLLIN },
				  { .fd = server(port, SOCK_DGRAM), .events = POLLIN } };

	for (;;) {
		if (poll(both, 2, -1) < 0)
			return 2;
		if (both[0].revents)
			answer(both[0].fd, SOCK_STREAM);
		if (both[1].revents)
			answer(both[1].fd, SOCK_DGRAM);
	}
}

static int try(int type, const char *address, const char *port)
{
	struct addrinfo *to = resolve(address, port, type);
	int fd = socket(to->ai_family, type | SOCK_NONBLOCK, 0);
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char byte;

	connect(fd, to->ai_addr, to->ai_addrlen);
	freeaddrinfo(to);
	if (type == SOCK_DGRAM)
		send(fd, "?", 1, 0);
	if (poll(&ready, 1, PATIENCE_MS) != 1)
		return 1;
	return recv(fd, &byte, 1, 0) == 1 ? 0 : 1;
}

/* One datagram; whoever answers does not answer here. */
static int send_from(const char *address, const char *port, const char *from,
		     const char *source_port)
{
	struct addrinfo *to = resolve(address, port, SOCK_DGRAM);
	struct addrinfo *self = resolve(from, source_port, SOCK_DGRAM);
	int fd = socket(to->ai_family, SOCK_DGRAM, 0), on = 1;

	if (to->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on));
	if (bind(fd, self->ai_addr, self->ai_addrlen) < 0 ||
	    sendto(fd, "?", 1, 0, to->ai_addr, to->ai_addrlen) != 1) {
		perror("send");
		return 2;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "tcp"))
		return try(SOCK_STREAM, argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "udp"))
		return try(SOCK_DGRAM, argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "udp"))
		return send_from(argv[2], argv[3], argv[4], argv[5]);
	fprintf(stderr, "usage: connect serve PORT | tcp|udp ADDRESS PORT\n");
	return 2;
}
