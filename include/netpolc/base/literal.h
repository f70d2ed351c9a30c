/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * literal - numbers and times as text
 */
#ifndef NETPOLC_LITERAL_H
#define NETPOLC_LITERAL_H

#include <stdbool.h>
#include <time.h>

/* Decimal digits alone, lo to hi. */
bool number_parse(unsigned long *out, const char *text, unsigned long lo,
		  unsigned long hi);

/* "2026-11-25T20:15:00Z" (RFC 3339); "" for what no year holds. */
#define TIME_TEXT 32
void time_print(char out[TIME_TEXT], const struct timespec *when);

#endif
