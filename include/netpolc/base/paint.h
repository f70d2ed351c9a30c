/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paint - colours on a terminal
 */
#ifndef NETPOLC_PAINT_H
#define NETPOLC_PAINT_H

#include <netpolc/base/buf.h>

#define PAINT_NONE	   "\033[0m"
#define PAINT_BOLD	   "\033[1m"
#define PAINT_RED	   "\033[31m"
#define PAINT_GREEN	   "\033[32m"
#define PAINT_YELLOW	   "\033[33m"
#define PAINT_BOLD_RED	   "\033[1;31m"
#define PAINT_BOLD_GREEN   "\033[1;32m"
#define PAINT_BOLD_MAGENTA "\033[1;35m"
#define PAINT_BOLD_CYAN	   "\033[1;36m"

/* What follows has that colour, one of the above, if any is wanted. */
static inline void paint(struct buf *out, bool wanted, const char *color)
{
	if (wanted)
		buf_puts(out, color);
}

#endif
