/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pod sets are ascending, so members are found by halving; what two sets share is
 * found from the smaller one.
 */
#include <netpolc/policy/resolve.h>

#include <netpolc/base/arena.h>
#include <netpolc/policy/label_index.h>

bool pod_set_has(const struct pod_set *set, uint32_t pod)
{
	size_t lo = 0, hi = set->len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (set->at[mid] < pod)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < set->len && set->at[lo] == pod;
}

bool pod_sets_meet(const struct pod_set *x, const struct pod_set *y)
{
	if (x->len > y->len)
		return pod_sets_meet(y, x);
	for (size_t i = 0; i < x->len; i++)
		if (pod_set_has(y, x->at[i]))
			return true;
	return false;
}

struct pod_set pod_set_intersect(struct arena *a, const struct pod_set *x,
				 const struct pod_set *y)
{
	struct id_list out = { 0 };

	if (x->len > y->len)
		return pod_set_intersect(a, y, x);
	for (size_t i = 0; i < x->len; i++)
		if (pod_set_has(y, x->at[i]))
			*ARENA_PUSH(a, &out) = x->at[i];
	return (struct pod_set){ out.at, out.len };
}
