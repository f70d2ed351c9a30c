/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: selectors that match no pod.  Out: an object of a kind that is not used, whose pods
 * they may be for.
 */
#include <netpolc/analysis/checking.h>

static bool includes(const struct checking *ck, const struct selector *namespaces,
		     uint32_t home, const char *space)
{
	const struct cluster *cl = ck->cluster;
	const struct namespace *ns;

	if (!namespaces)
		return cl->namespaces[home].name == space;
	ns = cluster_namespace(cl, space);
	return ns && !ns->invalid && selector_matches(namespaces, &ns->labels);
}

void see_foreign(struct checking *ck, struct diag *diag, const struct selector *pods,
		 const struct selector *namespaces, uint32_t home)
{
	const struct cluster *cl = ck->cluster;

	if (!check_spend(ck, cl->nforeign * (16 + (pods ? selector_cost(pods) : 0))))
		return;
	for (size_t i = 0; i < cl->nforeign; i++) {
		const struct foreign *f = &cl->foreign[i];

		if ((pods && !selector_matches(pods, &f->labels)) ||
		    !includes(ck, namespaces, home, f->space))
			continue;
		diag_see(ck->cx->diags, diag, &f->origin,
			 "%s %s/%s, of a kind that is not used, has a template with such "
			 "labels",
			 f->kind, f->space, f->name);
		return;
	}
}
