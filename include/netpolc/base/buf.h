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
#include <string.h>

struct buf {
	char *at;
	size_t len, cap;
};

void buf_free(struct buf *b);

/* Moves the text to where len more bytes and the NUL fit: for buf_room(). */
void buf_grow(struct buf *b, size_t len);

/* Where the next bytes go; there is room for len of them and the NUL.  The caller writes
 * them and tells buf_end() where they end: only then they count and the text has its NUL
 * again, so nothing else may be done with it before. */
static inline char *buf_room(struct buf *b, size_t len)
{
	if (b->cap - b->len <= len)
		buf_grow(b, len);
	return b->at + b->len;
}

static inline void buf_end(struct buf *b, char *end)
{
	*end = '\0';
	b->len = (size_t)(end - b->at);
}

/* Inline, as output is made of very many pieces and most have a length that the compiler
 * knows where they are added. */
static inline void buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *at;

	if (!len)
		return;
	at = buf_room(b, len);
	memcpy(at, bytes, len);
	buf_end(b, at + len);
}

static inline void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

static inline void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

/* Lines, which may lack the end of the last, each behind before. */
void buf_lines(struct buf *b, const char *lines, const char *before);
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
