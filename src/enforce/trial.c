/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loaded table comes in; a guardian that can bring it back goes out, and then
 * what became of the trial.
 */
#include <netpolc/enforce/trial.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/detached.h>
#include <netpolc/base/private_file.h>
#include <netpolc/base/visible.h>
#include <netpolc/enforce/enforce.h>
#include <netpolc/enforce/guardian.h>
#include <netpolc/enforce/last_good.h>
#include <netpolc/enforce/lock.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/survey.h>
#include <netpolc/run/progress.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

struct trial {
	struct guardian_job job;
	pid_t guardian;
	int fd;	     /* to the guardian */
	int tty;     /* -1: there is nobody to press a key */
	int signals; /* SIGINT and SIGTERM: an end before its time */
	struct termios before;
};

/* ---- before ---- */

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
			  const struct enforcement *e, enum loaded owner)
{
	struct trial *trial = ARENA_NEW(cx->arena, struct trial);
	struct guardian_job *job = &trial->job;
	bool ready = true;

	*trial = (struct trial){ .job = { .cfg = cfg, .rs = e->rs, .cl = e->dc->cluster },
				 .tty = -1,
				 .signals = -1 };
	if (owner == LOADED_FOREIGN)
		ready = refuse(cx, "it is not netpolc's");
	else if (owner == LOADED_OURS)
		ready = find_previous(cx, cfg, &job->previous);
	trial->guardian = ready ? guardian_start(job, e->lock, &trial->fd) : 0;
	if (trial->guardian > 0)
		return trial;
	buf_free(&job->previous);
	if (trial->guardian < 0)
		diag_add(cx->diags, DIAG_TRIAL, NULL, "no trial: %s",
			 trial->guardian == -EADDRINUSE
				 ? "a process that does not say who it is has its name"
				 : strerror((int)-trial->guardian));
	return NULL;
}

/* ---- afterwards ---- */

static void tell_guardian(const struct trial *trial, enum guardian_request request)
{
	char byte = (char)request;

	/* If it is gone, that is found out where its answer is read. */
	detached_say(trial->fd, &byte, 1);
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
	char keys[64]; /* one may be several bytes */

	if (read(trial->tty, keys, sizeof(keys)) > 0)
		tell_guardian(trial, GUARDIAN_KEEP);
	else
		close_terminal(trial);
}

static void hear_signal(struct trial *trial)
{
	struct signalfd_siginfo info;

	if (read(trial->signals, &info, sizeof(info)) == sizeof(info))
		tell_guardian(trial, GUARDIAN_RESTORE);
}

