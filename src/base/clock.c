/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock - a clock comes in, what it shows goes out
 */
#include <netpolc/base/clock.h>

int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
