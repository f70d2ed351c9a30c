/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals - an end from outside that says what it leaves behind
 *
 * SIGHUP, SIGINT and SIGTERM end a command that changes the kernel with a line that
 * nothing was changed, and as these signals do; from the moment when that would no
 * longer be sure they wait, and the command ends by itself.
 */
#ifndef NETPOLC_SIGNALS_H
#define NETPOLC_SIGNALS_H

#include <stdbool.h>

/* From now on, for those that are not ignored already. */
void signals_tell(void);

/* From now on, to the end of the process. */
void signals_hold(void);

/* While they are held: for so many seconds, or until one of them comes, which stays
 * pending.  Whether the time is up. */
bool signals_wait(unsigned long seconds);

/* One that is pending ends the process now, and says that nothing was changed. */
void signals_release(void);

#endif
