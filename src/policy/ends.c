/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pod in, its rows and atoms out.
 */
#include <netpolc/policy/ends.h>

struct end end_of_pod(const struct decisions *dc, uint32_t id)
{
	const struct classes *cs = dc->classes;
	const struct pod *pod = &dc->cluster->pods[id];
	struct end end = { .pod = NO_POD,
			   .row = { NO_ROW, NO_ROW },
			   .atom = { NO_ATOM, NO_ATOM } };

	if (pod->finished)
		return end;
	if (pod_is_live(pod))
		end.pod = id;
	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (cs->of_pod[d][id] != NO_CLASS)
			end.row[d] = dc->rows[d][cs->of_pod[d][id]]->id;
	end.bare = pod->naddresses == 0;
	for (enum family f = 0; f < FAMILIES; f++)
		end.atom[f] = cs->atom_of_pod[f][id];
	for (size_t i = 0; i < pod->naddresses; i++)
		end.atom[pod->addresses[i].family] = classes_atom(cs, pod->addresses[i]);
	return end;
}
