/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detached - a copy of this process that goes on when this one is killed
 *
 * For what must not end half way.  The copy is a fork in a session of its own, so
 * neither a signal to this process and its group nor the end of a terminal reaches it,
 * and it blocks all signals that can be.  What ends both at once, such as the end of
 * their container, ends it, too.
 *
 * All that is open is open in both: a lock that is held by an open file is held until
 * both are gone, and whoever reads standard output to its end has waited for both.
 * Standard error alone is /dev/null in the copy, or closed where that cannot be opened.
 */
#ifndef NETPOLC_DETACHED_H
#define NETPOLC_DETACHED_H

#include <stdbool.h>
#include <sys/types.h>

/* Returns twice: 0 in the copy, which ends by _exit(), and its process id here; or once,
 * with a negative errno.  By *fd the two talk. */
pid_t detached_begin(int *fd) __attribute__((warn_unused_result));

/* A message arrives whole, or nobody is there any more. */
void detached_say(int fd, const void *message, size_t len);

/* The next message; false when it is not of that length, or nobody is there any more. */
bool detached_hear(int fd, void *message, size_t len) __attribute__((warn_unused_result));

/* The same, with an open file that comes along, or *fd -1.  What is locked by it stays
 * locked, also when who has sent it is gone.  False when nobody is there to hear it. */
bool detached_say_with(int line, const void *message, size_t len, int fd)
	__attribute__((warn_unused_result));
bool detached_hear_with(int line, void *message, size_t len, int *fd)
	__attribute__((warn_unused_result));

/* Here: until the copy is gone.  Closes fd. */
void detached_wait(pid_t copy, int fd);

#endif
