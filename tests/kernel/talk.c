/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of a connection that stays open, for tests of what becomes of it.  Each line
 * on standard input is a byte to send, each byte that arrives a line on standard
 * output; "ready" is the first line, when there is a connection.  A line "?" is answered
 * by the TCP sequence numbers of what is sent next and of what is expected next.
 *
 *   talk listen tcp|udp ADDRESS PORT     for one peer
 *   talk connect tcp|udp ADDRESS PORT
 *
 * What listens on UDP answers every byte with one.  With PUSH_MS in the environment a
 * byte is sent every so many milliseconds, too.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct talk {
	int fd;
	bool udp, listens;
};

static void end(const char *what)
{
	perror(what);
	exit(1);
}

static struct addrinfo *resolve(const char *address, const char *port, int type)
{
	const struct addrinfo hints = { .ai_socktype = type,
					.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found;

	if (getaddrinfo(address, port, &hints, &found))
		end("no address or port");
	return found;
}

/* UDP has no connection before the first byte. */
static void listen_for(struct talk *t, const struct addrinfo *at)
{
	int on = 1, fd = socket(at->ai_family, at->ai_socktype, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, at->ai_addr, at->ai_addrlen) < 0)
		end("bind");
	t->fd = fd;
	if (t->udp)
		return;
	if (listen(fd, 1) < 0)
		end("listen");
	t->fd = accept(fd, NULL, NULL);
	close(fd);
}

static void connect_to(struct talk *t, const struct addrinfo *at)
{
	t->fd = socket(at->ai_family, at->ai_socktype, 0);
	/* Until the other end listens. */
	while (connect(t->fd, at->ai_addr, at->ai_addrlen) < 0) {
		if (errno != ECONNREFUSED)
			end("connect");
		close(t->fd);
		poll(NULL, 0, 50);
		t->fd = socket(at->ai_family, at->ai_socktype, 0);
	}
}

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

/* A byte from the other end; what ends the connection is told too. */
static void hear(struct talk *t)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char byte;

	if (recvfrom(t->fd, &byte, 1, 0, (struct sockaddr *)&from, &len) < 1) {
		say("closed");
		close(t->fd);
		t->fd = -1;
		return;
	}
	say("byte");
	if (t->udp && t->listens) {
		connect(t->fd, (struct sockaddr *)&from, len);
		send(t->fd, "!", 1, 0);
	}
}

/* While a socket is under repair it tells what is else its own business. */
static unsigned next_number(int fd, int queue)
{
	unsigned number = 0;
	socklen_t len = sizeof(number);

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)) < 0 ||
	    getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, &len) < 0)
		end("sequence number");
	return number;
}

static void tell_numbers(const struct talk *t)
{
	int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF_NO_WP;
	unsigned sent, heard;

	if (setsockopt(t->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) < 0)
		end("repair");
	sent = next_number(t->fd, TCP_SEND_QUEUE);
	heard = next_number(t->fd, TCP_RECV_QUEUE);
	if (setsockopt(t->fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)) < 0)
		end("repair");
	printf("at %u %u\n", sent, heard);
	fflush(stdout);
}

static void talk(struct talk *t, int pause_ms)
{
	char line[80];

	for (;;) {
		struct pollfd both[] = { { .fd = STDIN_FILENO, .events = POLLIN },
					 { .fd = t->fd, .events = POLLIN } };
		int ready = poll(both, 2, pause_ms);

		if (!ready)
			send(t->fd, ".", 1, MSG_NOSIGNAL);
		if (ready && both[1].revents)
			hear(t);
		if (!ready || !both[0].revents)
			continue;
		if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
			return;
		if (line[0] == '?')
			tell_numbers(t);
		else
			send(t->fd, "!", 1, MSG_NOSIGNAL);
	}
}

int main(int argc, char *argv[])
{
	const char *push = getenv("PUSH_MS");
	struct addrinfo *at;
	struct talk t;

	if (argc != 5) {
		fputs("usage: talk listen|connect tcp|udp ADDRESS PORT\n", stderr);
		return 2;
	}
	t.listens = !strcmp(argv[1], "listen");
	t.udp = !strcmp(argv[2], "udp");
	at = resolve(argv[3], argv[4], t.udp ? SOCK_DGRAM : SOCK_STREAM);
	if (t.listens)
		listen_for(&t, at);
	else
		connect_to(&t, at);
	freeaddrinfo(at);
	say("ready");
	talk(&t, push ? atoi(push) : -1);
	return 0;
}
