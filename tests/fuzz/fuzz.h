/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz - one entry per boundary of the program
 *
 * An entry aborts when its property does not hold.  libFuzzer calls it with what
 * it makes up; replay.c calls it with the files of a corpus.
 */
#ifndef NETPOLC_FUZZ_H
#define NETPOLC_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As assert(), which -DNDEBUG would take away. */
#define HOLDS(condition) ((condition) ? (void)0 : abort())

#endif
