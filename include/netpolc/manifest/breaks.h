/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * breaks - from libyaml's lines to an editor's
 *
 * To libyaml a lone CR, NEL, LS and PS end a line; to editors, to grep and to
 * source_line() only LF does.  While bytes pass through, the places of such odd
 * breaks are noted, and marks are corrected by them.  There are none in nearly
 * every file, so looking for them must cost next to nothing.
 */
#ifndef NETPOLC_BREAKS_H
#define NETPOLC_BREAKS_H

#include <netpolc/base/diag.h>

struct arena;

#define BREAKS_MAX 10000

/* An odd break, by its number among all characters and its column; 0-based. */
struct odd_break {
	size_t index, column;
};

struct breaks {
	struct odd_break *at;
	size_t len, cap;
	struct arena *arena;
	size_t index;	   /* of the next character; a leading BOM is none */
	size_t line_start; /* index of the first character behind the last LF */
	uint32_t window;   /* the last bytes, as far as they were not plain */
	bool cr;	   /* the last byte was a CR, whose LF may follow */
};

/* Looks at the next bytes of UTF-8, or at the end when len is 0.  False once there
 * are more than BREAKS_MAX odd breaks. */
bool breaks_scan(struct breaks *b, const unsigned char *bytes, size_t len);

/* The line and column of a mark; 0-based numbers of libyaml go in. */
struct place breaks_place(const struct breaks *b, size_t index, size_t line,
			  size_t column);

#endif
