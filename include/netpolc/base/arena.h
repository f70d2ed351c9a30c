/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena - memory that is given back all at once
 *
 * Stages allocate and never free: main() frees the one arena of a run at its
 * end.  Memory comes zeroed and aligned for any type.  There is no failing
 * allocation to handle: out of memory prints one message and exits with 3.
 * With -Darena_debug=true each allocation is a malloc() of its own, so that
 * AddressSanitizer sees overruns.
 */
#ifndef NETPOLC_ARENA_H
#define NETPOLC_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void) __attribute__((returns_nonnull, warn_unused_result));
void arena_free(struct arena *a);

/* Gives back everything allocated so far; the arena itself stays usable. */
void arena_reset(struct arena *a);

/* Calls end(what) before the memory is given back; whatever was asked last comes first.
 * end may not ask the arena for anything. */
void arena_at_end(struct arena *a, void (*end)(void *what), void *what);

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));

/* n elements of size bytes; exits as for lack of memory when that overflows. */
void *arena_array(struct arena *a, size_t n, size_t size)
	__attribute__((returns_nonnull));

/*
 * Makes room for at least one more element behind the len that are in use:
 * returns at itself, or a larger copy of it with *cap changed.  at may be NULL
 * when *cap is 0.
 */
void *arena_more(struct arena *a, void *at, size_t len, size_t *cap, size_t size)
	__attribute__((returns_nonnull, warn_unused_result));

char *arena_strndup(struct arena *a, const char *text, size_t len)
	__attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *format, ...)
	__attribute__((returns_nonnull, nonnull(2), format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list ap)
	__attribute__((returns_nonnull, nonnull(2), format(printf, 2, 0)));

/* Bytes handed out since the arena was made or reset. */
size_t arena_bytes(const struct arena *a);

/* What every allocation here does for lack of memory; for libraries that report it. */
void arena_exhausted(void) __attribute__((noreturn));

/* realloc() for the few things that live outside an arena; free() ends them. */
void *heap_resize(void *at, size_t n, size_t size)
	__attribute__((returns_nonnull, warn_unused_result));

#define ARENA_NEW(a, type)	((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/* Appends a zeroed element to the array v.at of v.len in use and v.cap in all;
 * yields a pointer to it. */
#define ARENA_PUSH(a, v)                                                                 \
	((v)->at = arena_more((a), (v)->at, (v)->len, &(v)->cap, sizeof(*(v)->at)),      \
	 &(v)->at[(v)->len++])

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
