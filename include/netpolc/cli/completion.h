/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * completion - what a shell has to know to complete command lines
 *
 * Made of the tables of commands and options, and for bash, zsh and fish in the form
 * that each reads.  An option's argument is a word of a list where its name in the
 * table is one ("text|json"), the name of a finding, a file, or anything.
 */
#ifndef NETPOLC_COMPLETION_H
#define NETPOLC_COMPLETION_H

#include <netpolc/base/buf.h>

#include <stdbool.h>

struct command;

/* False when there is no such shell. */
bool completion_print(struct buf *out, const char *shell, const struct command *commands,
		      size_t n);

#endif
