/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text comes in, a number goes out; a time comes in, text goes out.
 */
#include <netpolc/base/literal.h>

#include <ctype.h>
#include <errno.h>
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
	struct tm tm;

	if (!gmtime_r(&when->tv_sec, &tm) ||
	    !strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm))
		out[0] = '\0';
}
