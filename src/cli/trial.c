/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loaded table comes in; a guardian that can bring it back goes out, and then
 * what became of the trial.
 */
#include <netpolc/cli/trial.h>

#include <netpolc/base/arena.h>
#include <netpolc/cli/guardian.h>
#include <netpolc/cli/last_good.h>
#include <netpolc/cli/progress.h>
#include <netpolc/cli/status.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/survey.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MS  2000
#define CONFIRM_MS 60000 /* the ruleset is written to a disk meanwhile */

struct trial {
	const struct config *cfg;
	pid_t guardian;
	int fd;	     /* to the guardian */
	int tty;     /* -1: there is nobody to press a key */
	int signals; /* SIGINT and SIGTERM: an end before its time */
	struct termios before;
};

/* ---- before ---- */

struct waiting trial_waiting(const struct config *cfg)
{
	char answer[GUARDIAN_BYTES];
	struct waiting w = { .waits = true };
	long long seconds = 0;

	if (guardian_ask(cfg, GUARDIAN_ASK, ANSWER_MS, answer) == GUARDIAN_RUNNING)
		sscanf(answer + 1, "%d %lld", &w.process, &seconds);
	else
		w.waits = errno != ECONNREFUSED;
	w.end.tv_sec = (time_t)seconds;
	return w;
}

bool trial_may_change(struct ctx *cx, const struct config *cfg)
{
	const struct waiting w = trial_waiting(cfg);
	char when[STATUS_TIME];

	if (!w.waits)
		return true;
	status_time(when, &w.end);
	if (w.process)
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "a ruleset is on trial in table inet %s until %s (process %d); "
			 "apply --confirm keeps it",
			 cfg->lower.table, when, w.process);
	else
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "a ruleset seems to be on trial in table inet %s, but nobody "
			 "says until when",
			 cfg->lower.table);
	return false;
}

static bool refuse(struct ctx *cx, const char *why)
{
	diag_add(cx->diags, DIAG_TRIAL, NULL,
		 "no trial: what is loaded could not be put back: %s", why);
	return false;
}

/* Reads the text of what is loaded: rule bodies are never read back from the kernel,
 * so it is the one that was kept. */
static bool find_previous(struct ctx *cx, const struct config *cfg, struct buf *previous)
{
	struct timespec applied;
	struct survey loaded;
	const char *why;

	if (!survey_read(cx, cfg->lower.table, CACHE_DIR, &loaded))
		return false;
	why = last_good_read(cfg, loaded.state.digest, previous, &applied);
	if (why)
		return refuse(cx, why);
	if (loaded.drift != DRIFT_NONE)
		return refuse(cx,
			      "it is not what was applied; apply without --try first");
	return kernel_load(cx, &kernel_libnftables, previous, true);
}

struct trial *trial_begin(struct ctx *cx, const struct config *cfg,
			  const struct ruleset *rs, enum loaded owner, int lock)
{
	struct guardian_job job = { .cfg = cfg, .rs = rs };
	struct trial *trial = ARENA_NEW(cx->arena, struct trial);
	bool ready = true;

	if (owner == LOADED_FOREIGN)
		ready = refuse(cx, "it is not netpolc's");
	else if (owner == LOADED_OURS)
		ready = find_previous(cx, cfg, &job.previous);
	trial->cfg = cfg;
	trial->tty = trial->signals = -1;
	trial->guardian = ready ? guardian_start(&job, lock, &trial->fd) : 0;
	buf_free(&job.previous);
	if (trial->guardian < 0)
		diag_add(cx->diags, DIAG_TRIAL, NULL, "no trial: %s",
			 strerror((int)-trial->guardian));
	return trial->guardian > 0 ? trial : NULL;
}

/* ---- afterwards ---- */

static void tell_guardian(const struct trial *trial, enum guardian_request request)
{
	char byte = (char)request;

	/* If it is gone, that is found out where its answer is read. */
	(void)!send(trial->fd, &byte, 1, MSG_NOSIGNAL);
}

/* Keys count only where this is what the terminal is about. */
static void open_terminal(struct trial *trial)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (fd >= 0 && tcgetpgrp(fd) == getpgrp() && !tcgetattr(fd, &trial->before)) {
		raw = trial->before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		/* What was typed before the question is no answer. */
		tcsetattr(fd, TCSAFLUSH, &raw);
		trial->tty = fd;
		return;
	}
	if (fd >= 0)
		close(fd);
}

