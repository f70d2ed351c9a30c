/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset on trial and its predecessor come in; one of them stays.
 *
 * The guardian is a fork, so its memory is all that was compiled and read.  From then
 * on it depends on nothing but the kernel: no terminal, no file, and no answer of
 * whoever asks it anything.
 */
#include <netpolc/enforce/guardian.h>

#include <netpolc/base/clock.h>
#include <netpolc/base/detached.h>
#include <netpolc/enforce/identity.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/readback.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define RESTORE_ATTEMPTS 5
#define RETRY_MS	 1000
#define VISIT_MS	 1000 /* for whoever connects to say what it wants */

struct guardian {
	const struct guardian_job *job;
	int caller;  /* -1 when it is gone */
	int public;  /* whom others ask */
	int signals; /* SIGTERM */
	bool armed;
	int64_t deadline;	      /* in ms, of now_ms() */
	enum guardian_answer outcome; /* GUARDIAN_UNREACHED: it goes on */
	char said[GUARDIAN_BYTES];    /* last, to a request or in the end */
};

/* Time goes on while the machine sleeps. */
static int64_t now_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

static void arm(struct guardian *g)
{
	g->armed = true;
	g->deadline = now_ms() + (int64_t)g->job->cfg->try_seconds * 1000;
}

/* What was reported last, if it was. */
static const char *reason(struct ctx *cx)
{
	size_t n;
	const struct diag *const *all = diag_sorted(cx->diags, &n);

	return n ? all[n - 1]->message : "";
}

static void say(struct guardian *g, enum guardian_answer answer, const char *why)
{
	snprintf(g->said, sizeof(g->said), "%c%s", answer, why);
}

static void conclude(struct guardian *g, enum guardian_answer outcome, const char *why)
{
	g->outcome = outcome;
	say(g, outcome, why);
}

/* ---- the two ends ---- */

bool guardian_put_back(struct ctx *cx, const struct guardian_job *job)
{
	const char *table = job->cfg->lower.table;
	bool done;

	if (job->previous.len)
		return kernel_load(cx, &kernel_libnftables, &job->previous, false);
	done = kernel_delete(cx, &kernel_libnftables, table);
	if (done)
		cache_forget(CACHE_DIR, table);
	return done;
}

static enum guardian_answer try_to_restore(struct ctx *cx, const struct guardian_job *job)
{
	enum loaded owner = readback_owner(cx, job->cfg->lower.table, CACHE_DIR);

	/* Somebody may have removed our table and made another one under its name. */
	if (owner == LOADED_FOREIGN)
		return GUARDIAN_FOREIGN;
	if (owner == LOADED_UNKNOWN || !guardian_put_back(cx, job))
		return GUARDIAN_FAILED;
	return GUARDIAN_RESTORED;
}

/* The context of the run may hold what was reported before: each attempt has one of
 * its own. */
static void restore(struct guardian *g)
{
	for (int left = RESTORE_ATTEMPTS; left--;) {
		enum guardian_answer outcome;
		struct ctx cx;

		ctx_init(&cx, &g->job->cfg->set);
		outcome = try_to_restore(&cx, g->job);
		conclude(g, outcome, reason(&cx));
		ctx_free(&cx);
		if (outcome != GUARDIAN_FAILED)
			return;
		poll(NULL, 0, RETRY_MS);
	}
}

/* Only what was on trial: with another table there, it is not over. */
static void keep(struct guardian *g)
{
	const struct guardian_job *job = g->job;
	BUF_AUTO why = { 0 };
	struct ctx cx;

	ctx_init(&cx, &job->cfg->set);
	if (readback_equal(&cx, job->rs, &why)) {
		struct last_good lg = {
			.cx = &cx, .cfg = job->cfg, .rs = job->rs, .cl = job->cl
		};

		last_good_keep(&lg);
		conclude(g, GUARDIAN_KEPT, reason(&cx));
	} else {
		say(g, GUARDIAN_CHANGED, why.len ? why.at : reason(&cx));
	}
	ctx_free(&cx);
}

/* ---- requests ---- */

static bool send_text(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
}

