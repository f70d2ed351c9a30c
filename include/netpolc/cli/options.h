/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options - the command line into a struct config
 *
 * One table of options says for each which commands have it, how it is written,
 * what it does and where its value goes; getopt, --help of every command and the
 * test of the man page all read that table.
 */
#ifndef NETPOLC_OPTIONS_H
#define NETPOLC_OPTIONS_H

#include <netpolc/run/config.h>

enum parsed {
	PARSED_RUN,   /* run cfg->command */
	PARSED_SHOWN, /* text for stdout (--help, --version); exit 0 */
	PARSED_WRONG, /* one line for stderr; exit 2 */
};

/* The text for --help, --version or the mistake goes to text. */
enum parsed options_parse(struct config *cfg, const struct command *commands,
			  size_t ncommands, int argc, char *argv[], struct buf *text);

#endif
