/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stages - what -v says that each stage of a compilation took
 */
#ifndef BENCH_STAGES_H
#define BENCH_STAGES_H

#define STAGES 6

extern const char *const stages_names[STAGES]; /* "read" is the first */

/* Milliseconds, with *stage the one that the line is about; negative for any other. */
double stages_line(const char *line, unsigned *stage);

#endif
