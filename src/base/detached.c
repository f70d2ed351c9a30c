/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One process comes in, two go out; one of them waits for what the other says.
 */
#include <netpolc/base/detached.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void detached_say(int fd, const void *message, size_t len)
{
	(void)!send(fd, message, len, MSG_NOSIGNAL);
}

static ssize_t receive(int line, struct msghdr *m)
{
	ssize_t n;

	/* Where the copy has ended without having heard everything, that is told once,
	 * before what it said last. */
	do
		n = recvmsg(line, m, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	return n;
}

bool detached_hear(int fd, void *message, size_t len)
{
	struct iovec part = { .iov_base = message, .iov_len = len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	return receive(fd, &m) == (ssize_t)len;
}

/* Room for one descriptor, as unix(7) wants it. */
union passing {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr passing_message(struct iovec *part, union passing *room)
{
	return (struct msghdr){ .msg_iov = part,
				.msg_iovlen = 1,
				.msg_control = room->bytes,
				.msg_controllen = sizeof(room->bytes) };
}

bool detached_say_with(int line, const void *message, size_t len, int fd)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)message, .iov_len = len };
	union passing room = { .bytes = { 0 } };
	struct msghdr m = passing_message(&part, &room);

	room.head.cmsg_level = SOL_SOCKET;
	room.head.cmsg_type = SCM_RIGHTS;
	room.head.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&room.head), &fd, sizeof(fd));
	return sendmsg(line, &m, MSG_NOSIGNAL) == (ssize_t)len;
}

bool detached_hear_with(int line, void *message, size_t len, int *fd)
{
	struct iovec part = { .iov_base = message, .iov_len = len };
	union passing room = { .bytes = { 0 } };
	struct msghdr m = passing_message(&part, &room);
	const struct cmsghdr *head;
	const ssize_t n = receive(line, &m);

	*fd = -1;
	head = n < 0 ? NULL : CMSG_FIRSTHDR(&m);
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(head), sizeof(*fd));
	return n == (ssize_t)len;
}

void detached_wait(pid_t copy, int fd)
{
	close(fd);
	while (waitpid(copy, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Before anything is done that must not end half way. */
static void detach(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	sigset_t all;

	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* Where there is no memory, that is said by whoever waits. */
	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		close(STDERR_FILENO);
}

pid_t detached_begin(int *fd)
{
	int fds[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		close(fds[0]);
		*fd = fds[1];
		detach();
		return 0;
	}
	err = -errno;
	close(fds[1]);
	*fd = fds[0];
	if (pid > 0)
		return pid;
	close(fds[0]);
	return err;
}
