/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figure - one line of the table that all benchmarks make together
 *
 * A figure stands beside the reference that was measured in the same run.  Their
 * ratio is what another machine should find too; the figures themselves are not.
 */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

/* reference 0: there is none. */
void figure_print(const char *what, double value, const char *unit, double reference);

#endif
