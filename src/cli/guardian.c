/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ruleset on trial and its predecessor come in; one of them stays.
 *
 * The guardian is a fork, so its memory is all that was compiled and read.  From then
 * on it depends on nothing but the kernel: no terminal, no file, and no answer of
 * whoever asks it anything.
 */
#include <netpolc/cli/guardian.h>

#include <netpolc/cli/identity.h>
#include <netpolc/cli/last_good.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/readback.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESTORE_ATTEMPTS 5
#define RETRY_MS	 1000

struct guardian {
	const struct guardian_job *job;
	int caller;  /* -1 when it is gone */
	int public;  /* whom others ask */
	int signals; /* SIGTERM */
	bool armed;
	int64_t deadline; /* in ms, of now_ms() */
	enum guardian_answer outcome;
	char said[GUARDIAN_BYTES]; /* outcome and reason */
};

/* Time goes on while the machine sleeps. */
static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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

static void conclude(struct guardian *g, enum guardian_answer outcome, const char *why)
{
	g->outcome = outcome;
	snprintf(g->said, sizeof(g->said), "%c%s", outcome, why);
}

/* ---- the two ends ---- */

static bool put_back(const struct guardian_job *job, struct ctx *cx)
{
	if (!job->previous.len)
		return kernel_delete(cx, &kernel_libnftables, job->cfg->lower.table);
	return kernel_load(cx, &kernel_libnftables, &job->previous, false);
}

/* The context of the run may hold what was reported before: each attempt has one of
 * its own. */
static void restore(struct guardian *g)
{
	for (int left = RESTORE_ATTEMPTS; left--;) {
		struct ctx cx;
		bool done;

		ctx_init(&cx, &g->job->cfg->set);
		done = put_back(g->job, &cx);
		conclude(g, done ? GUARDIAN_RESTORED : GUARDIAN_FAILED, reason(&cx));
		ctx_free(&cx);
		if (done)
			return;
		poll(NULL, 0, RETRY_MS);
	}
}

static void keep(struct guardian *g)
{
	BUF_AUTO why = { 0 };
	struct ctx cx;

	ctx_init(&cx, &g->job->cfg->set);
	if (readback_equal(&cx, g->job->rs, &why))
		last_good_keep(&cx, g->job->cfg, g->job->rs);
	else
		diag_add(cx.diags, DIAG_LAST_GOOD, NULL,
			 "the table was changed since, so the ruleset is not kept for "
			 "the next start: %s",
			 why.len ? why.at : reason(&cx));
	conclude(g, GUARDIAN_KEPT, reason(&cx));
	ctx_free(&cx);
}

/* ---- requests ---- */

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
	} else if (request == GUARDIAN_RESTORE) {
		restore(g);
	} else {
		conclude(g, GUARDIAN_RESTORED, "");
	}
}

/* A request, with who sent it in *who and where to answer in *from. */
static bool receive(int fd, char *request, struct ucred *who, struct sockaddr_un *from,
		    socklen_t *len)
{
	char control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec bytes = { request, 1 };
	struct msghdr msg = { .msg_name = from,
			      .msg_namelen = sizeof(*from),
			      .msg_iov = &bytes,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;

	if (recvmsg(fd, &msg, MSG_DONTWAIT) != 1)
		return false;
	*len = msg.msg_namelen;
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_type != SCM_CREDENTIALS)
		return false;
	memcpy(who, CMSG_DATA(c), sizeof(*who));
	return true;
}

static void hear_public(struct guardian *g)
{
	char request, answer[GUARDIAN_BYTES];
	struct sockaddr_un from;
	struct ucred who;
	socklen_t len;

	if (!receive(g->public, &request, &who, &from, &len))
		return;
	snprintf(answer, sizeof(answer), "%c%d %lld", GUARDIAN_RUNNING, (int)getpid(),
		 (long long)(time(NULL) + (g->deadline - now_ms()) / 1000));
	if (request == GUARDIAN_KEEP && (!who.uid || who.uid == geteuid())) {
		keep(g);
		memcpy(answer, g->said, sizeof(answer));
	} else if (request == GUARDIAN_KEEP) {
		snprintf(answer, sizeof(answer), "%c", GUARDIAN_FORBIDDEN);
	}
	sendto(g->public, answer, strlen(answer), MSG_DONTWAIT,
	       (const struct sockaddr *)&from, len);
}

/* ---- its life ---- */

static int open_public(const struct config *cfg)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;
	struct sockaddr_un name;
	socklen_t len = identity_name(&name, cfg->lower.table, "/try");

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0 ||
	    bind(fd, (const struct sockaddr *)&name, len) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static int open_signals(void)
{
	sigset_t all, term;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return signalfd(-1, &term, SFD_CLOEXEC);
}

/* No terminal, and nobody waits for an end of file here. */
static void detach(int lock)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	close(lock);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
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
	struct guardian g = { .job = job, .caller = caller };

	g.signals = open_signals();
	detach(lock);
	g.public = open_public(job->cfg);
	if (g.public < 0) {
		conclude(&g, GUARDIAN_FAILED, "");
		g.said[1] = (char)-g.public;
		send(caller, g.said, 2, MSG_NOSIGNAL);
		_exit(1);
	}
	conclude(&g, GUARDIAN_READY, "");
	send(caller, g.said, 1, MSG_NOSIGNAL);
	g.outcome = GUARDIAN_UNREACHED;
	guard(&g);
	send(g.caller, g.said, strlen(g.said), MSG_NOSIGNAL);
	_exit(0);
}

/* 0 when it says that it is ready, or a negative errno. */
static int wait_until_ready(int fd)
{
	char said[2] = { 0, ECHILD };

	if (recv(fd, said, sizeof(said), 0) > 0 && said[0] == GUARDIAN_READY)
		return 0;
	return -said[1];
}

pid_t guardian_start(const struct guardian_job *job, int lock, int *caller)
{
	int fds[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		close(fds[0]);
		live(job, lock, fds[1]);
	}
	err = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!err)
		err = wait_until_ready(fds[0]);
	*caller = fds[0];
	if (!err)
		return pid;
	close(fds[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return err;
}

enum guardian_answer guardian_ask(const struct config *cfg, enum guardian_request request,
				  int wait_ms, char answer[GUARDIAN_BYTES])
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_un own = { .sun_family = AF_UNIX };
	struct pollfd reply = { .fd = fd, .events = POLLIN };
	char byte = (char)request;
	struct sockaddr_un name;
	socklen_t len = identity_name(&name, cfg->lower.table, "/try");
	ssize_t n = -1;

	/* A name of its own, which the kernel chooses, for the answer to go to. */
	if (fd >= 0 && !bind(fd, (const struct sockaddr *)&own, sizeof(own.sun_family)) &&
	    !connect(fd, (const struct sockaddr *)&name, len) &&
	    send(fd, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1) {
		errno = ETIMEDOUT;
		if (poll(&reply, 1, wait_ms) > 0)
			n = recv(fd, answer, GUARDIAN_BYTES - 1, 0);
	}
	if (fd >= 0)
		close(fd);
	answer[n > 0 ? n : 0] = '\0';
	return (enum guardian_answer)answer[0];
}
