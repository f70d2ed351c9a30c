/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * coverage - which numbered lines of meaning a run has exercised
 */
#ifndef NETPOLC_TEST_COVERAGE_H
#define NETPOLC_TEST_COVERAGE_H

#include "model.h"

struct coverage {
	size_t clusters[SEMANTICS_LINES + 1];
};

void coverage_add(struct coverage *c, const bool tags[SEMANTICS_LINES + 1]);

/* Prints the table; false when a line that random clusters can exercise has a zero. */
bool coverage_print(const struct coverage *c);

#endif
