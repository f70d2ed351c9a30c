/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * samples - rulesets made by hand
 *
 * Together they use every construct that a ruleset can have, at its edges: what
 * the printers are compared on and the simulator is tried with.
 */
#ifndef NETPOLC_TEST_SAMPLES_H
#define NETPOLC_TEST_SAMPLES_H

#include <netpolc/nft/ruleset.h>

struct sample {
	const char *name;
	struct ruleset *(*build)(struct arena *a); /* finished */
};

extern const struct sample samples[];
extern const size_t nsamples;

/* The sample with that name; exits when there is none. */
struct ruleset *sample_build(struct arena *a, const char *name);

/* Numbers of addresses that samples and tests name by text. */
u128 sample_address(const char *text);

#endif
