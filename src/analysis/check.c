/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions.  Out: findings, by two tables of what looks for them.
 */
#include <netpolc/analysis/check.h>

#include <netpolc/analysis/checking.h>
#include <netpolc/base/arena.h>

/* Some seconds; 1,000 policies on 10,000 pods take less than a hundredth. */
#define STEPS_MAX ((size_t)1 << 28)

static const struct {
	enum diag_id id;
	void (*run)(struct checking *ck, uint32_t policy);
} policy_checks[] = {
	{ DIAG_SELECTS_NOTHING, check_subject },
};

static const struct {
	enum diag_id id;
	void (*run)(struct checking *ck);
} cluster_checks[] = {
	{ DIAG_NO_DEFAULT_DENY, check_default_deny },
};

bool check_spend(struct checking *ck, size_t n)
{
	if (n > ck->left) {
		ck->left = 0;
		ck->given_up = true;
		return false;
	}
	ck->left -= n;
	return true;
}

static bool is_on(const struct checking *ck, enum diag_id id)
{
	return diags_level(ck->cx->diags, id) > DIAG_OFF;
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
	for (size_t i = 0; i < ARRAY_SIZE(policy_checks); i++)
		for (uint32_t p = 0; p < dc->cluster->npolicies; p++) {
			if (!is_on(&ck, policy_checks[i].id))
				break;
			policy_checks[i].run(&ck, p);
			arena_reset(ck.scratch);
		}
	for (size_t i = 0; i < ARRAY_SIZE(cluster_checks); i++) {
		if (is_on(&ck, cluster_checks[i].id))
			cluster_checks[i].run(&ck);
		arena_reset(ck.scratch);
	}
	arena_free(ck.scratch);
}
