/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * helpers - what every unit test begins with
 *
 * Each test gets an arena of its own as *state: TEST(function) in the list of
 * tests makes and frees it.
 */
#ifndef NETPOLC_TEST_HELPERS_H
#define NETPOLC_TEST_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netpolc/base/arena.h>

/* A constant struct ranges of the ranges given, as an initializer. */
#define RANGES(...)                                                                      \
	{                                                                                \
		.at = (struct range[]){ __VA_ARGS__ },                                   \
		.len = sizeof((struct range[]){ __VA_ARGS__ }) / sizeof(struct range)    \
	}

#define TEST(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_done)

static inline int arena_setup(void **state)
{
	*state = arena_new();
	return 0;
}

static inline int arena_done(void **state)
{
	arena_free(*state);
	return 0;
}

#endif
