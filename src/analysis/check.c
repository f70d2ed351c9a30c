/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: findings, by two tables of what looks for them.
 */
#include <netpolc/analysis/check.h>

#include <netpolc/analysis/checking.h>
#include <netpolc/base/arena.h>

/* Some seconds; 1,000 policies on 10,000 pods take less than a hundredth. */
#define STEPS_MAX ((size_t)1 << 28)

static void (*const policy_checks[])(struct checking *ck, uint32_t policy) = {
	check_subject, check_contradictions, check_host_network, check_peers,
	check_ports,   check_blocks,	     check_overlaps,	 check_duplicates,
};

static void (*const cluster_checks[])(struct checking *ck) = {
	check_default_deny, check_uncovered, check_dns, check_redundancy, check_services,
};

bool check_give_up(struct checking *ck)
{
	ck->given_up = true;
	return false;
}

bool check_spend(struct checking *ck, size_t n)
{
	if (n > ck->left) {
		ck->left = 0;
		return check_give_up(ck);
	}
	ck->left -= n;
	return true;
}

bool policy_selects_all(const struct policy *p)
{
	return p->subject->len == 0;
}

bool check_is_on(const struct checking *ck, enum diag_id id)
{
	return diags_level(ck->cx->diags, id) > DIAG_OFF;
}

static void list_host_pods(struct checking *ck)
{
	for (uint32_t id = 0; id < ck->cluster->npods; id++)
		if (ck->cluster->pods[id].host_network && !ck->cluster->pods[id].finished)
			*ARENA_PUSH(ck->cx->arena, &ck->host_pods) = id;
}

/* Nothing can be asked of pods where there is none. */
static bool expect_pods(struct ctx *cx, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npods; i++)
		if (!cl->pods[i].finished)
			return true;
	if (cl->npolicies > 0)
		diag_add(cx->diags, DIAG_NO_PODS, &cl->policies[0].origin,
			 "%zu NetworkPolicy object%s, but neither a Pod nor a workload: "
			 "what they select cannot be checked",
			 cl->npolicies, cl->npolicies == 1 ? "" : "s");
	return false;
}

void check(struct ctx *cx, const struct decisions *dc)
{
	struct checking ck = {
		.cx = cx, .dc = dc, .cluster = dc->cluster, .left = STEPS_MAX
	};

	if (!expect_pods(cx, dc->cluster))
		return;
	ck.scratch = arena_new();
	list_host_pods(&ck);
	for (enum direction d = 0; d < DIRECTIONS; d++)
		ck.duplicate[d] = ARENA_ARRAY(cx->arena, dc->cluster->npolicies, bool *);
	for (uint32_t p = 0; p < dc->cluster->npolicies; p++)
		for (size_t i = 0; i < ARRAY_SIZE(policy_checks); i++) {
			policy_checks[i](&ck, p);
			arena_reset(ck.scratch);
		}
	for (size_t i = 0; i < ARRAY_SIZE(cluster_checks); i++) {
		cluster_checks[i](&ck);
		arena_reset(ck.scratch);
	}
	if (ck.given_up)
		diag_add(cx->diags, DIAG_UNEXAMINED, NULL,
			 "policies overlap in more ways than are looked at: there may be "
			 "more findings");
	arena_free(ck.scratch);
}
