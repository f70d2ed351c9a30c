/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting - a line for whoever waits
 *
 * Work that takes longer than a second says on stderr what it is and for how long it
 * has been going on, if that is a terminal and people read it; when it is done, the line
 * is gone.  With --verbose the stages themselves tell.
 */
#ifndef NETPOLC_WAITING_H
#define NETPOLC_WAITING_H

#include <netpolc/run/config.h>

struct waiting;

/* what ("reading manifests") has to live as long.  NULL when nobody waits. */
struct waiting *waiting_begin(const struct config *cfg, const char *what)
	__attribute__((warn_unused_result));

/* Takes NULL as well. */
void waiting_end(struct waiting *w);

/* One that ends with its scope. */
void waiting_leave(struct waiting **w);
#define WAITING_AUTO __attribute__((cleanup(waiting_leave), unused)) struct waiting

#endif
