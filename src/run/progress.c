/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened comes in, a line on stderr goes out, if anybody wants it.
 */
#include <netpolc/run/progress.h>

#include <stdarg.h>
#include <stdio.h>

static bool is_wanted(const struct config *cfg, enum loudness least)
{
	return cfg->loudness >= least && cfg->diagnostics == DIAG_TEXT;
}

struct timespec progress_start(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now;
}

__attribute__((format(printf, 3, 0))) static void
put(const struct config *cfg, enum loudness least, const char *format, va_list ap)
{
	if (!is_wanted(cfg, least))
		return;
	fputs("netpolc: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

void progress_tell(const struct config *cfg, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put(cfg, VERBOSE, format, ap);
	va_end(ap);
}

void progress_say(const struct config *cfg, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put(cfg, NORMAL, format, ap);
	va_end(ap);
}

void progress_stage(const struct config *cfg, struct timespec *since, const char *format,
		    ...)
{
	struct timespec now = progress_start();
	double took = (double)(now.tv_sec - since->tv_sec) * 1e3 +
		      (double)(now.tv_nsec - since->tv_nsec) / 1e6;
	va_list ap;

	*since = now;
	if (!is_wanted(cfg, VERBOSE))
		return;
	fprintf(stderr, "netpolc: %8.1f ms  ", took);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}
