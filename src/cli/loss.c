/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions, and the addresses that the loaded table isolates.  Out: whether
 * isolation would be lost to an extent that nobody means.
 */
#include <netpolc/cli/loss.h>

#include <netpolc/base/diag.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/plan.h>
#include <netpolc/nft/readback.h>

static size_t count(const struct ranges *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->len; i++)
		n += (size_t)(set->at[i].hi - set->at[i].lo) + 1;
	return n;
}

/* Pods that policy isolates, if only they had an address. */
static size_t count_bare(const struct decisions *dc)
{
	size_t n = 0;

	for (size_t id = 0; id < dc->cluster->npods; id++)
		n += dc->cluster->pods[id].naddresses == 0 && plan_isolates(dc, id);
	return n;
}

/* Loaded as isolated, and open from now on: held by a pod of the input that is not
 * isolated in this family, or by nobody while isolated pods have no address, which may
 * be theirs still. */
static size_t count_opened(const struct ctx *cx, const struct decisions *dc,
			   const struct ranges *loaded, enum family f, size_t bare)
{
	size_t opened = 0, gone = count(loaded);

	for (size_t i = 0; i < dc->classes->naddresses[f]; i++) {
		const struct pod_address *a = &dc->classes->addresses[f][i];

		if (!ranges_contain(loaded, a->number))
			continue;
		gone--;
		opened += !cx->set.families[f] || !plan_isolates(dc, a->pod);
	}
	return opened + (gone < bare ? gone : bare);
}

/* With --legacy an annotation isolates without any policy. */
static bool says_nothing(const struct decisions *dc)
{
	return dc->cluster->npolicies == 0 && dc->classes->len[INGRESS] == 0 &&
	       dc->classes->len[EGRESS] == 0;
}

void loss_check(struct ctx *cx, const struct decisions *dc, const char *table,
		const char *cache)
{
	struct ranges loaded[FAMILIES];
	size_t isolated = 0, opened = 0, bare;

	if (!readback_isolated(cx, table, cache, loaded))
		return;
	bare = count_bare(dc);
	for (enum family f = 0; f < FAMILIES; f++) {
		isolated += count(&loaded[f]);
		opened += count_opened(cx, dc, &loaded[f], f, bare);
	}
	if (isolated == 0)
		return;
	if (says_nothing(dc))
		diag_add(cx->diags, DIAG_LOST_POLICIES, NULL,
			 "no NetworkPolicy in the input, but the loaded table isolates "
			 "%zu pod addresses; --allow-loss says that this is meant",
			 isolated);
	else if (2 * opened > isolated)
		diag_add(cx->diags, DIAG_LOST_POLICIES, NULL,
			 "%zu of %zu isolated pod addresses would be open at once; "
			 "--allow-loss says that this is meant",
			 opened, isolated);
}
