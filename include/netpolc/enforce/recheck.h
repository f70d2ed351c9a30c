/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recheck - connections that are older than the policies
 *
 * What was allowed when it began goes on, because its packets are established.  This
 * ends those connections that would not be allowed to begin now.
 */
#ifndef NETPOLC_RECHECK_H
#define NETPOLC_RECHECK_H

#include <netpolc/run/config.h>

struct conntrack;
struct decisions;

/* Before the policies change.  NULL after reporting that it will not be possible;
 * conntrack_close() ends it. */
struct conntrack *recheck_begin(struct ctx *cx);

/* Once they are in force; with --dry-run only counts.  Reports what fails. */
void recheck_run(struct ctx *cx, const struct config *cfg, const struct decisions *dc,
		 struct conntrack *ct);

#endif
