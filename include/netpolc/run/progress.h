/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress - what is told while a command runs: with --verbose, or unless --quiet
 *
 * Lines for people, on stderr, at once: whoever waits wants to know for what.  With
 * diagnostics in another form than text a program reads stderr, and nothing is
 * told.
 */
#ifndef NETPOLC_PROGRESS_H
#define NETPOLC_PROGRESS_H

#include <netpolc/run/config.h>

#include <time.h>

void progress_tell(const struct config *cfg, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, unless --quiet. */
void progress_say(const struct config *cfg, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same as progress_tell(), behind the time since *since, which becomes now. */
void progress_stage(const struct config *cfg, struct timespec *since, const char *format,
		    ...) __attribute__((format(printf, 3, 4)));

/* Now, for the first stage. */
struct timespec progress_start(void);

#endif
