/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, a number goes out; a time comes in, text goes out.
 */
#include <netpolc/base/literal.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_parse(unsigned long *out, const char *text, unsigned long lo,
		  unsigned long hi)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*out = strtoul(text, &end, 10);
	return !*end && !errno && *out >= lo && *out <= hi;
}

/* Adds a number of two digits to "00". */
static void add_number(char zeros[2], int n)
{
	zeros[0] += (char)(n / 10);
	zeros[1] += (char)(n % 10);
}

void time_print(char out[TIME_TEXT], const struct timespec *when)
{
	int64_t seconds = when->tv_sec;
	struct tm tm;
	int year;

	out[0] = '\0';
	if (seconds < TIME_FIRST || seconds > TIME_LAST || !gmtime_r(&when->tv_sec, &tm))
		return;
	year = tm.tm_year + 1900;
	memcpy(out, "0000-00-00T00:00:00Z", TIME_TEXT);
	add_number(&out[0], year / 100);
	add_number(&out[2], year % 100);
	add_number(&out[5], tm.tm_mon + 1);
	add_number(&out[8], tm.tm_mday);
	add_number(&out[11], tm.tm_hour);
	add_number(&out[14], tm.tm_min);
	add_number(&out[17], tm.tm_sec);
}
