/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock - time that passes
 */
#ifndef NETPOLC_CLOCK_H
#define NETPOLC_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds, for differences alone: CLOCK_MONOTONIC, or CLOCK_BOOTTIME, which goes on
 * while the machine sleeps. */
int64_t clock_ms(clockid_t clock);

#endif
