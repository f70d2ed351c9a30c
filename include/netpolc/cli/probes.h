/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probes - a stream of questions
 *
 * One probe a line, tab-separated: source, destination, protocol, port; more
 * columns are ignored, as are empty lines and those that begin with #.  Each comes
 * out with its verdict, allow, deny or error, as soon as it has been read.
 */
#ifndef NETPOLC_PROBES_H
#define NETPOLC_PROBES_H

#include <netpolc/analysis/ask.h>

/* Bad lines and what the system refuses are in cx->diags.  file: "-" is stdin. */
void probes_answer(struct ctx *cx, struct asker *asker, const char *file, int out_fd);

#endif
