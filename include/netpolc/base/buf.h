/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf - text that grows
 *
 * Output is made in one of these and written only when the run has succeeded.
 * The text lives on the heap, apart from the arena (it grows by being moved),
 * and is given back by buf_free(); at is always terminated by a NUL that len
 * does not count, and NULL only before the first byte.
 */
#ifndef NETPOLC_BUF_H
#define NETPOLC_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *at;
	size_t len, cap;
};

void buf_free(struct buf *b);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
/* Lines, which may lack the end of the last, each behind before. */
void buf_lines(struct buf *b, const char *lines, const char *before);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* n in decimal: the fast way for element lists. */
void buf_putu(struct buf *b, uint64_t n);

/* Writes all of b to fd; 0 or a negative errno. */
int buf_write(const struct buf *b, int fd) __attribute__((warn_unused_result));

/* Two arguments for "%zu pod%s", which is a plural unless n is 1. */
#define COUNTED(n) (size_t)(n), (n) == 1 ? "" : "s"

#define BUF_AUTO __attribute__((cleanup(buf_free))) struct buf

#endif
