/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: ids.  Out: their order, and places in it.
 */
#include <netpolc/policy/ids.h>

#include <stdlib.h>

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void ids_sort(uint32_t *ids, size_t n)
{
	if (n > 0)
		qsort(ids, n, sizeof(*ids), compare_ids);
}

size_t ids_below(const uint32_t *ids, size_t n, uint32_t id)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ids[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const uint32_t *ids_find(const uint32_t *ids, size_t n, uint32_t id)
{
	size_t i = ids_below(ids, n, id);

	return i < n && ids[i] == id ? &ids[i] : NULL;
}
