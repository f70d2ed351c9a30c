/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes a name that belongs to netpolc, as any process of the network namespace may,
 * says so, and keeps it until it is killed.
 *
 * usage: squatter stream|seqpacket|dgram NAME bind|listen|full|hang-up|ANSWER
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int type_of(const char *word)
{
	return !strcmp(word, "stream")	    ? SOCK_STREAM
	       : !strcmp(word, "seqpacket") ? SOCK_SEQPACKET
					    : SOCK_DGRAM;
}

/* Nobody else can connect any more. */
static void fill(int type, const struct sockaddr_un *name, socklen_t len)
{
	int fd;

	do
		fd = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
	while (!connect(fd, (const struct sockaddr *)name, len));
}

static void serve(int fd, int type, const char *answer)
{
	struct sockaddr_un from;
	socklen_t len = sizeof(from);
	char request;
	int to;

	if (type == SOCK_DGRAM) {
		recvfrom(fd, &request, 1, 0, (struct sockaddr *)&from, &len);
		sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&from, len);
		return;
	}
	to = accept(fd, NULL, NULL);
	if (*answer)
		send(to, answer, strlen(answer), MSG_NOSIGNAL);
	close(to);
}

int main(int argc, char *argv[])
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd, type;

	if (argc != 4)
		return 2;
	type = type_of(argv[1]);
	fd = socket(AF_UNIX, type, 0);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[2]));
	strncpy(name.sun_path + 1, argv[2], sizeof(name.sun_path) - 2);
	if (bind(fd, (const struct sockaddr *)&name, len) < 0 ||
	    (strcmp(argv[3], "bind") && type != SOCK_DGRAM && listen(fd, 0) < 0))
		return 1;
	if (!strcmp(argv[3], "full"))
		fill(type, &name, len);
	puts("held");
	fflush(stdout);
	if (!strcmp(argv[3], "bind") || !strcmp(argv[3], "listen") ||
	    !strcmp(argv[3], "full"))
		pause();
	for (;;)
		serve(fd, type, strcmp(argv[3], "hang-up") ? argv[3] : "");
}
