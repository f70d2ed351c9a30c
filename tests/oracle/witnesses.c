/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The witnesses that need nothing but this program.
 */
#include "witness.h"

const struct witness *const witnesses[] = {
	&witness_core,		&witness_ruleset,
	&witness_ruleset_sets,	&witness_ruleset_pools,
	&witness_ruleset_rules, &witness_ruleset_levels,
	&witness_ruleset_third, &witness_ruleset_few,
	&witness_ruleset_audit, NULL
};
