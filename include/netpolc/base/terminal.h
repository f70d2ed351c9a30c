/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terminal - what is at the other end of a file
 */
#ifndef NETPOLC_TERMINAL_H
#define NETPOLC_TERMINAL_H

#include <stddef.h>

/* Its columns, or what COLUMNS says instead; 0 when it is no terminal, or none that
 * tells. */
size_t terminal_width(int fd);

#endif
