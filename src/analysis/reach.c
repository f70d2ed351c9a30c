/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port sets of two directions come in, those of connections go out.
 */
#include <netpolc/analysis/reach.h>

void reach_add(struct portsets *sets, struct reach *reach, enum family f,
	       const struct portset *ports)
{
	reach->in[f] = ports;
	reach->all = reach->all ? portset_intersect(sets, reach->all, ports) : ports;
}

const struct portset *reach_both_in(struct portsets *sets, const struct reach *x,
				    const struct reach *y, enum family f)
{
	return x->in[f] && y->in[f] ? portset_intersect(sets, x->in[f], y->in[f]) : NULL;
}

const struct portset *reach_both(struct portsets *sets, const struct reach *x,
				 const struct reach *y, bool bare)
{
	const struct portset *ports = NULL;

	if (!bare)
		return x->all ? portset_intersect(sets, x->all, y->all) : NULL;
	for (enum family f = 0; f < FAMILIES; f++) {
		const struct portset *more = reach_both_in(sets, x, y, f);

		ports = ports && more ? portset_union(sets, ports, more)
			: more	      ? more
				      : ports;
	}
	return ports;
}
