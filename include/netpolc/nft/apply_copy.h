/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply_copy - what a detached copy of apply says, and how it is heard
 *
 * The copy (detached.h) does what is left of apply_ruleset(); the process that it is a
 * copy of only hears of each step and of the result.
 */
#ifndef NETPOLC_APPLY_COPY_H
#define NETPOLC_APPLY_COPY_H

#include <netpolc/nft/apply.h>

#include <sys/types.h>

struct arena;

/* In the copy, to whoever listens at the other end of fd. */
void apply_copy_step(int fd, enum apply_step step);

/* In the copy: the result but for why, which is known there; and its end. */
void apply_copy_end(int fd, const struct apply_result *result) __attribute__((noreturn));

/* Here: hands on each step as opt says, until the copy is gone; closes fd.  False when it
 * left no result.  Strings in the result are in the arena, and may be cut. */
bool apply_copy_hear(pid_t copy, int fd, const struct apply_options *opt, struct arena *a,
		     struct apply_result *result) __attribute__((warn_unused_result));

#endif
