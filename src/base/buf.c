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

void buf_grow(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 256;

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
}

void buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ 0 };
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
		char *at = buf_room(b, (size_t)len);

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
