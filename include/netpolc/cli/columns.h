/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * columns - text in columns of a terminal
 *
 * What is counted is the columns that text fills once it is made fit for a terminal
 * (visible.h).
 */
#ifndef NETPOLC_COLUMNS_H
#define NETPOLC_COLUMNS_H

#include <netpolc/base/buf.h>

/* Appends text; returns its columns. */
size_t columns_put(struct buf *out, const char *text);

size_t columns_of(const char *text);

/* Appends spaces from one column to another, if that is behind it. */
void columns_pad(struct buf *out, size_t from, size_t to);

/* Ends a line, without spaces that nothing follows. */
void columns_end(struct buf *out);

/* Appends a list ("a, b, c") behind a gap that begins in a column, broken between its
 * items where a terminal of that width ends (0: nowhere); returns the column behind it.
 */
size_t columns_break(struct buf *out, size_t width, size_t gap, const char *list,
		     size_t column);

#endif
