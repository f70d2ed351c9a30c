/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compiled - manifests as a ruleset, for tests that send packets
 */
#ifndef NETPOLC_TEST_COMPILED_H
#define NETPOLC_TEST_COMPILED_H

#include "../oracle/load.h"

#include <netpolc/nft/lower.h>

/* What is compiled lives until loaded_free(&c.input). */
struct compiled {
	struct loaded input;
	const struct ruleset *ruleset;
};

/* The ruleset of pods and policies, as YAML. */
static inline void compile(struct compiled *c, const char *pods, const char *policies)
{
	struct lower_options options = lower_defaults();
	struct settings set = settings_default();
	const struct classes *classes;
	const struct pod_sets *sets;
	BUF_AUTO text = { 0 };

	buf_puts(&text, pods);
	buf_puts(&text, policies);
	load_text(&c->input, &set, &text);
	assert_non_null(c->input.cluster);
	sets = resolve(&c->input.cx, c->input.cluster);
	classes = classify(&c->input.cx, c->input.cluster, sets);
	c->ruleset =
		lower(&c->input.cx, decide(&c->input.cx, c->input.cluster, sets, classes),
		      &options);
	assert_non_null(c->ruleset);
}

#endif
