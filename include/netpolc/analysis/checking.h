/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checking - what the parts of check share
 */
#ifndef NETPOLC_CHECKING_H
#define NETPOLC_CHECKING_H

#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/decide.h>
#include <netpolc/policy/ids.h>

struct checking {
	struct ctx *cx;
	struct arena *scratch; /* reset after each policy, and each part */
	const struct decisions *dc;
	const struct cluster *cluster;
	size_t left; /* steps that may still be spent */
	bool given_up;
};

/* For work that grows faster than the input: false when n more steps would be more than
 * anybody's policies need, and what they are for is left out. */
bool check_spend(struct checking *ck, size_t n);

/* "app=web", "app in (web, api)", "!app"; long lists end in "…". */
void requirement_print(struct buf *out, const struct requirement *req);
void selector_print(struct buf *out, const struct selector *sel);

/* ---- of each policy -------------------------------------------------------- */

void check_subject(struct checking *ck, uint32_t policy);

/* ---- of all ------------------------------------------------------------------ */

void check_default_deny(struct checking *ck);

#endif
