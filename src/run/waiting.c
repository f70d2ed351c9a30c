/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work begins and ends; a thread that only sleeps and writes shows that it goes on.
 */
#include <netpolc/run/waiting.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/terminal.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 1 /* seconds before the first line, and between lines */
#define LINE_MAX 80

struct waiting {
	const char *what;
	size_t width; /* of the terminal */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool done;
	unsigned seconds; /* shown last; 0: nothing was */
};

static void show(struct waiting *w)
{
	char line[LINE_MAX];
	size_t len, most = w->width > 1 && w->width < LINE_MAX ? w->width - 1 : LINE_MAX;

	w->seconds += PATIENCE;
	len = (size_t)snprintf(line, sizeof(line), "netpolc: %s, %u s", w->what,
			       w->seconds);
	dprintf(STDERR_FILENO, "\r%.*s\033[K", (int)(len < most ? len : most), line);
}

static void *run(void *arg)
{
	struct waiting *w = arg;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PATIENCE;
	pthread_mutex_lock(&w->lock);
	while (!w->done) {
		if (pthread_cond_timedwait(&w->over, &w->lock, &until) != ETIMEDOUT)
			continue;
		show(w);
		until.tv_sec += PATIENCE;
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static bool is_wanted(const struct config *cfg)
{
	const char *term = getenv("TERM");

	return cfg->loudness == NORMAL && cfg->diagnostics == DIAG_TEXT &&
	       isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* Signals are for the thread that works. */
static bool start(struct waiting *w)
{
	pthread_condattr_t attributes;
	sigset_t all, before;
	int error;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&w->over, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&w->lock, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error == 0;
}

struct waiting *waiting_begin(const struct config *cfg, const char *what)
{
	struct waiting *w;

	if (!is_wanted(cfg))
		return NULL;
	w = heap_resize(NULL, 1, sizeof(*w));
	*w = (struct waiting){ .what = what, .width = terminal_width(STDERR_FILENO) };
	if (start(w))
		return w;
	free(w);
	return NULL;
}

void waiting_end(struct waiting *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->done = true;
	pthread_cond_signal(&w->over);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	if (w->seconds)
		dprintf(STDERR_FILENO, "\r\033[K");
	pthread_cond_destroy(&w->over);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void waiting_leave(struct waiting **w)
{
	waiting_end(*w);
}
