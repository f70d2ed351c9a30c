/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * literal - numbers and times as text
 */
#ifndef NETPOLC_LITERAL_H
#define NETPOLC_LITERAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Decimal digits alone, lo to hi. */
bool number_parse(unsigned long *out, const char *text, unsigned long lo,
		  unsigned long hi);

/* The first and the last second that RFC 3339 has a text for, in UTC: those of the years
 * 0 and 9999. */
#define TIME_FIRST INT64_C(-62167219200)
#define TIME_LAST  INT64_C(253402300799)

/* "2026-11-25T20:15:00Z"; "" for a time without a text. */
#define TIME_TEXT sizeof("2026-11-25T20:15:00Z")
void time_print(char out[TIME_TEXT], const struct timespec *when);

#endif