static void open_signals(struct trial *trial)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	trial->signals = signalfd(-1, &ends, SFD_CLOEXEC);
}

static void close_terminal(struct trial *trial)
{
	if (trial->tty < 0)
		return;
	tcsetattr(trial->tty, TCSADRAIN, &trial->before);
	close(trial->tty);
	trial->tty = -1;
}

/* A terminal that is gone has no keys; the guardian knows what to do. */
static void hear_key(struct trial *trial)
{
	char key;

	if (read(trial->tty, &key, 1) == 1)
		tell_guardian(trial, GUARDIAN_KEEP);
	close_terminal(trial);
}

static void hear_signal(struct trial *trial)
{
	struct signalfd_siginfo info;

	if (read(trial->signals, &info, sizeof(info)) == sizeof(info))
		tell_guardian(trial, GUARDIAN_RESTORE);
}

/* Until the guardian says how it ended; an empty answer when it is gone without a
 * word. */
static void hear_guardian(struct trial *trial, char answer[GUARDIAN_BYTES])
{
	for (;;) {
		struct pollfd fds[] = { { .fd = trial->fd, .events = POLLIN },
					{ .fd = trial->tty, .events = POLLIN },
					{ .fd = trial->signals, .events = POLLIN } };
		ssize_t n;

		if (poll(fds, 3, -1) <= 0)
			continue;
		if (fds[0].revents) {
			n = recv(trial->fd, answer, GUARDIAN_BYTES - 1, 0);
			answer[n > 0 ? n : 0] = '\0';
			return;
		}
		if (fds[1].revents)
			hear_key(trial);
		else if (fds[2].revents)
			hear_signal(trial);
	}
}

static void ask(const struct trial *trial)
{
	const struct config *cfg = trial->cfg;

	progress_say(cfg,
		     "table %s is on trial: %s'netpolc apply --confirm --table %s' keeps "
		     "it, else the previous ruleset is back in %lu s",
		     cfg->lower.table, trial->tty >= 0 ? "any key or " : "",
		     cfg->lower.table, cfg->try_seconds);
}

static enum exit_status conclude(struct ctx *cx, const struct config *cfg,
				 const char *answer)
{
	const char *why = answer + 1;

	switch ((enum guardian_answer)answer[0]) {
	case GUARDIAN_KEPT:
		if (*why)
			diag_add(cx->diags, DIAG_LAST_GOOD, NULL, "%s", why);
		return STATUS_YES;
	case GUARDIAN_RESTORED:
		progress_say(cfg, "table %s: the previous ruleset is back",
			     cfg->lower.table);
		return STATUS_NO;
	case GUARDIAN_FORBIDDEN:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "only root and who began a trial can confirm it");
		break;
	case GUARDIAN_FAILED:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "the previous ruleset cannot be put back: %s", why);
		break;
	case GUARDIAN_READY:
	case GUARDIAN_RUNNING:
	case GUARDIAN_UNREACHED:
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 "whoever should put the previous ruleset back is gone");
		break;
	}
	return STATUS_SYSTEM;
}

enum exit_status trial_end(struct ctx *cx, struct trial *trial,
			   enum apply_outcome outcome)
{
	bool changed = outcome == APPLY_CHANGED || outcome == APPLY_REPLACED;
	char answer[GUARDIAN_BYTES] = "";
	enum exit_status status = STATUS_YES;

	tell_guardian(trial, changed ? GUARDIAN_COMMITTED : GUARDIAN_QUIT);
	if (changed) {
		cx->changed = true;
		open_signals(trial);
		open_terminal(trial);
		ask(trial);
		hear_guardian(trial, answer);
		close_terminal(trial);
		close(trial->signals);
		status = conclude(cx, trial->cfg, answer);
	}
	close(trial->fd);
	waitpid(trial->guardian, NULL, 0);
	return status;
}

enum exit_status trial_confirm(struct ctx *cx, const struct config *cfg)
{
	char answer[GUARDIAN_BYTES];

	if (guardian_ask(cfg, GUARDIAN_KEEP, CONFIRM_MS, answer) == GUARDIAN_UNREACHED) {
		diag_add(cx->diags, DIAG_TRIAL, NULL,
			 errno == ECONNREFUSED
				 ? "no ruleset is on trial in table inet %s"
				 : "the trial in table inet %s cannot be confirmed",
			 cfg->lower.table);
		return STATUS_SYSTEM;
	}
	return conclude(cx, cfg, answer);
}
