/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, a number goes out; a time comes in, text goes out.
 */
#include <netpolc/base/literal.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

void time_print(char out[TIME_TEXT], const struct timespec *when)
{
	int64_t seconds = when->tv_sec;
	struct tm tm;
	size_t year;

	out[0] = '\0';
	if (seconds < TIME_FIRST || seconds > TIME_LAST || !gmtime_r(&when->tv_sec, &tm))
		return;
	/* strftime() has no year with leading zeros. */
	year = (size_t)snprintf(out, TIME_TEXT, "%04d", tm.tm_year + 1900);
	strftime(out + year, TIME_TEXT - year, "-%m-%dT%H:%M:%SZ", &tm);
}
