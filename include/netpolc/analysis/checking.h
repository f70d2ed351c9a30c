/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checking - what the parts of check share
 */
#ifndef NETPOLC_CHECKING_H
#define NETPOLC_CHECKING_H

#include <netpolc/analysis/mismatch.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/decide.h>
#include <netpolc/policy/ids.h>

struct checking {
	struct ctx *cx;
	struct arena *scratch; /* reset after each check of a policy, or of all */
	const struct decisions *dc;
	const struct cluster *cluster;
	struct id_list host_pods; /* on the host's network, not finished; ascending */
	size_t left;		  /* steps that may still be spent */
	bool given_up;
	/* By policy and rule: says what an earlier one says; NULL where none does. */
	bool **duplicate[DIRECTIONS];
};

/* For work that grows faster than the input: false when n more steps would be more than
 * anybody's policies need, and what they are for is left out. */
bool check_spend(struct checking *ck, size_t n);

/* Notes that something is left out; false. */
bool check_give_up(struct checking *ck);

/* Whether a finding is wanted; what is not can be reported all the same. */
bool check_is_on(const struct checking *ck, enum diag_id id);

/* About what trying a selector once comes to, in steps. */
size_t selector_cost(const struct selector *sel);

/* Whether it selects every pod of its namespace, those to come too. */
bool policy_selects_all(const struct policy *p);

/* ---- words for messages ------------------------------------------------------ */

/* "pod shop/web", "Deployment shop/web" */
void pod_print(struct buf *out, const struct cluster *cl, uint32_t pod);

/* Why the selector matches none of the labels, as mismatch.h says; or nothing, where that
 * would take too long to find out or there are none. */
void check_mismatch(struct checking *ck, struct buf *out, const struct selector *sel,
		    const struct label_sets *labels);

/* Notes with the finding the first object of a kind that is not used whose template the
 * selectors match.  Either may be NULL; without namespaces it is home that counts. */
void see_foreign(struct checking *ck, struct diag *diag, const struct selector *pods,
		 const struct selector *namespaces, uint32_t home);

/* ---- of each policy ---------------------------------------------------------- */

void check_subject(struct checking *ck, uint32_t policy);
void check_contradictions(struct checking *ck, uint32_t policy);
void check_host_network(struct checking *ck, uint32_t policy);
void check_peers(struct checking *ck, uint32_t policy);
void check_duplicates(struct checking *ck, uint32_t policy);
void check_ports(struct checking *ck, uint32_t policy);
void check_blocks(struct checking *ck, uint32_t policy);
void check_overlaps(struct checking *ck, uint32_t policy);

/* Whether no labels at all match; then *key is that of the requirements at odds. */
bool selector_contradicts(struct checking *ck, const struct selector *sel,
			  const char **key);

/* ---- of all ------------------------------------------------------------------ */

void check_default_deny(struct checking *ck);
void check_uncovered(struct checking *ck);
void check_dns(struct checking *ck);
void check_redundancy(struct checking *ck);
void check_services(struct checking *ck);

#endif
