/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File names come in, bytes go out.  Bytes are handed on up to a line end where
 * they can be, so that the lines kept are whole lines; what is kept slides
 * through a buffer of at most twice its size, with the place of every line, so
 * that quoting needs no search and streaming costs a memcpy() and a memchr().
 */
#include <netpolc/base/source.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AHEAD_SIZE ((size_t)64 << 10)
#define KEPT_MAX   ((size_t)1 << 20)
#define LINES_MAX  ((size_t)1 << 17)

/* A queue of bytes in one piece of memory: in use are those from head to len. */
struct queue {
	char *at;
	size_t head, len, cap;
};

struct source {
	struct sources *sources;
	struct diags *diags;
	uint32_t file;
	int fd;
	bool at_end, failed;

	struct queue ahead;  /* read, but not handed on yet */
	struct queue text;   /* handed on, and kept */
	struct queue starts; /* uint64_t per kept line: where it begins */
	uint64_t first_line; /* number of the first of them, from 1 */
	uint64_t offset;     /* of the first byte kept, in the whole input */
};

static size_t queue_len(const struct queue *q)
{
	return q->len - q->head;
}

/* Room for size more bytes behind those in use. */
static char *queue_room(struct queue *q, size_t size)
{
	size_t used = queue_len(q);

	if (q->cap - q->len >= size)
		return q->at + q->len;
	if (used + size > q->cap / 2) {
		q->cap = (used + size) * 2;
		q->at = heap_resize(q->at, q->cap, 1);
	}
	memmove(q->at, q->at + q->head, used);
	q->head = 0;
	q->len = used;
	return q->at + used;
}

static void queue_add(struct queue *q, const void *bytes, size_t size)
{
	memcpy(queue_room(q, size), bytes, size);
	q->len += size;
}

static uint64_t line_start(const struct source *src, size_t i)
{
	uint64_t start;

	memcpy(&start, src->starts.at + src->starts.head + i * sizeof(start),
	       sizeof(start));
	return start;
}

static size_t lines_kept(const struct source *src)
{
	return queue_len(&src->starts) / sizeof(uint64_t);
}

/* Drops the first n kept lines; when that is all, everything kept goes, and so does
 * what comes up to the next line. */
static void drop_lines(struct source *src, size_t n)
{
	size_t bytes = queue_len(&src->text);

	if (n < lines_kept(src))
		bytes = (size_t)(line_start(src, n) - src->offset);
	src->starts.head += n * sizeof(uint64_t);
	src->first_line += n;
	src->text.head += bytes;
	src->offset += bytes;
}

/* Drops the oldest lines until there is room for size more bytes. */
static void limit_kept(struct source *src, size_t size)
{
	size_t n = 0, lines = lines_kept(src);
	uint64_t end = src->offset + queue_len(&src->text) + size;

	while (n < lines &&
	       (end - line_start(src, n) > KEPT_MAX || lines - n > LINES_MAX))
		n++;
	drop_lines(src, n);
}

static void keep(struct source *src, const char *bytes, size_t size)
{
	const char *at = bytes, *end = bytes + size, *newline;
	uint64_t offset;

	limit_kept(src, size);
	offset = src->offset + queue_len(&src->text);
	while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
		uint64_t start = offset + (uint64_t)(newline + 1 - bytes);

		queue_add(&src->starts, &start, sizeof(start));
		at = newline + 1;
	}
	queue_add(&src->text, bytes, size);
}

static void read_more(struct source *src)
{
	char *at = queue_room(&src->ahead, AHEAD_SIZE - queue_len(&src->ahead));
	ssize_t n;

	do
		n = read(src->fd, at, AHEAD_SIZE - queue_len(&src->ahead));
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		src->ahead.len += (size_t)n;
		return;
	}
	src->at_end = true;
	if (n < 0) {
		src->failed = true;
		diag_add(src->diags, DIAG_UNREADABLE, NULL, "cannot read '%s': %s",
			 src->sources->at[src->file], strerror(errno));
	}
}

/* Opens a file that was found in a directory: regular, as it was then.  Even so,
 * reading some (/proc/kmsg) could wait for ever. */
static int open_listed(const char *name, const char **why)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	*why = fd < 0 ? strerror(errno) : "not a regular file";
	if (fd < 0 || (!fstat(fd, &st) && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -1;
}

static int open_named(const char *name, const char **why)
{
	int fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY)
				   : STDIN_FILENO;

	*why = strerror(errno);
	return fd;
}

struct source *source_open(struct sources *s, struct diags *diags, uint32_t file)
{
	static const uint64_t start = 0;
	const char *name = s->at[file], *why;
	int fd = s->listed.at[file] ? open_listed(name, &why) : open_named(name, &why);
	struct source *src;

	if (fd < 0) {
		diag_add(diags, DIAG_UNREADABLE, NULL, "cannot read '%s': %s", name, why);
		return NULL;
	}
	src = heap_resize(NULL, 1, sizeof(*src));
	*src = (struct source){
		.sources = s, .diags = diags, .file = file, .fd = fd, .first_line = 1
	};
	queue_add(&src->starts, &start, sizeof(start));
	return src;
}

void source_close(struct source *src)
{
	if (!src)
		return;
	if (src->fd != STDIN_FILENO)
		close(src->fd);
	free(src->ahead.at);
	free(src->text.at);
	free(src->starts.at);
	free(src);
}

uint32_t source_file(const struct source *src)
{
	return src->file;
}

size_t source_read(struct source *src, void *bytes, size_t size)
{
	struct queue *q = &src->ahead;
	const char *newline;

	while (!src->at_end && queue_len(q) < AHEAD_SIZE &&
	       !(queue_len(q) && memrchr(q->at + q->head, '\n', queue_len(q))))
		read_more(src);
	if (size > queue_len(q))
		size = queue_len(q);
	if (!size)
		return 0;
	newline = memrchr(q->at + q->head, '\n', size);
	if (newline)
		size = (size_t)(newline + 1 - (q->at + q->head));
	memcpy(bytes, q->at + q->head, size);
	keep(src, bytes, size);
	q->head += size;
	return size;
}

bool source_failed(const struct source *src)
{
	return src->failed;
}

const char *source_peek(struct source *src, size_t *len)
{
	while (!src->at_end && queue_len(&src->ahead) < AHEAD_SIZE)
		read_more(src);
	*len = queue_len(&src->ahead);
	return *len ? src->ahead.at + src->ahead.head : "";
}

void source_forget(struct source *src, uint32_t line)
{
	size_t lines = lines_kept(src);

	if (line <= src->first_line || !lines)
		return;
	/* The last line kept may be one that goes on. */
	drop_lines(src, line - src->first_line < lines ? (size_t)(line - src->first_line)
						       : lines - 1);
}

const char *source_line(const struct source *src, uint32_t line, size_t *len)
{
	size_t i = (size_t)(line - src->first_line), lines = lines_kept(src);
	const char *at;
	uint64_t end;

	if (line < src->first_line || i >= lines)
		return NULL;
	end = src->offset + queue_len(&src->text);
	if (i + 1 < lines)
		end = line_start(src, i + 1);
	*len = (size_t)(end - line_start(src, i));
	if (!*len) /* nothing of that line was read, if there is one */
		return NULL;
	at = src->text.at + src->text.head + (line_start(src, i) - src->offset);
	if (at[*len - 1] == '\n')
		--*len;
	if (*len && at[*len - 1] == '\r')
		--*len;
	return at;
}
