/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * intern - one copy of each string
 *
 * Equal strings from manifests are the same pointer, so they compare by ==.
 * The copies are NUL-terminated, live in the arena given to intern_new() and
 * die with it.  Text with a NUL inside must be refused before it gets here.
 */
#ifndef NETPOLC_INTERN_H
#define NETPOLC_INTERN_H

#include <stddef.h>

struct arena;
struct intern;

struct intern *intern_new(struct arena *a) __attribute__((returns_nonnull));
const char *intern(struct intern *in, const char *text, size_t len)
	__attribute__((returns_nonnull));
const char *intern_str(struct intern *in, const char *text)
	__attribute__((returns_nonnull));

/* The interned copy, or NULL when text was never interned. */
const char *intern_find(const struct intern *in, const char *text, size_t len);

#endif
