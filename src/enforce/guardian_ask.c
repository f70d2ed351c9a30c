/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A question comes in, what a guardian says to it goes out, or that there is none.
 */
#include <netpolc/enforce/guardian.h>

#include <netpolc/base/private_file.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* For a connection to be possible: a guardian takes each at once, unless it is about
 * to end. */
#define CONNECT_SECONDS 2

static enum guardian_presence refused(int error, struct guardian_reply *reply)
{
	if (error == ECONNREFUSED)
		return GUARDIAN_ABSENT;
	/* A queue that stays full is no guardian's. */
	if (error == EAGAIN)
		return GUARDIAN_STRANGER;
	reply->error = error;
	return GUARDIAN_UNKNOWN;
}

static enum guardian_presence meet(const struct config *cfg, int fd,
				   struct guardian_reply *reply)
{
	const struct timeval patience = { .tv_sec = CONNECT_SECONDS };
	struct sockaddr_un name;
	socklen_t len = identity_name(&name, cfg->lower.table, GUARDIAN_SUFFIX);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&name, len) < 0)
		return refused(errno, reply);
	reply->from = identity_of(fd);
	return identity_is_trusted(&reply->from) ? GUARDIAN_PRESENT : GUARDIAN_STRANGER;
}

/* The next thing it says; what was said before stays when it is silent for wait_ms, or
 * gone. */
static void hear(int fd, int wait_ms, char said[GUARDIAN_BYTES])
{
	struct pollfd message = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&message, 1, wait_ms) <= 0)
		return;
	n = recv(fd, said, GUARDIAN_BYTES - 1, MSG_DONTWAIT);
	if (n > 0)
		said[n] = '\0';
}

enum guardian_presence guardian_ask(const struct config *cfg, bool keep, int wait_ms,
				    struct guardian_reply *reply)
{
	FD_AUTO fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	const char request = GUARDIAN_KEEP;
	enum guardian_presence who;

	*reply = (struct guardian_reply){ .from = IDENTITY_UNKNOWN };
	who = fd < 0 ? refused(errno, reply) : meet(cfg, fd, reply);
	if (who != GUARDIAN_PRESENT)
		return who;
	hear(fd, wait_ms, reply->said);
	if (keep && reply->said[0] == GUARDIAN_RUNNING &&
	    send(fd, &request, 1, MSG_NOSIGNAL) == 1)
		hear(fd, -1, reply->said);
	return who;
}