/* What the guardian says next; nothing when it is gone. */
static void hear_guardian(struct trial *trial, char said[GUARDIAN_BYTES])
{
	for (;;) {
		struct pollfd fds[] = { { .fd = trial->fd, .events = POLLIN },
					{ .fd = trial->tty, .events = POLLIN },
					{ .fd = trial->signals, .events = POLLIN } };
		ssize_t n;

		if (poll(fds, 3, -1) <= 0)
			continue;
		if (fds[0].revents) {
			n = recv(trial->fd, said, GUARDIAN_BYTES - 1, 0);
			/* It has ended without having heard everything; what it said
			 * last comes behind that. */
			if (n < 0 && errno == ECONNRESET)
				continue;
			said[n > 0 ? n : 0] = '\0';
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
	const struct config *cfg = trial->job.cfg;

	progress_say(cfg,
		     "table %s is on trial: %s'netpolc apply --confirm --table %s' keeps "
		     "it, else the previous ruleset is back in %lu s",
		     cfg->lower.table, trial->tty >= 0 ? "any key or " : "",
		     cfg->lower.table, cfg->try_seconds);
}

static enum exit_status tell_back(const struct config *cfg)
{
	progress_say(cfg, "table %s: the previous ruleset is back", cfg->lower.table);
	return STATUS_NO;
}

/* The reason may name what another program has made. */
static void tell_changed(const struct config *cfg, const char *why)
{
	BUF_AUTO shown = { 0 };

	visible_text(&shown, why);
	progress_say(cfg,
		     "table %s is not what is on trial, so it cannot be kept: %s; the "
		     "trial goes on",
		     cfg->lower.table, shown.at);
}

/* How to bring the previous ruleset back by hand. */
static const char *way_back(struct ctx *cx, const struct guardian_job *job)
{
	const char *table = job->cfg->lower.table;

	if (job->previous.len)
		return arena_printf(cx->arena, "nft -f %s/%s.nft", job->cfg->state_dir,
				    table);
	return arena_printf(cx->arena, "netpolc delete --table %s", table);
}

/* What is there stays, and nobody will put the previous ruleset back. */
static enum exit_status tell_stays(struct ctx *cx, const struct guardian_job *job,
				   const char *why)
{
	diag_add(
		cx->diags, DIAG_TRIAL, NULL,
		"the previous ruleset is not back: %s; what is in table inet %s stays in "
		"force until you run '%s'",
		why, job->cfg->lower.table, way_back(cx, job));
	return STATUS_SYSTEM;
}

static enum exit_status tell_foreign(struct ctx *cx, const struct config *cfg)
{
	diag_add(cx->diags, DIAG_TRIAL, NULL,
		 "the previous ruleset is not back: table inet %s is not netpolc's any "
		 "more; that table is left alone",
		 cfg->lower.table);
	return STATUS_SYSTEM;
}

/* The guardian was killed.  What another has made of the table since is not for us to
 * undo. */
static enum exit_status stand_in(struct ctx *cx, const struct guardian_job *job)
{
	const char *table = job->cfg->lower.table;
	FD_AUTO lock = lock_take(cx, job->cfg);
	BUF_AUTO found = { 0 };

	progress_say(job->cfg,
		     "table %s: whoever should put the previous ruleset back is gone",
		     table);
	if (lock < 0)
		return tell_stays(cx, job, "the table is locked");
	if (readback_owner(cx, table, CACHE_DIR) == LOADED_FOREIGN)
		return tell_foreign(cx, job->cfg);
	if (!readback_equal(cx, job->rs, &found))
		return tell_stays(cx, job,
				  found.len ? found.at : "the table cannot be read");
	if (!guardian_put_back(cx, job))
		return tell_stays(cx, job, "the kernel refuses it");
	return tell_back(job->cfg);
}

static enum exit_status await_end(struct ctx *cx, struct trial *trial)
{
	const struct guardian_job *job = &trial->job;
	char said[GUARDIAN_BYTES];

	for (;;) {
		hear_guardian(trial, said);
		switch ((enum guardian_answer)said[0]) {
		case GUARDIAN_KEPT:
			if (said[1])
				diag_add(cx->diags, DIAG_LAST_GOOD, NULL, "%s", said + 1);
			return STATUS_YES;
		case GUARDIAN_RESTORED:
			return tell_back(job->cfg);
		case GUARDIAN_FAILED:
			return tell_stays(cx, job, said + 1);
		case GUARDIAN_FOREIGN:
			return tell_foreign(cx, job->cfg);
		case GUARDIAN_CHANGED:
			tell_changed(job->cfg, said + 1);
			break;
		case GUARDIAN_RUNNING:
		case GUARDIAN_FORBIDDEN:
		case GUARDIAN_UNREACHED:
			return stand_in(cx, job);
		}
	}
}

enum exit_status trial_end(struct ctx *cx, struct trial *trial,
			   enum apply_outcome outcome)
{
	bool changed = outcome == APPLY_CHANGED || outcome == APPLY_REPLACED;
	enum exit_status status = STATUS_YES;

	tell_guardian(trial, changed ? GUARDIAN_COMMITTED : GUARDIAN_QUIT);
	if (changed) {
		cx->changed = true;
		open_signals(trial);
		open_terminal(trial);
		ask(trial);
		status = await_end(cx, trial);
		close_terminal(trial);
		close(trial->signals);
	}
	detached_wait(trial->guardian, trial->fd);
	buf_free(&trial->job.previous);
	return status;
}