static void hear_caller(struct guardian *g)
{
	char request;
	ssize_t n = recv(g->caller, &request, 1, 0);

	if (n <= 0) {
		close(g->caller);
		g->caller = -1;
		if (!g->armed)
			arm(g);
	} else if (request == GUARDIAN_COMMITTED) {
		arm(g);
	} else if (request == GUARDIAN_KEEP) {
		keep(g);
		if (!g->outcome)
			send_text(g->caller, g->said);
	} else if (request == GUARDIAN_RESTORE) {
		restore(g);
	} else {
		conclude(g, GUARDIAN_RESTORED, "");
	}
}

/* Who is gone already wants nothing any more. */
static bool greet(const struct guardian *g, int fd, enum guardian_answer answer)
{
	char text[GUARDIAN_BYTES];

	snprintf(text, sizeof(text), "%c%lld", answer,
		 (long long)(time(NULL) + (g->deadline - now_ms()) / 1000));
	return send_text(fd, text);
}

/* Strangers are not listened to, so they cannot make anybody wait. */
static void receive(struct guardian *g, int visitor)
{
	const struct identity who = identity_of(visitor);
	struct pollfd word = { .fd = visitor, .events = POLLIN };
	char request;

	if (!identity_is_trusted(&who)) {
		greet(g, visitor, GUARDIAN_FORBIDDEN);
		return;
	}
	if (!greet(g, visitor, GUARDIAN_RUNNING) || poll(&word, 1, VISIT_MS) <= 0 ||
	    recv(visitor, &request, 1, 0) != 1 || request != GUARDIAN_KEEP)
		return;
	keep(g);
	send_text(visitor, g->said);
}

static void hear_public(struct guardian *g)
{
	int visitor = accept4(g->public, NULL, NULL, SOCK_CLOEXEC);

	if (visitor < 0)
		return;
	receive(g, visitor);
	close(visitor);
}

/* ---- its life ---- */

static int open_public(const struct config *cfg)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un name;
	socklen_t len = identity_name(&name, cfg->lower.table, GUARDIAN_SUFFIX);

	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&name, len) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

/* It is blocked, like all others. */
static int open_signals(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return signalfd(-1, &term, SFD_CLOEXEC);
}

/* Nobody waits for an end of file here. */
static void let_go(int lock)
{
	close(lock);
	for (int fd = STDIN_FILENO; fd < STDERR_FILENO; fd++)
		if (dup2(STDERR_FILENO, fd) < 0)
			close(fd);
}

static void guard(struct guardian *g)
{
	while (!g->outcome) {
		struct pollfd fds[] = { { .fd = g->caller, .events = POLLIN },
					{ .fd = g->armed ? g->public : -1,
					  .events = POLLIN },
					{ .fd = g->signals, .events = POLLIN } };
		int64_t left = g->deadline - now_ms();

		if (g->armed && left <= 0) {
			restore(g);
			return;
		}
		if (poll(fds, 3, g->armed ? (int)left : -1) <= 0)
			continue;
		if (fds[2].revents)
			restore(g);
		else if (fds[0].revents)
			hear_caller(g);
		else
			hear_public(g);
	}
}

__attribute__((noreturn)) static void live(const struct guardian_job *job, int lock,
					   int caller)
{
	struct guardian g = { .job = job, .caller = caller, .signals = open_signals() };
	int err;

	let_go(lock);
	g.public = open_public(job->cfg);
	err = g.public < 0 ? g.public : 0;
	detached_say(caller, &err, sizeof(err));
	if (err)
		_exit(1);
	guard(&g);
	detached_say(g.caller, g.said, strlen(g.said));
	_exit(0);
}

pid_t guardian_start(const struct guardian_job *job, int lock, int *caller)
{
	pid_t pid = detached_begin(caller);
	int err;

	if (!pid)
		live(job, lock, *caller);
	if (pid < 0)
		return pid;
	if (!detached_hear(*caller, &err, sizeof(err)))
		err = -ECHILD;
	if (!err)
		return pid;
	detached_wait(pid, *caller);
	return err;
}
