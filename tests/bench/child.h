/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child - run something in a process of its own and say what it took
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdbool.h>

struct cost {
	double seconds;	  /* of processor time, the kernel's included */
	double elapsed;	  /* seconds that went by */
	double megabytes; /* the most that was resident */
	bool good;	  /* exit status 0 */
};

/* Runs work(arg) in a child; its return value is the exit status. */
struct cost child_cost(int (*work)(void *arg), void *arg);

/* For child_cost(): executes the NULL-terminated argument vector. */
int child_exec(void *argv);

/* The same, with the output thrown away. */
int child_silent(void *argv);

/* Runs it and keeps the cheaper of that and *best, which begins as zeros.  Ends the
 * program, naming what, when it fails. */
void child_best(struct cost *best, int (*work)(void *arg), void *arg, const char *what);

#endif
