/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a table comes in, the right to change it goes out, or the name of the
 * process that has it.
 */
#include <netpolc/enforce/lock.h>

#include <netpolc/base/clock.h>
#include <netpolc/base/diag.h>
#include <netpolc/enforce/identity.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/node/unix_owner.h>
#include <netpolc/run/progress.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define NAP_MS	 10   /* where there is nothing to wait for */
#define GRACE_MS 1000 /* for whoever has a name to say who it is */

struct wait {
	const struct config *cfg;
	struct sockaddr_un name;
	socklen_t len;
	int64_t since; /* clock_ms() */
	struct identity holder;
	pid_t told; /* whom we have said that we wait for */
};

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

/* Connected to the holder, or -1: it is between its bind() and its listen(), gone just
 * now, or wants no connections. */
static int meet_holder(struct wait *w)
{
	int fd = unix_socket();

	w->holder = IDENTITY_UNKNOWN;
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&w->name, w->len) < 0) {
		/* Its queue is full of those that wait, or of a stranger's. */
		if (errno == EAGAIN && !unix_owner(&w->name, w->len, &w->holder.user))
			w->holder.process = IDENTITY_UNTOLD;
		close(fd);
		return -1;
	}
	w->holder = identity_of(fd);
	return fd;
}

static int ms_left(const struct wait *w, bool met)
{
	int64_t passed = clock_ms(CLOCK_MONOTONIC) - w->since;
	int64_t patience = (int64_t)w->cfg->lock_timeout * 1000;

	if (!met && patience < GRACE_MS)
		patience = GRACE_MS;
	return patience > passed ? (int)(patience - passed) : 0;
}

static void tell_once(struct wait *w)
{
	BUF_AUTO who = { 0 };

	if (w->told == w->holder.process)
		return;
	w->told = w->holder.process;
	identity_describe(&who, &w->holder);
	progress_tell(w->cfg, "waiting for %s", who.at);
}

/* Until the holder is gone or the time is up; false when it was up before.  A
 * connection that nobody accepts ends with the listener; a stranger may end it at any
 * time. */
static bool wait_for_holder(struct wait *w)
{
	struct pollfd gone = { .fd = meet_holder(w), .events = POLLIN };
	int left = ms_left(w, gone.fd >= 0);

	if (left && gone.fd >= 0) {
		tell_once(w);
		poll(&gone, 1, left);
	}
	if (gone.fd >= 0)
		close(gone.fd);
	if (left && !identity_is_trusted(&w->holder))
		poll(NULL, 0, NAP_MS);
	return left;
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
	identity_describe(&who, &w->holder);
	diag_add(cx->diags, DIAG_LOCKED, NULL,
		 "table inet %s is being changed by %s; waited %lu s", table, who.at,
		 w->cfg->lock_timeout);
}

/* A handle of no lock. */
static int go_without(struct ctx *cx, const struct wait *w)
{
	const char *table = w->cfg->lower.table;
	BUF_AUTO who = { 0 };

	identity_describe(&who, &w->holder);
	if (w->holder.user != (uid_t)-1)
		diag_add_level(cx->diags, DIAG_LOCKED, DIAG_WARNING, NULL,
			       "%s has the lock of table inet %s and is not netpolc: "
			       "going on without; waited %lu s",
			       who.at, table, w->cfg->lock_timeout);
	else
		diag_add_level(cx->diags, DIAG_LOCKED, DIAG_WARNING, NULL,
			       "nobody can ask who has the lock of table inet %s, as too "
			       "many have asked or it is being let go: going on without; "
			       "waited %lu s",
			       table, w->cfg->lock_timeout);
	return unix_socket();
}

int lock_take(struct ctx *cx, const struct config *cfg)
{
	struct wait w = { .cfg = cfg, .since = clock_ms(CLOCK_MONOTONIC), .told = -1 };
	int fd;

	w.len = identity_name(&w.name, cfg->lower.table, "");
	do
		fd = try_lock(&w);
	while (fd == -EADDRINUSE && wait_for_holder(&w));
	if (fd == -EADDRINUSE && !identity_is_trusted(&w.holder))
		fd = go_without(cx, &w);
	if (fd < 0)
		report(cx, &w, fd);
	return fd < 0 ? -1 : fd;
}
