/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes come in, zeroed memory goes out.  Chunks are cut from the front; what is
 * large gets a chunk of its own, queued behind the one being cut, so that the
 * rest of that one is not lost.  A debug arena makes every allocation "large".
 */
#include <netpolc/base/arena.h>

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_MIN ((size_t)16 << 10)
#define CHUNK_MAX ((size_t)1 << 20)

#ifdef ARENA_DEBUG
static const bool each_alone = true;
#else
static const bool each_alone = false;
#endif

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

/* What is left to do at the end. */
struct ending {
	struct ending *next;
	void (*end)(void *what);
	void *what;
};

struct arena {
	struct chunk *chunks; /* the first one is being cut */
	size_t total;
	struct ending *endings;
};

void arena_exhausted(void)
{
	static const char text[] = "netpolc: error: out of memory\n";

	/* Nothing better can be done when even this fails. */
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(3);
	exit(3);
}

static size_t product(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		arena_exhausted();
	return bytes;
}

static struct chunk *chunk_new(size_t size)
{
	struct chunk *c = NULL;

	if (size <= PTRDIFF_MAX - sizeof(*c))
		c = calloc(1, sizeof(*c) + size);
	if (!c)
		arena_exhausted();
	c->size = size;
	return c;
}

static void *alone(struct arena *a, size_t size)
{
	struct chunk *c = chunk_new(size);

	c->used = size;
	if (a->chunks) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		a->chunks = c;
	}
	return c->bytes;
}

static void grow(struct arena *a)
{
	size_t size = a->chunks ? a->chunks->size * 2 : CHUNK_MIN;
	struct chunk *c = chunk_new(size < CHUNK_MAX ? size : CHUNK_MAX);

	c->next = a->chunks;
	a->chunks = c;
}

static void free_chunks(struct chunk *c)
{
	while (c) {
		struct chunk *next = c->next;

		free(c);
		c = next;
	}
}

static void end_all(const struct arena *a)
{
	for (const struct ending *e = a->endings; e; e = e->next)
		e->end(e->what);
}

void *heap_resize(void *at, size_t n, size_t size)
{
	size_t bytes = product(n, size);

	at = realloc(at, bytes ? bytes : 1);
	if (!at)
		arena_exhausted();
	return at;
}

struct arena *arena_new(void)
{
	struct arena *a = heap_resize(NULL, 1, sizeof(*a));

	*a = (struct arena){ 0 };
	return a;
}

void arena_free(struct arena *a)
{
	if (a) {
		end_all(a);
		free_chunks(a->chunks);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	struct chunk *kept = each_alone ? NULL : a->chunks;

	end_all(a);
	if (kept && kept->size > CHUNK_MAX)
		kept = NULL;
	free_chunks(kept ? kept->next : a->chunks);
	if (kept) {
		memset(kept->bytes, 0, kept->used);
		kept->used = 0;
		kept->next = NULL;
	}
	*a = (struct arena){ .chunks = kept };
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *c = a->chunks;
	char *at;

	a->total += size;
	if (each_alone || size > CHUNK_MIN / 4)
		return alone(a, size);
	size = (size + align - 1) / align * align;
	if (!c || c->size - c->used < size) {
		grow(a);
		c = a->chunks;
	}
	at = c->bytes + c->used;
	c->used += size;
	return at;
}

void arena_at_end(struct arena *a, void (*end)(void *what), void *what)
{
	struct ending *e = arena_alloc(a, sizeof(*e));

	*e = (struct ending){ a->endings, end, what };
	a->endings = e;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	return arena_alloc(a, product(n, size));
}

void *arena_more(struct arena *a, void *at, size_t len, size_t *cap, size_t size)
{
	void *larger;

	assert(len <= *cap);
	/* An array that was cut has elements of before there. */
	if (len < *cap) {
		memset((char *)at + len * size, 0, size);
		return at;
	}
	*cap = *cap ? product(*cap, 2) : 4;
	larger = arena_array(a, *cap, size);
	if (len)
		memcpy(larger, at, len * size);
	return larger;
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_array(a, len + 1, 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_vprintf(struct arena *a, const char *format, va_list ap)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		arena_exhausted();
	text = arena_alloc(a, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, ap);
	return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = arena_vprintf(a, format, ap);
	va_end(ap);
	return text;
}

size_t arena_bytes(const struct arena *a)
{
	return a->total;
}
