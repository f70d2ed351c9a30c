/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * help - what --help says
 *
 * Made of the tables of commands and options.  Lines are broken where the terminal
 * ends, or at 80 columns where there is none.
 */
#ifndef NETPOLC_HELP_H
#define NETPOLC_HELP_H

#include <netpolc/base/buf.h>

struct command;

/* width: columns, or 0 for no terminal. */
void help_print(struct buf *text, const struct command *commands, size_t n, size_t width);
void help_print_command(struct buf *text, const struct command *command, size_t width);

#endif
