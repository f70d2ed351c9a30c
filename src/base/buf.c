/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes come in, one growing text goes out.  Room doubles, so that adding is
 * cheap on average whatever the size of the pieces.
 */
#include <netpolc/base/buf.h>

#include <netpolc/base/arena.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes room for len more bytes and the NUL behind them. */
static char *room(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 256;

	if (b->cap - b->len > len)
		return b->at + b->len;
	/* A len that would overflow the sum is one that no heap has. */
	while (cap - 1 < b->len || cap - 1 - b->len < len) {
		if (cap > SIZE_MAX / 2) {
			cap = SIZE_MAX;
			break;
		}
		cap *= 2;
	}
	if (cap != b->cap)
		b->at = heap_resize(b->at, cap, 1);
	b->cap = cap;
	return b->at + b->len;
}

void buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ 0 };
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *at;

	if (!len)
		return;
	at = room(b, len);
	memcpy(at, bytes, len);
	at[len] = '\0';
	b->len += len;
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_lines(struct buf *b, const char *lines, const char *before)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		buf_puts(b, before);
		buf_add(b, lines, len);
		buf_add(b, "\n", 1);
		lines += len + (lines[len] == '\n');
	}
}

void buf_putc(struct buf *b, char c)
{
	char *at = room(b, 1);

	at[0] = c;
	at[1] = '\0';
	b->len++;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	size_t space = b->cap ? b->cap - b->len : 0;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(space ? b->at + b->len : NULL, space, format, ap);
	va_end(ap);
	if (len <= 0)
		return;
	if ((size_t)len >= space) {
		char *at = room(b, (size_t)len);

		va_start(ap, format);
		vsnprintf(at, (size_t)len + 1, format, ap);
		va_end(ap);
	}
	b->len += (size_t)len;
}

void buf_putu(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	buf_add(b, digits + i, sizeof(digits) - i);
}

int buf_write(const struct buf *b, int fd)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->at + done, b->len - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n == 0) {
			return -EIO;
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			if (poll(&wait, 1, -1) < 0 && errno != EINTR)
				return -errno;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}
