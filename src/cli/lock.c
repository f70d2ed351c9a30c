/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a table comes in, the right to change it goes out, or the name of the
 * process that has it.
 */
#include <netpolc/cli/lock.h>

#include <netpolc/base/visible.h>
#include <netpolc/cli/progress.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAP_MS	      10 /* where there is nothing to wait for yet */
#define COMMAND_BYTES 200

struct wait {
	const struct config *cfg;
	struct sockaddr_un name;
	socklen_t len;
	struct timespec since;
	pid_t holder; /* 0: not known */
};

socklen_t lock_address(struct sockaddr_un *out, const char *table, const char *suffix)
{
	int len;

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	len = snprintf(out->sun_path + 1, sizeof(out->sun_path) - 1, "netpolc/%s%s",
		       table, suffix);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
}

static int unix_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

/* The lock, or a negative errno; -EADDRINUSE when another has it. */
static int try_lock(const struct wait *w)
{
	int fd = unix_socket(), err;

	if (fd < 0)
		return fd;
	if (!bind(fd, (const struct sockaddr *)&w->name, w->len) &&
	    !listen(fd, SOMAXCONN))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int ms_left(const struct wait *w)
{
	struct timespec now = progress_start();
	long long passed = (now.tv_sec - w->since.tv_sec) * 1000LL +
			   (now.tv_nsec - w->since.tv_nsec) / 1000000;
	long long left = (long long)w->cfg->lock_timeout * 1000 - passed;

	return left > 0 ? (int)left : 0;
}

/* The words of the process's command line; nothing when it cannot be seen. */
static void put_command(struct buf *out, pid_t pid)
{
	char path[sizeof("/proc/") + 10 + sizeof("/cmdline")];
	char words[COMMAND_BYTES + 1];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, words, COMMAND_BYTES);
	close(fd);
	while (len > 0 && !words[len - 1])
		len--;
	if (len <= 0)
		return;
	words[len] = '\0';
	for (ssize_t i = 0; i < len; i++)
		if (!words[i])
			words[i] = ' ';
	buf_puts(out, ", '");
	visible_text(out, words);
	buf_puts(out, "'");
}

static void put_holder(struct buf *out, const struct wait *w)
{
	if (w->holder <= 0) {
		buf_puts(out, "a process of another PID namespace");
		return;
	}
	buf_printf(out, "process %d", (int)w->holder);
	put_command(out, w->holder);
}

/* Connected to the holder, with its number in w->holder; or a negative errno. */
static int meet_holder(struct wait *w)
{
	struct ucred who = { 0 };
	socklen_t len = sizeof(who);
	int fd = unix_socket(), err;

	if (fd < 0)
		return fd;
	if (!connect(fd, (const struct sockaddr *)&w->name, w->len)) {
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len);
		w->holder = who.pid;
		return fd;
	}
	err = -errno;
	close(fd);
	return err;
}

/* Until the holder is gone or the time is up; false when it is.  A connection that
 * nobody accepts ends with the listener. */
static bool wait_for_holder(struct wait *w)
{
	struct pollfd gone = { .fd = meet_holder(w), .events = POLLIN };
	int left = ms_left(w);
	BUF_AUTO who = { 0 };

	if (gone.fd < 0) {
		/* Between its bind() and its listen(), or gone just now. */
		poll(NULL, 0, left < NAP_MS ? left : NAP_MS);
		return left > 0;
	}
	put_holder(&who, w);
	if (left > 0)
		progress_tell(w->cfg, "waiting for %s", who.at);
	poll(&gone, 1, left);
	close(gone.fd);
	return ms_left(w) > 0;
}

static void report(struct ctx *cx, const struct wait *w, int err)
{
	const char *table = w->cfg->lower.table;
	BUF_AUTO who = { 0 };

	if (err != -EADDRINUSE) {
		diag_add(cx->diags, DIAG_LOCKED, NULL, "cannot lock table inet %s: %s",
			 table, strerror(-err));
		return;
	}
	put_holder(&who, w);
	diag_add(cx->diags, DIAG_LOCKED, NULL,
		 "table inet %s is being changed by %s; waited %lu s", table, who.at,
		 w->cfg->lock_timeout);
}

int lock_take(struct ctx *cx, const struct config *cfg)
{
	struct wait w = { .cfg = cfg, .since = progress_start() };
	int fd;

	w.len = lock_address(&w.name, cfg->lower.table, "");
	do
		fd = try_lock(&w);
	while (fd == -EADDRINUSE && wait_for_holder(&w));
	if (fd < 0)
		report(cx, &w, fd);
	return fd < 0 ? -1 : fd;
}
