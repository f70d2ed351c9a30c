/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A signal comes in, a line on stderr goes out, and then the end.
 */
#include <netpolc/run/signals.h>

#include <netpolc/base/arena.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const int ends[] = { SIGHUP, SIGINT, SIGTERM };

/* The handler is gone and the signal not blocked: raising it again ends the process. */
static void tell_and_end(int signal)
{
	static const char hangup[] = "netpolc: ended by SIGHUP; nothing was changed\n";
	static const char interrupt[] = "netpolc: ended by SIGINT; nothing was changed\n";
	static const char term[] = "netpolc: ended by SIGTERM; nothing was changed\n";
	const char *text = signal == SIGHUP   ? hangup
			   : signal == SIGINT ? interrupt
					      : term;

	(void)!write(STDERR_FILENO, text, strlen(text));
	raise(signal);
}

void signals_tell(void)
{
	const struct sigaction tell = { .sa_handler = tell_and_end,
					.sa_flags = SA_RESETHAND | SA_NODEFER };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct sigaction now;

		if (!sigaction(ends[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaction(ends[i], &tell, NULL);
	}
}

static sigset_t all_ends(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		sigaddset(&set, ends[i]);
	return set;
}

void signals_hold(void)
{
	sigset_t set = all_ends();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* One that is ignored would be noticed while it is held. */
static sigset_t heard_ends(void)
{
	sigset_t set = all_ends();
	struct sigaction now;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (!sigaction(ends[i], NULL, &now) && now.sa_handler == SIG_IGN)
			sigdelset(&set, ends[i]);
	return set;
}

bool signals_wait(unsigned long seconds)
{
	const struct timespec time = { .tv_sec = (time_t)seconds };
	sigset_t set = heard_ends();
	int got;

	do /* a process that was stopped meanwhile waits anew */
		got = sigtimedwait(&set, NULL, &time);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		raise(got);
	return got <= 0;
}

void signals_release(void)
{
	sigset_t set = all_ends();

	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
