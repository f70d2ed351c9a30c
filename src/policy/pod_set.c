/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pod sets are ascending, so members are found by halving; what two sets share is
 * found from the smaller one.
 */
#include <netpolc/policy/pod_set.h>

#include <netpolc/base/arena.h>
#include <netpolc/policy/ids.h>

bool pod_set_has(const struct pod_set *set, uint32_t pod)
{
	return ids_find(set->at, set->len, pod);
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
