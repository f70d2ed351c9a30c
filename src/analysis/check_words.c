/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a cluster come in, words for messages go out.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/buf.h>

void pod_print(struct buf *out, const struct cluster *cl, uint32_t pod)
{
	const struct pod *p = &cl->pods[pod];

	buf_printf(out, "%s %s/%s", p->workload ? p->kind : "pod",
		   cl->namespaces[p->namespace].name, p->name);
}

size_t selector_cost(const struct selector *sel)
{
	size_t n = 1;

	for (size_t i = 0; i < sel->len; i++)
		n += 2 + sel->at[i].nvalues;
	return n;
}

void check_mismatch(struct checking *ck, struct buf *out, const struct selector *sel,
		    const struct label_sets *labels)
{
	if (labels->len > 0 && check_spend(ck, labels->len * (8 + selector_cost(sel))))
		mismatch_print(out, sel, labels);
}
